/** Tables of what was delivered and what could not be taken: every line of SQL about messages. */
import type { DeadLetterState } from '../../contract/connectors.ts';
import type { Connection } from '../vault/index.ts';

/** A row of `dead_letter`. */
export interface LetterRow {
  readonly id: number;
  readonly source: string;
  readonly sizeBytes: number;
  readonly rawSealedId: number;
  readonly state: DeadLetterState;
  readonly code: string;
  readonly path: string | null;
  readonly line: number | null;
  readonly attempts: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly settledAtMs: number | null;
  readonly settledBy: string | null;
  readonly messageNumber: number | null;
  readonly noteSealedId: number | null;
}

export interface AttemptRow {
  readonly atMs: number;
  readonly how: 'arrived' | 'delivered-again' | 'retried';
  readonly actor: string;
  readonly code: string;
  readonly path: string | null;
  readonly line: number | null;
  readonly record: number;
}

export interface LetterFilter {
  readonly state?: DeadLetterState | undefined;
  readonly code?: string | undefined;
}

const LETTER = `id, source, size_bytes AS sizeBytes, raw_sealed_id AS rawSealedId, state, code, path, line, attempts,
  first_at_ms AS firstAtMs, last_at_ms AS lastAtMs, settled_at_ms AS settledAtMs, settled_by AS settledBy,
  message_number AS messageNumber, note_sealed_id AS noteSealedId`;

/** The condition of a filter, with its parameters. */
function conditionOf({ state, code }: LetterFilter): { sql: string; parameters: object } {
  const parts = ['1'];
  if (state !== undefined) parts.push('state = :state');
  if (code !== undefined) parts.push('code = :code');
  return { sql: parts.join(' AND '), parameters: { state, code } };
}

export function createStore(db: Connection) {
  const delivery = db.prepare<[string, string], { contentHash: Buffer; answer: string }>(
    `SELECT content_hash AS contentHash, answer FROM connector_delivery WHERE source = ? AND delivery_id = ?`,
  );
  const insertDelivery = db.prepare(
    'INSERT INTO connector_delivery (source, delivery_id, content_hash, answer) VALUES (?, ?, ?, ?)',
  );
  const lastLetter = db
    .prepare<[], number>('SELECT coalesce(max(id), 0) FROM dead_letter')
    .pluck()
    .safeIntegers(false);
  const openByHash = db
    .prepare<[Uint8Array], number>("SELECT id FROM dead_letter WHERE content_hash = ? AND state = 'open'")
    .pluck()
    .safeIntegers(false);
  const insertLetter = db.prepare(
    `INSERT INTO dead_letter (id, source, content_hash, size_bytes, raw_sealed_id, state, code, path, line, attempts,
       first_at_ms, last_at_ms)
     VALUES (:id, :source, :contentHash, :sizeBytes, :rawSealedId, 'open', :code, :path, :line, 1, :atMs, :atMs)`,
  );
  const countLetter = db.prepare(
    `UPDATE dead_letter SET attempts = attempts + 1, code = :code, path = :path, line = :line, last_at_ms = :atMs
     WHERE id = :id`,
  );
  const settleLetter = db.prepare(
    `UPDATE dead_letter SET state = :state, settled_at_ms = :atMs, settled_by = :actor,
       message_number = :messageNumber, note_sealed_id = :noteSealedId WHERE id = :id`,
  );
  const insertAttempt = db.prepare(
    `INSERT INTO dead_letter_attempt (dead_letter_id, at_ms, how, actor, code, path, line, record)
     VALUES (:id, :atMs, :how, :actor, :code, :path, :line, :record)`,
  );
  const letter = db
    .prepare<[number], LetterRow>(`SELECT ${LETTER} FROM dead_letter WHERE id = ?`)
    .safeIntegers(false);
  const attempts = db
    .prepare<[number], AttemptRow>(
      `SELECT at_ms AS atMs, how, actor, code, path, line, record FROM dead_letter_attempt
       WHERE dead_letter_id = ? ORDER BY id`,
    )
    .safeIntegers(false);
  const openCounts = db
    .prepare<[], { code: string; open: number }>(
      "SELECT code, count(*) AS open FROM dead_letter WHERE state = 'open' GROUP BY code ORDER BY 2 DESC, 1",
    )
    .safeIntegers(false);
  const openIds = db
    .prepare<[string, number, number], number>(
      "SELECT id FROM dead_letter WHERE state = 'open' AND code = ? AND id > ? ORDER BY id LIMIT ?",
    )
    .pluck()
    .safeIntegers(false);
  const addDay = db.prepare(
    `INSERT INTO connector_day (day, rail, currency, amount_minor, matched_minor) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (day, rail, currency) DO UPDATE SET
       amount_minor = amount_minor + excluded.amount_minor, matched_minor = matched_minor + excluded.matched_minor`,
  );
  const day = db.prepare<
    [string],
    { rail: string; currency: string; amountMinor: bigint; matchedMinor: bigint }
  >(
    `SELECT rail, currency, amount_minor AS amountMinor, matched_minor AS matchedMinor FROM connector_day
     WHERE day = ? ORDER BY rail, currency`,
  );

  return {
    delivery: (source: string, deliveryId: string) => delivery.get(source, deliveryId),
    insertDelivery: (source: string, deliveryId: string, contentHash: Uint8Array, answer: string) => {
      insertDelivery.run(source, deliveryId, contentHash, answer);
    },
    nextLetterId: () => lastLetter.get()! + 1,
    openLetterByHash: (contentHash: Uint8Array) => openByHash.get(contentHash),
    insertLetter: (row: object) => {
      insertLetter.run(row);
    },
    countLetter: (row: object) => {
      countLetter.run(row);
    },
    settleLetter: (row: {
      readonly id: number;
      readonly state: 'taken' | 'dismissed';
      readonly atMs: number;
      readonly actor: string;
      readonly messageNumber: bigint | null;
      readonly noteSealedId: bigint | null;
    }) => {
      settleLetter.run(row);
    },
    insertAttempt: (row: object) => {
      insertAttempt.run(row);
    },
    letter: (id: number) => letter.get(id),
    attempts: (id: number) => attempts.all(id),
    openCounts: () => openCounts.all(),
    openIds: (code: string, after: number, limit: number) => openIds.all(code, after, limit),
    letters(filter: LetterFilter, before: number, limit: number): LetterRow[] {
      const { sql, parameters } = conditionOf(filter);
      return db
        .prepare<[object], LetterRow>(
          `SELECT ${LETTER} FROM dead_letter WHERE ${sql} AND id < :before ORDER BY id DESC LIMIT :limit`,
        )
        .safeIntegers(false)
        .all({ ...parameters, before, limit });
    },
    countLetters(filter: LetterFilter): number {
      const { sql, parameters } = conditionOf(filter);
      return db
        .prepare<[object], number>(`SELECT count(*) FROM dead_letter WHERE ${sql}`)
        .pluck()
        .safeIntegers(false)
        .get(parameters)!;
    },
    addToDay: (key: string, rail: string, currency: string, amountMinor: bigint, matchedMinor: bigint) => {
      addDay.run(key, rail, currency, amountMinor, matchedMinor);
    },
    day: (key: string) => day.all(key),
  };
}

export type Store = ReturnType<typeof createStore>;
