/**
 * A multimap from text to small integers, by 32-bit hash in flat arrays: millions of keys in tens
 * of megabytes and no string kept. A hit may be a collision; whoever looks up verifies. Pure.
 */

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Spreads FNV's low bits; the table takes its slot from them. */
function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 15);
  mixed = Math.imul(mixed, 0x2c1b3c6d);
  mixed ^= mixed >>> 12;
  return mixed >>> 0;
}

/** Hash of `text` under a `kind`, so that one table holds several kinds of key. */
export function hashText(kind: number, text: string): number {
  let hash = FNV_OFFSET ^ kind;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return finish(hash);
}

/** Hash of `text` with the character at `skip` left out; equal to that of the shorter text. */
export function hashWithout(kind: number, text: string, skip: number): number {
  let hash = FNV_OFFSET ^ kind;
  for (let i = 0; i < text.length; i += 1) {
    if (i !== skip) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  }
  return finish(hash);
}

export class HashIndex {
  #heads: Int32Array;
  #next: Int32Array;
  #hashes: Uint32Array;
  #values: Int32Array;
  #count = 0;

  constructor(expected = 1024) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, expected)));
    this.#heads = new Int32Array(slots).fill(-1);
    this.#next = new Int32Array(slots);
    this.#hashes = new Uint32Array(slots);
    this.#values = new Int32Array(slots);
  }

  get size(): number {
    return this.#count;
  }

  add(hash: number, value: number): void {
    if (this.#count === this.#next.length) this.#grow();
    const at = this.#count;
    const slot = hash & (this.#heads.length - 1);
    this.#hashes[at] = hash;
    this.#values[at] = value;
    this.#next[at] = this.#heads[slot]!;
    this.#heads[slot] = at;
    this.#count += 1;
  }

  /** Adds to `found` the values under `hash`, at most `limit` of them; the latest added come first. */
  collect(hash: number, found: Set<number>, limit: number): void {
    let at = this.#heads[hash & (this.#heads.length - 1)]!;
    let taken = 0;
    while (at >= 0 && taken < limit) {
      if (this.#hashes[at] === hash) {
        found.add(this.#values[at]!);
        taken += 1;
      }
      at = this.#next[at]!;
    }
  }

  #grow(): void {
    const slots = this.#heads.length * 2;
    this.#next = widen(this.#next, slots);
    this.#values = widen(this.#values, slots);
    const hashes = new Uint32Array(slots);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#heads = new Int32Array(slots).fill(-1);
    for (let at = 0; at < this.#count; at += 1) {
      const slot = hashes[at]! & (slots - 1);
      this.#next[at] = this.#heads[slot]!;
      this.#heads[slot] = at;
    }
  }
}

function widen(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const wide = new Int32Array(length);
  wide.set(array);
  return wide;
}
