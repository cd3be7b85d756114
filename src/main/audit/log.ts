import { CountersignError, type Runtime } from '../base/index.ts';
import { type CanonicalJson, canonicalJson, type Frontier } from '../crypto/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import { packBundle } from './bundle.ts';
import { createMarker } from './marks.ts';
import {
  commitmentOf,
  genesisLeaf,
  parseSubjects,
  recordLeaf,
  SALT_BYTES,
  type Subject,
  subjectsText,
  TEXT_LIMITS,
} from './record-form.ts';
import { RECORD_WIDTH, runOf, type Store } from './store.ts';
import { isStoredHeight, rebuildFrontier } from './tree.ts';

/** What a room says of a change it makes. */
export interface AuditEntry {
  /** `room.verb`, as in `ledger.post`. */
  readonly kind: string;
  readonly actor: string;
  readonly traceId?: string;
  /** What the record is about, by ids that are no names and no account numbers: they are not sealed. */
  readonly subjects?: readonly Subject[];
  /** What happened. It is sealed, so it may hold what is sensitive. */
  readonly detail: CanonicalJson;
}

export interface Recorder {
  /**
   * Appends one record in the current vault transaction and answers its sequence number, from 1.
   * Throws where no transaction is running.
   */
  record(entry: AuditEntry): bigint;
}

/** The end of the log as it stands, commits and open transaction together. */
export interface LogHead {
  readonly seq: number;
  readonly leaf: Buffer;
  readonly root: Buffer;
}

/** Where the sealed details of records that were written together belong, by the first of them. */
export const bundlePlace = (firstSeq: number) =>
  ({ table: 'audit_bundle', column: 'details', applicationId: String(firstSeq) }) as const;

/** Where the detail of a record of before belongs, which has a seal of its own. */
export const detailPlace = (seq: number) =>
  ({ table: 'audit_record', column: 'detail', applicationId: String(seq) }) as const;

/** One call for randomness serves this many salts. */
const POOL_SALTS = 8_192;

/** Place of the kind among a record's parameters. */
const RECORD_KIND = 2;

/** Records, and bytes of their details, that are gathered before they are written under one seal. */
const MOST_PENDING = 1_000;
const MOST_PENDING_BYTES = 128 * 1024;

const KIND = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;

/** The parts of the log's memory that a rolled-back scope must give back. */
interface Memory {
  seq: number;
  leaf: Buffer;
  frontier: Frontier;
  /** Salt and detail of each record that waits. */
  details: Buffer[];
  detailBytes: number;
  records: unknown[];
  subjects: unknown[];
  marks: unknown[];
  nodes: unknown[];
}

export interface LogParts {
  readonly vault: Vault;
  readonly runtime: Runtime;
  readonly sealing: Sealing;
  readonly store: Store;
  /** Hears how many records of a kind were written; for counting only. */
  readonly onWritten: (kind: string, count: number) => void;
  /** Hears of each record in the transaction that writes it. */
  readonly onRecord?: ((entry: AuditEntry, seq: bigint) => void) | undefined;
}

/** The writing end of the log: its head and its rows-to-be, in memory. */
export function createLog({ vault, runtime, sealing, store, onWritten, onRecord }: LogParts) {
  const last = store.last();
  const memory: Memory = {
    seq: last?.seq ?? 0,
    leaf: last?.leaf ?? genesisLeaf(vault.vaultId),
    frontier: rebuildFrontier(last?.seq ?? 0, readStoredNode),
    details: [],
    detailBytes: 0,
    records: [],
    subjects: [],
    marks: [],
    nodes: [],
  };
  const marker = createMarker((run, what, value) => memory.marks.push(run, what, value));
  let scope = 0;
  const salts = Buffer.alloc(POOL_SALTS * SALT_BYTES);
  let nextSalt = salts.length;
  /** Kinds that were found to be well-formed. */
  const knownKinds = new Set<string>();

  function readStoredNode(height: number, position: number): Buffer {
    const hash = height === 0 ? store.leaf(position + 1) : store.node(height, position);
    if (hash !== undefined) return hash;
    throw new CountersignError('AUDIT_CHAIN_BROKEN', 'A hash of the audit log is missing.', {
      path: height === 0 ? `record ${position + 1}` : `node ${height}/${position}`,
    });
  }

  function takeSalt(): Buffer {
    if (nextSalt === salts.length) {
      runtime.randomFill(salts);
      nextSalt = 0;
    }
    nextSalt += SALT_BYTES;
    return salts.subarray(nextSalt - SALT_BYTES, nextSalt);
  }

  /** Remembers how things stand where a scope is met for the first time. */
  function enter(): void {
    const now = vault.scope();
    if (now === 0) throw new Error('audit: a vault transaction must be running');
    if (now === scope) return;
    scope = now;
    const before = { ...memory, frontier: memory.frontier.copy() };
    const lists = [before.details, before.records, before.subjects, before.marks, before.nodes];
    const lengths = lists.map(({ length }) => length);
    vault.onRollback(() => {
      for (const [at, list] of lists.entries()) list.length = lengths[at]!;
      Object.assign(memory, before);
      marker.forget();
      scope = -1;
    });
  }

  function flush(): void {
    if (memory.records.length === 0) return;
    enter();
    const { details, records, subjects, marks, nodes } = memory;
    // New lists, not emptied ones: the scopes remember the old ones.
    memory.details = [];
    memory.detailBytes = 0;
    memory.records = [];
    memory.subjects = [];
    memory.marks = [];
    memory.nodes = [];
    const firstSeq = memory.seq - details.length + 1;
    const plaintext = packBundle(details);
    const sealedId = sealing.seal({ purpose: 'audit_detail', ...bundlePlace(firstSeq), plaintext });
    store.insertBundle(firstSeq, details.length, sealedId);
    store.insertRecords(records);
    store.insertSubjects(subjects);
    store.insertMarks(marks);
    store.insertNodes(nodes);
    const kinds = new Map<string, number>();
    for (let i = RECORD_KIND; i < records.length; i += RECORD_WIDTH) {
      const kind = records[i] as string;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    for (const [kind, count] of kinds) onWritten(kind, count);
  }

  vault.beforeCommit(flush);

  function requireForm(entry: AuditEntry): void {
    if (!knownKinds.has(entry.kind)) {
      if (!KIND.test(entry.kind) || entry.kind.length > TEXT_LIMITS.kind) {
        throw new TypeError('audit: a kind of the form room.verb expected');
      }
      knownKinds.add(entry.kind);
    }
    if (entry.actor === '' || entry.actor.length > TEXT_LIMITS.actor)
      throw new TypeError('audit: an actor expected');
    if ((entry.traceId?.length ?? 0) > TEXT_LIMITS.traceId)
      throw new TypeError('audit: the trace id is too long');
  }

  function record(entry: AuditEntry): bigint {
    requireForm(entry);
    enter();
    const seq = memory.seq + 1;
    const recordedAtMs = runtime.nowMs();
    const { kind, actor, traceId = '' } = entry;
    const subjects = subjectsText(entry.subjects ?? []);
    const detail = canonicalJson(entry.detail);
    const salted = Buffer.allocUnsafe(SALT_BYTES + Buffer.byteLength(detail));
    salted.set(takeSalt(), 0);
    salted.write(detail, SALT_BYTES, 'utf8');
    const commitment = commitmentOf(salted);
    const fields = { seq, recordedAtMs, kind, actor, traceId, detailId: 0, subjects, commitment };
    const leaf = recordLeaf(fields, memory.leaf);
    memory.details.push(salted);
    memory.detailBytes += salted.length;
    memory.records.push(seq, recordedAtMs, kind, actor, traceId, subjects, commitment, leaf);
    if (subjects !== '') {
      const run = runOf(seq);
      for (const subject of entry.subjects!.length === 1 ? entry.subjects! : parseSubjects(subjects)) {
        memory.subjects.push(run, subject.kind, subject.id, seq);
      }
    }
    marker.record(seq, recordedAtMs, kind, actor);
    memory.frontier.append(leaf, (node) => {
      if (isStoredHeight(node.height)) memory.nodes.push(node.height, node.position, node.hash);
    });
    memory.seq = seq;
    memory.leaf = leaf;
    if (memory.details.length >= MOST_PENDING || memory.detailBytes >= MOST_PENDING_BYTES) flush();
    onRecord?.(entry, BigInt(seq));
    return BigInt(seq);
  }

  return {
    record,
    flush,
    readStoredNode,
    head: (): LogHead | undefined =>
      memory.seq === 0 ? undefined : { seq: memory.seq, leaf: memory.leaf, root: memory.frontier.root() },
  };
}

export type Log = ReturnType<typeof createLog>;
