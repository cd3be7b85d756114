import { idFromText } from '../base/index.ts';
import { zeroise } from '../crypto/index.ts';
import { checkHeaderMac, parseHeader } from './header.ts';
import { deriveKeys, zeroiseKeys } from './root-keys.ts';
import { openSlots, type SlotSecret } from './slots.ts';

/** The keys behind a header. Whoever asked for them calls `forget`. */
export interface UnlockedHeader {
  readonly vaultId: string;
  readonly generation: number;
  /** Whether it was written in the middle of a rekey. */
  readonly rekeying: boolean;
  readonly rootKey: Buffer;
  readonly fileKey: Buffer;
  readonly wrappingKey: Buffer;
  forget(): void;
}

/** Vault id and generation of a header's text; the errors of `parseHeader`. */
export function outlineOfHeader(text: string): { vaultId: string; generation: number; rekeying: boolean } {
  const { vaultId, generation, previousRootKey } = parseHeader(text);
  return { vaultId, generation, rekeying: previousRootKey !== null };
}

/**
 * Opens a header that lies outside a vault's folder, as a backup carries it. Throws what opening a
 * vault throws for its header and its secret.
 */
export async function unlockHeader(
  text: string,
  secret: SlotSecret | { readonly rootKey: Uint8Array },
): Promise<UnlockedHeader> {
  const header = parseHeader(text);
  const rootKey =
    'rootKey' in secret ? Buffer.from(secret.rootKey) : (await openSlots(header, secret)).rootKey;
  const keys = deriveKeys(rootKey, idFromText(header.vaultId)!);
  const forget = () => {
    zeroiseKeys(keys);
    zeroise(rootKey);
  };
  try {
    checkHeaderMac(header, keys.headerMacKey);
  } catch (error) {
    forget();
    throw error;
  }
  const { vaultId, generation, previousRootKey } = header;
  const { fileKey, wrappingKey } = keys;
  return { vaultId, generation, rekeying: previousRootKey !== null, rootKey, fileKey, wrappingKey, forget };
}
