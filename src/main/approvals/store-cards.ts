import type { Connection } from '../vault/index.ts';

export interface CardRow {
  readonly operatorId: string;
  readonly homeVault: string;
  readonly publicKey: Buffer;
  readonly fingerprint: string;
  readonly enrolledAtMs: number;
}

interface RawCard {
  readonly operatorId: bigint;
  readonly homeVault: string;
  readonly publicKey: Buffer;
  readonly fingerprint: string;
  readonly enrolledAtMs: bigint;
}

const COLUMNS = `operator_id AS operatorId, home_vault AS homeVault, public_key AS publicKey, fingerprint,
  enrolled_at_ms AS enrolledAtMs`;

const rowOf = (raw: RawCard | undefined): CardRow | undefined =>
  raw && { ...raw, operatorId: String(raw.operatorId), enrolledAtMs: Number(raw.enrolledAtMs) };

/** The cards that were enrolled; the newest of an operator counts. */
export function createCardStore(db: Connection) {
  const insert = db.prepare(
    `INSERT INTO approval_card (operator_id, home_vault, public_key, fingerprint, enrolled_at_ms)
     VALUES (@operatorId, @homeVault, @publicKey, @fingerprint, @enrolledAtMs)`,
  );
  const ofOperator = db.prepare<[bigint], RawCard>(
    `SELECT ${COLUMNS} FROM approval_card WHERE operator_id = ? ORDER BY id DESC LIMIT 1`,
  );
  const ofKey = db.prepare<[string], RawCard>(
    `SELECT ${COLUMNS} FROM approval_card WHERE fingerprint = ? ORDER BY id DESC LIMIT 1`,
  );
  return {
    insert(row: CardRow) {
      insert.run({ ...row, operatorId: BigInt(row.operatorId), enrolledAtMs: BigInt(row.enrolledAtMs) });
    },
    /** The card of an operator that counts. */
    ofOperator: (id: string) => rowOf(/^\d{1,9}$/.test(id) ? ofOperator.get(BigInt(id)) : undefined),
    /** Whose a key was ever. */
    ofKey: (fingerprint: string) => rowOf(ofKey.get(fingerprint)),
  };
}
