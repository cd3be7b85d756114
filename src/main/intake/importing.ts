/**
 * One file on its way in: its bytes are sealed and parsed as they come, its rows written in batches
 * under the import's id, where they count nowhere, and one short transaction makes it count. Whatever
 * goes wrong on the way, everything written is taken away again.
 */
import { createHash } from 'node:crypto';
import type { FileResult } from '../../contract/intake.ts';
import type { MessageType } from '../../contract/messages.ts';
import { CountersignError, isCountersignError, yieldToLoop } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { detectType, parsePacked } from '../messages/index.ts';
import type { FileTaking, TakingConclusion } from '../statements/index.ts';
import { createBatchSizer } from './batch-size.ts';
import type { ImportContext, ImportRequest, ImportWatch } from './context.ts';
import { discardImport } from './discarding.ts';
import { type Ending, faultText, plainDetails, wellFormed } from './ending.ts';
import { type ChunkWriter, createChunkWriter } from './files.ts';

/** Warnings of a file that are kept; further ones are counted. */
const MOST_WARNINGS = 200;
/** Bytes of the head by which a refused file's type is told. */
const HEAD_BYTES = 8_192;
/** Sealed chunks that wait before they are written although no batch of rows is due. */
const MOST_WAITING_CHUNKS = 16;

/**
 * Takes one file in and answers what became of it. A refusal is an answer, not an error: this
 * throws only where not even that can be written down. One import runs at a time, so that ids
 * and the search for duplicates need no locks.
 */
export async function importFile(
  context: ImportContext,
  request: ImportRequest,
  caller: Caller,
  watch: ImportWatch,
): Promise<FileResult> {
  const run = new ImportRun(context, request, caller, watch);
  let ending: Ending;
  try {
    ending = await run.take();
  } catch (error) {
    ending = run.refusal(error);
  }
  return run.end(ending);
}

class ImportRun {
  readonly #context: ImportContext;
  readonly #request: ImportRequest;
  readonly #caller: Caller;
  readonly #watch: ImportWatch;
  readonly #importId: bigint;
  readonly #chunks: ChunkWriter;
  readonly #hash = createHash('sha256');
  readonly #startedMs: number;
  readonly #receivedAtMs: number;
  readonly #warnings: string[] = [];
  #moreWarnings = 0;
  #head = Buffer.alloc(0);
  #sizeBytes = 0;
  #type: MessageType = 'unknown';
  #encoding: string | null = null;
  #taking: FileTaking | undefined;
  /** True once the import has a row of its own: something was written before the file was read to its end. */
  #begun = false;
  /** Set by the transaction that made the file count. */
  #published: { readonly conclusion: TakingConclusion; readonly contentHash: Buffer } | undefined;

  constructor(context: ImportContext, request: ImportRequest, caller: Caller, watch: ImportWatch) {
    this.#context = context;
    this.#request = request;
    this.#caller = caller;
    this.#watch = watch;
    this.#importId = context.store.lastId() + 1n;
    this.#chunks = createChunkWriter(context, this.#importId);
    this.#startedMs = context.runtime.monotonicMs();
    this.#receivedAtMs = context.runtime.nowMs();
  }

  /** Reads the file to its end and makes it count, or finds that it is known already. */
  async take(): Promise<Ending> {
    const { signal } = this.#watch;
    const { fileName } = this.#request;
    const size = createBatchSizer(this.#context.runtime);
    for await (const event of parsePacked(this.#opened(), { fileName, signal })) {
      if (event.kind === 'file-start') {
        this.#type = event.type;
        this.#encoding = event.encoding;
        this.#taking = this.#begin(event.type);
      } else if (event.kind === 'warning') this.#warn(event.message, event.line);
      else this.#taking!.accept(event);
      // What a file without a declaration is written in is known at its end.
      if (event.kind === 'file-end') this.#encoding = event.encoding;
      // All that an event brought is written before the next is taken, so that nothing piles up.
      while ((this.#taking?.pendingRows() ?? 0) >= size.rows()) {
        if (!this.#begun) await this.#beginRows();
        size.measure(() => this.#write(size.rows()));
        this.#watch.progress('posting', this.#sizeBytes);
        await this.#context.vault.breathe();
        signal.throwIfAborted();
      }
    }
    const taking = this.#taking!;
    for (const _step of taking.clean()) await yieldToLoop();
    while (taking.pendingRows() > size.rows()) {
      size.measure(() => this.#write(size.rows()));
      await this.#context.vault.breathe();
      signal.throwIfAborted();
    }
    await this.#chunks.packed();
    if (this.#begun) await this.#context.vault.settled();
    return this.#finish(taking);
  }

  #begin(type: Exclude<MessageType, 'unknown'>): FileTaking {
    const { statements, receivables } = this.#context;
    const { fileName, acceptDifference } = this.#request;
    const importId = this.#importId;
    return type === 'customers' || type === 'invoices'
      ? receivables.take({ importId, fileName, kind: type })
      : statements.take({ importId, fileName, acceptDifference: acceptDifference !== undefined });
  }

  /** The bytes as the parser reads them: what was sealed cell by cell is opened. */
  #opened(): AsyncIterable<Uint8Array> {
    const { openCells } = this.#context;
    const source = this.#tap();
    return openCells === undefined ? source : openCells(source, this.#request.fileName);
  }

  /** Passes the bytes on to the parser, and hashes and gathers them on the way. */
  async *#tap(): AsyncGenerator<Uint8Array, void, void> {
    for await (const bytes of this.#request.source) {
      if (bytes.byteLength === 0) continue;
      if (this.#head.byteLength < HEAD_BYTES) {
        this.#head = Buffer.concat([this.#head, bytes.subarray(0, HEAD_BYTES - this.#head.byteLength)]);
      }
      this.#sizeBytes += bytes.byteLength;
      this.#hash.update(bytes);
      this.#chunks.add(bytes);
      // An entry of many details yields no event for as long as it lasts, but its bytes pile up.
      if (this.#chunks.waitingChunks() >= MOST_WAITING_CHUNKS) {
        await this.#chunks.packed();
        this.#write(0);
      }
      this.#watch.progress('reading', this.#sizeBytes);
      yield bytes;
    }
    if (this.#sizeBytes === 0) {
      throw new CountersignError('INTAKE_FILE_EMPTY', 'The file is empty.', {
        file: this.#request.fileName,
        expected: 'a bank message, or a CSV of customers or invoices',
      });
    }
  }

  #warn(message: string, line?: number): void {
    if (this.#warnings.length < MOST_WARNINGS)
      this.#warnings.push(line === undefined ? message : `Line ${line}: ${message}`);
    else this.#moreWarnings += 1;
  }

  /** The first rows of a vault also make its keys; that is a slice of its own. */
  async #beginRows(): Promise<void> {
    this.#write(0);
    await this.#context.vault.breathe();
  }

  /** One transaction of the way: rows and bytes that came so far, under the import's id. */
  #write(maxRows: number): void {
    this.#context.vault.provisional(() => {
      this.#ensureRow();
      this.#chunks.flush(false);
      this.#taking?.flush(maxRows);
    });
    this.#begun = true;
  }

  #ensureRow(): void {
    if (this.#begun) return;
    const { store, sealing } = this.#context;
    const nameSealedId = sealing.seal({
      purpose: 'bank_message',
      table: 'import',
      column: 'file_name',
      applicationId: this.#importId.toString(),
      plaintext: this.#request.fileName,
    });
    store.begin(this.#importId, this.#receivedAtMs, nameSealedId);
  }

  /** The short transaction that makes the file count. */
  #finish(taking: FileTaking): Ending {
    const { vault, store } = this.#context;
    const contentHash = this.#hash.digest();
    this.#requireAgreed(contentHash);
    // A list of customers may come again to set back what another one changed.
    const sameFile = this.#type !== 'customers' && store.importedWithHash(contentHash) !== undefined;
    if (sameFile) return this.#duplicate();
    return vault.transaction(() => {
      this.#ensureRow();
      taking.flush(Number.MAX_SAFE_INTEGER);
      const conclusion = taking.conclude();
      if (conclusion.outcome === 'duplicate') return this.#duplicate();
      this.#chunks.flush(true);
      for (const warning of conclusion.warnings) this.#warn(warning);
      const ending: Ending = {
        outcome: 'imported',
        warnings: this.#allWarnings(),
        statements: conclusion.statements,
        transactions: conclusion.transactions,
      };
      const record = this.#record('intake.import', ending, {
        contentHash: contentHash.toString('hex'),
        conclusion,
        journal: taking.journal(),
      });
      taking.publish(record);
      this.#endRow(ending, record, contentHash);
      this.#published = { conclusion, contentHash };
      return ending;
    });
  }

  /** A difference is accepted in one file, known by its bytes: another file of that name is refused. */
  #requireAgreed(contentHash: Buffer): void {
    const { acceptDifference, fileName } = this.#request;
    if (acceptDifference === undefined || acceptDifference.sha256 === contentHash.toString('hex')) return;
    throw new CountersignError(
      'INTAKE_FILE_DIFFERENT',
      'These are not the bytes of the file whose difference was accepted.',
      { file: fileName, path: 'acceptDifference.sha256', expected: acceptDifference.sha256 },
    );
  }

  #duplicate(): Ending {
    const isList = this.#type === 'customers' || this.#type === 'invoices';
    return {
      outcome: 'duplicate',
      ...(isList ? {} : { code: 'STATEMENT_DUPLICATE' }),
      message: isList
        ? 'Everything in the list is known already.'
        : 'Every statement of the file is known already, in this format or another.',
      warnings: this.#allWarnings(),
      statements: 0,
      transactions: 0,
    };
  }

  #allWarnings(): string[] {
    return this.#moreWarnings === 0
      ? this.#warnings
      : [...this.#warnings, `And ${this.#moreWarnings} more warnings.`];
  }

  /** What a failure says to the person. A fault of our own says nothing of its text, which could carry data. */
  refusal(error: unknown): Ending {
    const nothing = {
      outcome: 'refused',
      warnings: this.#allWarnings(),
      statements: 0,
      transactions: 0,
    } as const;
    if (this.#watch.signal.aborted) {
      return { ...nothing, code: 'CANCELLED', message: 'The import was cancelled. Nothing of it counts.' };
    }
    if (isCountersignError(error)) {
      return { ...nothing, code: error.code, message: error.message, details: plainDetails(error.details) };
    }
    this.#context.log.error('intake.fault', { traceId: this.#caller.traceId, fault: faultText(error) });
    return { ...nothing, code: 'INTERNAL', message: 'A fault of the console itself. Nothing was written.' };
  }

  /** Takes away what must not stay, and writes down what became of the file. */
  async end(ending: Ending): Promise<FileResult> {
    const { vault, store, runtime } = this.#context;
    if (this.#type === 'unknown') this.#type = detectType(this.#head);
    if (this.#published === undefined) {
      this.#watch.progress('discarding', this.#sizeBytes);
      for (const _step of discardImport(this.#context, this.#importId)) await yieldToLoop();
      vault.transaction(() => {
        if (store.import(this.#importId) === undefined) {
          this.#begun = false;
          this.#ensureRow();
        }
        const record = this.#record(
          ending.outcome === 'duplicate' ? 'intake.duplicate' : 'intake.refuse',
          ending,
          {},
        );
        this.#endRow(ending, record, null);
      });
    }
    this.#measure(ending, runtime.monotonicMs() - this.#startedMs);
    return this.#result(ending);
  }

  #record(
    kind: string,
    ending: Ending,
    more: {
      readonly contentHash?: string;
      readonly conclusion?: TakingConclusion;
      readonly journal?: readonly { readonly root: string; readonly count: number }[];
    },
  ): bigint {
    const { audit } = this.#context;
    const { fileName, acceptDifference } = this.#request;
    const { conclusion, contentHash, journal = [] } = more;
    return audit.record({
      kind,
      actor: this.#caller.actor,
      traceId: this.#caller.traceId,
      subjects: [{ kind: 'import', id: this.#importId.toString() }, ...(conclusion?.subjects ?? [])],
      detail: {
        fileName: wellFormed(fileName),
        sizeBytes: this.#sizeBytes,
        type: this.#type,
        outcome: ending.outcome,
        code: ending.code,
        statements: ending.statements,
        transactions: ending.transactions,
        warnings: ending.warnings.length,
        contentHash,
        acceptedBecause: acceptDifference === undefined ? undefined : wellFormed(acceptDifference.reason),
        // One part of the file is the rule; a statement too large to gather whole is a part of its own.
        ...(journal.length === 1 ? { journal: { ...journal[0]! } } : {}),
        ...(journal.length > 1 ? { journals: journal.map((part) => ({ ...part })) } : {}),
        taken: conclusion?.detail,
      },
    });
  }

  #endRow(ending: Ending, record: bigint, contentHash: Buffer | null): void {
    const { store, sealing, runtime } = this.#context;
    const { message, details, warnings } = ending;
    const resultSealedId = sealing.seal({
      purpose: 'bank_message',
      table: 'import',
      column: 'result',
      applicationId: this.#importId.toString(),
      plaintext: JSON.stringify({ message, details, warnings }),
    });
    store.end({
      id: this.#importId,
      outcome: ending.outcome,
      type: this.#type,
      encoding: this.#encoding,
      sizeBytes: this.#sizeBytes,
      durationMs: Math.round(runtime.monotonicMs() - this.#startedMs),
      contentHash,
      code: ending.code ?? null,
      statements: ending.statements,
      transactions: ending.transactions,
      resultSealedId,
      record,
    });
  }

  #measure(ending: Ending, durationMs: number): void {
    const { metrics } = this.#context;
    if (metrics === undefined) return;
    metrics.importsTotal.inc({ type: this.#type, outcome: ending.outcome });
    metrics.transactionsDurationSeconds.observe({ kind: 'import' }, durationMs / 1000);
    if (ending.transactions > 0) {
      const kind = this.#type === 'customers' || this.#type === 'invoices' ? this.#type : 'bank-transaction';
      metrics.transactionsTotal.inc({ kind, outcome: 'imported' }, ending.transactions);
    }
    for (const { kind, action } of this.#published?.conclusion.breaks ?? []) {
      if (action === 'open') metrics.reconciliationDiscrepanciesTotal.inc({ kind });
    }
  }

  #result(ending: Ending): FileResult {
    const { outcome, code, message, details, warnings, statements, transactions } = ending;
    return {
      file: this.#request.fileName,
      type: this.#type,
      outcome,
      ...(code === undefined ? {} : { code }),
      ...(message === undefined ? {} : { message }),
      ...(details === undefined ? {} : { details: { ...details } }),
      warnings: [...warnings],
      statements,
      transactions,
      importId: this.#importId.toString(),
    };
  }
}
