/** The room's shell: evidence that must be kept for years, and files that are sealed and opened. */
import type {
  Evidence,
  EvidenceDetail,
  EvidenceKind,
  EvidenceState,
  TransferWork,
} from '../../contract/compliance.ts';
import { dateOfMs, yieldToLoop } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { detectType } from '../messages/index.ts';
import { createFileSealer } from '../sealing/index.ts';
import { eraseContent, readContent } from './content.ts';
import type { ComplianceContext, ComplianceOptions } from './context.ts';
import { createKeeping } from './keeping.ts';
import { quarterNameOf } from './retention.ts';
import { createCsvOpener } from './sealed-csv.ts';
import { createComplianceStore } from './store.ts';
import { createTransfers, type Transfers } from './transfers.ts';
import { beginWork } from './works.ts';

export interface EvidenceQuery {
  readonly kind?: EvidenceKind | undefined;
  readonly state?: EvidenceState | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Compliance extends Pick<Transfers, 'write' | 'finish' | 'cancel'> {
  list(query: EvidenceQuery): { rows: Evidence[]; nextCursor: string | null; total: number };
  counts(): Record<EvidenceState, number>;
  /** Errors: COMPLIANCE_EVIDENCE_UNKNOWN. */
  get(id: string): EvidenceDetail;
  /**
   * A stretch of the content; every one but that which goes on where the last one ended is recorded. Errors:
   * COMPLIANCE_EVIDENCE_UNKNOWN, COMPLIANCE_REMOVED.
   */
  read(id: string, offset: number, length: number, caller: Caller): { bytes: Buffer; sizeBytes: number };
  begin(work: TransferWork, caller: Caller): { transferId: string };
  /** Errors: COMPLIANCE_EVIDENCE_UNKNOWN, COMPLIANCE_REMOVED. */
  hold(id: string, reason: string, caller: Caller): EvidenceDetail;
  /** Errors: COMPLIANCE_HOLD_UNKNOWN and those of `hold`. */
  release(id: string, holdId: string, reason: string, caller: Caller): EvidenceDetail;
  /** Errors: COMPLIANCE_RETENTION_RUNNING, COMPLIANCE_ON_HOLD and those of `hold`. */
  remove(id: string, reason: string, caller: Caller): EvidenceDetail;
  /** Whether evidence of a class that was added in a quarter stands under a hold: its keys must stay. */
  isHeld(retentionClass: string, quarter: string): boolean;
  /** Opens the sealed cells of a list on its way in; everything else passes as it is. */
  openCells(source: AsyncIterable<Uint8Array>, fileName: string): AsyncGenerator<Uint8Array, void, void>;
  /** Takes away what transfers left behind that a crash cut off. */
  recover(): { discarded: number };
}

/** Reads that are remembered to know what goes on where another one ended. */
const MOST_READS = 256;

/** Tells stretches of a read that was recorded from a new one, wherever in the content it begins. */
function createReading() {
  const ends = new Map<string, number>();
  return {
    stretch(reader: string, offset: number, end: number): { isRecorded: boolean } {
      const isRecorded = offset > 0 && ends.get(reader) === offset;
      ends.delete(reader);
      ends.set(reader, end);
      if (ends.size > MOST_READS) ends.delete(ends.keys().next().value!);
      return { isRecorded };
    },
  };
}

/** Bytes by which a list is told from a message. */
const HEAD_BYTES = 8_192;
/** Longest time that a transfer takes. */
const TRANSFER_MS = 24 * 3_600_000;
/** Bytes of a list that are opened before the event loop gets a turn. */
const SLICE_BYTES = 128 * 1024;

/** Opens the room on a vault. */
export function createCompliance(options: ComplianceOptions): Compliance {
  const { vault, runtime } = options;
  const store = createComplianceStore(vault.db);
  let lastId = store.lastId();
  const context: ComplianceContext = {
    ...options,
    store,
    fileSealer: options.fileSealer ?? createFileSealer(vault, runtime),
    nextId: () => ++lastId,
  };
  const keeping = createKeeping(context);
  const transfers = createTransfers(runtime);
  const reading = createReading();
  const today = () => dateOfMs(runtime.nowMs());

  async function* openCells(source: AsyncIterable<Uint8Array>, fileName: string) {
    const iterator = source[Symbol.asyncIterator]();
    const sealing = context.fileSealer.begin();
    try {
      let head: Buffer = Buffer.alloc(0);
      let next = await iterator.next();
      for (; next.done !== true && head.byteLength < HEAD_BYTES; next = await iterator.next()) {
        head = Buffer.concat([head, next.value]);
      }
      const type = detectType(head);
      const isList = type === 'customers' || type === 'invoices';
      const opener = createCsvOpener({ fileName, vaultId: vault.vaultId, sealing });
      const pass = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
        if (!isList) return yield bytes;
        for (let at = 0; at < bytes.byteLength; at += SLICE_BYTES) {
          if (at > 0) await yieldToLoop();
          yield opener.write(bytes.subarray(at, at + SLICE_BYTES));
        }
      };
      yield* pass(head);
      for (; next.done !== true; next = await iterator.next()) yield* pass(next.value);
      if (isList) yield opener.end();
    } finally {
      sealing.end();
      await iterator.return?.();
    }
  }

  return {
    list({ kind, state, limit, cursor }) {
      const before = /^\d{1,18}$/.test(cursor ?? '') ? BigInt(cursor!) : 2n ** 62n;
      const filter = { kind, state, today: today() };
      const rows = store.page(filter, before, limit + 1);
      return {
        rows: rows.slice(0, limit).map(keeping.shown),
        nextCursor: rows.length > limit ? rows[limit - 1]!.id.toString() : null,
        total: store.total(filter),
      };
    },
    counts() {
      const counts: Record<EvidenceState, number> = { kept: 0, held: 0, due: 0, removed: 0 };
      for (const { state, count } of store.counts(today())) counts[state] = Number(count);
      return counts;
    },
    get: keeping.detail,
    read(id, offset, length, caller) {
      const row = keeping.kept(id);
      const sizeBytes = Number(row.sizeBytes);
      const end = Math.min(sizeBytes, offset + length);
      const bytes = offset < end ? readContent(context, row.id, offset, end) : Buffer.alloc(0);
      const { isRecorded } = reading.stretch(`${id} ${caller.actor}`, offset, Math.max(offset, end));
      if (!isRecorded) {
        vault.transaction(() => keeping.record('compliance.read', row.id, caller, { sizeBytes, offset }));
      }
      return { bytes, sizeBytes };
    },
    begin: (work, caller) => transfers.begin(() => beginWork(context, keeping, work, caller)),
    write: transfers.write,
    finish: transfers.finish,
    cancel: transfers.cancel,
    hold(id, reason, caller) {
      keeping.hold(id, reason, caller);
      return keeping.detail(id);
    },
    release(id, holdId, reason, caller) {
      keeping.release(id, holdId, reason, caller);
      return keeping.detail(id);
    },
    remove(id, reason, caller) {
      keeping.remove(id, reason, caller);
      return keeping.detail(id);
    },
    openCells,
    isHeld: (retentionClass, quarter) =>
      store.heldSince(retentionClass).some((atMs) =>
        // The transfer may have begun in the quarter before the one that it ended in.
        [atMs, atMs - TRANSFER_MS].some((sealedAtMs) => quarterNameOf(sealedAtMs) === quarter),
      ),
    recover() {
      const orphans = store.orphans();
      for (const id of orphans) vault.transaction(() => eraseContent(context, id));
      return { discarded: orphans.length };
    },
  };
}
