/** The table of operators' smart cards. */
import type { Connection } from '../vault/index.ts';
import type { HsmAlgorithm } from './algorithms.ts';

export interface CardRow {
  readonly operatorId: string;
  readonly serial: string;
  readonly keyId: string;
  readonly algorithm: HsmAlgorithm;
  readonly publicKey: Buffer;
  /** Software only in the demo vault. */
  readonly kind: 'hardware' | 'software';
  readonly enrolledAtMs: number;
}

const CARD = `SELECT operator_id AS operatorId, serial, key_id AS keyId, algorithm, public_key AS publicKey, kind,
  enrolled_at_ms AS enrolledAtMs FROM hsm_card`;

export function createCardStore(db: Connection) {
  const get = db.prepare<[string], CardRow>(`${CARD} WHERE operator_id = ?`).safeIntegers(false);
  const bySerial = db.prepare<[string], CardRow>(`${CARD} WHERE serial = ?`).safeIntegers(false);
  const put = db.prepare(
    `INSERT INTO hsm_card (operator_id, serial, key_id, algorithm, public_key, kind, enrolled_at_ms)
     VALUES (:operatorId, :serial, :keyId, :algorithm, :publicKey, :kind, :enrolledAtMs)
     ON CONFLICT (operator_id) DO UPDATE SET serial = :serial, key_id = :keyId, algorithm = :algorithm,
       public_key = :publicKey, kind = :kind, enrolled_at_ms = :enrolledAtMs`,
  );
  const any = db.prepare<[], bigint>('SELECT EXISTS (SELECT 1 FROM hsm_card)').pluck();
  const remove = db.prepare('DELETE FROM hsm_card WHERE operator_id = ?');
  return {
    any: () => any.get() === 1n,
    get: (operatorId: string) => get.get(operatorId),
    bySerial: (serial: string) => bySerial.get(serial),
    put: (row: CardRow) => void put.run(row),
    remove: (operatorId: string) => remove.run(operatorId).changes > 0,
  };
}
