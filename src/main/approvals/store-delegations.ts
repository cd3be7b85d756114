import type { Connection } from '../vault/index.ts';

export interface DelegationRow {
  readonly id: number;
  readonly delegationId: string;
  readonly fromId: string;
  readonly toId: string;
  readonly policyIds: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
  readonly reasonId: bigint;
  readonly publicKey: Buffer;
  readonly signature: Buffer;
  readonly record: bigint;
  readonly endedAtMs: number | null;
}

interface RawDelegation {
  readonly id: bigint;
  readonly delegationId: string;
  readonly fromId: bigint;
  readonly toId: bigint;
  readonly policyIds: string;
  readonly fromMs: bigint;
  readonly untilMs: bigint;
  readonly reasonId: bigint;
  readonly publicKey: Buffer;
  readonly signature: Buffer;
  readonly record: bigint;
  readonly endedAtMs: bigint | null;
}

const toDelegation = (raw: RawDelegation): DelegationRow => ({
  ...raw,
  id: Number(raw.id),
  fromId: String(raw.fromId),
  toId: String(raw.toId),
  policyIds: JSON.parse(raw.policyIds) as string[],
  fromMs: Number(raw.fromMs),
  untilMs: Number(raw.untilMs),
  endedAtMs: raw.endedAtMs === null ? null : Number(raw.endedAtMs),
});

const COLUMNS = `id, delegation_id AS delegationId, from_id AS fromId, to_id AS toId, policy_ids AS policyIds,
  from_ms AS fromMs, until_ms AS untilMs, reason_sealed_id AS reasonId, public_key AS publicKey, signature,
  record, ended_at_ms AS endedAtMs`;

/** Rights that are lent. */
export function createDelegationStore(db: Connection) {
  const all = db.prepare<[], RawDelegation>(`SELECT ${COLUMNS} FROM approval_delegation ORDER BY id DESC`);
  const get = db.prepare<[string], RawDelegation>(
    `SELECT ${COLUMNS} FROM approval_delegation WHERE delegation_id = ?`,
  );
  const byId = db.prepare<[number], RawDelegation>(`SELECT ${COLUMNS} FROM approval_delegation WHERE id = ?`);
  const running = db.prepare<[bigint, bigint], RawDelegation>(
    `SELECT ${COLUMNS} FROM approval_delegation
     WHERE ended_at_ms IS NULL AND from_ms <= ? AND until_ms > ? ORDER BY id`,
  );
  const insert = db.prepare(
    `INSERT INTO approval_delegation (delegation_id, from_id, to_id, policy_ids, from_ms, until_ms,
       reason_sealed_id, public_key, signature, record)
     VALUES (@delegationId, @fromId, @toId, @policyIds, @fromMs, @untilMs, @reasonId, @publicKey,
       @signature, @record)`,
  );
  const end = db.prepare(
    `UPDATE approval_delegation SET ended_at_ms = ?, ended_record = ? WHERE id = ? AND ended_at_ms IS NULL`,
  );
  const rowOf = (raw: RawDelegation | undefined) => (raw === undefined ? undefined : toDelegation(raw));

  return {
    /** Newest first. */
    all: () => all.all().map(toDelegation),
    get: (delegationId: string) => rowOf(get.get(delegationId)),
    byId: (id: number) => rowOf(byId.get(id)),
    running: (nowMs: number) => running.all(BigInt(nowMs), BigInt(nowMs)).map(toDelegation),
    insert(row: Omit<DelegationRow, 'id' | 'endedAtMs'>): void {
      insert.run({
        ...row,
        fromId: Number(row.fromId),
        toId: Number(row.toId),
        policyIds: JSON.stringify(row.policyIds),
      });
    },
    end: (id: number, atMs: number, record: bigint) => end.run(BigInt(atMs), record, id).changes === 1,
  };
}
export type DelegationStore = ReturnType<typeof createDelegationStore>;
