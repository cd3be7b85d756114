import { z } from 'zod';
import { CountersignError } from '../base/index.ts';
import { bytesOf, type Form, fileText, part, readFile, signedPart } from './packet-text.ts';
import { fingerprintOf, suiteOfKey, verifySigned } from './signed.ts';

export const CARD_FORM = 'countersign approval card v1';
export const CARD_PURPOSE = 'approval-card';

const card = z.strictObject({
  form: z.literal(CARD_FORM),
  /** Who they are where the key was made. */
  name: part.text(120),
  /** Of the vault in which the secret half lies. */
  vault: part.id,
  suite: z.enum(['Ed25519+ML-DSA-65', 'Ed25519+ML-DSA-87']),
  publicKey: part.bytes,
  fingerprint: part.hash,
  /** By the key itself, so that nobody shows a card of a key that they do not hold. */
  signature: part.bytes,
});
export type Card = z.infer<typeof card>;

const cardForm: Form<Card> = { schema: card, most: 65_536, code: 'CARD_INVALID', what: 'card' };

/** A file name without what a file system does not like. */
export const cardName = (name: string): string => {
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase();
  return `${plain.replace(/^-|-$/g, '') || 'operator'}.card.json`;
};

/** Reads a card and checks that its key signed it. Throws `CARD_INVALID`. */
export function readCard(text: string): Card & { readonly key: Buffer } {
  const read = readFile(cardForm, text);
  const key = bytesOf(read.publicKey);
  const refuse = (path: string, expected: string) =>
    new CountersignError('CARD_INVALID', 'The card does not fit together.', { path, expected });
  if (suiteOfKey(key) !== read.suite) throw refuse('publicKey', `a key of ${read.suite}`);
  if (fingerprintOf(key) !== read.fingerprint) throw refuse('fingerprint', 'the SHA-256 of the key');
  const signature = bytesOf(read.signature);
  if (!verifySigned({ purpose: CARD_PURPOSE, message: signedPart(read), publicKey: key, signature })) {
    throw refuse('signature', 'a signature by the key of the card');
  }
  return { ...read, key };
}

/** The text of a card, signed by `sign`. */
export function writeCard(
  { name, vault, publicKey }: { readonly name: string; readonly vault: string; readonly publicKey: Buffer },
  sign: (purpose: string, message: Uint8Array) => Buffer,
): string {
  const suite = suiteOfKey(publicKey);
  if (suite === undefined) throw new TypeError('a key of no suite that operators sign with');
  const unsigned: Card = {
    form: CARD_FORM,
    name,
    vault,
    suite,
    publicKey: publicKey.toString('base64'),
    fingerprint: fingerprintOf(publicKey),
    signature: '',
  };
  return fileText({ ...unsigned, signature: sign(CARD_PURPOSE, signedPart(unsigned)).toString('base64') });
}
