import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordLeaf } from '../../src/main/audit/record-form.ts';
import { createReadStore } from '../../src/main/audit/store.ts';
import type { AuditFinding } from '../../src/main/audit/verify-chain.ts';
import { verifyNow } from '../../src/main/audit/verify-log.ts';
import { merkleRoot } from '../../src/main/crypto/index.ts';
import { openTestVault, type TestVault } from '../support/vault.ts';
import { caller, type Heads, openHeads, write } from './support.ts';

/**
 * Somebody who holds the file and its key makes the whole log anew, so that chain, tree and index fit
 * one another. What was signed before still tells, and says where.
 */
let t: TestVault;
let h: Heads;
const SIGNED = [100, 200, 230];

beforeAll(async () => {
  t = await openTestVault();
  h = openHeads(t);
  for (const size of SIGNED) {
    write(t, size - Number(t.audit.lastSeq()));
    h.transparency.checkpoint();
  }
  const { note } = h.transparency.checkpoint();
  h.transparency.witness(caller, { note });
  const triggers = t.vault.db.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'audit%'",
  );
  for (const { name } of triggers.all() as { name: string }[]) t.vault.db.exec(`DROP TRIGGER ${name}`);
});
afterAll(async () => {
  await h.keys.close();
  t.close();
});

class Undo extends Error {}
const sql = (text: string, ...parameters: unknown[]) => t.vault.db.prepare(text).run(...parameters);

/** Leaves and inner nodes after record `from`, made anew, so that they fit the rows. */
function makeAnew(from: number): void {
  const store = createReadStore(t.vault.db);
  const leaves: Buffer[] = [];
  let previous = from === 1 ? Buffer.alloc(32) : store.leaf(from - 1)!;
  for (let seq = 1; seq <= store.last()!.seq; seq += 1) {
    const row = store.get(seq)!;
    if (row.seq < from) {
      leaves.push(row.leaf);
      continue;
    }
    previous = recordLeaf(row, previous);
    leaves.push(previous);
    sql('UPDATE audit_record SET leaf = ? WHERE seq = ?', previous, row.seq);
  }
  const complete = Math.floor(leaves.length / 256);
  sql('DELETE FROM audit_node WHERE height = 8 AND position >= ?', complete);
  for (let at = 0; at < complete; at += 1) {
    const hash = merkleRoot(leaves, at * 256, (at + 1) * 256);
    sql('UPDATE audit_node SET hash = ? WHERE height = 8 AND position = ?', hash, at);
  }
}

/** What verification says after an attack while the vault was closed: nobody remembers the head. */
function attack(work: () => void): string[] {
  let findings: readonly AuditFinding[] = [];
  try {
    t.vault.transaction(() => {
      work();
      const store = createReadStore(t.vault.db);
      const last = store.last()!;
      const leaves = Array.from({ length: last.seq }, (_, at) => store.leaf(at + 1)!);
      const head = { ...last, root: merkleRoot(leaves) };
      findings = verifyNow({ key: t.vault.readerKey(), head, details: false }, t.vault.db).findings;
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  }
  return findings.map(({ seq, code }) => `${code}@${seq}`);
}

const flipped = (bytes: Buffer, at: number) => {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at]! ^ 1;
  return copy;
};

test('the log and its heads, as they were written, verify', () => {
  expect(attack(() => {})).toEqual([]);
});

test.each([
  [1, 'CHECKPOINT_DIFFERS@1'],
  [150, 'CHECKPOINT_DIFFERS@101'],
  [230, 'CHECKPOINT_DIFFERS@201'],
])('a log that was made anew from record %i on is found between two heads', (seq, finding) => {
  const found = attack(() => {
    sql("UPDATE audit_record SET actor = 'eve' WHERE seq = ?", seq);
    makeAnew(seq);
  });
  expect(found).toContain(finding);
  expect(found.filter((each) => each.startsWith('CHECKPOINT'))).toEqual([finding]);
});

test.each([229, 200, 120])('a log that was cut off after record %i is found', (seq) => {
  const found = attack(() => {
    sql('DELETE FROM audit_record WHERE seq > ?', seq);
    sql('DELETE FROM audit_subject WHERE seq > ?', seq);
    sql('DELETE FROM audit_witness');
  });
  // The marks of the run, and the details sealed with the last record that is left, still tell of those after it.
  expect(found).toEqual(['MARKS_DIFFER@1', `RECORD_MISSING@${seq + 1}`, `DETAILS_DIFFER@${seq + 1}`]);
});

test('any changed byte of a stored head is found', () => {
  const { note, public_key: publicKey } = t.vault.db
    .prepare('SELECT note, public_key FROM audit_checkpoint WHERE size = 200')
    .get() as { note: string; public_key: Buffer };
  const bytes = Buffer.from(note, 'utf8');
  for (let at = 0; at < bytes.length; at += 131) {
    const changed = flipped(bytes, at).toString('utf8');
    const found = attack(() => sql('UPDATE audit_checkpoint SET note = ? WHERE size = 200', changed));
    expect(found, `byte ${at} of the note`).toEqual(['CHECKPOINT_CHANGED@200']);
  }
  for (let at = 0; at < publicKey.length; at += 171) {
    const changed = flipped(publicKey, at);
    const found = attack(() => sql('UPDATE audit_checkpoint SET public_key = ? WHERE size = 200', changed));
    expect(found, `byte ${at} of the key`).toEqual(['CHECKPOINT_CHANGED@200']);
  }
  expect(attack(() => sql('UPDATE audit_checkpoint SET size = 201 WHERE size = 200'))).toEqual([
    'CHECKPOINT_CHANGED@201',
  ]);
});

test.each([
  ['origin', "origin = origin || 'x'"],
  ['size', 'size = size + 1'],
  ['outcome', "outcome = 'inconsistent'"],
  ['note', "note = note || 'x'"],
  ['key', 'public_key = zeroblob(1344)'],
])('a head that was shown and is kept with another %s is found', (_, change) => {
  expect(attack(() => sql(`UPDATE audit_witness SET ${change}`))).toEqual([
    expect.stringMatching(/^WITNESS_CHANGED@/),
  ]);
});

test('a head that was shown and is not kept any more is found', () => {
  expect(attack(() => sql('DELETE FROM audit_witness'))).toEqual([
    expect.stringMatching(/^WITNESS_CHANGED@/),
  ]);
});
