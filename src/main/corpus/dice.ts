/** Chance from a seed: the same seed gives the same corpus on every machine. Pure. */

export interface Dice {
  /** 0 up to 1. */
  random(): number;
  /** An integer from 0 to `limit` - 1. */
  upTo(limit: number): number;
  pick<T>(list: readonly T[]): T;
  /** One of the values by its weight. */
  weighted<T>(choices: readonly (readonly [value: T, weight: number])[]): T;
  /** True so many times of a hundred. */
  chance(percent: number): boolean;
  shuffle<T>(list: readonly T[]): T[];
}

/** Dice over mulberry32. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const upTo = (limit: number): number => Math.floor(random() * limit);
  return {
    random,
    upTo,
    pick: (list) => list[upTo(list.length)]!,
    weighted(choices) {
      let roll = random() * choices.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of choices) {
        roll -= weight;
        if (roll < 0) return value;
      }
      return choices.at(-1)![0];
    },
    chance: (percent) => random() * 100 < percent,
    shuffle(list) {
      const copy = [...list];
      for (let at = copy.length - 1; at > 0; at -= 1) {
        const other = upTo(at + 1);
        [copy[at], copy[other]] = [copy[other]!, copy[at]!];
      }
      return copy;
    },
  };
}
