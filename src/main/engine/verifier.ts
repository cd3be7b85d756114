import type { DashboardFigures } from '../../contract/dashboard.ts';
import type { LedgerVerification } from '../../contract/ledger.ts';
import type { Audit } from '../audit/index.ts';
import type { Runtime } from '../base/index.ts';
import type { Feed, Jobs } from '../jobs/index.ts';
import type { Ledger } from '../ledger/index.ts';

export type Verification = LedgerVerification;

export interface Verifier {
  /** Verifies books and log; two that ask at once share one run. */
  run(): Promise<Verification>;
  last(): DashboardFigures['lastVerified'];
  healthChecks(): { name: string; ok: boolean; message: string }[];
}

/** `ledger.verify` and `audit.verify` as one job with one answer. */
export function createVerifier(options: {
  ledger: Ledger;
  audit: Audit;
  jobs: Jobs;
  feed: Feed;
  runtime: Runtime;
}): Verifier {
  const { ledger, audit, jobs, feed, runtime } = options;
  let running: Promise<Verification> | undefined;
  let last: { atMs: number; verification: Verification } | undefined;

  const verify = () =>
    jobs.run({ kind: 'system.verify', label: 'Verification of books and log' }, async (job) => {
      const startedMs = runtime.monotonicMs();
      job.report({ stage: 'books' });
      const books = await ledger.verify();
      job.report({ stage: 'log' });
      const log = await audit.verify();
      const checks = [
        ...books.checks,
        {
          name: 'audit log',
          ok: log.findings.length === 0,
          examined: log.records,
          findings: log.findings.map(({ message }) => message),
        },
      ];
      const verified = checks.every((check) => check.ok);
      const verification = { verified, checks, durationMs: Math.round(runtime.monotonicMs() - startedMs) };
      last = { atMs: runtime.nowMs(), verification };
      return verification;
    });

  return {
    run: () => {
      running ??= verify().finally(() => {
        running = undefined;
        feed.changed('dashboard');
      });
      return running;
    },
    last: () => (last ? { atMs: last.atMs, verified: last.verification.verified } : null),
    healthChecks: () => {
      if (!last) return [{ name: 'books', ok: true, message: 'Not verified since the vault was opened.' }];
      return last.verification.checks.map(({ name, ok, findings }) => ({
        name,
        ok,
        message: ok ? 'Verified.' : (findings[0] ?? 'Does not verify.'),
      }));
    },
  };
}
