import type { Permission } from '../../contract/common.ts';
import type { RoleId } from '../../contract/operators.ts';
import type { Connection } from '../vault/index.ts';
import type { SigningSuite, Slot } from './slot.ts';

export interface OperatorRow {
  readonly id: number;
  readonly kind: 'person' | 'service';
  readonly nameId: bigint;
  readonly state: 'active' | 'disabled';
  readonly roles: readonly RoleId[];
  readonly permissions: readonly Permission[];
  readonly createdAtMs: number;
  readonly lastSignInAtMs: number | null;
  readonly failures: number;
  readonly lastFailureAtMs: number | null;
  readonly totpId: bigint | null;
  /** The newest step of which a code was taken. */
  readonly totpStep: number;
}

interface RawOperator {
  readonly id: bigint;
  readonly kind: OperatorRow['kind'];
  readonly nameId: bigint;
  readonly state: OperatorRow['state'];
  readonly roles: string;
  readonly permissions: string;
  readonly createdAtMs: bigint;
  readonly lastSignInAtMs: bigint | null;
  readonly failures: bigint;
  readonly lastFailureAtMs: bigint | null;
  readonly totpId: bigint | null;
  readonly totpStep: bigint;
}

/** A key that an operator signs with, or signed with before. */
export interface KeyRow {
  readonly suite: SigningSuite;
  readonly publicKey: Buffer;
  readonly sinceMs: number;
  /** Null for the key of now. */
  readonly untilMs: number | null;
}

interface RawKey {
  readonly suite: SigningSuite;
  readonly publicKey: Buffer;
  readonly sinceMs: bigint;
  readonly untilMs: bigint | null;
}

/** Roles that were lent, and are while nothing ended it and its time is not over. */
export interface LendingRow {
  readonly id: number;
  readonly operatorId: number;
  readonly roles: readonly RoleId[];
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  readonly lentBy: string;
}

interface RawLending {
  readonly id: bigint;
  readonly operatorId: bigint;
  readonly roles: string;
  readonly startedAtMs: bigint;
  readonly endsAtMs: bigint;
  readonly lentBy: string;
}

const toLending = (raw: RawLending): LendingRow => ({
  ...raw,
  id: Number(raw.id),
  operatorId: Number(raw.operatorId),
  roles: JSON.parse(raw.roles) as RoleId[],
  startedAtMs: Number(raw.startedAtMs),
  endsAtMs: Number(raw.endsAtMs),
});

interface RawSlot {
  readonly suite: SigningSuite;
  readonly salt: Buffer;
  readonly memoryKiB: bigint;
  readonly passes: bigint;
  readonly lanes: bigint;
  readonly publicKey: Buffer;
  readonly sealedKey: Buffer;
}

const numberOf = (value: bigint | null) => (value === null ? null : Number(value));

const toRow = (raw: RawOperator): OperatorRow => ({
  ...raw,
  id: Number(raw.id),
  roles: JSON.parse(raw.roles) as RoleId[],
  permissions: JSON.parse(raw.permissions) as Permission[],
  createdAtMs: Number(raw.createdAtMs),
  lastSignInAtMs: numberOf(raw.lastSignInAtMs),
  failures: Number(raw.failures),
  lastFailureAtMs: numberOf(raw.lastFailureAtMs),
  totpStep: Number(raw.totpStep),
});

const COLUMNS = `id, kind, name_sealed_id AS nameId, state, roles, permissions, created_at_ms AS createdAtMs,
  last_sign_in_at_ms AS lastSignInAtMs, failures, last_failure_at_ms AS lastFailureAtMs, totp_sealed_id AS totpId,
  totp_step AS totpStep`;

/** Operators and their slots. */
export function createStore(db: Connection) {
  const all = db.prepare<[], RawOperator>(`SELECT ${COLUMNS} FROM operator ORDER BY id`);
  const get = db.prepare<[number], RawOperator>(`SELECT ${COLUMNS} FROM operator WHERE id = ?`);
  const byName = db.prepare<[bigint], RawOperator>(
    `SELECT ${COLUMNS} FROM operator WHERE name_sealed_id = ?`,
  );
  const nextId = db.prepare<[], bigint>('SELECT coalesce(max(id), 0) + 1 FROM operator').pluck();
  const insert = db.prepare(
    `INSERT INTO operator (id, kind, name_sealed_id, state, roles, permissions, created_at_ms, totp_sealed_id, totp_step)
     VALUES (@id, @kind, @nameId, 'active', @roles, @permissions, @createdAtMs, @totpId, @totpStep)`,
  );
  const insertSlot = db.prepare(
    `INSERT INTO operator_slot (operator_id, salt, memory_kib, passes, lanes, suite, public_key, sealed_key)
     VALUES (@id, @salt, @memoryKiB, @passes, @lanes, @suite, @publicKey, @sealedKey)`,
  );
  const slot = db.prepare<[number], RawSlot>(
    `SELECT suite, salt, memory_kib AS memoryKiB, passes, lanes, public_key AS publicKey, sealed_key AS sealedKey
     FROM operator_slot WHERE operator_id = ?`,
  );
  const insertKey = db.prepare(
    'INSERT INTO operator_key (operator_id, suite, public_key, since_ms) VALUES (?, ?, ?, ?)',
  );
  const endKey = db.prepare(
    'UPDATE operator_key SET until_ms = max(since_ms, ?) WHERE operator_id = ? AND until_ms IS NULL',
  );
  const keys = db.prepare<[number], RawKey>(
    `SELECT suite, public_key AS publicKey, since_ms AS sinceMs, until_ms AS untilMs
     FROM operator_key WHERE operator_id = ? ORDER BY id DESC`,
  );
  const setSlot = db.prepare(
    `UPDATE operator_slot SET salt = @salt, memory_kib = @memoryKiB, passes = @passes, lanes = @lanes,
       suite = @suite, public_key = @publicKey, sealed_key = @sealedKey WHERE operator_id = @id`,
  );
  const insertLending = db.prepare(
    `INSERT INTO operator_lending (operator_id, roles, started_at_ms, ends_at_ms, lent_by)
     VALUES (@operatorId, @roles, @startedAtMs, @endsAtMs, @lentBy)`,
  );
  const endLending = db.prepare('UPDATE operator_lending SET ended_at_ms = ? WHERE id = ?');
  const openLendings = db.prepare<[], RawLending>(
    `SELECT id, operator_id AS operatorId, roles, started_at_ms AS startedAtMs, ends_at_ms AS endsAtMs,
       lent_by AS lentBy FROM operator_lending WHERE ended_at_ms IS NULL ORDER BY id`,
  );
  const setDuties = db.prepare('UPDATE operator SET roles = ?, permissions = ? WHERE id = ?');
  const setState = db.prepare('UPDATE operator SET state = ? WHERE id = ?');
  const setTotp = db.prepare('UPDATE operator SET totp_sealed_id = ?, totp_step = ? WHERE id = ?');
  const fail = db.prepare('UPDATE operator SET failures = failures + 1, last_failure_at_ms = ? WHERE id = ?');
  const forgive = db.prepare('UPDATE operator SET failures = 0, last_failure_at_ms = NULL WHERE id = ?');
  const signIn = db.prepare('UPDATE operator SET last_sign_in_at_ms = ?, totp_step = ? WHERE id = ?');
  const takeStep = db.prepare('UPDATE operator SET totp_step = ? WHERE id = ?');
  const rowOf = (raw: RawOperator | undefined) => (raw === undefined ? undefined : toRow(raw));

  const any = db.prepare<[], bigint>('SELECT EXISTS (SELECT 1 FROM operator)').pluck();

  return {
    any: () => any.get() === 1n,
    all: () => all.all().map(toRow),
    get: (id: number) => rowOf(get.get(id)),
    byName(nameIds: readonly bigint[]) {
      for (const nameId of nameIds) {
        const raw = byName.get(nameId);
        if (raw !== undefined) return toRow(raw);
      }
      return undefined;
    },
    nextId: () => Number(nextId.get() ?? 1n),
    insert(row: Omit<OperatorRow, 'state' | 'lastSignInAtMs' | 'failures' | 'lastFailureAtMs'>, made: Slot) {
      insert.run({
        ...row,
        roles: JSON.stringify(row.roles),
        permissions: JSON.stringify(row.permissions),
        createdAtMs: BigInt(row.createdAtMs),
        totpStep: BigInt(row.totpStep),
      });
      insertSlot.run({ ...made, id: row.id });
      insertKey.run(row.id, made.suite, made.publicKey, BigInt(row.createdAtMs));
    },
    /** The slot of an operator from now on. One with another key ends the key before. */
    setSlot(id: number, made: Slot, atMs: number) {
      const before = slot.get(id);
      setSlot.run({ ...made, id });
      if (before?.publicKey.equals(made.publicKey)) return;
      endKey.run(BigInt(atMs), id);
      insertKey.run(id, made.suite, made.publicKey, BigInt(atMs));
    },
    /** Every key of an operator, the one of now first. */
    keys: (id: number): KeyRow[] =>
      keys.all(id).map((raw) => ({ ...raw, sinceMs: Number(raw.sinceMs), untilMs: numberOf(raw.untilMs) })),
    slot(id: number): Slot | undefined {
      const raw = slot.get(id);
      if (raw === undefined) return undefined;
      const { salt, suite, publicKey, sealedKey } = raw;
      const cost = { memoryKiB: Number(raw.memoryKiB), passes: Number(raw.passes), lanes: Number(raw.lanes) };
      return { ...cost, salt, suite, publicKey, sealedKey };
    },
    /** Lendings that nothing has ended yet, whether their time is over or not. */
    lendings: (): LendingRow[] => openLendings.all().map(toLending),
    lend(row: Omit<LendingRow, 'id'>): number {
      const { lastInsertRowid } = insertLending.run({
        ...row,
        roles: JSON.stringify(row.roles),
        startedAtMs: BigInt(row.startedAtMs),
        endsAtMs: BigInt(row.endsAtMs),
      });
      return Number(lastInsertRowid);
    },
    endLending(id: number, atMs: number) {
      endLending.run(BigInt(atMs), id);
    },
    setDuties(id: number, roles: readonly RoleId[], permissions: readonly Permission[]) {
      setDuties.run(JSON.stringify(roles), JSON.stringify(permissions), id);
    },
    setState(id: number, state: OperatorRow['state']) {
      setState.run(state, id);
    },
    setTotp(id: number, totpId: bigint, step: number) {
      setTotp.run(totpId, BigInt(step), id);
    },
    fail(id: number, atMs: number) {
      fail.run(BigInt(atMs), id);
    },
    forgive(id: number) {
      forgive.run(id);
    },
    takeStep(id: number, step: number) {
      takeStep.run(BigInt(step), id);
    },
    signIn(id: number, atMs: number, step: number) {
      signIn.run(BigInt(atMs), BigInt(step), id);
    },
  };
}
export type Store = ReturnType<typeof createStore>;
