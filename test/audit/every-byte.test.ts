import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditFinding } from '../../src/main/audit/verify-chain.ts';
import { verifyNow } from '../../src/main/audit/verify-log.ts';
import { openTestVault, type TestVault } from '../support/vault.ts';
import { caller, type Heads, openHeads } from './support.ts';

/**
 * A small log with one of everything: records of one and of several transactions, a signed head, a head that was shown, a witness and its countersignature. Somebody with the key
 * changes one byte after another, of every column of every row, and each change is found.
 */
let a: TestVault;
let b: TestVault;
let atA: Heads;
let atB: Heads;

/** Records written together; nodes of the tree, of which there is none under 256, see tampering.test.ts. */
const TOGETHER = 5;

beforeAll(async () => {
  a = await openTestVault();
  b = await openTestVault();
  atA = openHeads(a);
  atB = openHeads(b);
  const record = (i: number) =>
    a.audit.record({
      ...{ kind: 'ledger.post', actor: 'ada', traceId: i % 2 === 0 ? 'trace' : '' },
      subjects: [
        { kind: 'account', id: `a-${i}` },
        { kind: 'entry', id: `e-${i}` },
      ].slice(0, i % 3),
      detail: { i },
    });
  a.vault.transaction(() => {
    for (let i = 0; i < TOGETHER; i += 1) record(i);
  });
  a.vault.transaction(() => record(1));
  a.vault.transaction(() => record(2));
  atA.transparency.witnesses.enrol(caller, atB.transparency.trust().text);
  a.vault.transaction(() => {
    for (let i = 0; i < TOGETHER; i += 1) record(i);
  });
  const shown = atA.transparency.showTo({}).text;
  const { cosigned } = atB.transparency.witness(caller, {
    note: shown,
    trust: atA.transparency.trust().text,
  });
  atA.transparency.witnesses.take(caller, cosigned!);
  atA.transparency.witness(caller, { note: atA.transparency.checkpoints({ limit: 1 }).rows[0]!.note });
  const triggers = a.vault.db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'audit%'")
    .pluck();
  for (const name of triggers.all()) a.vault.db.exec(`DROP TRIGGER ${name}`);
});
afterAll(async () => {
  await atA.keys.close();
  await atB.keys.close();
  a.close();
  b.close();
});

/** What verification says of the log as it stands, on the connection that changed it. */
function findings(details: boolean): readonly AuditFinding[] {
  const request = { key: a.vault.readerKey(), head: a.audit.head()!, details };
  return verifyNow(request, a.vault.db).findings;
}

/** Each table with its key. Of the records and bundles the last ones stand for the others, which have the same columns. */
const TABLES: readonly (readonly [table: string, key: string, rows: number])[] = [
  ['audit_record', 'seq', 8],
  ['audit_subject', 'run, kind, id, seq', 6],
  ['audit_mark', 'run, what, value', 8],
  ['audit_bundle', 'first_seq', 8],
  ['audit_checkpoint', 'size', 1],
  ['audit_witness', 'id', 1],
  ['audit_witness_key', 'seq', 1],
  ['audit_cosignature', 'seq', 1],
];

type Value = bigint | string | Buffer;

/** The value with one byte changed, for each of its bytes. */
function* changes(value: Value): Generator<Value | Buffer> {
  if (typeof value === 'bigint') {
    for (let bit = 0n; bit < 48n; bit += 8n) yield value ^ (1n << bit);
    return;
  }
  const bytes = Buffer.from(value as string);
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    yield changed;
  }
}

test.each(TABLES)('any changed byte of %s is found', { timeout: 240_000 }, (table, key, most) => {
  const { db } = a.vault;
  const names = key.split(', ');
  const order = names.map((name) => `${name} DESC`).join(', ');
  const rows = db
    .prepare<[], Record<string, Value>>(`SELECT * FROM ${table} ORDER BY ${order} LIMIT ${most}`)
    .all();
  expect(rows.length).toBeGreaterThan(0);
  const where = names.map((name) => `${name} = @${name}`).join(' AND ');
  // Details lie under a seal, which is opened only where a change could hide behind it.
  const details = table === 'audit_bundle';
  let tried = 0;
  for (const row of rows) {
    for (const [column, value] of Object.entries(row)) {
      const set = typeof value === 'string' ? 'CAST(@changed AS TEXT)' : '@changed';
      const update = db.prepare(`UPDATE ${table} SET ${column} = ${set} WHERE ${where}`);
      for (const changed of changes(value)) {
        db.exec('SAVEPOINT attack');
        try {
          const isTaken = refusedByDatabase(() => update.run({ ...row, changed }));
          const found = isTaken ? [] : findings(details);
          const place = `${table}.${column} of ${names.map((name) => row[name]).join(' ')}`;
          expect([place, tried, isTaken || found.length > 0]).toEqual([place, tried, true]);
          if (table === 'audit_record' && !isTaken) {
            const near = [Number(row.seq), Number(row.seq) + 1];
            expect(found.some(({ seq }) => seq !== null && (near.includes(seq) || seq === 1))).toBe(true);
          }
        } finally {
          db.exec('ROLLBACK TO attack; RELEASE attack');
        }
        tried += 1;
      }
    }
  }
  expect(tried).toBeGreaterThan(20);
  expect(findings(true)).toEqual([]);
});

/** The key of another row, a value outside its bounds: the database itself refuses that. */
function refusedByDatabase(work: () => void): boolean {
  try {
    work();
    return false;
  } catch (error) {
    if (String((error as { code?: string }).code).startsWith('SQLITE_CONSTRAINT')) return true;
    throw error;
  }
}
