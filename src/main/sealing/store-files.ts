import type { Connection } from '../vault/index.ts';

/** What is kept of keys that sealed cells of files outside the vault. */
export function createFileStore(db: Connection) {
  const addToCount = db.prepare('UPDATE sealing_dek SET seal_count = seal_count + ? WHERE id = ?');
  const addCells = db.prepare(
    `INSERT INTO sealing_file_use (dek_id, cells) VALUES (?, ?)
     ON CONFLICT (dek_id) DO UPDATE SET cells = cells + excluded.cells`,
  );
  return {
    /** Counts seals at their key, and that the key is used in files. */
    addFileSeals(dekId: number, count: number) {
      addToCount.run(count, dekId);
      addCells.run(dekId, count);
    },
  };
}
