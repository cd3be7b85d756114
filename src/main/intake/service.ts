/** The room's shell: files in, one at a time, by stream or by upload; and what became of each. */
import type { z } from 'zod';
import type { FileResult, importRow } from '../../contract/intake.ts';
import type { Recorder } from '../audit/index.ts';
import { type Logger, type Metrics, type Runtime, silentLogger, yieldToLoop } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { cancelled, type Feed, type JobHandle, type Jobs } from '../jobs/index.ts';
import type { Receivables } from '../receivables/index.ts';
import { type Sealing, unlessErased } from '../sealing/index.ts';
import type { Page, PageRequest, Statements } from '../statements/index.ts';
import type { Vault } from '../vault/index.ts';
import type { ImportContext, ImportRequest, OpenCells } from './context.ts';
import { discardImport } from './discarding.ts';
import { fileNameOf } from './files.ts';
import { importFile } from './importing.ts';
import { createIntakeStore, type ImportRecord } from './store.ts';
import { createUploads, type Uploads } from './uploads.ts';

export type ImportRow = z.infer<typeof importRow>;

export interface IntakeOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Recorder;
  readonly runtime: Runtime;
  readonly statements: Statements;
  readonly receivables: Receivables;
  readonly jobs: Jobs;
  readonly feed?: Feed;
  readonly log?: Logger;
  readonly metrics?: Metrics;
  /** Where it is left out, sealed cells are taken for text. */
  readonly openCells?: OpenCells;
  /** Called after a file began to count, before its import is answered: the engine matches here. */
  readonly onImported?: (result: FileResult, caller: Caller) => Promise<void> | void;
}

export interface StartedImport {
  readonly jobId: string;
  readonly result: Promise<FileResult>;
  cancel(): void;
}

export interface Intake extends Uploads {
  /** Takes a file in and answers what became of it; a refusal is an answer. Imports run one after the other. */
  importStream(request: ImportRequest, caller: Caller): Promise<FileResult>;
  /** As `importStream`, but hands out the job at once. */
  startImport(request: ImportRequest, caller: Caller): StartedImport;
  imports(request: PageRequest): Page<ImportRow>;
  /** What kind of file an import was; `unknown` where there is none. */
  typeOf(importId: bigint): string;
  /** Takes away what an import left behind that was cut off by a crash. To be called once a vault was opened. */
  recover(): Promise<{ discarded: number }>;
}

const RECOVERY: Caller = { actor: 'system', traceId: 'recovery' };

/** Opens the room on a vault. */
export function createIntake(options: IntakeOptions): Intake {
  const { jobs, feed, onImported } = options;
  const store = createIntakeStore(options.vault.db);
  const context: ImportContext = { ...options, store, log: options.log ?? silentLogger };
  const oneAtATime = createQueue();

  async function runJob(request: ImportRequest, caller: Caller, job: JobHandle): Promise<FileResult> {
    // An upload that was begun and not written to must not hold the others up.
    const source = await begunSource(request.source, job.signal);
    return oneAtATime(async () => {
      // An import that could not even be taken back (a full disk) must not stand in this one's way.
      await recover();
      const totalCount = request.sizeBytes ?? undefined;
      const result = await importFile(context, { ...request, source }, caller, {
        signal: job.signal,
        progress: (stage, doneCount) =>
          job.report({ stage, doneCount, ...(totalCount === undefined ? {} : { totalCount }) }),
      });
      if (result.outcome === 'imported') {
        feed?.changed(
          'intake',
          'statements',
          'receivables',
          'ledger',
          'audit',
          'dashboard',
          'reconciliation',
        );
        await onImported?.(result, caller);
      } else feed?.changed('intake', 'audit');
      return result;
    });
  }

  function startImport(request: ImportRequest, caller: Caller): StartedImport {
    let outcome: FileResult | undefined;
    const { id, result } = jobs.start(
      { kind: 'intake.import', label: 'Import of a file', cancellable: true },
      async (job) => {
        outcome = await runJob(request, caller, job);
        // The job shows as cancelled; whoever waits for the file gets its result all the same.
        if (outcome.code === 'CANCELLED') throw cancelled();
        return outcome;
      },
    );
    const settled = result.catch((error: unknown) => {
      if (outcome === undefined) throw error;
      return outcome;
    });
    return {
      jobId: id,
      result: settled,
      cancel: () => {
        jobs.cancel(id);
      },
    };
  }

  function toRow(row: ImportRecord): ImportRow {
    const sealed = {
      id: row.resultSealedId!,
      table: 'import',
      column: 'result',
      applicationId: row.id.toString(),
    };
    const text = unlessErased(() => context.sealing.openText(sealed)) ?? '{"warnings":[]}';
    const opened = JSON.parse(text) as Pick<FileResult, 'message' | 'details' | 'warnings'>;
    const { message, details, warnings } = opened;
    return {
      importId: row.id.toString(),
      file: fileNameOf(context, row.id) ?? '',
      type: row.type as FileResult['type'],
      outcome: row.outcome!,
      ...(row.code === null ? {} : { code: row.code }),
      ...(message === undefined ? {} : { message }),
      ...(details === undefined ? {} : { details }),
      warnings,
      statements: Number(row.statements),
      transactions: Number(row.transactions),
      receivedAtMs: Number(row.receivedAtMs),
      sizeBytes: Number(row.sizeBytes),
      durationMs: row.durationMs === null ? null : Number(row.durationMs),
    };
  }

  async function recover(): Promise<{ discarded: number }> {
    const unfinished = store.unfinished();
    for (const importId of unfinished) {
      for (const _step of discardImport(context, importId)) await yieldToLoop();
      context.vault.transaction(() => endUnfinished(context, importId));
    }
    return { discarded: unfinished.length };
  }

  return {
    ...createUploads({ runtime: options.runtime, startImport }),
    startImport,
    importStream: (request, caller) => startImport(request, caller).result,
    imports({ limit, cursor }) {
      const before = /^\d{1,18}$/.test(cursor ?? '') ? BigInt(cursor!) : 2n ** 62n;
      const rows = store.page(before, limit + 1);
      return {
        rows: rows.slice(0, limit).map(toRow),
        nextCursor: rows.length > limit ? rows[limit - 1]!.id.toString() : null,
        total: store.count(),
      };
    },
    typeOf: (importId) => store.import(importId)?.type ?? 'unknown',
    recover: () => oneAtATime(recover),
  };
}

/** Writes down that an import was cut off. In a vault transaction. */
function endUnfinished({ store, audit, sealing }: ImportContext, importId: bigint): void {
  const message = 'The console ended before the import did. Nothing of it counts.';
  const record = audit.record({
    kind: 'intake.discard',
    actor: RECOVERY.actor,
    traceId: RECOVERY.traceId,
    subjects: [{ kind: 'import', id: importId.toString() }],
    detail: { outcome: 'refused', code: 'CANCELLED', message },
  });
  const resultSealedId = sealing.seal({
    purpose: 'bank_message',
    table: 'import',
    column: 'result',
    applicationId: importId.toString(),
    plaintext: JSON.stringify({ message, warnings: [] }),
  });
  store.end({
    id: importId,
    outcome: 'refused',
    type: 'unknown',
    encoding: null,
    sizeBytes: 0,
    durationMs: 0,
    contentHash: null,
    code: 'CANCELLED',
    statements: 0,
    transactions: 0,
    resultSealedId,
    record,
  });
}

/** Runs work one after the other, in the order of the calls. */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = last.then(work, work);
    last = run.catch(() => undefined);
    return run;
  };
}

/** Waits for the first bytes of a source and answers the whole source. */
async function begunSource(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const iterator = source[Symbol.asyncIterator]();
  const first = await untilAborted(iterator.next(), signal);
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (let next = first; next.done !== true; next = await untilAborted(iterator.next(), signal))
          yield next.value;
      } finally {
        await iterator.return?.();
      }
    },
  };
}

/** The promise's value, or a throw once the signal aborts: a source that never yields holds nothing up. */
async function untilAborted<T>(
  promise: Promise<IteratorResult<T>>,
  signal: AbortSignal,
): Promise<IteratorResult<T>> {
  if (signal.aborted) throw cancelled();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(cancelled());
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort!);
  }
}
