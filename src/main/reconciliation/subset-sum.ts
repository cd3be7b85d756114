/**
 * Which of a customer's open items add up to a sum: a search with a hard limit of work, that says
 * whether it looked at everything. An exact sum alone proves nothing; that no other subset gives it does. Pure.
 */

export interface SubsetSearch {
  /** Indexes into the pool, ascending within a solution; the smallest solutions first. */
  readonly solutions: readonly (readonly number[])[];
  /** True where every subset up to `maxSize` was looked at or ruled out and no solution was left out. */
  readonly complete: boolean;
}

export interface SubsetOptions {
  /** Stop after this many solutions; then `complete` is false. */
  readonly maxSolutions: number;
  /** Largest subset looked for. */
  readonly maxSize: number;
  /** Steps of the search before it gives up. */
  readonly workLimit: number;
}

const RESIDUE_BITS = 15;
const RESIDUES = 1 << RESIDUE_BITS;
/** Sums of at most this many last items are known beforehand, as residues. */
const TABLED_ITEMS = 12;

/** Finds the non-empty subsets of `pool` (signed minor units) whose sum is `target`. */
export function subsetSums(pool: readonly bigint[], target: bigint, options: SubsetOptions): SubsetSearch {
  const order = pool
    .map((_, index) => index)
    .filter((index) => pool[index] !== 0n)
    .sort((left, right) => compareMagnitude(pool[right]!, pool[left]!) || left - right);
  const values = order.map((index) => pool[index]!);
  const bounds = suffixBounds(values);
  const residues = suffixResidues(values);
  const solutions: number[][] = [];
  const chosen: number[] = [];
  let work = 0;
  let complete = true;

  /** Decides on the item at `at` and all after it; false ends the whole search. */
  const visit = (at: number, missing: bigint): boolean => {
    if (at === values.length || chosen.length >= options.maxSize) return true;
    const most = bounds.most[at]!;
    const least = bounds.least[at]!;
    if (missing > most || missing < least) return true;
    // The sum is reached: only items that cancel each other out could follow, one of each sign.
    if (missing === 0n && chosen.length > 0 && (most === 0n || least === 0n)) return true;
    const table = residues[at];
    if (table !== undefined && !hasResidue(table, missing)) return true;
    work += 1;
    if (work > options.workLimit) {
      complete = false;
      return false;
    }
    const rest = missing - values[at]!;
    chosen.push(at);
    if (rest === 0n) {
      solutions.push(chosen.map((position) => order[position]!).sort((left, right) => left - right));
      if (solutions.length >= options.maxSolutions) {
        complete = false;
        return false;
      }
    }
    const go = visit(at + 1, rest);
    chosen.pop();
    return go && visit(at + 1, missing);
  };

  visit(0, target);
  solutions.sort((left, right) => left.length - right.length || compareLists(left, right));
  return { solutions, complete };
}

function compareMagnitude(left: bigint, right: bigint): number {
  const a = left < 0n ? -left : left;
  const b = right < 0n ? -right : right;
  return a < b ? -1 : a > b ? 1 : left < right ? -1 : left > right ? 1 : 0;
}

function compareLists(left: readonly number[], right: readonly number[]): number {
  for (let i = 0; i < left.length; i += 1) {
    const difference = left[i]! - right[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Largest and smallest sum that the items from each position on can still add. */
function suffixBounds(values: readonly bigint[]): { most: bigint[]; least: bigint[] } {
  const most = new Array<bigint>(values.length + 1).fill(0n);
  const least = new Array<bigint>(values.length + 1).fill(0n);
  for (let at = values.length - 1; at >= 0; at -= 1) {
    const value = values[at]!;
    most[at] = most[at + 1]! + (value > 0n ? value : 0n);
    least[at] = least[at + 1]! + (value < 0n ? value : 0n);
  }
  return { most, least };
}

/** Used again by every search, as none begins before the one before has ended. */
const sums = new Uint16Array(1 << TABLED_ITEMS);
const bits = { far: new Uint8Array(RESIDUES >> 3), near: new Uint8Array(RESIDUES >> 3) };

/** At two positions before the end: which residues (modulo 2^15) subsets of the rest reach, as bit sets. */
function suffixResidues(values: readonly bigint[]): (Uint8Array | undefined)[] {
  const tables: (Uint8Array | undefined)[] = [];
  // A search this small visits fewer nodes than the tables have entries.
  if (values.length <= TABLED_ITEMS) return tables;
  sums[0] = 0;
  for (let rest = 1; rest <= TABLED_ITEMS; rest += 1) {
    const at = values.length - rest;
    const step = residueOf(values[at]!);
    const count = 1 << (rest - 1);
    for (let i = 0; i < count; i += 1) sums[count + i] = (sums[i]! + step) & (RESIDUES - 1);
    if (rest === TABLED_ITEMS / 2) tables[at] = bitSet(bits.near, 2 * count);
    if (rest === TABLED_ITEMS) tables[at] = bitSet(bits.far, 2 * count);
  }
  return tables;
}

/** The set of the first `count` sums. */
function bitSet(set: Uint8Array, count: number): Uint8Array {
  set.fill(0);
  for (let i = 0; i < count; i += 1) set[sums[i]! >> 3]! |= 1 << (sums[i]! & 7);
  return set;
}

function residueOf(value: bigint): number {
  return Number(BigInt.asUintN(RESIDUE_BITS, value));
}

function hasResidue(bits: Uint8Array, value: bigint): boolean {
  const residue = residueOf(value);
  return (bits[residue >> 3]! & (1 << (residue & 7))) !== 0;
}
