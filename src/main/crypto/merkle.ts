import { asBuffer } from './options.ts';
import { SHA256_BYTES, sha256 } from './sha256.ts';

/**
 * The Merkle tree of RFC 9162, section 2.1: a leaf is SHA-256(0x00 ‖ entry), an inner node
 * SHA-256(0x01 ‖ left ‖ right), and a tree of n leaves splits at the largest power of two below n.
 */

const LEAF_PREFIX = Buffer.of(0);

/** SHA-256 of nothing: the root of the empty tree. */
export const EMPTY_ROOT: Buffer = sha256(Buffer.alloc(0));

/** The hash of one leaf. */
export function leafHash(entry: Uint8Array): Buffer {
  return sha256(Buffer.concat([LEAF_PREFIX, entry]));
}

/** Reused for every node: hashing is synchronous, so nobody else sees it half written. */
const nodeInput = Buffer.alloc(1 + 2 * SHA256_BYTES, 1);

/** The hash of an inner node. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + SHA256_BYTES);
  return sha256(nodeInput);
}

/** The root over leaf hashes `from` (inclusive) to `to` (exclusive). */
export function merkleRoot(leaves: readonly Uint8Array[], from = 0, to: number = leaves.length): Buffer {
  const frontier = new Frontier();
  for (let i = from; i < to; i += 1) frontier.append(leaves[i]!);
  return frontier.root();
}

/** The largest power of two strictly below `n`, for n of 2 and more. */
function splitPoint(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The audit path of leaf `index` in the tree over all of `leaves`, lowest sibling first. */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): Buffer[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) {
    throw new RangeError('inclusionProof: the index lies outside the tree');
  }
  const path: Buffer[] = [];
  let from = 0;
  let to = leaves.length;
  while (to - from > 1) {
    const middle = from + splitPoint(to - from);
    if (index < middle) {
      path.push(merkleRoot(leaves, middle, to));
      to = middle;
    } else {
      path.push(merkleRoot(leaves, from, middle));
      from = middle;
    }
  }
  return path.reverse();
}

/** Where a leaf stands, and the audit path that leads from it to a root. */
export interface InclusionPath {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Uint8Array[];
}

/**
 * The root that `proof` leads to from the leaf at `index` in a tree of `size` leaves (RFC 9162,
 * section 2.1.3.2); `undefined` where the proof has the wrong form for that place.
 */
export function rootFromProof(path: InclusionPath): Buffer | undefined {
  const { leaf, index, size, proof } = path;
  if (!Number.isInteger(index) || !Number.isInteger(size) || index < 0 || index >= size) return undefined;
  if (leaf.byteLength !== SHA256_BYTES || proof.some((node) => node.byteLength !== SHA256_BYTES)) {
    return undefined;
  }
  let position = index;
  let last = size - 1;
  let hash = asBuffer(leaf);
  for (const sibling of proof) {
    if (last === 0) return undefined;
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash);
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : undefined;
}

/** True where `proof` leads from the leaf at `index` to `root` in a tree of `size` leaves. */
export function verifyInclusion(claim: InclusionPath & { readonly root: Uint8Array }): boolean {
  const root = rootFromProof(claim);
  return root !== undefined && Buffer.compare(root, claim.root) === 0;
}

/** A node that became complete: the root over 2^height leaves, the `position`-th of its height. */
export interface CompleteNode {
  readonly height: number;
  readonly position: number;
  readonly hash: Buffer;
}

/**
 * The right edge of a growing tree: the roots of its complete subtrees, largest first, as the
 * binary digits of its size. Appending costs one hash a leaf on average and needs no other leaf.
 */
export class Frontier {
  #size: number;
  #peaks: Buffer[];

  /** Starts from the empty tree, or from the peaks that `state` gave. */
  constructor(state: { size: number; peaks: readonly Uint8Array[] } = { size: 0, peaks: [] }) {
    this.#size = state.size;
    this.#peaks = state.peaks.map(asBuffer);
    if (countOnes(state.size) !== state.peaks.length)
      throw new RangeError('Frontier: a peak for each set bit expected');
  }

  get size(): number {
    return this.#size;
  }

  /** The peaks, largest subtree first; each a copy of the reference, whose bytes never change. */
  state(): { size: number; peaks: readonly Buffer[] } {
    return { size: this.#size, peaks: this.#peaks.slice() };
  }

  /** A frontier that goes its own way from here. */
  copy(): Frontier {
    return new Frontier({ size: this.#size, peaks: this.#peaks });
  }

  /** Adds a leaf hash. `onNode` hears of each inner node that becomes complete, lowest first. */
  append(leaf: Uint8Array, onNode?: (node: CompleteNode) => void): void {
    this.appendSubtree(0, leaf, onNode);
  }

  /**
   * Adds a complete subtree of 2^height leaves by its root. The tree's size must be a multiple of
   * 2^height.
   */
  appendSubtree(height: number, root: Uint8Array, onNode?: (node: CompleteNode) => void): void {
    const leaves = 2 ** height;
    if (this.#size % leaves !== 0) throw new RangeError('Frontier: the subtree does not fit at this size');
    let hash = asBuffer(root);
    let nodeHeight = height;
    // Each trailing one of the old size is a peak of that height, which now gets its right half.
    for (let rest = this.#size / leaves; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      hash = nodeHash(this.#peaks.pop()!, hash);
      nodeHeight += 1;
      onNode?.({ height: nodeHeight, position: Math.floor(this.#size / 2 ** nodeHeight), hash });
    }
    this.#peaks.push(hash);
    this.#size += leaves;
  }

  /** The root of the tree as it stands. */
  root(): Buffer {
    if (this.#peaks.length === 0) return EMPTY_ROOT;
    let hash = this.#peaks.at(-1)!;
    for (let i = this.#peaks.length - 2; i >= 0; i -= 1) hash = nodeHash(this.#peaks[i]!, hash);
    return hash;
  }
}

function countOnes(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}
