import { hash } from 'node:crypto';
import { EMPTY_ROOT, SHA256_BYTES } from '../crypto/index.ts';

/**
 * Leaves of a batch lie one after the other in one buffer, as they are stored. The tree is that of
 * RFC 9162, section 2.1 (`src/main/crypto/merkle.ts`), worked out level by level in place: an odd
 * last node rises unchanged, which splits at the same powers of two.
 */

/** The entry's canonical JSON behind the leaf prefix 0x00. */
const LEAF_PREFIX = '\u0000';

/** Writes the leaf of `canonicalText` at `index`. The hash comes out as latin1, the quickest form the runtime has. */
export function writeLeaf(leaves: Buffer, index: number, canonicalText: string): void {
  leaves.write(hash('sha256', LEAF_PREFIX + canonicalText, 'binary'), index * SHA256_BYTES, 'latin1');
}

/** The leaf of one canonical text. */
export function leafOf(canonicalText: string): Buffer {
  return hash('sha256', LEAF_PREFIX + canonicalText, 'buffer');
}

/** Reused for every node: hashing is synchronous. The first byte stays the node prefix 0x01. */
const nodeInput = Buffer.alloc(1 + 2 * SHA256_BYTES, 1);

/** The Merkle root over packed leaves. */
export function packedRoot(leaves: Buffer): Buffer {
  let count = leaves.byteLength / SHA256_BYTES;
  if (count === 0) return EMPTY_ROOT;
  const level = Buffer.from(leaves);
  while (count > 1) {
    const pairs = count >> 1;
    for (let i = 0; i < pairs; i += 1) {
      level.copy(nodeInput, 1, i * 2 * SHA256_BYTES, (i * 2 + 2) * SHA256_BYTES);
      level.write(hash('sha256', nodeInput, 'binary'), i * SHA256_BYTES, 'latin1');
    }
    if (count % 2 === 1)
      level.copy(level, pairs * SHA256_BYTES, (count - 1) * SHA256_BYTES, count * SHA256_BYTES);
    count = pairs + (count % 2);
  }
  return level.subarray(0, SHA256_BYTES);
}

/** The leaf at `index` of packed leaves. */
export function leafAt(leaves: Buffer, index: number): Buffer {
  return leaves.subarray(index * SHA256_BYTES, (index + 1) * SHA256_BYTES);
}

/** The leaves of a batch one by one, as the proofs of `src/main/crypto` take them. */
export function unpackLeaves(leaves: Buffer): Buffer[] {
  return Array.from({ length: leaves.byteLength / SHA256_BYTES }, (_, index) => leafAt(leaves, index));
}
