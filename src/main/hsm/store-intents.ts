/** The table of keys that were begun on tokens, and that of the embedded tokens' files. */
import type { Connection } from '../vault/index.ts';

export interface IntentRow {
  readonly keyId: string;
  readonly tokenId: number;
}

export interface FileRow {
  readonly id: number;
  /** Below the folder of tokens, with slashes. */
  readonly path: string;
  readonly sealedId: number;
  readonly digest: Buffer;
}

export function createIntentStore(db: Connection) {
  const of = db
    .prepare<[number], IntentRow>(
      'SELECT key_id AS keyId, token_id AS tokenId FROM hsm_intent WHERE token_id = ? ORDER BY began_at_ms, key_id',
    )
    .safeIntegers(false);
  const put = db.prepare(
    'INSERT OR REPLACE INTO hsm_intent (key_id, token_id, began_at_ms) VALUES (?, ?, ?)',
  );
  const remove = db.prepare('DELETE FROM hsm_intent WHERE key_id = ? AND token_id = ?');
  return {
    of: (tokenId: number) => of.all(tokenId),
    put: (keyId: string, tokenId: number, atMs: number) => void put.run(keyId, tokenId, BigInt(atMs)),
    remove: (keyId: string, tokenId: number) => void remove.run(keyId, tokenId),
  };
}

export function createFileStore(db: Connection) {
  const all = db
    .prepare<[], FileRow>(
      'SELECT id, path, content_sealed_id AS sealedId, digest FROM hsm_token_file ORDER BY path',
    )
    .safeIntegers(false);
  const nextId = db
    .prepare<[], number>('SELECT coalesce(max(id), 0) + 1 FROM hsm_token_file')
    .pluck()
    .safeIntegers(false);
  const insert = db.prepare(
    'INSERT INTO hsm_token_file (id, path, content_sealed_id, digest) VALUES (:id, :path, :sealedId, :digest)',
  );
  const update = db.prepare(
    'UPDATE hsm_token_file SET content_sealed_id = :sealedId, digest = :digest WHERE id = :id',
  );
  const remove = db.prepare('DELETE FROM hsm_token_file WHERE id = ?');
  return {
    all: () => all.all(),
    nextId: () => nextId.get()!,
    insert: (row: FileRow) => void insert.run(row),
    update: ({ id, sealedId, digest }: FileRow) => void update.run({ id, sealedId, digest }),
    remove: (id: number) => void remove.run(id),
  };
}
