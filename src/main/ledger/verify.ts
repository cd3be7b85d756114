import type { LedgerVerification } from '../../contract/ledger.ts';
import { type Runtime, yieldToLoop } from '../base/index.ts';
import type { Vault } from '../vault/index.ts';
import type { LedgerCheck } from './findings.ts';
import { createStateStore } from './store-state.ts';
import { createVerifyStore } from './store-verify.ts';
import { type AuditReader, checkAuditedRoots, checkPublications } from './verify-audit.ts';
import { checkBalances, checkSnapshots } from './verify-balances.ts';
import { createJournalCheck } from './verify-journal.ts';
import { checkKeys, checkPending, checkReversals } from './verify-rows.ts';

/** A check of another room that belongs to the laws of the books. */
export type ExtraCheck = () => LedgerCheck | Promise<LedgerCheck>;

export interface VerifyOptions {
  /** Hears how far it is, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** Milliseconds after which the event loop gets a turn. One step between two looks stays below thirty. */
const SLICE_MS = 10;

/** Calls of this give the event loop its turn when a slice is over, and stop where the caller cancelled. */
export type Breathe = () => Promise<void>;

function createBreathe(runtime: Runtime, signal: AbortSignal | undefined): Breathe {
  let startedMs = runtime.monotonicMs();
  return async () => {
    signal?.throwIfAborted();
    if (runtime.monotonicMs() - startedMs < SLICE_MS) return;
    await yieldToLoop();
    startedMs = runtime.monotonicMs();
  };
}

/**
 * The law checks. They read a view of the vault that stands still while the ledger goes on: every
 * entry balances and its leaf, key and history agree with it; roots are those that audit recorded;
 * balances, snapshots and sums of imports are those of the postings; nothing staged counts; nothing
 * pending is overdue; no entry became known in a period closed before.
 */
export function createVerify(parts: {
  vault: Vault;
  audit: AuditReader | object;
  runtime: Runtime;
  extraChecks: readonly ExtraCheck[];
}) {
  const { vault, audit, runtime, extraChecks } = parts;

  return async function verify({ onProgress, signal }: VerifyOptions = {}): Promise<LedgerVerification> {
    const startedMs = runtime.monotonicMs();
    const breathe = createBreathe(runtime, signal);
    const checks: LedgerCheck[] = [];
    const reader = vault.openReader();
    try {
      reader.exec('BEGIN');
      const store = createVerifyStore(reader);
      const accounts = new Map(
        createStateStore(reader)
          .accounts()
          .map((account) => [account.info.id, account.info]),
      );
      const journal = createJournalCheck(store, accounts);
      await journal.run(breathe, onProgress);
      checks.push(...journal.results());
      checks.push(await checkKeys(store, journal.totals.entries, breathe));
      checks.push(await checkReversals(store, journal.totals.reversals, breathe));
      checks.push(checkBalances(store, journal.sums));
      checks.push(await checkSnapshots(store, journal.movements, accounts, breathe));
      checks.push(checkPublications(store));
      checks.push(checkPending(store, journal.totals.pending, runtime.nowMs()));
      if ('get' in audit) checks.push(await checkAuditedRoots(store, audit as AuditReader, breathe));
    } finally {
      reader.close();
    }
    for (const extra of extraChecks) checks.push(await extra());
    return {
      verified: checks.every((check) => check.ok),
      checks: checks.map((check) => ({ ...check })),
      durationMs: Math.round(runtime.monotonicMs() - startedMs),
    };
  };
}
