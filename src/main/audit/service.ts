import { CountersignError, type Metrics, type Runtime, yieldToLoop } from '../base/index.ts';
import { EMPTY_ROOT } from '../crypto/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import { type AuditEntry, createLog, type LogHead, type Recorder } from './log.ts';
import { minuteBeginsMs, minuteEndsMs } from './marks.ts';
import { createProofs, type Proofs } from './proofs.ts';
import { genesisLeaf, parseSubjects, SALT_BYTES, type Subject } from './record-form.ts';
import { createStore, type RecordFilter, type RecordRow } from './store.ts';
import type { LogVerification } from './verify-chain.ts';
import { verifyLog } from './verify-workers.ts';

/** A record as it is shown, without its detail. */
export interface ListedRecord {
  readonly seq: bigint;
  readonly recordedAtMs: number;
  readonly kind: string;
  readonly actor: string;
  readonly traceId: string | null;
  readonly subjects: Subject[];
  readonly leaf: Buffer;
}

/** A record with its detail and what proves it. */
export interface OpenedRecord {
  readonly record: ListedRecord;
  /** Canonical JSON; null where it was erased. */
  readonly detail: string | null;
  readonly commitment: Buffer;
  readonly previousLeaf: Buffer;
  /** Inclusion under the present root (RFC 9162), lowest sibling first. */
  readonly proof: { readonly treeSize: bigint; readonly root: Buffer; readonly path: Buffer[] };
}

export interface RecordPage {
  /** Newest first. */
  readonly rows: ListedRecord[];
  /** To be handed in for the next page; null at the end. */
  readonly nextCursor: string | null;
}

export interface ListQuery extends RecordFilter {
  readonly cursor?: string;
  /** 1 to 500. */
  readonly limit: number;
}

/** The audit log of an open vault. */
export interface Audit extends Recorder {
  list(query: ListQuery): RecordPage;
  /** One record, opened. Throws `AUDIT_RECORD_MISSING`, `SEALED_VALUE_DAMAGED`. */
  get(seq: bigint): OpenedRecord;
  /** The newest records about a subject. */
  bySubject(subject: Subject, limit: number): ListedRecord[];
  /** Records of each kind in equal parts of a time. Lets go of the loop after each part. */
  timeline(time: {
    readonly fromMs?: number | undefined;
    readonly toMs?: number | undefined;
  }): Promise<Timeline>;
  /** Every kind that occurs, in order. */
  kinds(): string[];
  /** The end of the log; `undefined` while it is empty. */
  head(): LogHead | undefined;
  /** What can be shown of records and earlier heads. */
  readonly proofs: Proofs;
  /** Number of the newest record, 0 while there is none: what *known at* counts in. */
  lastSeq(): bigint;
  /**
   * Verifies chain, tree, subject index and, unless `details` is false, every detail that was not
   * erased, in worker threads. It never throws for a broken log: the findings say where it breaks.
   */
  verify(options?: {
    details?: boolean;
    /** Records walked so far, and how many there are. */
    onProgress?: (done: number, total: number) => void;
  }): Promise<TimedVerification>;
}

export interface Timeline {
  readonly fromMs: number;
  readonly partMs: number;
  readonly parts: { kind: string; count: number }[][];
}

/** Parts of a timeline: enough to see a day's shape, few enough that each is counted soon. */
const TIMELINE_PARTS = 60;

export interface TimedVerification extends LogVerification {
  readonly durationMs: number;
}

export interface AuditOptions {
  /** Where records and verifications are counted. */
  readonly metrics?: Pick<Metrics, 'auditRecordsTotal' | 'auditTrailIntegrityChecksTotal'>;
  /** Hears of each record, in the transaction that writes it; where it throws, that rolls back. */
  readonly onRecord?: (entry: AuditEntry, seq: bigint) => void;
}

const MOST_ROWS = 500;

function listed(row: RecordRow): ListedRecord {
  return {
    seq: BigInt(row.seq),
    recordedAtMs: row.recordedAtMs,
    kind: row.kind,
    actor: row.actor,
    traceId: row.traceId === '' ? null : row.traceId,
    subjects: parseSubjects(row.subjects),
    leaf: row.leaf,
  };
}

function cursorSeq(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new CountersignError('INPUT_INVALID', 'The cursor is none that was given out.', { path: 'cursor' });
}

/** Opens the log of a vault. Throws `AUDIT_CHAIN_BROKEN` where hashes it needs to go on are missing. */
export function createAudit(
  vault: Vault,
  sealing: Sealing,
  runtime: Runtime = vault.runtime,
  { metrics, onRecord }: AuditOptions = {},
): Audit {
  const store = createStore(vault.db);
  const onWritten = (kind: string, count: number) => metrics?.auditRecordsTotal.inc({ kind }, count);
  const log = createLog({ vault, runtime, sealing, store, onWritten, onRecord });
  const proofs = createProofs({ vault, sealing, store, log });

  function list({ cursor, limit, ...filter }: ListQuery): RecordPage {
    log.flush();
    const count = Math.min(Math.max(1, limit), MOST_ROWS);
    const rows = store.page(filter, cursorSeq(cursor), count + 1);
    const page = rows.slice(0, count);
    return { rows: page.map(listed), nextCursor: rows.length > count ? String(page.at(-1)!.seq) : null };
  }

  function get(seq: bigint): OpenedRecord {
    const row = proofs.row(Number(seq));
    const head = log.head()!;
    const salted = proofs.salted(row);
    return {
      record: listed(row),
      detail: salted === null ? null : salted.toString('utf8', SALT_BYTES),
      commitment: row.commitment,
      previousLeaf: proofs.previousLeaf(row.seq),
      proof: {
        treeSize: BigInt(head.seq),
        root: head.root,
        path: proofs.inclusion(row.seq, head.seq),
      },
    };
  }

  return {
    record: log.record,
    list,
    get,
    bySubject: (subject, limit) => list({ subject, limit }).rows,
    async timeline(time) {
      log.flush();
      const { first, last } = store.minutes();
      const fromMs = time.fromMs ?? (first === null ? 0 : minuteBeginsMs(first));
      const untilMs = Math.max(fromMs, time.toMs ?? (last === null ? 0 : minuteEndsMs(last))) + 1;
      const partMs = Math.max(1, Math.ceil((untilMs - fromMs) / TIMELINE_PARTS));
      const counts = Array.from(
        { length: Math.ceil((untilMs - fromMs) / partMs) },
        () => new Map<string, number>(),
      );
      for (const run of store.runsWith({ fromMs, toMs: untilMs - 1 }) ?? []) {
        for (const { part, kind, count } of store.countKinds(run, { fromMs, untilMs, partMs })) {
          counts[part]!.set(kind, (counts[part]!.get(kind) ?? 0) + count);
        }
        await yieldToLoop();
      }
      const parts = counts.map((part) => [...part].map(([kind, count]) => ({ kind, count })));
      return { fromMs, partMs, parts };
    },
    kinds() {
      log.flush();
      return store.kinds();
    },
    head: log.head,
    proofs,
    lastSeq: () => BigInt(log.head()?.seq ?? 0),
    async verify({ details = true, onProgress } = {}) {
      const startedAtMs = runtime.monotonicMs();
      const head = log.head() ?? { seq: 0, leaf: genesisLeaf(vault.vaultId), root: EMPTY_ROOT };
      const answer = await verifyLog({ key: vault.readerKey(), head, details }, onProgress);
      const outcome = answer.findings.length === 0 ? 'verified' : 'broken';
      metrics?.auditTrailIntegrityChecksTotal.inc({ outcome });
      return { ...answer, durationMs: runtime.monotonicMs() - startedAtMs };
    },
  };
}
