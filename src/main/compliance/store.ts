/** The tables of the room: every line of SQL it speaks. */
import type { EvidenceKind, EvidenceState, RetentionClass } from '../../contract/compliance.ts';
import type { SealedColumn } from '../sealing/index.ts';
import type { Connection } from '../vault/index.ts';

export interface EvidenceRow {
  readonly id: bigint;
  readonly kind: EvidenceKind;
  readonly retentionClass: RetentionClass;
  readonly retainUntil: string;
  readonly addedAtMs: bigint;
  readonly addedBy: string;
  readonly sizeBytes: bigint;
  readonly contentHash: Buffer;
  readonly titleSealedId: bigint;
  readonly noteSealedId: bigint | null;
  readonly referenceSealedId: bigint | null;
  readonly fileKeySealedId: bigint | null;
  readonly record: bigint;
  readonly removedAtMs: bigint | null;
  readonly removedBy: string | null;
  readonly removedRecord: bigint | null;
  readonly standingHolds: bigint;
}

export type NewEvidence = Omit<
  EvidenceRow,
  'removedAtMs' | 'removedBy' | 'removedRecord' | 'standingHolds' | 'addedAtMs' | 'sizeBytes'
> & { readonly addedAtMs: number; readonly sizeBytes: number };

export interface HoldRow {
  readonly id: bigint;
  readonly reasonSealedId: bigint;
  readonly placedAtMs: bigint;
  readonly placedBy: string;
  readonly placedRecord: bigint;
  readonly liftedAtMs: bigint | null;
  readonly liftedBy: string | null;
  readonly liftReasonSealedId: bigint | null;
  readonly liftedRecord: bigint | null;
}

export interface ChunkRow {
  readonly byteStart: bigint;
  readonly byteEnd: bigint;
  readonly sealedId: bigint;
}

/** Who did something, when, and the audit record of it. */
export interface Act {
  readonly atMs: number;
  readonly by: string;
  readonly record: bigint;
}

export interface EvidenceFilter {
  readonly kind?: EvidenceKind | undefined;
  readonly state?: EvidenceState | undefined;
  /** The UTC day that decides between kept and due. */
  readonly today: string;
}

const evidenceColumn = (column: string, sealedId: string): SealedColumn => ({
  purpose: 'compliance_vault',
  table: 'evidence',
  column,
  sealedId,
  key: ['id'],
  applicationId: 'id',
});
const holdColumn = (column: string, sealedId: string): SealedColumn => ({
  ...evidenceColumn(column, sealedId),
  table: 'evidence_hold',
});

/** Where the room's sealed values belong, for rotation. */
export const complianceSealedColumns: readonly SealedColumn[] = [
  evidenceColumn('title', 'title_sealed_id'),
  evidenceColumn('note', 'note_sealed_id'),
  evidenceColumn('reference', 'reference_sealed_id'),
  evidenceColumn('file_key', 'file_key_sealed_id'),
  holdColumn('reason', 'reason_sealed_id'),
  holdColumn('lift_reason', 'lift_reason_sealed_id'),
  {
    purpose: 'compliance_vault',
    table: 'evidence_chunk',
    column: 'bytes',
    sealedId: 'sealed_id',
    key: ['evidence_id', 'byte_start'],
    applicationId: "evidence_id || '/' || byte_start",
  },
];

const HOLDS = `(SELECT count(*) FROM evidence_hold WHERE evidence_id = evidence.id AND lifted_at_ms IS NULL)`;
const STATE = `CASE WHEN removed_at_ms IS NOT NULL THEN 'removed' WHEN ${HOLDS} > 0 THEN 'held'
  WHEN @today <= retain_until THEN 'kept' ELSE 'due' END`;
const COLUMNS = `id, kind, retention_class AS retentionClass, retain_until AS retainUntil,
  added_at_ms AS addedAtMs, added_by AS addedBy, size_bytes AS sizeBytes, content_hash AS contentHash,
  title_sealed_id AS titleSealedId, note_sealed_id AS noteSealedId,
  reference_sealed_id AS referenceSealedId, file_key_sealed_id AS fileKeySealedId, record,
  removed_at_ms AS removedAtMs, removed_by AS removedBy, removed_record AS removedRecord,
  ${HOLDS} AS standingHolds`;
const HOLD_COLUMNS = `id, reason_sealed_id AS reasonSealedId, placed_at_ms AS placedAtMs,
  placed_by AS placedBy, placed_record AS placedRecord, lifted_at_ms AS liftedAtMs, lifted_by AS liftedBy,
  lift_reason_sealed_id AS liftReasonSealedId, lifted_record AS liftedRecord`;
const CHUNK_COLUMNS = 'byte_start AS byteStart, byte_end AS byteEnd, sealed_id AS sealedId';

export type ComplianceStore = ReturnType<typeof createComplianceStore>;

/** Prepares the statements of the room on the engine's connection. */
export function createComplianceStore(db: Connection) {
  const lastId = db
    .prepare<[], bigint>(
      `SELECT max(coalesce((SELECT max(id) FROM evidence), 0),
                  coalesce((SELECT max(evidence_id) FROM evidence_chunk), 0))`,
    )
    .pluck();
  const lastHoldId = db.prepare<[], bigint>('SELECT coalesce(max(id), 0) FROM evidence_hold').pluck();
  const insert = db.prepare(
    `INSERT INTO evidence (id, kind, retention_class, retain_until, added_at_ms, added_by, size_bytes,
       content_hash, title_sealed_id, note_sealed_id, reference_sealed_id, file_key_sealed_id, record)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = db.prepare(
    'UPDATE evidence SET removed_at_ms = ?, removed_by = ?, removed_record = ? WHERE id = ?',
  );
  const byId = db.prepare<[bigint], EvidenceRow>(`SELECT ${COLUMNS} FROM evidence WHERE id = ?`);
  const byHash = db
    .prepare<[Buffer], bigint>(
      `SELECT id FROM evidence WHERE content_hash = ? AND kind = 'bank-message' AND removed_at_ms IS NULL`,
    )
    .pluck();
  const page = db.prepare<[Record<string, unknown>], EvidenceRow>(
    `SELECT ${COLUMNS} FROM evidence WHERE id < @before AND (@kind IS NULL OR kind = @kind)
       AND (@state IS NULL OR ${STATE} = @state) ORDER BY id DESC LIMIT @limit`,
  );
  const counts = db.prepare<[Record<string, unknown>], { state: EvidenceState; count: bigint }>(
    `SELECT ${STATE} AS state, count(*) AS count FROM evidence GROUP BY 1`,
  );
  const total = db
    .prepare<[Record<string, unknown>], bigint>(
      `SELECT count(*) FROM evidence WHERE (@kind IS NULL OR kind = @kind) AND (@state IS NULL OR ${STATE} = @state)`,
    )
    .pluck();
  const insertHold = db.prepare(
    `INSERT INTO evidence_hold (id, evidence_id, reason_sealed_id, placed_at_ms, placed_by, placed_record)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const liftHold = db.prepare(
    `UPDATE evidence_hold SET lifted_at_ms = ?, lifted_by = ?, lifted_record = ?, lift_reason_sealed_id = ?
     WHERE id = ?`,
  );
  const holds = db.prepare<[bigint], HoldRow>(
    `SELECT ${HOLD_COLUMNS} FROM evidence_hold WHERE evidence_id = ? ORDER BY id DESC`,
  );
  const heldSince = db
    .prepare<[string], bigint>(
      `SELECT added_at_ms FROM evidence WHERE retention_class = ? AND removed_at_ms IS NULL AND ${HOLDS} > 0`,
    )
    .pluck();
  const insertChunk = db.prepare(
    'INSERT INTO evidence_chunk (evidence_id, byte_start, byte_end, sealed_id) VALUES (?, ?, ?, ?)',
  );
  const chunksOver = db.prepare<[bigint, bigint, bigint], ChunkRow>(
    `SELECT ${CHUNK_COLUMNS} FROM evidence_chunk
     WHERE evidence_id = ? AND byte_end > ? AND byte_start < ? ORDER BY byte_start`,
  );
  const deleteChunks = db.prepare('DELETE FROM evidence_chunk WHERE evidence_id = ?');
  const orphans = db
    .prepare<[], bigint>(
      'SELECT DISTINCT evidence_id FROM evidence_chunk WHERE evidence_id NOT IN (SELECT id FROM evidence)',
    )
    .pluck();

  const filterOf = ({ kind, state, today }: EvidenceFilter) => ({
    kind: kind ?? null,
    state: state ?? null,
    today,
  });

  return {
    lastId: () => lastId.get()!,
    lastHoldId: () => lastHoldId.get()!,
    insert(row: NewEvidence) {
      insert.run(
        row.id,
        row.kind,
        row.retentionClass,
        row.retainUntil,
        BigInt(row.addedAtMs),
        row.addedBy,
        BigInt(row.sizeBytes),
        row.contentHash,
        row.titleSealedId,
        row.noteSealedId,
        row.referenceSealedId,
        row.fileKeySealedId,
        row.record,
      );
    },
    remove(id: bigint, { atMs, by, record }: Act) {
      remove.run(BigInt(atMs), by, record, id);
    },
    evidence: (id: bigint) => byId.get(id),
    /** The bank message with this content that is still kept. */
    messageWithHash: (hash: Buffer) => byHash.get(hash),
    page: (filter: EvidenceFilter, before: bigint, limit: number) =>
      page.all({ ...filterOf(filter), before, limit: BigInt(limit) }),
    total: (filter: EvidenceFilter) => Number(total.get(filterOf(filter))!),
    counts: (today: string) => counts.all({ today }),
    insertHold(id: bigint, evidenceId: bigint, reasonSealedId: bigint, { atMs, by, record }: Act) {
      insertHold.run(id, evidenceId, reasonSealedId, BigInt(atMs), by, record);
    },
    liftHold(id: bigint, reasonSealedId: bigint, { atMs, by, record }: Act) {
      liftHold.run(BigInt(atMs), by, record, reasonSealedId, id);
    },
    /** The newest first. */
    holds: (evidenceId: bigint) => holds.all(evidenceId),
    /** When the evidence of a class was added that stands under a hold. */
    heldSince: (retentionClass: string) => heldSince.all(retentionClass).map(Number),
    insertChunk(evidenceId: bigint, { byteStart, byteEnd, sealedId }: ChunkRow) {
      insertChunk.run(evidenceId, byteStart, byteEnd, sealedId);
    },
    chunksOver: (evidenceId: bigint, start: number, end: number) =>
      chunksOver.all(evidenceId, BigInt(start), BigInt(end)),
    deleteChunks(evidenceId: bigint) {
      deleteChunks.run(evidenceId);
    },
    /** Ids of transfers that were cut off. */
    orphans: () => orphans.all(),
  };
}
