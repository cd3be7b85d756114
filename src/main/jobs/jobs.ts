import type { Job } from '../../contract/jobs.ts';
import {
  CountersignError,
  createIdMaker,
  idToText,
  isCountersignError,
  type Metrics,
  type Runtime,
} from '../base/index.ts';
import type { Feed } from './feed.ts';

/** Screens hear of progress at most this often a job. */
const REPORT_EVERY_MS = 100;
/** Ended jobs kept for the list. */
const KEEP_ENDED = 50;

export interface JobReport {
  readonly stage?: string;
  readonly doneCount?: number;
  readonly totalCount?: number;
  /** 0 to 1, where it is not doneCount / totalCount. */
  readonly progress?: number;
}

/** What the work holds while it runs. */
export interface JobHandle {
  readonly id: string;
  /** Aborted when a person cancels; the work ends by throwing `CANCELLED`, see `throwIfCancelled`. */
  readonly signal: AbortSignal;
  report(report: JobReport): void;
  throwIfCancelled(): void;
}

export interface JobRequest {
  /** room.verb */
  readonly kind: string;
  /** For people; never a name or an account number. */
  readonly label: string;
  readonly cancellable?: boolean;
}

export interface Jobs {
  /** Runs `work` as a job that the screens can watch and cancel; settles as the work does. */
  run<T>(request: JobRequest, work: (job: JobHandle) => Promise<T>): Promise<T>;
  /** As `run`, but hands out the job's id at once. */
  start<T>(request: JobRequest, work: (job: JobHandle) => Promise<T>): { id: string; result: Promise<T> };
  list(): Job[];
  /** Asks the job to end. Errors: JOB_UNKNOWN. */
  cancel(id: string): Job;
  /** Cancels what runs and waits until it has ended. */
  settle(): Promise<void>;
}

interface Entry {
  job: Job;
  readonly controller: AbortController;
  lastReportMs: number;
  settled: Promise<unknown>;
}

/** Creates the room of long work. */
export function createJobs(options: { runtime: Runtime; feed: Feed; metrics?: Metrics }): Jobs {
  const { runtime, feed, metrics } = options;
  const newId = createIdMaker(runtime);
  const entries = new Map<string, Entry>();

  const update = (entry: Entry, change: Partial<Job>, always: boolean) => {
    entry.job = { ...entry.job, ...change };
    const nowMs = runtime.monotonicMs();
    if (!always && nowMs - entry.lastReportMs < REPORT_EVERY_MS) return;
    entry.lastReportMs = nowMs;
    feed.publish({ type: 'job', job: entry.job });
  };

  const begin = (request: JobRequest): Entry => {
    const job: Job = {
      id: idToText(newId()),
      kind: request.kind,
      label: request.label,
      state: 'running',
      progress: null,
      stage: null,
      doneCount: null,
      totalCount: null,
      cancellable: request.cancellable ?? false,
      startedAtMs: runtime.nowMs(),
      endedAtMs: null,
      error: null,
    };
    const entry: Entry = {
      job,
      controller: new AbortController(),
      lastReportMs: 0,
      settled: Promise.resolve(),
    };
    entries.set(job.id, entry);
    forgetOldest(entries);
    metrics?.jobsRunning.inc();
    update(entry, {}, true);
    return entry;
  };

  const end = (entry: Entry, failure: unknown) => {
    metrics?.jobsRunning.dec();
    const endedAtMs = runtime.nowMs();
    if (failure === undefined) return update(entry, { state: 'done', progress: 1, endedAtMs }, true);
    const cancelled = isCountersignError(failure, 'CANCELLED');
    const error = isCountersignError(failure)
      ? { code: failure.code, message: failure.message }
      : { code: 'INTERNAL', message: 'The work failed; nothing of it counts.' };
    update(entry, { state: cancelled ? 'cancelled' : 'failed', error, endedAtMs }, true);
  };

  const handleOf = (entry: Entry): JobHandle => ({
    id: entry.job.id,
    signal: entry.controller.signal,
    report: (report) => update(entry, toChange(report), false),
    throwIfCancelled: () => {
      if (entry.controller.signal.aborted) throw cancelled();
    },
  });

  const start: Jobs['start'] = (request, work) => {
    const entry = begin(request);
    const result = work(handleOf(entry)).then(
      (value) => {
        end(entry, undefined);
        return value;
      },
      (error) => {
        end(entry, error ?? new Error('failed'));
        throw error;
      },
    );
    entry.settled = result.catch(() => undefined);
    return { id: entry.job.id, result };
  };

  return {
    start,
    run: (request, work) => start(request, work).result,
    list: () => [...entries.values()].map((entry) => entry.job),
    cancel: (id) => {
      const entry = entries.get(id);
      if (!entry) throw new CountersignError('JOB_UNKNOWN', 'There is no such job.');
      if (entry.job.cancellable) entry.controller.abort();
      return entry.job;
    },
    settle: async () => {
      for (const entry of entries.values()) entry.controller.abort();
      await Promise.all([...entries.values()].map((entry) => entry.settled));
    },
  };
}

/** The error that cancelled work ends with. */
export function cancelled(): CountersignError {
  return new CountersignError('CANCELLED', 'The work was cancelled. Nothing of it counts.');
}

function toChange(report: JobReport): Partial<Job> {
  const progress =
    report.progress ??
    (report.doneCount !== undefined && report.totalCount
      ? Math.min(1, report.doneCount / report.totalCount)
      : undefined);
  return {
    ...(report.stage === undefined ? {} : { stage: report.stage }),
    ...(report.doneCount === undefined ? {} : { doneCount: Math.trunc(report.doneCount) }),
    ...(report.totalCount === undefined ? {} : { totalCount: Math.trunc(report.totalCount) }),
    ...(progress === undefined ? {} : { progress }),
  };
}

function forgetOldest(entries: Map<string, Entry>): void {
  const ended = [...entries.values()].filter((entry) => entry.job.state !== 'running');
  for (const entry of ended.slice(0, Math.max(0, ended.length - KEEP_ENDED))) entries.delete(entry.job.id);
}
