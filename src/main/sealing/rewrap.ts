import { CountersignError, type Runtime } from '../base/index.ts';
import { AES_GCM_NONCE_BYTES, aesGcmOpen, aesGcmSeal, sha256, zeroise } from '../crypto/index.ts';
import type { Connection } from '../vault/index.ts';
import { indexKeyBinding, kekBinding } from './binding.ts';
import { createRewrapStore } from './store-rewrap.ts';

interface Rewrapping {
  readonly db: Connection;
  readonly vaultId: string;
  readonly oldKey: Uint8Array;
  readonly newKey: Uint8Array;
  readonly runtime: Runtime;
}

/**
 * Wraps everything of this room that lies under the vault's wrapping key for another one: the
 * private halves of the KEKs and the blind-index keys. DEKs and values lie under those and stay as
 * they are. Runs in the caller's transaction. Throws `SEALING_KEY_MISSING` where one does not open.
 */
export function rewrapSealingKeys(work: Rewrapping): void {
  const { vaultId } = work;
  const store = createRewrapStore(work.db);
  for (const { id, publicKey, sealed } of store.keks()) {
    const binding = kekBinding(vaultId, id, sha256(publicKey).toString('hex'));
    store.putKek(id, rewrap(work, binding, sealed, `sealing_kek ${id}`));
  }
  for (const { id, column, sealed } of store.indexKeys()) {
    store.putIndexKey(id, rewrap(work, indexKeyBinding(vaultId, column), sealed, column));
  }
}

function rewrap(
  { oldKey, newKey, runtime }: Rewrapping,
  binding: Buffer,
  sealed: Buffer,
  path: string,
): Buffer {
  const bytes = aesGcmOpen(oldKey, binding, sealed);
  if (bytes === undefined) {
    // Going on would leave a key under a root key that nobody holds any more.
    const message =
      'A key of the sealing room does not open; the vault keeps its root key until that is mended.';
    throw new CountersignError('SEALING_KEY_MISSING', message, { path });
  }
  const again = aesGcmSeal(newKey, runtime.randomBytes(AES_GCM_NONCE_BYTES), binding, bytes);
  zeroise(bytes);
  return again;
}
