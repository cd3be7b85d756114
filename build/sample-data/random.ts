/**
 * A seeded generator of pseudo-random numbers (sfc32, seeded by splitmix32), so that a data
 * set is a function of its seed. Each part of the generator draws from a stream of its own,
 * named by a label; a draw more in one part then leaves the others as they were.
 */
export interface Random {
  /** A whole number of 32 bits. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  /** True `perMille` times in a thousand. */
  chance(perMille: number): boolean;
  pick<T>(values: readonly T[]): T;
  /** One of the values, each as likely as its weight. */
  weighted<T>(values: readonly (readonly [T, number])[]): T;
  digits(length: number): string;
  letters(length: number): string;
  /** A number near `median`, spread like a log-normal curve from a quarter to sixteen times of it. */
  skewed(median: number): number;
  shuffle<T>(values: readonly T[]): T[];
  stream(label: string): Random;
}

const WORD = 0x1_0000_0000;

/** FNV-1a over the UTF-16 units of a label. */
function hashLabel(label: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < label.length; at += 1) {
    hash = Math.imul(hash ^ label.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** Spreads a small seed over 32 bits; each call gives the next word. */
function splitmix(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let word = state;
    word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return (word ^ (word >>> 15)) >>> 0;
  };
}

function sfc32(seed: number, label: string): () => number {
  const mix = splitmix((seed ^ hashLabel(label)) >>> 0);
  let a = mix();
  let b = mix();
  let c = mix();
  let counter = 1;
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
}

/** Two to the power of `exponent`, straight between whole powers: exact arithmetic, the same on every machine. */
function powerOfTwo(exponent: number): number {
  const whole = Math.floor(exponent);
  const scale = whole < 0 ? 1 / (1 << -whole) : 1 << whole;
  return scale * (1 + exponent - whole);
}

/** The stream of `seed` under `label`. */
export function createRandom(seed: number, label = ''): Random {
  const next = sfc32(seed, label);
  for (let warm = 0; warm < 12; warm += 1) next();
  const int = (low: number, high: number): number => low + (next() % (high - low + 1));
  const pick = <T>(values: readonly T[]): T => {
    const value = values[next() % values.length];
    if (value === undefined) throw new Error('There is nothing to pick from.');
    return value;
  };
  return {
    next,
    int,
    pick,
    chance: (perMille) => next() % 1000 < perMille,
    weighted: (values) => {
      const total = values.reduce((sum, [, weight]) => sum + weight, 0);
      let rest = next() % total;
      for (const [value, weight] of values) {
        if (rest < weight) return value;
        rest -= weight;
      }
      throw new Error('The weights are all zero.');
    },
    digits: (length) => Array.from({ length }, () => String(next() % 10)).join(''),
    letters: (length) => Array.from({ length }, () => String.fromCharCode(65 + (next() % 26))).join(''),
    skewed: (median) => {
      // The sum of four uniform numbers is near enough to a bell; its power of two is skewed.
      const bell = (next() / WORD + next() / WORD + next() / WORD + next() / WORD - 2) / 2;
      return median * powerOfTwo(bell * (bell < 0 ? 2.6 : 5));
    },
    shuffle: (values) => {
      const out = [...values];
      for (let at = out.length - 1; at > 0; at -= 1) {
        const other = next() % (at + 1);
        [out[at], out[other]] = [out[other]!, out[at]!];
      }
      return out;
    },
    stream: (inner) => createRandom(seed, `${label}/${inner}`),
  };
}
