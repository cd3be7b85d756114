/**
 * The brake after failed sign-ins of one operator. It never shuts anybody out for good: a stranger at
 * the keyboard could otherwise shut out both administrators.
 */
const FREE_FAILURES = 3;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** So many failures are no slip of the finger any more: an incident is raised. */
export const FAILURES_OF_AN_INCIDENT = 5;

/** The wait after a number of failures: none, then a second, doubled with each, fifteen minutes at most. */
export function waitAfterMs(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(30, failures - FREE_FAILURES));
}

/** When the next try is taken; null where it is now. A failure that lies ahead counts as one of now. */
export function waitsUntilMs(
  failed: { readonly failures: number; readonly lastFailureAtMs: number | null },
  nowMs: number,
): number | null {
  if (failed.lastFailureAtMs === null) return null;
  const untilMs = Math.min(failed.lastFailureAtMs, nowMs) + waitAfterMs(failed.failures);
  return untilMs > nowMs ? untilMs : null;
}
