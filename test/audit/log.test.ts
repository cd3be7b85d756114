import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/main/audit/index.ts';
import { commitmentOf, recordLeaf } from '../../src/main/audit/record-form.ts';
import { merkleRoot, verifyInclusion } from '../../src/main/crypto/index.ts';
import { codeOf } from '../support/refusal.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';

let t: TestVault;
let clock: ReturnType<typeof fixedClockRuntime>;
beforeEach(async () => {
  clock = fixedClockRuntime(Date.UTC(2026, 4, 15));
  t = await openTestVault({ runtime: clock });
});
afterEach(() => t.close());

const entry = (change: Partial<AuditEntry> = {}): AuditEntry => ({
  kind: 'ledger.post',
  actor: 'cli',
  detail: { amountMinor: 12_345n, memo: 'rent' },
  ...change,
});
const record = (change: Partial<AuditEntry> = {}) => t.vault.transaction(() => t.audit.record(entry(change)));

/** Records in transactions of a few hundred, as imports make them. */
function fill(count: number, test_: TestVault = t): void {
  for (let from = 0; from < count; from += 300) {
    test_.vault.transaction(() => {
      for (let i = from; i < Math.min(count, from + 300); i += 1) {
        test_.audit.record(entry({ detail: i, subjects: [{ kind: 'account', id: `${i % 7}` }] }));
      }
    });
  }
}

describe('recording', () => {
  test('numbers records from 1 and answers them opened', () => {
    expect(t.audit.lastSeq()).toBe(0n);
    expect(t.audit.head()).toBeUndefined();
    expect(record()).toBe(1n);
    clock.advance(5);
    const seq = record({
      kind: 'receivables.import',
      actor: 'ada',
      traceId: 'trace-1',
      subjects: [
        { kind: 'invoice', id: 'i-2' },
        { kind: 'customer', id: 'c-1' },
        { kind: 'invoice', id: 'i-2' },
      ],
      detail: { name: 'Zürcher Handels AG', rows: 3 },
    });
    expect(t.audit.get(seq)).toMatchObject({
      record: {
        seq: 2n,
        recordedAtMs: Date.UTC(2026, 4, 15) + 5,
        kind: 'receivables.import',
        actor: 'ada',
        traceId: 'trace-1',
        subjects: [
          { kind: 'customer', id: 'c-1' },
          { kind: 'invoice', id: 'i-2' },
        ],
      },
      detail: '{"name":"Zürcher Handels AG","rows":3}',
    });
    expect(t.audit.get(1n).record).toMatchObject({ traceId: null, subjects: [] });
    expect(t.audit.lastSeq()).toBe(2n);
  });

  test('a record that is not there is said so', () => {
    expect(codeOf(() => t.audit.get(1n))).toBe('AUDIT_RECORD_MISSING');
    record();
    expect(codeOf(() => t.audit.get(2n))).toBe('AUDIT_RECORD_MISSING');
    expect(codeOf(() => t.audit.get(0n))).toBe('AUDIT_RECORD_MISSING');
  });

  test('needs a transaction', () => {
    expect(() => t.audit.record(entry())).toThrow('a vault transaction must be running');
    record();
    expect(() => t.audit.record(entry())).toThrow('a vault transaction must be running');
  });

  test.each<[string, Partial<AuditEntry>]>([
    ['a kind without a verb', { kind: 'ledger' }],
    ['a kind with capitals', { kind: 'Ledger.post' }],
    ['a kind that is too long', { kind: `a.${'b'.repeat(63)}` }],
    ['no actor', { actor: '' }],
    ['an actor that is too long', { actor: 'x'.repeat(129) }],
    ['a trace id that is too long', { traceId: 'x'.repeat(129) }],
    ['a detail that JSON cannot say', { detail: Number.NaN }],
  ])('refuses %s, and the log goes on', (_, change) => {
    expect(() => record(change)).toThrow(TypeError);
    expect(record()).toBe(1n);
  });

  test('two equal records have different commitments, because each has its salt', () => {
    record();
    record();
    expect(t.audit.get(1n).commitment).not.toEqual(t.audit.get(2n).commitment);
  });

  test('rows are refused to change or go, by whatever statement', () => {
    fill(300);
    for (const [table, column] of [
      ['audit_record', 'actor'],
      ['audit_subject', 'id'],
      ['audit_mark', 'value'],
      ['audit_node', 'hash'],
    ]) {
      for (const sql of [
        `UPDATE ${table} SET ${column} = ${column}`,
        `DELETE FROM ${table}`,
        `INSERT OR REPLACE INTO ${table} SELECT * FROM ${table} LIMIT 1`,
        `REPLACE INTO ${table} SELECT * FROM ${table} LIMIT 1`,
      ]) {
        expect(() => t.vault.db.exec(sql), sql).toThrow('audit records are never');
      }
    }
  });
});

describe('listing', () => {
  test('pages from the newest to the oldest without a gap', () => {
    fill(25);
    const seen: bigint[] = [];
    let cursor: string | undefined;
    do {
      const page = t.audit.list({ limit: 10, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.rows.map((row) => row.seq));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => BigInt(25 - i)));
  });

  test('filters by kind, actor, subject and time, and by all of them', () => {
    for (let i = 0; i < 12; i += 1) {
      clock.advance(1_000);
      record({
        kind: i % 2 === 0 ? 'ledger.post' : 'ledger.reverse',
        actor: i % 3 === 0 ? 'ada' : 'bob',
        subjects: [{ kind: 'account', id: `${i % 4}` }],
      });
    }
    const start = Date.UTC(2026, 4, 15);
    const seqs = (filter: object) =>
      t.audit.list({ limit: 100, ...filter }).rows.map((row) => Number(row.seq));
    expect(seqs({ kind: 'ledger.reverse' })).toEqual([12, 10, 8, 6, 4, 2]);
    expect(seqs({ actor: 'ada' })).toEqual([10, 7, 4, 1]);
    expect(seqs({ subject: { kind: 'account', id: '3' } })).toEqual([12, 8, 4]);
    expect(seqs({ subject: { kind: 'invoice', id: '3' } })).toEqual([]);
    expect(seqs({ fromMs: start + 3_000, toMs: start + 5_000 })).toEqual([5, 4, 3]);
    const all = {
      kind: 'ledger.reverse',
      actor: 'ada',
      subject: { kind: 'account', id: '1' },
      fromMs: start + 4_000,
    };
    expect(seqs(all)).toEqual([10]);
    expect(t.audit.bySubject({ kind: 'account', id: '0' }, 2).map((row) => Number(row.seq))).toEqual([9, 5]);
    expect(t.audit.kinds()).toEqual(['ledger.post', 'ledger.reverse']);
  });

  test('filters by time alike where many records answer and where few do, whatever the clock did', () => {
    const times: number[] = [];
    for (let batch = 0; batch < 30; batch += 1) {
      t.vault.transaction(() => {
        for (let at = 0; at < 100; at += 1) {
          // The clock of a workstation is set back now and then.
          clock.advance(at === 99 && batch % 7 === 6 ? -400_000 : 1_000);
          times.push(clock.nowMs());
          t.audit.record(entry());
        }
      });
    }
    const start = Date.UTC(2026, 4, 15);
    for (const [fromMs, toMs] of [
      [start, start + 2_500_000],
      [start + 100_000, start + 300_000],
      [start + 100_000, undefined],
      [undefined, start + 50_000],
      [start + 9_000_000, undefined],
    ] as const) {
      const wanted = times.flatMap((ms, at) =>
        (fromMs === undefined || ms >= fromMs) && (toMs === undefined || ms <= toMs) ? [at + 1] : [],
      );
      const range = { ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) };
      const seqs: number[] = [];
      let cursor: string | undefined;
      do {
        const page = t.audit.list({ limit: 500, ...range, ...(cursor === undefined ? {} : { cursor }) });
        seqs.push(...page.rows.map((row) => Number(row.seq)));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(seqs).toEqual(wanted.reverse());
    }
  });

  test('by kind and person, over many runs, as the records themselves say', () => {
    const all = Array.from({ length: 1_200 }, (_, at) => ({
      kind: at % 400 === 7 ? 'keys.rotate' : at < 600 ? 'ledger.post' : 'intake.import',
      actor: at % 300 === 7 ? 'ada' : 'bo',
    }));
    for (let from = 0; from < all.length; from += 100) {
      t.vault.transaction(() => {
        for (const change of all.slice(from, from + 100)) t.audit.record(entry(change));
        if (from !== 300) return;
        // What a scope that is rolled back has marked is marked again by who comes next.
        const failing = () =>
          t.vault.transaction(() => {
            t.audit.record(entry({ kind: 'a.b', actor: 'eve' }));
            throw new Error('no');
          });
        expect(failing).toThrow('no');
      });
    }
    const wanted = (filter: { kind?: string; actor?: string }) =>
      all.flatMap((one, at) =>
        (filter.kind ?? one.kind) === one.kind && (filter.actor ?? one.actor) === one.actor ? [at + 1] : [],
      );
    for (const filter of [
      { kind: 'keys.rotate' },
      { actor: 'ada' },
      { kind: 'keys.rotate', actor: 'ada' },
      { kind: 'keys.rotate', actor: 'bo' },
      { kind: 'a.b' },
    ]) {
      const found = t.audit.list({ limit: 500, ...filter }).rows.map(({ seq }) => Number(seq));
      expect(found).toEqual(wanted(filter).reverse());
    }
    expect(t.audit.kinds()).toEqual(['intake.import', 'keys.rotate', 'ledger.post'].sort());
  });

  test('are counted by kind in equal parts of a time', async () => {
    for (let at = 0; at < 700; at += 1) {
      clock.advance(1_000);
      record({ kind: at % 2 === 0 ? 'ledger.post' : 'intake.import' });
    }
    const whole = await t.audit.timeline({});
    const countOf = ({ parts }: typeof whole) =>
      parts.flat().reduce((sum, { count, kind }) => sum + (kind === 'ledger.post' ? count : 0), 0);
    expect([whole.parts.length, countOf(whole)]).toEqual([60, 350]);
    const start = Date.UTC(2026, 4, 15);
    const part = await t.audit.timeline({ fromMs: start + 100_000, toMs: start + 159_999 });
    expect([part.fromMs, part.partMs, countOf(part)]).toEqual([start + 100_000, 1_000, 30]);
    expect(part.parts[0]).toEqual([{ kind: 'intake.import', count: 1 }]);
  });

  test('sees the records of the running transaction', () => {
    t.vault.transaction(() => {
      t.audit.record(entry());
      expect(t.audit.list({ limit: 5 }).rows).toHaveLength(1);
      expect(t.audit.get(1n).detail).toContain('rent');
      expect(t.audit.kinds()).toEqual(['ledger.post']);
    });
  });

  test('an invented cursor is refused', () => {
    expect(codeOf(() => t.audit.list({ limit: 5, cursor: "1' OR 1" }))).toBe('INPUT_INVALID');
  });

  test('an empty log lists nothing', () => {
    expect(t.audit.list({ limit: 5 })).toEqual({ rows: [], nextCursor: null });
    expect(t.audit.kinds()).toEqual([]);
  });
});

describe('the tree', () => {
  test.each([1, 2, 255, 256, 257, 700])('each record of %i is proven under the root', (count) => {
    fill(count);
    const leaves = t.vault.db.prepare('SELECT leaf FROM audit_record ORDER BY seq').pluck().all() as Buffer[];
    const root = merkleRoot(leaves);
    expect(t.audit.head()).toEqual({ seq: count, leaf: leaves.at(-1), root });
    for (let seq = 1; seq <= count; seq += Math.max(1, Math.floor(count / 9))) {
      const { record: shown, proof } = t.audit.get(BigInt(seq));
      const claim = { leaf: shown.leaf, index: seq - 1, size: count, proof: proof.path, root: proof.root };
      expect([seq, verifyInclusion(claim)]).toEqual([seq, true]);
      expect(proof.root).toEqual(root);
    }
  });

  test('goes on after a restart as if there had been none', async () => {
    for (const count of [0, 200, 56, 1, 443]) {
      fill(count);
      const head = t.audit.head();
      t = await t.reopen();
      expect(t.audit.head()).toEqual(head);
    }
    expect((await t.audit.verify()).findings).toEqual([]);
    expect(t.audit.lastSeq()).toBe(700n);
  });

  test('a log whose stored hashes are missing is not opened', async () => {
    fill(300);
    t.vault.db.exec('DROP TRIGGER audit_node_no_delete; DELETE FROM audit_node');
    const reopened = t.reopen();
    await expect(reopened).rejects.toMatchObject({ code: 'AUDIT_CHAIN_BROKEN' });
  });
});

describe('details', () => {
  test('that were erased leave a log that verifies', async () => {
    fill(20);
    t.vault.transaction(() => t.audit.proofs.erase(7));
    t.vault.transaction(() => t.audit.proofs.erase(7));
    expect(t.audit.get(7n).detail).toBeNull();
    expect(t.audit.get(8n).detail).toBe('7');
    expect(await t.audit.verify()).toMatchObject({ findings: [], detailsOpened: 19, detailsErased: 1 });
  });

  test('of which the seal was erased are gone together, and the log verifies', async () => {
    fill(20);
    const sealedId = t.vault.db.prepare('SELECT sealed_id FROM audit_bundle').pluck().get() as bigint;
    t.vault.transaction(() => t.sealing.erase(sealedId));
    expect(t.audit.get(7n).detail).toBeNull();
    t.vault.transaction(() => t.audit.proofs.erase(8));
    expect(await t.audit.verify()).toMatchObject({ findings: [], detailsOpened: 0, detailsErased: 20 });
  });

  test('of a record of before, which has a seal of its own, are read, erased and verified', async () => {
    const { vault, sealing, audit } = t;
    fill(3);
    const place = { table: 'audit_record', column: 'detail', applicationId: '4' };
    const plaintext = Buffer.concat([Buffer.alloc(32, 5), Buffer.from('"as before"')]);
    vault.transaction(() => {
      const detailId = Number(sealing.seal({ purpose: 'audit_detail', ...place, plaintext }));
      const before = vault.db.prepare('SELECT leaf FROM audit_record WHERE seq = 3').pluck().get() as Buffer;
      const commitment = commitmentOf(plaintext);
      const row = { seq: 4, recordedAtMs: 9, kind: 'a.b', actor: 'ada', traceId: '', subjects: '' };
      const leaf = recordLeaf({ ...row, detailId, commitment }, before);
      vault.db
        .prepare("INSERT INTO audit_record VALUES (4, 1, 9, 'a.b', 'ada', '', '', ?, ?, ?)")
        .run(detailId, commitment, leaf);
      const mark = vault.db.prepare('INSERT OR IGNORE INTO audit_mark VALUES (0, ?, ?)');
      for (const words of ['kind a.b', 'actor ada', 'minute 000000000000']) mark.run(words.split(' '));
    });
    t = await t.reopen();
    expect(t.audit.get(4n).detail).toBe('"as before"');
    record();
    expect(await t.audit.verify()).toMatchObject({ findings: [], detailsOpened: 5 });
    t.vault.transaction(() => t.audit.proofs.erase(4));
    expect(await t.audit.verify()).toMatchObject({ findings: [], detailsOpened: 4, detailsErased: 1 });
    expect(audit.lastSeq()).toBe(3n);
  });

  test('are not opened where nobody asks', async () => {
    fill(20);
    expect(await t.audit.verify({ details: false })).toMatchObject({
      records: 20,
      findings: [],
      detailsOpened: 0,
    });
  });
});

test('a worker verifies what was written, and says so with the head', async () => {
  expect(await t.audit.verify()).toMatchObject({ records: 0, head: null, findings: [] });
  fill(600);
  const { head } = await t.audit.verify();
  expect(head).toEqual(t.audit.head());
});

type Step =
  | { readonly kind: 'record' }
  | { readonly kind: 'read' }
  | { readonly kind: 'nest'; readonly steps: Step[]; readonly fails: boolean };

const { step } = fc.letrec<{ step: Step }>((tie) => ({
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant({ kind: 'record' as const }),
    fc.constant({ kind: 'record' as const }),
    fc.constant({ kind: 'read' as const }),
    fc.record({
      kind: fc.constant('nest' as const),
      steps: fc.array(tie('step'), { maxLength: 5 }),
      fails: fc.boolean(),
    }),
  ),
}));

class Stop extends Error {}

test('the log holds exactly the records of the scopes that committed, chained, however they nest and fail', async () => {
  const model: string[] = [];
  const runSteps = (steps: readonly Step[]) => {
    for (const s of steps) {
      if (s.kind === 'record') {
        const text = `detail ${model.length}`;
        model.push(text);
        expect(t.audit.record(entry({ detail: text, subjects: [{ kind: 'n', id: text }] }))).toBe(
          BigInt(model.length),
        );
      } else if (s.kind === 'read') {
        expect(t.audit.list({ limit: 500 }).rows[0]?.seq ?? 0n).toBe(BigInt(model.length));
      } else {
        attempt(s.steps, s.fails);
      }
    }
  };
  const attempt = (steps: readonly Step[], fails: boolean) => {
    const before = model.length;
    try {
      t.vault.transaction(() => {
        runSteps(steps);
        if (fails) throw new Stop();
      });
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      model.length = before;
    }
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 6 }),
      fc.boolean(),
      fc.nat(9),
      async (steps, fails, restart) => {
        attempt(steps, fails);
        expect(t.audit.lastSeq()).toBe(BigInt(model.length));
        if (restart === 0) t = await t.reopen();
      },
    ),
    { numRuns: 120 },
  );
  const details = model.map((_, i) => JSON.parse(t.audit.get(BigInt(i + 1)).detail!));
  expect(details).toEqual(model);
  expect((await t.audit.verify()).findings).toEqual([]);
});
