import type { Connection } from '../vault/index.ts';

export type PairType = 'signing' | 'transport' | 'log';
export type PairState = 'pre-active' | 'active' | 'retired' | 'compromised' | 'destroyed';

export interface PairRow {
  readonly id: number;
  readonly type: PairType;
  readonly version: number;
  readonly state: PairState;
  readonly publicKey: Buffer;
  /** Row of `sealed_value`; null once it was destroyed. */
  readonly privateId: bigint | null;
}

interface RawPair extends Omit<PairRow, 'id' | 'version'> {
  readonly id: bigint;
  readonly version: bigint;
}

const COLUMNS = 'id, type, version, state, public_key AS publicKey, private_id AS privateId';

const toPair = (row: RawPair): PairRow => ({ ...row, id: Number(row.id), version: Number(row.version) });

/** The vault's own key pairs. */
export function createPairStore(db: Connection) {
  const get = db.prepare<[number], RawPair>(`SELECT ${COLUMNS} FROM key_pair WHERE id = ?`);
  const active = db.prepare<[string], RawPair>(
    `SELECT ${COLUMNS} FROM key_pair WHERE type = ? AND state = 'active' ORDER BY id DESC LIMIT 1`,
  );
  const newest = db.prepare<[string], RawPair>(
    `SELECT ${COLUMNS} FROM key_pair WHERE type = ? ORDER BY version DESC LIMIT 1`,
  );
  const ofType = db.prepare<[string], RawPair>(
    `SELECT ${COLUMNS} FROM key_pair WHERE type = ? ORDER BY version`,
  );
  const nextId = db.prepare<[], bigint>('SELECT coalesce(max(id), 0) + 1 FROM key_pair').pluck();
  const insert = db.prepare(
    `INSERT INTO key_pair (id, type, version, algorithm, state, created_at_ms, activated_at_ms, public_key, private_id)
     VALUES (@id, @type, @version, @algorithm, 'active', @atMs, @atMs, @publicKey, @privateId)`,
  );
  const setState = db.prepare('UPDATE key_pair SET state = ? WHERE id = ?');
  const destroy = db.prepare("UPDATE key_pair SET state = 'destroyed', private_id = NULL WHERE id = ?");
  const pairOf = (row: RawPair | undefined) => (row === undefined ? undefined : toPair(row));

  return {
    get: (id: number) => pairOf(get.get(id)),
    active: (type: PairType) => pairOf(active.get(type)),
    newest: (type: PairType) => pairOf(newest.get(type)),
    ofType: (type: PairType) => ofType.all(type).map(toPair),
    nextId: () => Number(nextId.get() ?? 1n),
    insert(pair: {
      readonly id: number;
      readonly type: PairType;
      readonly version: number;
      readonly algorithm: string;
      readonly atMs: number;
      readonly publicKey: Buffer;
      readonly privateId: bigint;
    }) {
      insert.run({ ...pair, atMs: BigInt(pair.atMs) });
    },
    setState(id: number, state: PairState) {
      setState.run(state, id);
    },
    destroy(id: number) {
      destroy.run(id);
    },
  };
}
