import type { Connection } from '../vault/index.ts';

/** A row of `audit_checkpoint`. */
export interface CheckpointRow {
  readonly size: number;
  readonly note: string;
  readonly publicKey: Buffer;
}

/** A row of `audit_witness`. */
export interface WitnessRow {
  readonly id: number;
  readonly seq: number;
  readonly origin: string;
  readonly size: number;
  readonly outcome: 'consistent' | 'inconsistent';
  readonly note: string;
  readonly publicKey: Buffer;
}

const CHECKPOINT = 'size, note, public_key AS publicKey';
const WITNESS = 'id, seq, origin, size, outcome, note, public_key AS publicKey';

/** The log's signed heads, and heads that it was shown. */
export function createCheckpointStore(db: Connection) {
  const newest = db
    .prepare<[], CheckpointRow>(`SELECT ${CHECKPOINT} FROM audit_checkpoint ORDER BY size DESC LIMIT 1`)
    .safeIntegers(false);
  const get = db
    .prepare<[number], CheckpointRow>(`SELECT ${CHECKPOINT} FROM audit_checkpoint WHERE size = ?`)
    .safeIntegers(false);
  const all = db
    .prepare<[], CheckpointRow>(`SELECT ${CHECKPOINT} FROM audit_checkpoint ORDER BY size`)
    .safeIntegers(false);
  const page = db
    .prepare<[number, number], CheckpointRow>(
      `SELECT ${CHECKPOINT} FROM audit_checkpoint WHERE size < ? ORDER BY size DESC LIMIT ?`,
    )
    .safeIntegers(false);
  const insert = db.prepare('INSERT INTO audit_checkpoint (size, note, public_key) VALUES (?, ?, ?)');
  const witnesses = db
    .prepare<[], WitnessRow>(`SELECT ${WITNESS} FROM audit_witness ORDER BY id`)
    .safeIntegers(false);
  const latestWitness = db
    .prepare<[string], WitnessRow>(
      `SELECT ${WITNESS} FROM audit_witness WHERE origin = ? AND outcome = 'consistent'
       ORDER BY size DESC, id DESC LIMIT 1`,
    )
    .safeIntegers(false);
  const insertWitness = db.prepare(
    `INSERT INTO audit_witness (seq, origin, size, outcome, note, public_key)
     VALUES (@seq, @origin, @size, @outcome, @note, @publicKey)`,
  );
  return {
    newest: () => newest.get(),
    get: (size: number) => get.get(size),
    all: () => all.all(),
    /** Below a size, the largest first. */
    page: (beforeSize: number, limit: number) => page.all(beforeSize, limit),
    insert(row: CheckpointRow) {
      insert.run(row.size, row.note, row.publicKey);
    },
    witnesses: () => witnesses.all(),
    /** The largest head of a log that was found consistent. */
    latestWitness: (origin: string) => latestWitness.get(origin),
    insertWitness(row: Omit<WitnessRow, 'id'>) {
      insertWitness.run(row);
    },
  };
}
