import { AES_GCM_NONCE_BYTES } from '../crypto/index.ts';

const POOL_NONCES = 65_536;

/**
 * Hands out random 96-bit nonces. One call for randomness fills 65,536 of them, because a call for
 * each costs more than the sealing itself.
 */
export function createNoncePool(fillRandom: (target: Uint8Array) => void): () => Buffer {
  const pool = Buffer.alloc(POOL_NONCES * AES_GCM_NONCE_BYTES);
  let next = pool.length;
  return () => {
    if (next === pool.length) {
      fillRandom(pool);
      next = 0;
    }
    const nonce = pool.subarray(next, next + AES_GCM_NONCE_BYTES);
    next += AES_GCM_NONCE_BYTES;
    return nonce;
  };
}
