/** The tables of the room: every line of SQL it speaks. */
import type { Connection } from '../vault/index.ts';

export type Outcome = 'imported' | 'duplicate' | 'refused';

export interface ImportRecord {
  readonly id: bigint;
  readonly receivedAtMs: bigint;
  readonly outcome: Outcome | null;
  readonly type: string;
  readonly encoding: string | null;
  readonly sizeBytes: bigint;
  readonly durationMs: bigint | null;
  readonly nameSealedId: bigint;
  readonly code: string | null;
  readonly statements: bigint;
  readonly transactions: bigint;
  readonly resultSealedId: bigint | null;
  readonly record: bigint | null;
}

export interface ImportEnding {
  readonly id: bigint;
  readonly outcome: Outcome;
  readonly type: string;
  readonly encoding: string | null;
  readonly sizeBytes: number;
  readonly durationMs: number;
  readonly contentHash: Buffer | null;
  readonly code: string | null;
  readonly statements: number;
  readonly transactions: number;
  readonly resultSealedId: bigint;
  readonly record: bigint;
}

export interface ChunkRow {
  readonly byteStart: bigint;
  readonly byteEnd: bigint;
  readonly sealedId: bigint;
  /** How the bytes are packed; null where they stand as they came. */
  readonly codec: 'zstd' | null;
}

const COLUMNS = `id, received_at_ms AS receivedAtMs, outcome, type, encoding, size_bytes AS sizeBytes,
  duration_ms AS durationMs, name_sealed_id AS nameSealedId, code, statements, transactions,
  result_sealed_id AS resultSealedId, record`;

export type IntakeStore = ReturnType<typeof createIntakeStore>;

/** Prepares the statements of the room on the engine's connection. */
export function createIntakeStore(db: Connection) {
  const lastId = db.prepare<[], { id: bigint }>('SELECT coalesce(max(id), 0) AS id FROM import');
  const insert = db.prepare('INSERT INTO import (id, received_at_ms, name_sealed_id) VALUES (?, ?, ?)');
  const end = db.prepare(
    `UPDATE import SET outcome = ?, type = ?, encoding = ?, size_bytes = ?, duration_ms = ?, content_hash = ?,
       code = ?, statements = ?, transactions = ?, result_sealed_id = ?, record = ? WHERE id = ?`,
  );
  const byId = db.prepare<[bigint], ImportRecord>(`SELECT ${COLUMNS} FROM import WHERE id = ?`);
  const unfinished = db.prepare<[], { id: bigint }>(
    'SELECT id FROM import WHERE outcome IS NULL ORDER BY id',
  );
  const byHash = db.prepare<[Buffer], { id: bigint }>(
    "SELECT id FROM import WHERE content_hash = ? AND outcome = 'imported'",
  );
  const page = db.prepare<[bigint, bigint], ImportRecord>(
    `SELECT ${COLUMNS} FROM import WHERE outcome IS NOT NULL AND id < ? ORDER BY id DESC LIMIT ?`,
  );
  const count = db.prepare<[], { count: bigint }>(
    'SELECT count(*) AS count FROM import WHERE outcome IS NOT NULL',
  );
  const insertChunk = db.prepare(
    'INSERT INTO import_chunk (import_id, byte_start, byte_end, sealed_id, codec) VALUES (?, ?, ?, ?, ?)',
  );
  const chunksOver = db.prepare<[bigint, bigint, bigint], ChunkRow>(
    `SELECT byte_start AS byteStart, byte_end AS byteEnd, sealed_id AS sealedId, codec
     FROM import_chunk
     WHERE import_id = ? AND byte_end > ? AND byte_start < ? ORDER BY byte_start`,
  );
  const firstChunks = db.prepare<[bigint], ChunkRow>(
    `SELECT byte_start AS byteStart, byte_end AS byteEnd, sealed_id AS sealedId, codec
     FROM import_chunk
     WHERE import_id = ? ORDER BY byte_start LIMIT 100`,
  );
  const deleteChunk = db.prepare('DELETE FROM import_chunk WHERE import_id = ? AND byte_start = ?');
  return {
    lastId: () => lastId.get()!.id,
    begin: (id: bigint, receivedAtMs: number, nameSealedId: bigint) => {
      insert.run(id, BigInt(receivedAtMs), nameSealedId);
    },
    end: (row: ImportEnding) => {
      end.run(
        row.outcome,
        row.type,
        row.encoding,
        BigInt(row.sizeBytes),
        BigInt(row.durationMs),
        row.contentHash,
        row.code,
        BigInt(row.statements),
        BigInt(row.transactions),
        row.resultSealedId,
        row.record,
        row.id,
      );
    },
    import: (id: bigint) => byId.get(id),
    unfinished: () => unfinished.all().map(({ id }) => id),
    importedWithHash: (hash: Buffer) => byHash.get(hash)?.id,
    page: (beforeId: bigint, limit: number) => page.all(beforeId, BigInt(limit)),
    count: () => Number(count.get()!.count),
    insertChunk: (importId: bigint, { byteStart, byteEnd, sealedId, codec }: ChunkRow) => {
      insertChunk.run(importId, byteStart, byteEnd, sealedId, codec);
    },
    /** The chunks that hold bytes of a stretch. */
    chunksOver: (importId: bigint, start: number, end_: number) =>
      chunksOver.all(importId, BigInt(start), BigInt(end_)),
    firstChunks: (importId: bigint) => firstChunks.all(importId),
    deleteChunk: (importId: bigint, byteStart: bigint) => {
      deleteChunk.run(importId, byteStart);
    },
  };
}
