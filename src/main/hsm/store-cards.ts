/** The table of operators' smart cards. */
import type { Connection } from '../vault/index.ts';
import type { HsmAlgorithm } from './algorithms.ts';

export interface CardRow {
  readonly operatorId: string;
  readonly serial: string;
  readonly keyId: string;
  readonly algorithm: HsmAlgorithm;
  readonly publicKey: Buffer;
  readonly enrolledAtMs: number;
}

const CARD = `SELECT operator_id AS operatorId, serial, key_id AS keyId, algorithm, public_key AS publicKey,
  enrolled_at_ms AS enrolledAtMs FROM hsm_card`;

export function createCardStore(db: Connection) {
  const get = db.prepare<[string], CardRow>(`${CARD} WHERE operator_id = ?`).safeIntegers(false);
  const bySerial = db.prepare<[string], CardRow>(`${CARD} WHERE serial = ?`).safeIntegers(false);
  const put = db.prepare(
    `INSERT INTO hsm_card (operator_id, serial, key_id, algorithm, public_key, enrolled_at_ms)
     VALUES (:operatorId, :serial, :keyId, :algorithm, :publicKey, :enrolledAtMs)
     ON CONFLICT (operator_id) DO UPDATE SET serial = :serial, key_id = :keyId, algorithm = :algorithm,
       public_key = :publicKey, enrolled_at_ms = :enrolledAtMs`,
  );
  const remove = db.prepare('DELETE FROM hsm_card WHERE operator_id = ?');
  return {
    get: (operatorId: string) => get.get(operatorId),
    bySerial: (serial: string) => bySerial.get(serial),
    put: (row: CardRow) => void put.run(row),
    remove: (operatorId: string) => remove.run(operatorId).changes > 0,
  };
}
