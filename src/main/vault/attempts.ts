import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CountersignError, isCountersignError, type Runtime } from '../base/index.ts';

/**
 * Back-off after wrong passphrases. The count lies in a small plain file beside the header, so that
 * a restart does not reset it. It is a brake at the door and no protection of a copied vault, which
 * Argon2id is: who can change the file can at worst reset the brake, and never hold the right holder
 * up for longer than `LONGEST_WAIT_MS`.
 */
export const ATTEMPTS_FILE = 'attempts.json';

/** Slips of the finger that cost nothing. */
const FREE_FAILURES = 3;
const FIRST_WAIT_MS = 1_000;
export const LONGEST_WAIT_MS = 5 * 60_000;

const attemptsSchema = z.strictObject({
  failures: z.number().int().positive(),
  lastAtMs: z.number().int().nonnegative(),
});
type Attempts = z.infer<typeof attemptsSchema>;

/** The wait after a number of failures: none, then a second, doubled with each, five minutes at most. */
export function waitAfterMs(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(30, failures - FREE_FAILURES));
}

function read(path: string): Attempts | undefined {
  try {
    return attemptsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Absent, cut or edited out of form: the brake is off, which is all that tampering may achieve.
    return undefined;
  }
}

function write(path: string, attempts: Attempts): void {
  try {
    writeFileSync(`${path}.new`, JSON.stringify(attempts), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // A disk that is full or read-only must not keep the right passphrase out.
  }
}

/** Wrong passphrases since the last right one; 0 where none are known. */
export function failedAttempts(directory: string): number {
  return read(join(directory, ATTEMPTS_FILE))?.failures ?? 0;
}

/**
 * Runs one try with a passphrase. It is counted before it runs, so that killing the process in the
 * middle wins nothing, and the count goes when it succeeds. Throws `VAULT_BACKING_OFF` with
 * `retryAfterMs` while a wait is on, for a right passphrase too, and then spends nothing.
 */
export async function withBackOff<T>(
  directory: string,
  runtime: Runtime,
  attempt: () => Promise<T>,
): Promise<T> {
  const path = join(directory, ATTEMPTS_FILE);
  const nowMs = runtime.nowMs();
  const known = read(path);
  if (known !== undefined) {
    // A clock that was set back would stretch the wait: it starts anew from the time that is told.
    const lastAtMs = Math.min(known.lastAtMs, nowMs);
    if (lastAtMs !== known.lastAtMs) write(path, { ...known, lastAtMs });
    const retryAfterMs = lastAtMs + waitAfterMs(known.failures) - nowMs;
    if (retryAfterMs > 0) throw backingOff(retryAfterMs);
  }
  write(path, { failures: (known?.failures ?? 0) + 1, lastAtMs: nowMs });
  try {
    const result = await attempt();
    forgetAttempts(directory);
    return result;
  } catch (error) {
    // Only a wrong passphrase is a guess; a header that was edited is not.
    if (!isCountersignError(error, 'VAULT_PASSPHRASE_WRONG')) takeBack(path, known);
    throw error;
  }
}

/** Takes one count back, and none of those that others added meanwhile. */
function takeBack(path: string, known: Attempts | undefined): void {
  const now = read(path);
  if (now === undefined) return;
  const failures = now.failures - 1;
  if (failures === (known?.failures ?? 0)) {
    if (known === undefined) rmSync(path, { force: true });
    else write(path, known);
  } else if (failures > 0) write(path, { ...now, failures });
}

/** Takes the brake off: the right holder is there. */
export function forgetAttempts(directory: string): void {
  for (const name of [ATTEMPTS_FILE, `${ATTEMPTS_FILE}.new`]) rmSync(join(directory, name), { force: true });
}

function backingOff(retryAfterMs: number): CountersignError {
  const seconds = Math.ceil(retryAfterMs / 1_000);
  const message = `Too many wrong passphrases. The next try is taken in ${seconds} s.`;
  return new CountersignError('VAULT_BACKING_OFF', message, { retryAfterMs });
}
