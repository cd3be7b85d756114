/** What people decided and what they had the engine forget: the rows that learning rests on. */
import type { Connection } from '../vault/index.ts';
import type { LearnedKind } from './learned-index.ts';

/** How many transactions rest on what was learned from one decision, by what of it and how it was found. */
export interface LearnedUse {
  readonly code: string;
  readonly source: string;
  readonly by: string | null;
  readonly count: bigint;
}

export function learnedQueries(db: Connection) {
  const standing = db.prepare<[bigint, bigint], { id: bigint; transactionId: bigint }>(
    `SELECT m.id, m.bank_transaction_id AS transactionId FROM match m
     WHERE m.decided_by = 'person' AND m.id > ? AND m.kind = 'match'
       AND NOT EXISTS (SELECT 1 FROM match_end e WHERE e.match_id = m.id)
     ORDER BY m.id LIMIT ?`,
  );
  const forgotten = db
    .prepare<[bigint], LearnedKind>('SELECT what FROM learned_forgotten WHERE match_id = ?')
    .pluck();
  const forget = db.prepare(
    `INSERT INTO learned_forgotten (match_id, what, actor, forgotten_at_ms, record) VALUES (?, ?, ?, ?, ?)`,
  );
  const carry = db.prepare(
    `INSERT INTO learned_forgotten (match_id, what, actor, forgotten_at_ms, record)
     SELECT ?, what, actor, forgotten_at_ms, ? FROM learned_forgotten WHERE match_id = ?`,
  );
  const uses = db.prepare<[], LearnedUse>(
    `SELECT e.value ->> '$.code' AS code, e.value ->> '$.values.source' AS source, e.value ->> '$.values.by' AS by,
       count(DISTINCT s.bank_transaction_id) AS count
     FROM match_state s INDEXED BY match_state_learned, json_each(s.evidence) e
     WHERE instr(s.evidence, '"learned-') > 0 AND s.status = 'auto' AND e.value ->> '$.code' LIKE 'learned-%'
     GROUP BY 1, 2, 3`,
  );
  return {
    /** Matches of people that stand, by their ids, after one. */
    standingByPerson: (afterId: bigint, limit: number) => standing.all(afterId, BigInt(limit)),
    forgottenOf: (matchId: bigint) => forgotten.all(matchId),
    insertForgotten: (row: {
      readonly matchId: bigint;
      readonly what: LearnedKind;
      readonly actor: string;
      readonly forgottenAtMs: bigint;
      readonly record: bigint;
    }) => {
      forget.run(row.matchId, row.what, row.actor, row.forgottenAtMs, row.record);
    },
    /** What was forgotten of a match is forgotten of the one that takes its place. */
    carryForgotten: (from: bigint, to: bigint, record: bigint) => {
      carry.run(to, record, from);
    },
    /** What the machine's matches that stand rest on. */
    learnedUses: () => uses.all(),
  };
}
