import type { Connection } from '../vault/index.ts';

/** Statements with which the keys under the vault's wrapping key are read and put back. */
export function createRewrapStore(db: Connection) {
  const keks = db
    .prepare<[], { id: number; publicKey: Buffer; sealed: Buffer }>(
      `SELECT id, public_key AS publicKey, sealed_private_key AS sealed FROM sealing_kek
       WHERE sealed_private_key IS NOT NULL`,
    )
    .safeIntegers(false);
  const putKek = db.prepare('UPDATE sealing_kek SET sealed_private_key = ? WHERE id = ?');
  const indexKeys = db
    .prepare<[], { id: number; column: string; sealed: Buffer }>(
      'SELECT id, column_name AS "column", wrapped_key AS sealed FROM sealing_index_key',
    )
    .safeIntegers(false);
  const putIndexKey = db.prepare('UPDATE sealing_index_key SET wrapped_key = ? WHERE id = ?');
  return {
    keks: () => keks.all(),
    putKek(id: number, sealed: Buffer) {
      putKek.run(sealed, id);
    },
    indexKeys: () => indexKeys.all(),
    putIndexKey(id: number, sealed: Buffer) {
      putIndexKey.run(sealed, id);
    },
  };
}
