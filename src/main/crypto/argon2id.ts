import { hashRaw } from '@node-rs/argon2';
import { refuseUnknownOptions } from './options.ts';

/** The cost of one Argon2id run (RFC 9106). */
export interface Argon2Cost {
  /** KiB of memory. */
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/**
 * What a stored cost must lie between before it is used. The lower bound keeps an edited header
 * from weakening a passphrase (OWASP's minimum of 19 MiB, or more passes for it, lies below it);
 * the upper one keeps it from holding the workstation's memory.
 */
export const ARGON2_BOUNDS = {
  memoryKiB: { least: 64 * 1024, most: 1024 * 1024 },
  passes: { least: 3, most: 16 },
  lanes: { least: 1, most: 16 },
  saltBytes: { least: 16, most: 64 },
} as const;

/** RFC 9106's second recommended choice: 64 MiB, three passes, four lanes. */
export const ARGON2_DEFAULT: Argon2Cost = { memoryKiB: 64 * 1024, passes: 3, lanes: 4 };

/** `Algorithm.Argon2id` and `Version.V0x13` of the binding, whose const enums erase to these numbers. */
const ALGORITHM_ARGON2ID = 2;
const VERSION_0X13 = 1;

const within = (value: number, bound: { least: number; most: number }): boolean =>
  Number.isInteger(value) && value >= bound.least && value <= bound.most;

/** Names the first parameter that lies outside the bounds; `undefined` where all lie within. */
export function argon2CostProblem(cost: Argon2Cost, salt: Uint8Array): string | undefined {
  if (!within(cost.memoryKiB, ARGON2_BOUNDS.memoryKiB)) return 'memoryKiB';
  if (!within(cost.passes, ARGON2_BOUNDS.passes)) return 'passes';
  if (!within(cost.lanes, ARGON2_BOUNDS.lanes)) return 'lanes';
  if (!within(salt.byteLength, ARGON2_BOUNDS.saltBytes)) return 'salt';
  return undefined;
}

export interface Argon2idOptions extends Argon2Cost {
  readonly passphrase: Uint8Array;
  readonly salt: Uint8Array;
}

/** 32 bytes from a passphrase, on the thread pool. Refuses a cost outside `ARGON2_BOUNDS`. */
export async function argon2id(options: Argon2idOptions): Promise<Buffer> {
  refuseUnknownOptions('argon2id', options, ['passphrase', 'salt', 'memoryKiB', 'passes', 'lanes']);
  const { passphrase, salt, memoryKiB, passes, lanes } = options;
  const problem = argon2CostProblem(options, salt);
  if (problem !== undefined) throw new TypeError(`argon2id: ${problem} lies outside its bounds`);
  return hashRaw(passphrase, {
    algorithm: ALGORITHM_ARGON2ID,
    version: VERSION_0X13,
    memoryCost: memoryKiB,
    timeCost: passes,
    parallelism: lanes,
    outputLen: 32,
    salt,
  });
}
