/** The tables of the room: every line of SQL it speaks. */
import type { CeremonyKind, ExceptionClass } from '../proof/index.ts';
import type { Connection } from '../vault/index.ts';

export interface KeyRow {
  readonly id: number;
  readonly label: string;
  readonly rehearsal: boolean;
  readonly state: 'making' | 'active' | 'retired' | 'destroyed' | 'abandoned';
  readonly fingerprint: string | null;
  readonly threshold: number;
  readonly shareSet: number;
  readonly replaces: number | null;
}

export interface CeremonyRow {
  readonly id: number;
  readonly kind: CeremonyKind;
  readonly keyId: number;
  readonly rehearsal: boolean;
  readonly state: 'running' | 'done' | 'abandoned';
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly headerSealedId: bigint;
  readonly secretSealedId: bigint | null;
  readonly runId: string;
  /** Place of the step whose work with the tokens was begun last; null before any. */
  readonly begunPosition: number | null;
}

export interface StepRow {
  readonly position: number;
  readonly body: string;
  readonly hash: Buffer;
}

export interface ShareRow {
  readonly id: number;
  readonly keyId: number;
  readonly shareSet: number;
  readonly x: number;
  readonly operatorId: string;
  readonly mark: Buffer;
  readonly commitment: Buffer;
  readonly sealedId: bigint | null;
  readonly state: 'made' | 'held' | 'void';
}

type Raw<T> = {
  readonly [K in keyof T]: T[K] extends number | boolean
    ? bigint
    : T[K] extends number | null
      ? bigint | null
      : T[K];
};

const KEY = `id, label, rehearsal, state, fingerprint, threshold, share_set AS shareSet, replaces`;
const CEREMONY = `id, kind, key_id AS keyId, rehearsal, state, started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs,
  header_sealed_id AS headerSealedId, secret_sealed_id AS secretSealedId, run_id AS runId,
  begun_position AS begunPosition`;
const SHARE = `id, key_id AS keyId, share_set AS shareSet, x, operator_id AS operatorId, mark, commitment,
  sealed_id AS sealedId, state`;

const keyOf = (raw: Raw<KeyRow>): KeyRow => ({
  ...raw,
  id: Number(raw.id),
  rehearsal: raw.rehearsal === 1n,
  threshold: Number(raw.threshold),
  shareSet: Number(raw.shareSet),
  replaces: raw.replaces === null ? null : Number(raw.replaces),
});
const ceremonyOf = (raw: Raw<CeremonyRow>): CeremonyRow => ({
  ...raw,
  id: Number(raw.id),
  keyId: Number(raw.keyId),
  rehearsal: raw.rehearsal === 1n,
  startedAtMs: Number(raw.startedAtMs),
  endedAtMs: raw.endedAtMs === null ? null : Number(raw.endedAtMs),
  begunPosition: raw.begunPosition === null ? null : Number(raw.begunPosition),
});
const shareOf = (raw: Raw<ShareRow>): ShareRow => ({
  ...raw,
  id: Number(raw.id),
  keyId: Number(raw.keyId),
  shareSet: Number(raw.shareSet),
  x: Number(raw.x),
});

export function createStore(db: Connection) {
  const keys = db.prepare<[], Raw<KeyRow>>(`SELECT ${KEY} FROM ceremony_key ORDER BY id`);
  const key = db.prepare<[number], Raw<KeyRow>>(`SELECT ${KEY} FROM ceremony_key WHERE id = ?`);
  const insertKey = db.prepare(
    `INSERT INTO ceremony_key (label, rehearsal, state, threshold, replaces)
     VALUES (@label, @rehearsal, 'making', @threshold, @replaces)`,
  );
  const setKey = db.prepare(
    'UPDATE ceremony_key SET state = @state, fingerprint = @fingerprint, share_set = @shareSet, threshold = @threshold WHERE id = @id',
  );
  const all = db.prepare<[], Raw<CeremonyRow>>(`SELECT ${CEREMONY} FROM ceremony ORDER BY id DESC`);
  const get = db.prepare<[number], Raw<CeremonyRow>>(`SELECT ${CEREMONY} FROM ceremony WHERE id = ?`);
  const running = db.prepare<[number], Raw<CeremonyRow>>(
    `SELECT ${CEREMONY} FROM ceremony WHERE key_id = ? AND state = 'running'`,
  );
  const nextId = db.prepare<[], bigint>('SELECT coalesce(max(id), 0) + 1 FROM ceremony').pluck();
  const insert = db.prepare(
    `INSERT INTO ceremony (id, kind, key_id, rehearsal, state, started_at_ms, header_sealed_id, run_id)
     VALUES (@id, @kind, @keyId, @rehearsal, 'running', @startedAtMs, @headerSealedId, @runId)`,
  );
  const setSecret = db.prepare('UPDATE ceremony SET secret_sealed_id = ? WHERE id = ?');
  const setRun = db.prepare('UPDATE ceremony SET run_id = ? WHERE id = ?');
  const setBegun = db.prepare('UPDATE ceremony SET begun_position = ? WHERE id = ?');
  const end = db.prepare('UPDATE ceremony SET state = ?, ended_at_ms = ? WHERE id = ?');
  const steps = db.prepare<[number], Raw<StepRow>>(
    'SELECT position, body, hash FROM ceremony_step WHERE ceremony_id = ? ORDER BY position',
  );
  const putStep = db.prepare(
    `INSERT INTO ceremony_step (ceremony_id, position, body, hash) VALUES (?, ?, ?, ?)
     ON CONFLICT (ceremony_id, position) DO UPDATE SET body = excluded.body, hash = excluded.hash`,
  );
  const signatures = db.prepare<[number], { position: bigint; operatorId: string; signature: Buffer }>(
    'SELECT position, operator_id AS operatorId, signature FROM ceremony_signature WHERE ceremony_id = ?',
  );
  const sign = db.prepare(
    'INSERT INTO ceremony_signature (ceremony_id, position, operator_id, signature) VALUES (?, ?, ?, ?)',
  );
  const addException = db.prepare(
    'INSERT INTO ceremony_exception (ceremony_id, class, reason) VALUES (?, ?, ?)',
  );
  const exceptions = db.prepare<[number, number], { class: ExceptionClass; reason: string }>(
    `SELECT class, reason FROM ceremony_exception
     WHERE ceremony_id = ? AND (position IS NULL OR position = ?) ORDER BY id`,
  );
  const waitingExceptions = db.prepare<[number], { class: ExceptionClass; reason: string }>(
    'SELECT class, reason FROM ceremony_exception WHERE ceremony_id = ? AND position IS NULL ORDER BY id',
  );
  const placeExceptions = db.prepare(
    'UPDATE ceremony_exception SET position = ? WHERE ceremony_id = ? AND position IS NULL',
  );
  const shares = db.prepare<[number, number], Raw<ShareRow>>(
    `SELECT ${SHARE} FROM ceremony_share WHERE key_id = ? AND share_set = ? ORDER BY x`,
  );
  const sharesOfKey = db.prepare<[number], Raw<ShareRow>>(
    `SELECT ${SHARE} FROM ceremony_share WHERE key_id = ? ORDER BY share_set, x`,
  );
  const insertShare = db.prepare(
    `INSERT INTO ceremony_share (key_id, share_set, x, operator_id, mark, commitment, state)
     VALUES (@keyId, @shareSet, @x, @operatorId, @mark, @commitment, 'made')`,
  );
  const setShare = db.prepare('UPDATE ceremony_share SET sealed_id = ?, state = ? WHERE id = ?');

  return {
    keys: () => keys.all().map(keyOf),
    key(id: number) {
      const raw = key.get(id);
      return raw === undefined ? undefined : keyOf(raw);
    },
    insertKey: (made: Pick<KeyRow, 'label' | 'rehearsal' | 'threshold' | 'replaces'>) =>
      Number(insertKey.run({ ...made, rehearsal: made.rehearsal ? 1 : 0 }).lastInsertRowid),
    setKey(row: KeyRow, change: Partial<Pick<KeyRow, 'state' | 'fingerprint' | 'shareSet' | 'threshold'>>) {
      const { id, state, fingerprint, shareSet, threshold } = { ...row, ...change };
      setKey.run({ id, state, fingerprint, shareSet, threshold });
    },
    all: () => all.all().map(ceremonyOf),
    get(id: number) {
      const raw = get.get(id);
      return raw === undefined ? undefined : ceremonyOf(raw);
    },
    running(keyId: number) {
      const raw = running.get(keyId);
      return raw === undefined ? undefined : ceremonyOf(raw);
    },
    nextId: () => Number(nextId.get() ?? 1n),
    insert(
      row: Pick<
        CeremonyRow,
        'id' | 'kind' | 'keyId' | 'rehearsal' | 'startedAtMs' | 'headerSealedId' | 'runId'
      >,
    ) {
      insert.run({ ...row, rehearsal: row.rehearsal ? 1 : 0 });
    },
    setSecret: (id: number, sealedId: bigint | null) => setSecret.run(sealedId, id),
    setRun: (id: number, runId: string) => setRun.run(runId, id),
    setBegun: (id: number, position: number) => setBegun.run(position, id),
    end: (id: number, state: 'done' | 'abandoned', atMs: number) => end.run(state, atMs, id),
    steps: (id: number): StepRow[] =>
      steps.all(id).map(({ position, body, hash }) => ({ position: Number(position), body, hash })),
    putStep: (id: number, position: number, body: string, hash: Uint8Array) =>
      putStep.run(id, position, body, hash),
    signatures: (id: number) =>
      signatures.all(id).map(({ position, ...rest }) => ({ position: Number(position), ...rest })),
    sign: (id: number, position: number, operatorId: string, signature: Buffer) =>
      sign.run(id, position, operatorId, signature),
    addException: (id: number, name: ExceptionClass, reason: string) => addException.run(id, name, reason),
    /** Those that stand in a step, and those that stand in none yet. */
    exceptions: (id: number, position: number) => exceptions.all(id, position),
    waitingExceptions: (id: number) => waitingExceptions.all(id),
    placeExceptions: (id: number, position: number) => placeExceptions.run(position, id),
    shares: (keyId: number, shareSet: number) => shares.all(keyId, shareSet).map(shareOf),
    /** Of every set, also of those that never came to count. */
    sharesOfKey: (keyId: number) => sharesOfKey.all(keyId).map(shareOf),
    insertShare: (share: Omit<ShareRow, 'id' | 'sealedId' | 'state'>) =>
      Number(insertShare.run(share).lastInsertRowid),
    setShare: (id: number, sealedId: bigint | null, state: ShareRow['state']) =>
      setShare.run(sealedId, state, id),
  };
}

export type Store = ReturnType<typeof createStore>;
