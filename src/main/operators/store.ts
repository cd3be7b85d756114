import type { Permission } from '../../contract/common.ts';
import type { RoleId } from '../../contract/operators.ts';
import type { Connection } from '../vault/index.ts';
import { SIGNING_SUITE, type Slot } from './slot.ts';

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

interface RawSlot {
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
    `SELECT salt, memory_kib AS memoryKiB, passes, lanes, public_key AS publicKey, sealed_key AS sealedKey
     FROM operator_slot WHERE operator_id = ?`,
  );
  const setDuties = db.prepare('UPDATE operator SET roles = ?, permissions = ? WHERE id = ?');
  const setState = db.prepare('UPDATE operator SET state = ? WHERE id = ?');
  const setTotp = db.prepare('UPDATE operator SET totp_sealed_id = ?, totp_step = ? WHERE id = ?');
  const fail = db.prepare('UPDATE operator SET failures = failures + 1, last_failure_at_ms = ? WHERE id = ?');
  const forgive = db.prepare('UPDATE operator SET failures = 0, last_failure_at_ms = NULL WHERE id = ?');
  const signIn = db.prepare('UPDATE operator SET last_sign_in_at_ms = ?, totp_step = ? WHERE id = ?');
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
    },
    slot(id: number): Slot | undefined {
      const raw = slot.get(id);
      if (raw === undefined) return undefined;
      const { salt, publicKey, sealedKey } = raw;
      const cost = { memoryKiB: Number(raw.memoryKiB), passes: Number(raw.passes), lanes: Number(raw.lanes) };
      return { ...cost, salt, publicKey, sealedKey, suite: SIGNING_SUITE };
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
    signIn(id: number, atMs: number, step: number) {
      signIn.run(BigInt(atMs), BigInt(step), id);
    },
  };
}
export type Store = ReturnType<typeof createStore>;
