import { CountersignError } from '../base/index.ts';
import { type CanonicalJson, canonicalJson, hybridSignatures } from '../crypto/index.ts';
import { SIGNING_SUITE, type Signed } from './key-pairs.ts';

/** First member of each notice, so that it is taken for nothing else. */
export const NOTICE_FORM = 'countersign key notice v1';
/** Purpose of its signature. */
export const NOTICE_PURPOSE = 'key-notice';

/** The signed notice as it is filed: canonical JSON, RFC 8785. */
export function noticeText(body: string, { keyId, publicKey, signature }: Signed): string {
  return canonicalJson({
    notice: JSON.parse(body),
    signature: {
      suite: SIGNING_SUITE,
      keyId,
      publicKey: publicKey.toString('base64url'),
      value: signature.toString('base64url'),
    },
  });
}

type JsonObject = { readonly [name: string]: CanonicalJson | undefined };

export interface CheckedNotice {
  readonly keyId: string;
  readonly notice: JsonObject;
}

/** What the file should hold; nothing of it is taken for granted. */
type SignedNotice = {
  readonly notice?: JsonObject;
  readonly signature?: Readonly<Record<string, string>>;
};

const invalid = (message: string) => new CountersignError('NOTICE_INVALID', message);

/**
 * Checks a notice against the public key that the reader trusts; the key inside the notice only
 * says which one that is. Throws `NOTICE_INVALID`.
 */
export function checkNotice(text: string, trustedKey: Uint8Array): CheckedNotice {
  let parsed: SignedNotice;
  try {
    parsed = JSON.parse(text);
    if (canonicalJson(parsed) !== text) throw new TypeError('not canonical');
  } catch {
    throw invalid('The notice is no canonical JSON.');
  }
  const { notice, signature } = parsed;
  if (notice?.form !== NOTICE_FORM || signature?.suite !== SIGNING_SUITE) {
    throw invalid('The file is no key notice.');
  }
  if (!Buffer.from(signature.publicKey ?? '', 'base64url').equals(trustedKey)) {
    throw invalid('The notice names another key than the one that is trusted.');
  }
  const verifier = hybridSignatures[SIGNING_SUITE].verifier(trustedKey);
  const value = Buffer.from(signature.value ?? '', 'base64url');
  const message = Buffer.from(canonicalJson(notice), 'utf8');
  let isGood = false;
  try {
    isGood = verifier.verify({ purpose: NOTICE_PURPOSE, message, signature: value });
  } catch {
    isGood = false;
  }
  if (!isGood) throw invalid('The signature does not fit the notice.');
  return { keyId: signature.keyId ?? '', notice };
}
