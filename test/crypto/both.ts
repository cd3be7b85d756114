import { randomFillSync } from 'node:crypto';
import type { FillRandom } from '../../src/main/crypto/algorithm.ts';

export const fillRandom: FillRandom = (target) => {
  randomFillSync(target);
};

export const hex = (text: string): Buffer => Buffer.from(text, 'hex');

export const longer = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.of(0)]);

/** A copy in which one bit stands the other way round. */
export function flipped(bytes: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

/** The native implementation; without it noble would be compared with itself. */
export function mustHave<T>(native: () => T | undefined, name: string): T {
  const found = native();
  if (found === undefined) throw new Error(`this runtime has no native ${name}, so nothing can be compared`);
  return found;
}

/** Each ordered pair of two implementations, for `test.each`. */
export function pairsOf<T extends { readonly implementation: string }>(a: T, b: T) {
  return [a, b].flatMap((maker) =>
    [a, b].map((taker) => [maker.implementation, taker.implementation, maker, taker] as const),
  );
}

/** The same random bytes each time, from a small generator (mulberry32) that only tests may use. */
export function seededRandom(seed: number): FillRandom {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) & 0xff;
  };
  return (target) => {
    for (let at = 0; at < target.length; at += 1) target[at] = next();
  };
}
