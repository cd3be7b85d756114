import { hkdfSha256, sha256, zeroise } from '../crypto/index.ts';

export const ROOT_KEY_BYTES = 32;

/** SQLite3 Multiple Ciphers keeps the salt of a file in its first 16 bytes. */
export const FILE_SALT_BYTES = 16;

/** Bytes of a file's salt that say whose file it is, under which root key, and since when. */
const VAULT_TAG_BYTES = 8;
const ROOT_TAG_BYTES = 4;

/** What follows from the root key, one label each. */
export interface DerivedKeys {
  /** Cipher key (32 bytes) and, for files of the first version, their salt (16 bytes). */
  readonly fileKey: Buffer;
  /** Part of the salt of files that are keyed from now on. */
  readonly fileTag: Buffer;
  /** Wraps the private half of the KEK and the blind-index keys. */
  readonly wrappingKey: Buffer;
  /** Authenticates `slots.json`. */
  readonly headerMacKey: Buffer;
  /** Seals the root key of the generation before while a rekey is under way. */
  readonly previousRootSealKey: Buffer;
}

/** Derives the vault's keys. */
export function deriveKeys(rootKey: Uint8Array, vaultId: Uint8Array): DerivedKeys {
  const derive = (label: string, length: number) =>
    hkdfSha256({ secret: rootKey, salt: vaultId, label: `countersign vault v1 ${label}`, length });
  const cipherKey = derive('file key', 32);
  const fileKey = Buffer.concat([cipherKey, derive('file salt', FILE_SALT_BYTES)]);
  zeroise(cipherKey);
  return {
    fileKey,
    fileTag: derive('file tag', ROOT_TAG_BYTES),
    wrappingKey: derive('key wrapping', 32),
    headerMacKey: derive('header mac', 32),
    previousRootSealKey: derive('previous root', 32),
  };
}

export function zeroiseKeys(keys: DerivedKeys): void {
  zeroise(keys.fileKey, keys.wrappingKey, keys.headerMacKey, keys.previousRootSealKey);
}

const vaultTag = (vaultId: Uint8Array): Buffer =>
  sha256(Buffer.concat([Buffer.from('countersign vault file v1'), vaultId])).subarray(0, VAULT_TAG_BYTES);

/**
 * The raw key for a file that is keyed now: cipher key and salt. The salt lies in plain at the
 * file's start and is no secret (the cipher key is not stretched with it). It tells a file that does
 * not open apart: damaged, of another vault, or of this vault under another root key and since which
 * generation of the header.
 */
export function keyForNewFile(keys: DerivedKeys, vaultId: Uint8Array, generation: number): Buffer {
  const since = Buffer.alloc(4);
  since.writeUInt32BE(generation % 2 ** 32);
  const cipherKey = keys.fileKey.subarray(0, 32);
  return Buffer.concat([cipherKey, vaultTag(vaultId), keys.fileTag, since]);
}

/** Where a file that does not open comes from. */
export type FileOrigin = 'damaged' | 'foreign' | { readonly keyedAtGeneration: number };

/** Most bytes of a tag are right even in a damaged file; a foreign one differs nearly everywhere. */
function resembles(found: Uint8Array, expected: Uint8Array): boolean {
  let same = 0;
  for (let i = 0; i < expected.length; i += 1) if (found[i] === expected[i]) same += 1;
  return same * 2 >= expected.length;
}

/** Reads the first 16 bytes of a file that did not open with `keys`. */
export function originOf(head: Buffer, keys: DerivedKeys, vaultId: Uint8Array): FileOrigin {
  if (resembles(head, keys.fileKey.subarray(32))) return 'damaged';
  if (!resembles(head.subarray(0, VAULT_TAG_BYTES), vaultTag(vaultId))) return 'foreign';
  const rootTag = head.subarray(VAULT_TAG_BYTES, VAULT_TAG_BYTES + ROOT_TAG_BYTES);
  if (resembles(rootTag, keys.fileTag)) return 'damaged';
  return { keyedAtGeneration: head.readUInt32BE(VAULT_TAG_BYTES + ROOT_TAG_BYTES) };
}
