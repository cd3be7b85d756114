import { randomBytes, randomFillSync } from 'node:crypto';

/**
 * Everything that differs between two runs enters through this value, so that a day of
 * the console replays from a seed.
 */
export interface Runtime {
  /** Wall clock, milliseconds since 1970 UTC. */
  nowMs(): number;
  /** A clock that never goes back, milliseconds with fractions; for measuring only. */
  monotonicMs(): number;
  randomBytes(length: number): Buffer;
  randomFill(target: Uint8Array): void;
  /** Calls `task` after `delayMs`; the returned function cancels it. Never keeps the process alive by itself. */
  schedule(delayMs: number, task: () => void): () => void;
}

/** The real clock and the operating system's randomness. */
export const systemRuntime: Runtime = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  randomBytes: (length) => randomBytes(length),
  randomFill: (target) => {
    randomFillSync(target);
  },
  schedule: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
