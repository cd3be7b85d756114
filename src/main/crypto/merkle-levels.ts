import { EMPTY_ROOT, leafHash, nodeHash } from './merkle.ts';
import { SHA256_BYTES } from './sha256.ts';

/**
 * The whole of one Merkle tree (RFC 9162), level by level, from which every leaf's proof is read off
 * without hashing anything again: n leaves cost 2n hashes and 64n bytes altogether.
 *
 * Pairing each level from the left and carrying a lone last node up unchanged gives the same tree as
 * the RFC's split at the largest power of two.
 */
export class MerkleLevels {
  readonly size: number;
  /** The hashes of each level one after another, leaves first. */
  readonly #levels: readonly Buffer[];

  constructor(entries: readonly Uint8Array[]) {
    this.size = entries.length;
    let level: Buffer = Buffer.allocUnsafe(entries.length * SHA256_BYTES);
    for (let at = 0; at < entries.length; at += 1) level.set(leafHash(entries[at]!), at * SHA256_BYTES);
    const levels = [level];
    while (level.length > SHA256_BYTES) {
      level = pairUp(level);
      levels.push(level);
    }
    this.#levels = levels;
  }

  get root(): Buffer {
    return this.size === 0 ? EMPTY_ROOT : this.#levels.at(-1)!;
  }

  /** The audit path of one leaf, lowest sibling first, its 32-byte nodes one after another. */
  proof(index: number): Buffer {
    if (!Number.isInteger(index) || index < 0 || index >= this.size) {
      throw new RangeError('MerkleLevels: the index lies outside the tree');
    }
    const nodes = Buffer.allocUnsafe(this.#levels.length * SHA256_BYTES);
    let length = 0;
    let position = index;
    for (const level of this.#levels) {
      const sibling = (position ^ 1) * SHA256_BYTES;
      // A lone last node has no sibling; it goes up as it is.
      if (sibling < level.length) length += level.copy(nodes, length, sibling, sibling + SHA256_BYTES);
      position >>>= 1;
    }
    return nodes.subarray(0, length);
  }
}

function pairUp(below: Buffer): Buffer {
  const count = below.length / SHA256_BYTES;
  const above = Buffer.allocUnsafe(Math.ceil(count / 2) * SHA256_BYTES);
  for (let at = 0; at + 1 < count; at += 2) {
    const start = at * SHA256_BYTES;
    const middle = start + SHA256_BYTES;
    above.set(
      nodeHash(below.subarray(start, middle), below.subarray(middle, middle + SHA256_BYTES)),
      start / 2,
    );
  }
  if (count % 2 === 1) below.copy(above, above.length - SHA256_BYTES, below.length - SHA256_BYTES);
  return above;
}
