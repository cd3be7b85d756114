import { EMPTY_ROOT, Frontier, nodeHash } from '../crypto/index.ts';

/**
 * The Merkle tree over the records' leaves. Its right edge lives in memory; of the inner nodes only
 * those at heights 8, 16 and 24 are stored, from which any other follows by at most 255 hashes.
 */

const STORED_STEP = 8;
const MOST_STORED_HEIGHT = 24;

/** True where nodes of this height are stored. */
export function isStoredHeight(height: number): boolean {
  return height > 0 && height <= MOST_STORED_HEIGHT && height % STORED_STEP === 0;
}

/** Reads what is stored: leaves (height 0) and inner nodes; throws where one is missing. */
export type ReadNode = (height: number, position: number) => Buffer;

/** The right edge of a tree of `size` leaves, from its stored nodes and its last leaves. */
export function rebuildFrontier(size: number, readNode: ReadNode): Frontier {
  const frontier = new Frontier();
  for (let height = MOST_STORED_HEIGHT; height >= 0; height -= STORED_STEP) {
    const span = 2 ** height;
    while (frontier.size + span <= size) {
      frontier.appendSubtree(height, readNode(height, frontier.size / span));
    }
  }
  return frontier;
}

/** The root over a complete subtree. */
export function completeRoot(height: number, position: number, readNode: ReadNode): Buffer {
  if (height === 0 || isStoredHeight(height)) return readNode(height, position);
  const left = completeRoot(height - 1, 2 * position, readNode);
  return nodeHash(left, completeRoot(height - 1, 2 * position + 1, readNode));
}

/** The root over leaves `from` to `to` (exclusive), where `from` is a multiple of the range's highest power of two. */
function rangeRoot(from: number, to: number, readNode: ReadNode): Buffer {
  const size = to - from;
  const height = Math.floor(Math.log2(size));
  const span = 2 ** height;
  const left = completeRoot(height, from / span, readNode);
  return span === size ? left : nodeHash(left, rangeRoot(from + span, to, readNode));
}

/** The audit path of leaf `index` in the tree of `size` leaves, lowest sibling first (RFC 9162, section 2.1.3.1). */
export function inclusionPath(index: number, size: number, readNode: ReadNode): Buffer[] {
  const path: Buffer[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const height = Math.ceil(Math.log2(to - from)) - 1;
    const middle = from + 2 ** height;
    if (index < middle) {
      path.push(rangeRoot(middle, to, readNode));
      to = middle;
    } else {
      path.push(rangeRoot(from, middle, readNode));
      from = middle;
    }
  }
  return path.reverse();
}

/** The root over the first `size` leaves. */
export function rootAt(size: number, readNode: ReadNode): Buffer {
  return size === 0 ? EMPTY_ROOT : rangeRoot(0, size, readNode);
}

/**
 * What leads from the tree of `fromSize` leaves to that of `toSize` (RFC 9162, section 2.1.4.1):
 * empty where either there is nothing to prove or nothing to prove it from.
 */
export function consistencyPath(fromSize: number, toSize: number, readNode: ReadNode): Buffer[] {
  const path: Buffer[] = [];
  if (fromSize === 0) return path;
  let from = 0;
  let to = toSize;
  let known = true;
  // The leaves of the earlier tree that lie in the range, which ends a step later or is cut in two.
  while (fromSize < to) {
    const middle = from + 2 ** (Math.ceil(Math.log2(to - from)) - 1);
    if (fromSize <= middle) {
      path.push(rangeRoot(middle, to, readNode));
      to = middle;
    } else {
      path.push(rangeRoot(from, middle, readNode));
      from = middle;
      known = false;
    }
  }
  if (!known) path.push(rangeRoot(from, to, readNode));
  return path.reverse();
}
