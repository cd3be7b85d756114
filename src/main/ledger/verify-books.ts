import type { Connection } from '../vault/index.ts';
import type { Breathe, LedgerCheck } from './findings.ts';
import { createStateStore } from './store-state.ts';
import { createVerifyStore } from './store-verify.ts';
import { checkPublications } from './verify-audit.ts';
import { checkBalances, checkSnapshots } from './verify-balances.ts';
import { createJournalCheck } from './verify-journal.ts';
import { checkKeys, checkPending, checkReversals } from './verify-rows.ts';

export interface BooksRequest {
  readonly nowMs: number;
  readonly breathe: Breathe;
  /** Hears how far it is, from 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** The checks that need nothing but the vault's own tables, on a connection of their own whose view stands still. */
export async function checkBooks(reader: Connection, request: BooksRequest): Promise<LedgerCheck[]> {
  const { breathe, nowMs, onProgress } = request;
  reader.exec('BEGIN');
  const store = createVerifyStore(reader);
  const infos = createStateStore(reader)
    .accounts()
    .map(({ info }) => info);
  const accounts = new Map(infos.map((info) => [info.id, info]));
  const journal = createJournalCheck(store, accounts);
  await journal.run(breathe, onProgress);
  return [
    ...journal.results(),
    await checkKeys(store, journal.totals.entries, breathe),
    await checkReversals(store, journal.totals.reversals, breathe),
    checkBalances(store, journal.sums),
    await checkSnapshots(store, journal.movements, accounts, breathe),
    checkPublications(store),
    checkPending(store, journal.totals.pending, nowMs),
  ];
}
