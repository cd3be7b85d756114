import type { Connection } from '../vault/index.ts';

export interface ViewRow {
  readonly id: bigint;
  readonly actor: string;
  readonly screen: string;
  readonly sealedId: bigint;
}

/** Reads and writes of `saved_view`. */
export function createStore(db: Connection) {
  const columns = 'id, actor, screen, sealed_id AS sealedId';
  const of = db.prepare<[string, string], ViewRow>(
    `SELECT ${columns} FROM saved_view WHERE actor = ? AND screen = ? ORDER BY id`,
  );
  const get = db.prepare<[bigint], ViewRow>(`SELECT ${columns} FROM saved_view WHERE id = ?`);
  const last = db.prepare<[], { id: bigint }>('SELECT coalesce(max(id), 0) AS id FROM saved_view');
  const insert = db.prepare(
    'INSERT INTO saved_view (id, actor, screen, sealed_id, record) VALUES (?, ?, ?, ?, ?)',
  );
  const remove = db.prepare('DELETE FROM saved_view WHERE id = ?');
  return {
    of: (actor: string, screen: string) => of.all(actor, screen),
    get: (id: bigint) => get.get(id),
    nextId: () => last.get()!.id + 1n,
    insert({ id, actor, screen, sealedId }: ViewRow, record: bigint) {
      insert.run(id, actor, screen, sealedId, record);
    },
    remove(id: bigint) {
      remove.run(id);
    },
  };
}
