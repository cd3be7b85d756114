import { type Audit, createAudit } from '../audit/index.ts';
import type { Logger, Metrics, Runtime } from '../base/index.ts';
import { createDashboard, type Dashboard } from '../dashboard/index.ts';
import { createImportFiles, createIntake, type Intake } from '../intake/index.ts';
import type { Feed, Jobs } from '../jobs/index.ts';
import { createLedger, type Ledger } from '../ledger/index.ts';
import { createReceivables, type Receivables } from '../receivables/index.ts';
import {
  createMatchStatusReader,
  createReconciliation,
  type Reconciliation,
} from '../reconciliation/index.ts';
import { createSealing, type Sealing } from '../sealing/index.ts';
import { createSearch, type Search } from '../search/index.ts';
import { createStatements, type Statements } from '../statements/index.ts';
import type { Vault } from '../vault/index.ts';
import { dashboardSources } from './dashboard-sources.ts';
import { searchSources } from './search-sources.ts';
import { createVerifier, type Verification, type Verifier } from './verifier.ts';

/** Pending entries are looked through for expired ones this often. */
const SWEEP_EVERY_MS = 60_000;

export interface ConsoleOptions {
  readonly vault: Vault;
  readonly runtime: Runtime;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly jobs: Jobs;
  readonly feed: Feed;
}

/** All rooms of one open vault, wired. */
export interface Console {
  readonly vault: Vault;
  readonly jobs: Jobs;
  readonly sealing: Sealing;
  readonly audit: Audit;
  readonly ledger: Ledger;
  readonly statements: Statements;
  readonly receivables: Receivables;
  readonly reconciliation: Reconciliation;
  readonly intake: Intake;
  readonly search: Search;
  readonly dashboard: Dashboard;
  /** Books and log, all law checks, as a job. */
  verify(): Promise<Verification>;
  healthChecks(): { name: string; ok: boolean; message: string }[];
  close(): Promise<void>;
}

/** Wires the rooms of a vault, cleans up what a crash left, and starts what runs beside the desks. */
export async function openConsole(options: ConsoleOptions): Promise<Console> {
  const { vault, runtime, log, jobs, feed } = options;
  const rooms = wireRooms(options);
  const { discarded } = await rooms.intake.recover();
  if (discarded > 0) log.warn('intake.recovered', { discarded });
  rooms.ledger.expirePending();
  const verifier: Verifier = createVerifier({ ...rooms, jobs, feed, runtime });
  const dashboard = createDashboard(dashboardSources({ ...rooms, lastVerified: () => verifier.last() }));
  const search = createSearch({ sources: searchSources(rooms), runtime, log });
  const refreshing = refreshOnChange(search, feed, log);
  const stopSweeping = every(runtime, SWEEP_EVERY_MS, () => {
    if (rooms.ledger.expirePending() > 0) feed.changed('ledger', 'audit');
  });
  return {
    ...rooms,
    vault,
    jobs,
    dashboard,
    search,
    verify: () => verifier.run(),
    healthChecks: () => verifier.healthChecks(),
    close: async () => {
      stopSweeping();
      refreshing.abort();
      await jobs.settle();
      await search.close();
      vault.close();
    },
  };
}

function wireRooms({ vault, runtime, log, metrics, jobs, feed }: ConsoleOptions) {
  const sealing = createSealing(vault, runtime, { metrics });
  const audit = createAudit(vault, sealing, runtime, { metrics });
  const ledger = createLedger({ vault, audit, runtime, metrics });
  const statements = createStatements({
    vault,
    sealing,
    ledger,
    runtime,
    files: createImportFiles({ vault, sealing }),
    // Statements stands below reconciliation and is handed what it needs of it.
    matchStatus: createMatchStatusReader(vault.db),
  });
  const receivables = createReceivables({ vault, sealing, ledger, runtime });
  const matching = createReconciliation({
    vault,
    sealing,
    audit,
    ledger,
    statements,
    receivables,
    runtime,
    metrics,
  });
  const reconciliation: Reconciliation = { ...matching, run: runAsJob(matching, jobs, feed) };
  ledger.addCheck(async () => ({
    name: 'bank accounts equal statements',
    ...(await statements.verifyBank()),
  }));
  ledger.addCheck(async () => ({
    name: 'open items equal settlements',
    ...(await receivables.verifyItems()),
  }));
  const intake = createIntake({
    vault,
    sealing,
    audit,
    runtime,
    statements,
    receivables,
    jobs,
    feed,
    log,
    metrics,
  });
  return { sealing, audit, ledger, statements, receivables, reconciliation, intake };
}

/** Matching as long work: watched, and cancelled between two batches. */
function runAsJob(matching: Reconciliation, jobs: Jobs, feed: Feed): Reconciliation['run'] {
  return (caller, options) =>
    jobs.run({ kind: 'reconciliation.run', label: 'Matching', cancellable: true }, async (job) => {
      const signal = options?.signal ? AbortSignal.any([options.signal, job.signal]) : job.signal;
      try {
        return await matching.run(caller, {
          ...options,
          signal,
          onProgress: (progress) => job.report(progress),
        });
      } finally {
        feed.changed('reconciliation', 'statements', 'receivables', 'ledger', 'audit', 'dashboard');
      }
    });
}

/** What changes a name or a reference is indexed again soon after. */
const SEARCHED_ROOMS = new Set(['statements', 'receivables']);

function refreshOnChange(search: Search, feed: Feed, log: Logger): AbortController {
  const controller = new AbortController();
  const refresh = () =>
    search.refresh().catch((error: unknown) => log.error('search.refresh-failed', { name: String(error) }));
  void refresh();
  void (async () => {
    for await (const event of feed.watch(controller.signal)) {
      if (event.type === 'changed' && event.rooms.some((room) => SEARCHED_ROOMS.has(room))) await refresh();
    }
  })();
  return controller;
}

/** Runs `task` again and again on the runtime's clock; the returned function ends it. */
function every(runtime: Runtime, delayMs: number, task: () => void): () => void {
  let cancel = () => {};
  const arm = () => {
    cancel = runtime.schedule(delayMs, () => {
      task();
      arm();
    });
  };
  arm();
  return () => cancel();
}
