/** AES-256 keys that were made outside the token, by a ceremony: put in so that they never leave again. */
import { zeroise } from '../crypto/index.ts';
import type { HsmCalls } from './calls.ts';
import { CKM, CKO, gcmParameter } from './cryptoki.ts';
import { byId, byIdAndClass, placedKeyTemplate } from './host-templates.ts';
import type { HostToken } from './host-token.ts';
import { hsmError } from './refusals.ts';

const KEY_BYTES = 32;
const BLOCK_BYTES = 16;
const CHECK_VALUE_BYTES = 8;
const NONCE_BYTES = 12;

/** Puts a key in, in the place of what an earlier try left. */
export function placeKey(token: HostToken, { keyId, label, value }: HsmCalls['place']['in']): void {
  const bytes = Buffer.from(value, 'base64');
  try {
    if (bytes.length !== KEY_BYTES) throw hsmError('HSM_KEY_CHANGED', { expected: `${KEY_BYTES} bytes` });
    for (const object of token.find(byId(Buffer.from(keyId, 'hex')))) {
      token.library.C_DestroyObject(token.session, object);
    }
    const name = { keyId: Buffer.from(keyId, 'hex'), label, mayMigrate: false };
    token.library.C_CreateObject(token.session, placedKeyTemplate(name, bytes));
  } finally {
    zeroise(bytes);
  }
}

/**
 * What the token itself makes of a block of zeros by AES-GCM under a nonce of zeros, its first bytes: the
 * standard's check value has three, too few to tell one key from another. Null where no such key is there.
 */
export function checkPlaced(token: HostToken, { keyId }: HsmCalls['checkPlaced']['in']): string | null {
  const found = token.find(byIdAndClass(Buffer.from(keyId, 'hex'), CKO.SECRET_KEY), 2);
  if (found.length > 1) throw hsmError('HSM_KEY_CHANGED', { expected: 'one key of that id', actual: 'two' });
  const [handle] = found;
  if (handle === undefined) return null;
  const block = token.running(CKM.AES_GCM, () => {
    const parameter = gcmParameter(Buffer.alloc(NONCE_BYTES), Buffer.alloc(0));
    token.library.C_EncryptInit(token.session, { mechanism: CKM.AES_GCM, parameter }, handle);
    return token.library.C_Encrypt(token.session, Buffer.alloc(BLOCK_BYTES), Buffer.alloc(4 * BLOCK_BYTES));
  });
  return block.subarray(0, CHECK_VALUE_BYTES).toString('hex');
}
