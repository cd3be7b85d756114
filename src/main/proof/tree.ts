import { concat, equal } from './bytes.ts';
import type { Sha256 } from './primitives.ts';

/** Proofs over the Merkle tree of RFC 9162, section 2.1, as somebody checks them who has no log. */

const HASH_BYTES = 32;
const NODE_PREFIX = Uint8Array.of(1);

const isHash = (bytes: Uint8Array) => bytes.length === HASH_BYTES;
const isSize = (size: number) => Number.isSafeInteger(size) && size >= 0;
const half = (n: number) => Math.floor(n / 2);

export interface InclusionClaim {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
}

/**
 * The root that a path leads to (RFC 9162, section 2.1.3.2); `undefined` where the path has the
 * wrong form for that place.
 */
export function rootOfInclusion(claim: InclusionClaim, sha256: Sha256): Uint8Array | undefined {
  const { leaf, index, size, path } = claim;
  if (!isSize(index) || !isSize(size) || index >= size || !isHash(leaf) || !path.every(isHash)) return;
  let position = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (position % 2 === 1 || position === last) {
      hash = sha256(concat(NODE_PREFIX, sibling, hash));
      while (position % 2 === 0 && position !== 0) {
        position = half(position);
        last = half(last);
      }
    } else {
      hash = sha256(concat(NODE_PREFIX, hash, sibling));
    }
    position = half(position);
    last = half(last);
  }
  return last === 0 ? hash : undefined;
}

/** Two heads of one log, and what is said to lead from the earlier to the later. */
export interface ConsistencyClaim {
  readonly fromSize: number;
  readonly fromRoot: Uint8Array;
  readonly toSize: number;
  readonly toRoot: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/**
 * True where the later tree begins with all leaves of the earlier one (RFC 9162, section 2.1.4.2).
 * Every tree is consistent with the empty one, which leaves nothing to prove.
 */
export function isConsistent(claim: ConsistencyClaim, sha256: Sha256): boolean {
  const { fromSize, fromRoot, toSize, toRoot, path } = claim;
  if (!isSize(fromSize) || !isSize(toSize) || fromSize > toSize || !path.every(isHash)) return false;
  if (fromSize === toSize) return path.length === 0 && equal(fromRoot, toRoot);
  if (fromSize === 0) return path.length === 0;
  const isPower = Number.isInteger(Math.log2(fromSize)) && 2 ** Math.log2(fromSize) === fromSize;
  const [first, ...rest] = isPower ? [fromRoot, ...path] : path;
  if (first === undefined) return false;
  let position = fromSize - 1;
  let last = toSize - 1;
  while (position % 2 === 1) {
    position = half(position);
    last = half(last);
  }
  let fromHash = first;
  let toHash = first;
  for (const node of rest) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      fromHash = sha256(concat(NODE_PREFIX, node, fromHash));
      toHash = sha256(concat(NODE_PREFIX, node, toHash));
      while (position % 2 === 0 && position !== 0) {
        position = half(position);
        last = half(last);
      }
    } else {
      toHash = sha256(concat(NODE_PREFIX, toHash, node));
    }
    position = half(position);
    last = half(last);
  }
  return last === 0 && equal(fromHash, fromRoot) && equal(toHash, toRoot);
}
