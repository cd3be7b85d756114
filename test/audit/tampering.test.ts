import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packBundle } from '../../src/main/audit/bundle.ts';
import { bundlePlace } from '../../src/main/audit/log.ts';
import { genesisLeaf, recordLeaf } from '../../src/main/audit/record-form.ts';
import { createReadStore } from '../../src/main/audit/store.ts';
import type { AuditFinding } from '../../src/main/audit/verify-chain.ts';
import { verifyNow } from '../../src/main/audit/verify-log.ts';
import { openTestVault, type TestVault } from '../support/vault.ts';

/**
 * One log of 600 records for the whole file. Each attack is made inside a transaction by somebody
 * who holds the file and its key, is verified on that same connection, and is rolled back.
 */
let t: TestVault;
const RECORDS = 600;

beforeAll(async () => {
  t = await openTestVault();
  for (let i = 0; i < RECORDS; i += 1) {
    t.vault.transaction(() =>
      t.audit.record({
        kind: i % 2 === 0 ? 'ledger.post' : 'ledger.reverse',
        actor: 'ada',
        traceId: i % 3 === 0 ? 'trace' : '',
        subjects: i % 5 === 0 ? [] : [{ kind: 'account', id: `a-${i % 11}` }],
        detail: { i, text: 'what happened' },
      }),
    );
  }
  // An attacker with the key drops the triggers first.
  const triggers = t.vault.db.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'audit%'",
  );
  for (const { name } of triggers.all() as { name: string }[]) t.vault.db.exec(`DROP TRIGGER ${name}`);
});
afterAll(() => t.close());

class Undo extends Error {}

/** What verification says of the log after an attack. */
function attack(work: () => void, options: { head?: boolean } = {}): AuditFinding[] {
  let findings: readonly AuditFinding[] = [];
  try {
    t.vault.transaction(() => {
      work();
      const known = t.audit.head()!;
      const last = createReadStore(t.vault.db).last();
      const asFound = {
        seq: last?.seq ?? 0,
        leaf: last?.leaf ?? genesisLeaf(t.vault.vaultId),
        root: Buffer.alloc(32),
      };
      findings = verifyNow(
        { key: t.vault.readerKey(), head: options.head === false ? asFound : known, details: true },
        t.vault.db,
      ).findings;
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  }
  return [...findings];
}

const sql = (text: string, ...parameters: unknown[]) => {
  t.vault.db.prepare(text).run(...parameters);
};
const places = (findings: AuditFinding[]) => findings.map(({ seq, code }) => `${code}@${seq}`);

test('the log as it was written verifies', () => {
  expect(attack(() => {})).toEqual([]);
});

describe('a record that was changed is found, with its number', () => {
  test.each([
    ['time', 'recorded_at_ms = recorded_at_ms + 1', 'RECORD_CHANGED@100'],
    ['kind', "kind = 'ledger.reversf'", 'RECORD_CHANGED@100'],
    ['actor', "actor = 'eve'", 'RECORD_CHANGED@100'],
    ['actor, longer than any', 'actor = hex(zeroblob(4000))', 'RECORD_CHANGED@100'],
    ['trace id', "trace_id = 'other'", 'RECORD_CHANGED@100'],
    ['commitment', 'commitment = zeroblob(32)', 'RECORD_CHANGED@100'],
    ['commitment, shorter', 'commitment = zeroblob(31)', 'RECORD_CHANGED@100'],
    ['detail', 'detail_id = detail_id + 1', 'RECORD_CHANGED@100'],
    ['form', 'form = 2', 'RECORD_FORM_UNKNOWN@100'],
    ['leaf', 'leaf = zeroblob(32)', 'RECORD_CHANGED@100'],
    ['subjects', 'subjects = \'[["account","a-9"]]\'', 'RECORD_CHANGED@100'],
    ['subjects, no JSON', "subjects = '['", 'RECORD_CHANGED@100'],
    ['subjects, other JSON', 'subjects = \'{"a":1}\'', 'RECORD_CHANGED@100'],
  ])('%s', (_, change, first) => {
    const findings = attack(() => sql(`UPDATE audit_record SET ${change} WHERE seq = 100`));
    expect(places(findings)[0]).toBe(first);
  });

  test('with its leaf made to fit, the next record tells', () => {
    const findings = attack(() => {
      const store = createReadStore(t.vault.db);
      const changed = { ...store.get(100)!, actor: 'eve' };
      const leaf = recordLeaf(changed, store.leaf(99)!);
      sql('UPDATE audit_record SET actor = ?, leaf = ? WHERE seq = 100', 'eve', leaf);
    });
    expect(places(findings)).toEqual([
      'MARKS_DIFFER@100',
      'RECORD_CHANGED@101',
      'NODE_DIFFERS@1',
      'HEAD_DIFFERS@600',
    ]);
  });

  test('with the whole chain after it rewritten, tree and head tell', () => {
    const findings = attack(() => {
      const store = createReadStore(t.vault.db);
      sql("UPDATE audit_record SET actor = 'eve' WHERE seq = 300");
      let previous = store.leaf(299)!;
      for (let seq = 300; seq <= RECORDS; seq += 1) {
        previous = recordLeaf(store.get(seq)!, previous);
        sql('UPDATE audit_record SET leaf = ? WHERE seq = ?', previous, seq);
      }
    });
    expect(places(findings)).toEqual(['MARKS_DIFFER@300', 'NODE_DIFFERS@257', 'HEAD_DIFFERS@600']);
  });
});

describe('records that are missing or too many', () => {
  const drop = (where: string) => {
    sql(`DELETE FROM audit_subject WHERE ${where}`);
    sql(`DELETE FROM audit_bundle WHERE ${where.replace('seq', 'first_seq')}`);
    sql(`DELETE FROM audit_record WHERE ${where}`);
  };

  test('one taken out', () => {
    const findings = attack(() => drop('seq = 100'));
    expect(places(findings).slice(0, 2)).toEqual(['RECORD_MISSING@100', 'RECORD_CHANGED@101']);
  });

  test('the first taken out', () => {
    expect(places(attack(() => drop('seq = 1')))[0]).toBe('RECORD_MISSING@1');
  });

  test('the end cut off', () => {
    expect(places(attack(() => drop('seq > 590')))).toEqual(['RECORD_MISSING@591']);
  });

  test('the end cut off past a stored node: found from the file alone', () => {
    expect(places(attack(() => drop('seq > 500'), { head: false }))).toContain('NODE_DIFFERS@null');
  });

  test('the end cut off but for the search index: found from the file alone', () => {
    const cut = () => sql('DELETE FROM audit_record WHERE seq > 590');
    expect(places(attack(cut, { head: false }))).toContain('RECORD_MISSING@592');
  });

  test('everything gone', () => {
    expect(places(attack(() => drop('seq > 0')))).toContain('RECORD_MISSING@1');
  });

  test('one added at the end', () => {
    const findings = attack(() => {
      const store = createReadStore(t.vault.db);
      const forged = { ...store.get(600)!, seq: 601 };
      const leaf = recordLeaf(forged, store.leaf(600)!);
      sql(
        `INSERT INTO audit_record SELECT 601, form, recorded_at_ms, kind, actor, trace_id, subjects, detail_id,
           commitment, ? FROM audit_record WHERE seq = 600`,
        leaf,
      );
    });
    expect(places(findings).length).toBeGreaterThan(0);
  });

  test('two exchanged', () => {
    const findings = attack(() => {
      sql('UPDATE audit_record SET seq = -1 WHERE seq = 200');
      sql('UPDATE audit_record SET seq = 200 WHERE seq = 201');
      sql('UPDATE audit_record SET seq = 201 WHERE seq = -1');
    });
    expect(places(findings)[0]).toBe('RECORD_CHANGED@200');
  });
});

describe('what lies beside the records', () => {
  test.each([
    ['a subject taken out of the index', 'DELETE FROM audit_subject WHERE seq = 100', 'SUBJECTS_DIFFER@100'],
    [
      'a subject renamed in the index',
      "UPDATE audit_subject SET id = 'x' WHERE seq = 100",
      'SUBJECTS_DIFFER@100',
    ],
    [
      'a subject added to the index',
      "INSERT INTO audit_subject VALUES (0, 'account', 'x', 100)",
      'SUBJECTS_DIFFER@100',
    ],
    [
      'a subject of no record',
      "INSERT INTO audit_subject VALUES (1, 'account', 'x', 9999)",
      'RECORD_MISSING@9999',
    ],
    ['a mark taken away', "DELETE FROM audit_mark WHERE run = 1 AND what = 'actor'", 'MARKS_DIFFER@257'],
    [
      'a mark changed',
      "UPDATE audit_mark SET value = 'x' WHERE run = 1 AND what = 'actor'",
      'MARKS_DIFFER@257',
    ],
    ['a mark added', "INSERT INTO audit_mark VALUES (1, 'actor', 'x')", 'MARKS_DIFFER@257'],
    ['a mark of no record', "INSERT INTO audit_mark VALUES (9, 'actor', 'x')", 'RECORD_MISSING@2305'],
    [
      'a node of the tree changed',
      'UPDATE audit_node SET hash = zeroblob(32) WHERE position = 1',
      'NODE_DIFFERS@257',
    ],
    ['a node of the tree missing', 'DELETE FROM audit_node WHERE position = 1', 'NODE_DIFFERS@257'],
    ['a node of the tree added', 'INSERT INTO audit_node VALUES (8, 9, zeroblob(32))', 'NODE_DIFFERS@null'],
    ['details that are not kept', 'DELETE FROM audit_bundle WHERE first_seq = 100', 'DETAILS_DIFFER@100'],
    [
      'details that are kept twice',
      'UPDATE audit_bundle SET record_count = 2 WHERE first_seq = 100',
      'DETAILS_DIFFER@101',
    ],
    [
      'details of another record',
      'UPDATE audit_bundle SET sealed_id = sealed_id + 1 WHERE first_seq = 100',
      'DETAIL_UNREADABLE@100',
    ],
    ['details of no record', 'INSERT INTO audit_bundle VALUES (700, 3, 1)', 'DETAILS_DIFFER@700'],
  ])('%s', (_, statement, place) => {
    expect(places(attack(() => sql(statement)))).toContain(place);
  });

  test('a sealed detail that was changed', () => {
    const change = `UPDATE sealed_value SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) || x'00' AS BLOB)
                    WHERE id = (SELECT sealed_id FROM audit_bundle WHERE first_seq = 100)`;
    expect(places(attack(() => sql(change)))).toEqual(['DETAIL_UNREADABLE@100']);
  });

  test('a detail that was sealed anew with other content', () => {
    const findings = attack(() => {
      const place = bundlePlace(100);
      const plaintext = packBundle([Buffer.from(`${'s'.repeat(32)}{"i":1}`)]).toString('latin1');
      const id = t.sealing.seal({ purpose: 'audit_detail', ...place, plaintext });
      expect(t.sealing.openText({ id, ...place })).toBe(plaintext);
      sql(
        `UPDATE sealed_value SET (sealed, dek_id) = (SELECT sealed, dek_id FROM sealed_value WHERE id = ?)
         WHERE id = (SELECT sealed_id FROM audit_bundle WHERE first_seq = 100)`,
        id,
      );
    });
    expect(places(findings)).toEqual(['DETAIL_CHANGED@100']);
  });
});

test('any changed byte of a stored node of the tree is found, with its records', () => {
  const hash = t.vault.db.prepare('SELECT hash FROM audit_node WHERE position = 1').pluck().get() as Buffer;
  for (let at = 0; at < hash.length; at += 1) {
    const changed = Buffer.from(hash);
    changed[at]! ^= 1;
    const findings = attack(() => sql('UPDATE audit_node SET hash = ? WHERE position = 1', changed));
    expect(places(findings)).toEqual(['NODE_DIFFERS@257']);
  }
  for (const column of ['height', 'position']) {
    expect(attack(() => sql(`UPDATE audit_node SET ${column} = ${column} + 256`)).length).toBeGreaterThan(0);
  }
});
