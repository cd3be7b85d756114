/** The tables of migrations: a run, and what became of each key of it. */
import type { Connection } from '../vault/index.ts';

export interface RunRow {
  readonly id: string;
  readonly purpose: 'migration' | 'backup';
  readonly kem: 'ML-KEM-768' | 'ML-KEM-1024';
  readonly sourceId: number;
  readonly targetId: number;
  readonly state: 'running' | 'stopped' | 'done';
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly wrappingKeyDeleted: number;
}

export interface RunKeyRow {
  readonly ordinal: number;
  readonly keyId: string;
  readonly outcome: 'waiting' | 'moved' | 'replaced' | 'stays' | 'failed';
  readonly code: string | null;
}

const RUN = `SELECT id, purpose, kem, source_id AS sourceId, target_id AS targetId, state,
  started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs, wrapping_key_deleted AS wrappingKeyDeleted FROM hsm_run`;

export function createRunStore(db: Connection) {
  const runs = db.prepare<[], RunRow>(`${RUN} ORDER BY started_at_ms DESC, id`).safeIntegers(false);
  const run = db.prepare<[string], RunRow>(`${RUN} WHERE id = ?`).safeIntegers(false);
  const insert = db.prepare(
    `INSERT INTO hsm_run (id, purpose, kem, source_id, target_id, state, started_at_ms)
     VALUES (:id, :purpose, :kem, :sourceId, :targetId, 'running', :startedAtMs)`,
  );
  const setState = db.prepare('UPDATE hsm_run SET state = ?, ended_at_ms = ? WHERE id = ?');
  const setDeleted = db.prepare('UPDATE hsm_run SET wrapping_key_deleted = ? WHERE id = ?');
  const keys = db
    .prepare<[string], RunKeyRow>(
      'SELECT ordinal, key_id AS keyId, outcome, code FROM hsm_run_key WHERE run_id = ? ORDER BY ordinal',
    )
    .safeIntegers(false);
  const insertKey = db.prepare(
    "INSERT INTO hsm_run_key (run_id, ordinal, key_id, outcome, code) VALUES (?, ?, ?, 'waiting', NULL)",
  );
  const setOutcome = db.prepare(
    'UPDATE hsm_run_key SET outcome = ?, code = ? WHERE run_id = ? AND ordinal = ?',
  );
  return {
    list: () => runs.all(),
    get: (id: string) => run.get(id),
    insert: (row: Pick<RunRow, 'id' | 'purpose' | 'kem' | 'sourceId' | 'targetId' | 'startedAtMs'>) =>
      void insert.run(row),
    setState: (id: string, state: RunRow['state'], endedAtMs: number | null) =>
      void setState.run(state, endedAtMs, id),
    setDeleted: (id: string, deleted: boolean) => void setDeleted.run(deleted ? 1 : 0, id),
    keys: (id: string) => keys.all(id),
    insertKey: (id: string, ordinal: number, keyId: string) => void insertKey.run(id, ordinal, keyId),
    setOutcome: (id: string, ordinal: number, outcome: RunKeyRow['outcome'], code: string | null) =>
      void setOutcome.run(outcome, code, id, ordinal),
  };
}
