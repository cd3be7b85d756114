import type { DashboardFigures } from '../../contract/dashboard.ts';
import type { LedgerVerification } from '../../contract/ledger.ts';
import type { Audit, TimedVerification } from '../audit/index.ts';
import type { Runtime } from '../base/index.ts';
import type { Heartbeat } from '../heartbeat/index.ts';
import type { Incidents } from '../incidents/index.ts';
import type { Feed, JobHandle, Jobs } from '../jobs/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Vault } from '../vault/index.ts';

export type Verification = LedgerVerification;
type HealthCheck = { name: string; ok: boolean; message: string };

export interface FileVerification {
  readonly ok: boolean;
  readonly findings: { code: string; message: string }[];
  readonly durationMs: number;
}

export interface Verifier {
  /** Verifies books and log; two that ask at once share one run. */
  run(): Promise<Verification>;
  /** Verifies the log alone. */
  runLog(): Promise<TimedVerification>;
  /** Reads header and pages of the vault's file through. */
  runFile(): Promise<FileVerification>;
  last(): DashboardFigures['lastVerified'];
  healthChecks(): HealthCheck[];
}

/** What is kept of the last verification, so that it outlives the lock of the vault. */
interface Kept {
  readonly atMs: number;
  readonly verified: boolean;
  readonly checks: HealthCheck[];
}

/** The line of the vault's notes that keeps it. */
const LAST_NOTE = 'last_verification';

const HOUR_MS = 3_600_000;

/** How often the calendar verifies, and what a run may be late by before the heartbeat says so. */
export const BOOKS_EVERY_MS = 24 * HOUR_MS;
export const FILE_EVERY_MS = 7 * BOOKS_EVERY_MS;
const GRACE_MS = 3 * HOUR_MS;

/**
 * What is verified, each with the incident that is raised where it does not hold. A run by hand
 * says as well when the next one is due, so that it never takes the calendar's promise back.
 */
const SUBJECTS = {
  'ledger.verify': {
    nextWithinMs: BOOKS_EVERY_MS + GRACE_MS,
    good: 'The books verify.',
    bad: 'The books do not verify.',
    kind: 'ledger.not-verified',
  },
  'audit.verify': {
    nextWithinMs: BOOKS_EVERY_MS + GRACE_MS,
    good: 'The audit log verifies.',
    bad: 'The audit log does not verify.',
    kind: 'audit.not-verified',
  },
  'vault.verify': {
    nextWithinMs: FILE_EVERY_MS + GRACE_MS,
    good: 'The file of the vault is whole.',
    bad: 'The file of the vault is damaged.',
    kind: 'vault.damaged',
  },
} as const;
type Subject = keyof typeof SUBJECTS;

interface Outcome {
  readonly examined: number;
  readonly findings: readonly string[];
}

export interface VerifierOptions {
  readonly vault: Vault;
  readonly ledger: Ledger;
  readonly audit: Audit;
  readonly heartbeat: Pick<Heartbeat, 'beat'>;
  readonly incidents: Pick<Incidents, 'raise'>;
  readonly jobs: Jobs;
  readonly feed: Feed;
  readonly runtime: Runtime;
}

/** `ledger.verify` and `audit.verify` as jobs, alone and together; each result goes to the heartbeat. */
export function createVerifier(options: VerifierOptions): Verifier {
  const { vault, ledger, audit, heartbeat, incidents, jobs, feed, runtime } = options;
  let running: Promise<Verification> | undefined;

  /** The heartbeat hears of every result; what does not hold is an incident. */
  function report(subject: Subject, { examined, findings }: Outcome): void {
    const { good, bad, kind, nextWithinMs } = SUBJECTS[subject];
    const ok = findings.length === 0;
    const facts = { examined, findings: findings.length };
    heartbeat.beat({ source: subject, ok, message: ok ? good : bad, facts, nextWithinMs });
    if (ok) return;
    incidents.raise({
      kind,
      dedupeKey: kind,
      severity: 'critical',
      title: bad,
      detail: { ...facts, first: findings[0]! },
    });
  }

  /** Work that ends without an answer is a failure of its own. */
  async function reported<T>(
    subject: Subject,
    work: () => Promise<T>,
    outcome: (answer: T) => Outcome,
  ): Promise<T> {
    let answer: T;
    try {
      answer = await work();
    } catch (error) {
      const { nextWithinMs } = SUBJECTS[subject];
      const message = 'The verification ended without an answer.';
      heartbeat.beat({ source: subject, ok: false, message, nextWithinMs });
      throw error;
    }
    report(subject, outcome(answer));
    return answer;
  }

  const verifyBooks = () =>
    reported(
      'ledger.verify',
      () => ledger.verify(),
      ({ checks }) => ({
        examined: checks.reduce((sum, check) => sum + check.examined, 0),
        findings: checks.flatMap((check) =>
          check.ok ? [] : check.findings.length > 0 ? check.findings : [check.name],
        ),
      }),
    );

  const verifyLog = (job: JobHandle) =>
    reported(
      'audit.verify',
      () =>
        audit.verify({
          onProgress: (doneCount, totalCount) => job.report({ stage: 'log', doneCount, totalCount }),
        }),
      ({ records, findings }) => ({ examined: records, findings: findings.map(({ message }) => message) }),
    );

  const verify = () =>
    jobs.run({ kind: 'system.verify', label: 'Verification of books and log' }, async (job) => {
      const startedMs = runtime.monotonicMs();
      job.report({ stage: 'books' });
      const books = await verifyBooks();
      const log = await verifyLog(job);
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
      keep({ atMs: runtime.nowMs(), verified, checks: checks.map(healthOf) });
      return { verified, checks, durationMs: Math.round(runtime.monotonicMs() - startedMs) };
    });

  function keep(kept: Kept): void {
    vault.transaction(() => vault.setMeta(LAST_NOTE, JSON.stringify(kept)));
  }

  function kept(): Kept | undefined {
    const text = vault.meta(LAST_NOTE);
    return text === undefined ? undefined : (JSON.parse(text) as Kept);
  }

  return {
    run: () => {
      running ??= verify().finally(() => {
        running = undefined;
        feed.changed('dashboard');
      });
      return running;
    },
    runLog: () => jobs.run({ kind: 'audit.verify', label: 'Verification of the log' }, verifyLog),
    async runFile() {
      const startedMs = runtime.monotonicMs();
      const findings = await reported(
        'vault.verify',
        () => vault.checkIntegrity(),
        (found) => ({ examined: 1, findings: found.map(({ code, message }) => `${code}: ${message}`) }),
      );
      return {
        ok: findings.length === 0,
        findings,
        durationMs: Math.round(runtime.monotonicMs() - startedMs),
      };
    },
    last: () => {
      const last = kept();
      return last === undefined ? null : { atMs: last.atMs, verified: last.verified };
    },
    healthChecks: () => kept()?.checks ?? [{ name: 'books', ok: true, message: 'Not verified yet.' }],
  };
}

function healthOf({ name, ok, findings }: { name: string; ok: boolean; findings: string[] }): HealthCheck {
  return { name, ok, message: ok ? 'Verified.' : (findings[0] ?? 'Does not verify.') };
}
