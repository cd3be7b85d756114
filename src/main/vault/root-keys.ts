import { hkdfSha256, zeroise } from '../crypto/index.ts';

export const ROOT_KEY_BYTES = 32;

/** SQLite3 Multiple Ciphers keeps the salt of a file in its first 16 bytes. */
export const FILE_SALT_BYTES = 16;

/** What follows from the root key, one label each. */
export interface DerivedKeys {
  /** Cipher key (32 bytes) and file salt (16 bytes) of `vault.db`. */
  readonly fileKey: Buffer;
  /** Wraps the private half of the KEK and the blind-index keys. */
  readonly wrappingKey: Buffer;
  /** Authenticates `slots.json`. */
  readonly headerMacKey: Buffer;
}

/**
 * Derives the vault's keys. The salt of the file is derived too, though it is no secret: the first
 * 16 bytes of `vault.db` then tell whether a file that does not open is a damaged one of ours or a
 * foreign one.
 */
export function deriveKeys(rootKey: Uint8Array, vaultId: Uint8Array): DerivedKeys {
  const derive = (label: string, length: number) =>
    hkdfSha256({ secret: rootKey, salt: vaultId, label: `countersign vault v1 ${label}`, length });
  const cipherKey = derive('file key', 32);
  const fileKey = Buffer.concat([cipherKey, derive('file salt', FILE_SALT_BYTES)]);
  zeroise(cipherKey);
  return { fileKey, wrappingKey: derive('key wrapping', 32), headerMacKey: derive('header mac', 32) };
}

export function zeroiseKeys(keys: DerivedKeys): void {
  zeroise(keys.fileKey, keys.wrappingKey, keys.headerMacKey);
}
