import type { Connection } from '../vault/index.ts';

export interface NoticeRow {
  readonly id: number;
  /** Canonical JSON of what is signed. */
  readonly body: string;
  /** The signed notice; null until there was a key to sign with. */
  readonly signed: string | null;
}

/** Notices that are sent at once; the rest follows with the next round. */
const MOST_AT_ONCE = 100;

/** Notices on their way. */
export function createNoticeStore(db: Connection) {
  const waiting = (column: string) =>
    db
      .prepare<[], NoticeRow>(
        `SELECT id, body, signed FROM key_notice WHERE ${column} IS NULL ORDER BY id LIMIT ${MOST_AT_ONCE}`,
      )
      .safeIntegers(false);
  const unfiled = waiting('filed_at_ms');
  const unposted = waiting('posted_at_ms');
  const nextId = db
    .prepare<[], number>('SELECT coalesce(max(id), 0) + 1 FROM key_notice')
    .pluck()
    .safeIntegers(false);
  const add = db.prepare('INSERT INTO key_notice (id, body) VALUES (?, ?)');
  const signed = db.prepare('UPDATE key_notice SET signing_key = ?, signed = ? WHERE id = ?');
  const filed = db.prepare('UPDATE key_notice SET filed_at_ms = ? WHERE id = ?');
  const posted = db.prepare('UPDATE key_notice SET posted_at_ms = ? WHERE id = ?');
  return {
    unfiled: () => unfiled.all(),
    unposted: () => unposted.all(),
    nextId: () => nextId.get() ?? 1,
    add(id: number, body: string) {
      add.run(id, body);
    },
    signed(id: number, signingKey: number, text: string) {
      signed.run(signingKey, text, id);
    },
    filed(id: number, atMs: number) {
      filed.run(BigInt(atMs), id);
    },
    posted(id: number, atMs: number) {
      posted.run(BigInt(atMs), id);
    },
  };
}
