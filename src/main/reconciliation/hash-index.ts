/**
 * A multimap from text to small integers, by 32-bit hash in flat arrays: millions of keys in tens
 * of megabytes and no string kept. A hit may be a collision; whoever looks up verifies. Pure.
 */

const SEED = 0x811c9dc5;
/** Odd, so that it has an inverse modulo 2^32. */
const FACTOR = 0x01000193;
const INVERSE = inverseOf(FACTOR);

/** The inverse of an odd number modulo 2^32, by Newton's iteration. */
function inverseOf(odd: number): number {
  let inverse = odd;
  for (let step = 0; step < 5; step += 1) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse;
}

/** Spreads the low bits of the sum; the table takes its slot from them. */
function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 15);
  mixed = Math.imul(mixed, 0x2c1b3c6d);
  mixed ^= mixed >>> 12;
  return mixed >>> 0;
}

/** The text as digits to the base `FACTOR`, after those of its kind. */
function sumOf(kind: number, text: string): number {
  let sum = SEED ^ kind;
  for (let i = 0; i < text.length; i += 1) sum = (Math.imul(sum, FACTOR) + text.charCodeAt(i)) | 0;
  return sum;
}

/** Hash of `text` under a `kind`, so that one table holds several kinds of key. */
export function hashText(kind: number, text: string): number {
  return finish(sumOf(kind, text));
}

/**
 * Visits the hash of each text that lacks one of the characters, equal to that of the shorter text. Being
 * sums of powers, all of them are had in one pass: what stands before the place, moved up by one, and what
 * stands after it.
 */
export function eachHashWithout(kind: number, text: string, visit: (hash: number) => void): void {
  let before = sumOf(kind, text);
  let after = 0;
  let power = 1;
  for (let i = text.length - 1; i >= 0; i -= 1) {
    const character = text.charCodeAt(i);
    before = Math.imul(before - character, INVERSE);
    // Without either of two equal neighbours it is the same shorter text.
    if (i === 0 || text.charCodeAt(i - 1) !== character)
      visit(finish((Math.imul(before, power) + after) | 0));
    after = (after + Math.imul(character, power)) | 0;
    power = Math.imul(power, FACTOR);
  }
}

/** Slots of the smaller table that each new entry moves: all are moved long before the larger one is full. */
const MOVED_AT_ONCE = 4;

/**
 * Entries are numbered from 1, so that 0 is none and new tables need no filling. A table that has become too
 * small is not emptied at once, which takes long with millions of entries: each entry that comes moves some
 * slots of it.
 */
export class HashIndex {
  #heads: Int32Array;
  /** The smaller table, while slots of it have not been moved: those from `#moved` on. */
  #old: Int32Array | undefined;
  #moved = 0;
  #next: Int32Array;
  #hashes: Uint32Array;
  #values: Int32Array;
  #last = 0;
  /** First entry that was removed and may be used again, the others chained to it. */
  #free = 0;
  #live = 0;

  constructor(expected = 1024) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, expected)));
    this.#heads = new Int32Array(slots);
    this.#next = new Int32Array(slots);
    this.#hashes = new Uint32Array(slots);
    this.#values = new Int32Array(slots);
  }

  get size(): number {
    return this.#live;
  }

  add(hash: number, value: number): void {
    const at = this.#place();
    if (this.#old !== undefined) this.#move();
    this.#hashes[at] = hash;
    this.#values[at] = value;
    const table = this.#tableOf(hash);
    const slot = hash & (table.length - 1);
    this.#next[at] = table[slot]!;
    table[slot] = at;
    this.#live += 1;
  }

  /** The table that holds the slot of a hash at present. */
  #tableOf(hash: number): Int32Array {
    const old = this.#old;
    return old !== undefined && (hash & (old.length - 1)) >= this.#moved ? old : this.#heads;
  }

  /** An entry to write to: one that was removed before, else the next one. */
  #place(): number {
    const at = this.#free;
    if (at > 0) {
      this.#free = this.#next[at]!;
      return at;
    }
    this.#last += 1;
    if (this.#last === this.#next.length) this.#grow();
    return this.#last;
  }

  /** Takes one entry of `value` under `hash` away; nothing happens where there is none. */
  remove(hash: number, value: number): void {
    const table = this.#tableOf(hash);
    const slot = hash & (table.length - 1);
    let before = 0;
    for (let at = table[slot]!; at > 0; at = this.#next[at]!) {
      if (this.#hashes[at] === hash && this.#values[at] === value) {
        if (before === 0) table[slot] = this.#next[at]!;
        else this.#next[before] = this.#next[at]!;
        this.#next[at] = this.#free;
        this.#free = at;
        this.#live -= 1;
        return;
      }
      before = at;
    }
  }

  /**
   * Adds to `found` the values under `hash`. Where there are more than `limit` it adds none and answers
   * false: what so many share tells none of them from the others, and a choice among them would
   * depend on the order in which they came.
   */
  collect(hash: number, found: Set<number>, limit: number): boolean {
    const table = this.#tableOf(hash);
    const head = table[hash & (table.length - 1)]!;
    let count = 0;
    for (let at = head; at > 0; at = this.#next[at]!) {
      if (this.#hashes[at] === hash) count += 1;
      if (count > limit) return false;
    }
    if (count === 0) return true;
    for (let at = head; at > 0; at = this.#next[at]!) {
      if (this.#hashes[at] === hash) found.add(this.#values[at]!);
    }
    return true;
  }

  #grow(): void {
    const slots = this.#next.length * 2;
    this.#next = widen(this.#next, slots);
    this.#values = widen(this.#values, slots);
    const hashes = new Uint32Array(slots);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#old = this.#heads;
    this.#moved = 0;
    this.#heads = new Int32Array(slots);
  }

  #move(): void {
    const old = this.#old!;
    const until = Math.min(old.length, this.#moved + MOVED_AT_ONCE);
    for (; this.#moved < until; this.#moved += 1) {
      let at = old[this.#moved]!;
      while (at > 0) {
        const following = this.#next[at]!;
        const slot = this.#hashes[at]! & (this.#heads.length - 1);
        this.#next[at] = this.#heads[slot]!;
        this.#heads[slot] = at;
        at = following;
      }
    }
    if (until === old.length) this.#old = undefined;
  }
}

function widen(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const wide = new Int32Array(length);
  wide.set(array);
  return wide;
}
