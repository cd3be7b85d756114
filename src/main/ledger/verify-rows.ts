import { type Breathe, CheckLog, type LedgerCheck } from './findings.ts';
import type { VerifyStore } from './store-verify.ts';

const KEYS_PER_STEP = 20_000;
const REVERSALS_PER_STEP = 2_000;

/**
 * How long after its time a pending entry may still stand: expiring is a sweep that the engine calls
 * now and then.
 */
const EXPIRY_GRACE_MS = 10 * 60_000;

/** There are as many keys as entries; that each entry has its own is checked with the entries. */
export async function checkKeys(store: VerifyStore, entries: number, breathe: Breathe): Promise<LedgerCheck> {
  const log = new CheckLog('every idempotency key belongs to an entry');
  let after: Buffer | null = Buffer.alloc(0);
  while (after !== null) {
    const page: { found: bigint; last: Buffer | null } = store.keyPage(after, KEYS_PER_STEP);
    log.examined += Number(page.found);
    after = page.last;
    await breathe();
  }
  if (log.examined !== entries) log.fail(`${log.examined} keys for ${entries} entries`);
  return log.result();
}

/** The list of reversals is what the reversing entries say. */
export async function checkReversals(
  store: VerifyStore,
  reversing: number,
  breathe: Breathe,
): Promise<LedgerCheck> {
  const log = new CheckLog('every reversal names the entry it takes back, once');
  let after = 0;
  for (;;) {
    const rows = store.reversalsAfter(after, REVERSALS_PER_STEP);
    for (const row of rows) {
      log.expect(
        row.named === row.reversed_number,
        () => `entry ${row.number} does not name entry ${row.reversed_number}`,
      );
      after = Number(row.reversed_number);
    }
    if (rows.length < REVERSALS_PER_STEP) break;
    await breathe();
  }
  if (log.examined !== reversing) log.fail(`${reversing} entries reverse, ${log.examined} are listed`);
  return log.result();
}

/** Nothing waits beyond its time, and the list of what waits is complete. */
export function checkPending(store: VerifyStore, pending: number, nowMs: number): LedgerCheck {
  const log = new CheckLog('nothing is pending past its time');
  for (const number of store.overdue(nowMs - EXPIRY_GRACE_MS)) log.fail(`entry ${number} is past its time`);
  log.examined = store.openCount();
  if (log.examined !== pending) log.fail(`${pending} entries are pending, ${log.examined} are listed`);
  return log.result();
}
