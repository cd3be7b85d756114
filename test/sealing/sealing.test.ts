import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMetrics } from '../../src/main/base/metrics.ts';
import { createSealing, openSealingReader, type Sealing } from '../../src/main/sealing/index.ts';
import { codeOf } from '../support/refusal.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';

let t: TestVault;
beforeEach(async () => {
  t = await openTestVault({ runtime: fixedClockRuntime(Date.UTC(2026, 4, 15)) });
});
afterEach(() => t.close());

const place = { table: 'customer', column: 'name', applicationId: 'c-1' } as const;
const sealName = (plaintext: string | Uint8Array, sealing: Sealing = t.sealing) =>
  t.vault.transaction(() => sealing.seal({ purpose: 'customer_pii', ...place, plaintext }));
const run = (sql: string, ...parameters: unknown[]) => t.vault.db.prepare(sql).run(...parameters);
const pluck = (sql: string, ...parameters: unknown[]) =>
  t.vault.db
    .prepare(sql)
    .pluck()
    .get(...parameters);

describe('a sealed value', () => {
  test.each([
    ['text', 'Zürcher Handels AG'],
    ['no text', ''],
    ['text of the far planes', '𝔊𝔢𝔩𝔡 💶'],
  ])('opens as it was: %s', (_, text) => {
    const id = sealName(text);
    expect(t.sealing.openText({ id, ...place })).toBe(text);
  });

  test('opens as it was: bytes, a mebibyte of them', () => {
    const bytes = t.runtime.randomBytes(1 << 20);
    const id = sealName(bytes);
    expect(t.sealing.open({ id, ...place }).equals(bytes)).toBe(true);
  });

  test('opens within the transaction that seals it, and after a restart', async () => {
    const id = t.vault.transaction(() => {
      const made = t.sealing.seal({ purpose: 'customer_pii', ...place, plaintext: 'early' });
      expect(t.sealing.openText({ id: made, ...place })).toBe('early');
      return made;
    });
    const again = await t.reopen();
    expect(again.sealing.openText({ id, ...place })).toBe('early');
  });

  test('opens on a connection of its own, as a worker does', () => {
    const id = sealName('read elsewhere');
    const reader = openSealingReader(t.vault.readerKey());
    expect(reader.openText({ id, ...place })).toBe('read elsewhere');
    expect(codeOf(() => reader.open({ id: id + 1n, ...place }))).toBe('SEALED_VALUE_MISSING');
    reader.close();
  });

  test('needs a transaction', () => {
    const seal = () => t.sealing.seal({ purpose: 'customer_pii', ...place, plaintext: 'x' });
    expect(seal).toThrow('a vault transaction must be running');
    expect(() => t.sealing.sealBatch('invoice', 'a', 'b', [])).toThrow('a vault transaction must be running');
    expect(() => t.sealing.erase(1n)).toThrow('a vault transaction must be running');
  });

  test.each([
    ['a table', { table: 'customer\nx' }],
    ['a column', { column: '' }],
    ['a retention class', { retentionClass: '7 years' }],
  ])('takes only plain names for %s', (_, odd) => {
    const value = { purpose: 'customer_pii', ...place, plaintext: 'x', ...odd } as const;
    expect(() => t.vault.transaction(() => t.sealing.seal(value))).toThrow(TypeError);
  });
});

describe('a sealed value opens nowhere else', () => {
  test.each([
    ['another row', { applicationId: 'c-2' }],
    ['another column', { column: 'address' }],
    ['another table', { table: 'counterparty' }],
    ['a row whose id goes on in the next field', { column: 'name', applicationId: '' }],
  ])('%s', (_, other) => {
    const id = sealName('moved');
    expect(codeOf(() => t.sealing.open({ id, ...place, ...other }))).toBe('SEALED_VALUE_DAMAGED');
  });

  test('another purpose', () => {
    const id = sealName('moved');
    const invoice = t.vault.transaction(() =>
      t.sealing.seal({ purpose: 'invoice', ...place, plaintext: 'from another purpose' }),
    );
    run(
      'UPDATE sealed_value SET dek_id = (SELECT dek_id FROM sealed_value WHERE id = ?) WHERE id = ?',
      invoice,
      id,
    );
    expect(codeOf(() => t.sealing.open({ id, ...place }))).toBe('SEALED_VALUE_DAMAGED');
  });

  test('the bytes of another row', () => {
    const id = sealName('mine');
    const other = t.vault.transaction(() =>
      t.sealing.seal({ purpose: 'customer_pii', ...place, applicationId: 'c-2', plaintext: 'theirs' }),
    );
    run(
      'UPDATE sealed_value SET sealed = (SELECT sealed FROM sealed_value WHERE id = ?) WHERE id = ?',
      other,
      id,
    );
    expect(codeOf(() => t.sealing.open({ id, ...place }))).toBe('SEALED_VALUE_DAMAGED');
  });

  test('with any bit flipped, or cut short', () => {
    const id = sealName('four');
    const sealed = pluck('SELECT sealed FROM sealed_value WHERE id = ?', id) as Buffer;
    expect(sealed).toHaveLength(12 + 4 + 16);
    const put = (bytes: Buffer) => run('UPDATE sealed_value SET sealed = ? WHERE id = ?', bytes, id);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      put(flipped);
      expect([bit, codeOf(() => t.sealing.open({ id, ...place }))]).toEqual([bit, 'SEALED_VALUE_DAMAGED']);
    }
    for (const length of [0, 11, 27, 31]) {
      put(sealed.subarray(0, length));
      expect(codeOf(() => t.sealing.open({ id, ...place }))).toBe('SEALED_VALUE_DAMAGED');
    }
    put(sealed);
    expect(t.sealing.openText({ id, ...place })).toBe('four');
  });
});

describe('erasure', () => {
  test('removes the value for good and leaves the others', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'].map((text) => sealName(text));
    t.vault.transaction(() => t.sealing.erase(ids[0]!));
    t.vault.transaction(() => t.sealing.eraseRange(ids[2]!, ids[3]!));
    const left = ids.map((id) => codeOf(() => t.sealing.open({ id, ...place })));
    const missing = 'SEALED_VALUE_MISSING';
    expect(left).toEqual([missing, 'done', missing, missing, 'done']);
  });

  test('an id is never given twice, after a restart neither', async () => {
    const id = sealName('gone');
    t.vault.transaction(() => t.sealing.erase(id));
    const again = await t.reopen();
    const next = again.vault.transaction(() =>
      again.sealing.seal({ purpose: 'customer_pii', ...place, plaintext: 'x' }),
    );
    expect(next).toBe(id + 1n);
  });

  test('a value sealed and erased in one transaction is gone', () => {
    const id = t.vault.transaction(() => {
      const made = t.sealing.seal({ purpose: 'customer_pii', ...place, plaintext: 'x' });
      t.sealing.erase(made);
      return made;
    });
    expect(codeOf(() => t.sealing.open({ id, ...place }))).toBe('SEALED_VALUE_MISSING');
  });
});

/** A blob of 1,600 bytes whose last one is another, whatever it was. */
const withOtherEnd = (column: string) =>
  `CAST(substr(${column}, 1, 1599) || iif(substr(${column}, 1600) = zeroblob(1), x'01', zeroblob(1)) AS BLOB)`;

describe('keys', () => {
  const deks = () =>
    t.vault.db
      .prepare(
        'SELECT purpose, retention_class, quarter, version, state, seal_count FROM sealing_dek ORDER BY id',
      )
      .raw()
      .all();

  test('one a purpose, retention class and quarter', () => {
    const clock = t.runtime as ReturnType<typeof fixedClockRuntime>;
    const seal = (purpose: 'invoice' | 'bank_message', retentionClass?: string) =>
      t.vault.transaction(() =>
        t.sealing.seal({ purpose, ...place, plaintext: 'x', ...(retentionClass ? { retentionClass } : {}) }),
      );
    const ids = [seal('invoice'), seal('invoice'), seal('bank_message'), seal('bank_message', '10y')];
    clock.advance(Date.UTC(2026, 6, 1) - clock.nowMs() - 1);
    ids.push(seal('invoice'));
    clock.advance(1);
    ids.push(seal('invoice'));
    expect(deks()).toEqual([
      ['invoice', '7y', '2026Q2', 1n, 'active', 3n],
      ['bank_message', '7y', '2026Q2', 1n, 'active', 1n],
      ['bank_message', '10y', '2026Q2', 1n, 'active', 1n],
      ['invoice', '7y', '2026Q3', 1n, 'active', 1n],
    ]);
    for (const id of ids) expect(t.sealing.openText({ id, ...place })).toBe('x');
  });

  test('retire at their limit; later versions follow, earlier ones still open', async () => {
    const limited = createSealing(t.vault, t.runtime, { sealLimit: 10 });
    const ids: bigint[] = [];
    for (let i = 0; i < 4; i += 1) {
      t.vault.transaction(() => {
        for (let j = 0; j < 6; j += 1)
          ids.push(limited.seal({ purpose: 'invoice', ...place, plaintext: `${ids.length}` }));
      });
    }
    expect(deks().map((dek) => (dek as unknown[]).slice(3))).toEqual([
      [1n, 'retired', 10n],
      [2n, 'retired', 10n],
      [3n, 'active', 4n],
    ]);
    const again = await t.reopen();
    expect(ids.map((id) => again.sealing.openText({ id, ...place }))).toEqual(ids.map((_, i) => `${i}`));
    const resumed = createSealing(again.vault, again.runtime, { sealLimit: 4 });
    again.vault.transaction(() => resumed.seal({ purpose: 'invoice', ...place, plaintext: 'x' }));
    expect(again.vault.db.prepare('SELECT max(version) FROM sealing_dek').pluck().get()).toBe(4n);
  });

  test('a key whose creation rolled back is made again', () => {
    const fail = () =>
      t.vault.transaction(() => {
        t.sealing.seal({ purpose: 'invoice', ...place, plaintext: 'lost' });
        throw new Error('the import failed');
      });
    expect(fail).toThrow('the import failed');
    expect(deks()).toEqual([]);
    const id = t.vault.transaction(() => t.sealing.seal({ purpose: 'invoice', ...place, plaintext: 'kept' }));
    expect(t.sealing.openText({ id, ...place })).toBe('kept');
    expect(deks()).toHaveLength(1);
  });

  test('a destroyed key says so, and everything else still opens', async () => {
    const name = sealName('gone with its key');
    const invoice = t.vault.transaction(() =>
      t.sealing.seal({ purpose: 'invoice', ...place, plaintext: 'stays' }),
    );
    run(
      "UPDATE sealing_dek SET state = 'destroyed', wrapped_key = NULL, encapsulation = NULL WHERE purpose = 'customer_pii'",
    );
    const again = await t.reopen();
    expect(codeOf(() => again.sealing.open({ id: name, ...place }))).toBe('SEALING_KEY_MISSING');
    expect(again.sealing.openText({ id: invoice, ...place })).toBe('stays');
  });

  test.each([
    ['purpose', "purpose = 'invoice'"],
    ['retention class', "retention_class = '99y'"],
    ['quarter', "quarter = '2020Q1'"],
    ['version', 'version = 7'],
    ['wrapped key', 'wrapped_key = zeroblob(60)'],
    ['wrapped key cut short', 'wrapped_key = substr(wrapped_key, 2)'],
    ['ciphertext', `encapsulation = ${withOtherEnd('encapsulation')}`],
  ])('a key row whose %s was edited does not open', async (_, edit) => {
    const id = sealName('bound to its row');
    run(`UPDATE sealing_dek SET ${edit}`);
    const again = await t.reopen();
    expect(codeOf(() => again.sealing.open({ id, ...place }))).toBe('SEALING_KEY_MISSING');
  });

  test('a key-encryption key that was swapped does not open', async () => {
    const id = sealName('bound to its KEK');
    run(`UPDATE sealing_kek SET public_key = ${withOtherEnd('public_key')}`);
    const again = await t.reopen();
    expect(codeOf(() => again.sealing.open({ id, ...place }))).toBe('SEALING_KEY_MISSING');
  });

  test('no nonce is used twice', () => {
    const values = Array.from({ length: 5_000 }, (_, i) => ({ applicationId: `${i}`, plaintext: 'same' }));
    t.vault.transaction(() => t.sealing.sealBatch('invoice', 'a', 'b', values));
    expect(pluck('SELECT count(DISTINCT substr(sealed, 1, 12)) FROM sealed_value')).toBe(5_000n);
  });
});

describe('batches', () => {
  test('answer the first of consecutive ids, whatever their size', () => {
    for (const size of [0, 1, 49, 50, 51, 4_321]) {
      const values = Array.from({ length: size }, (_, i) => ({
        applicationId: `row-${i}`,
        plaintext: `value ${i}`,
      }));
      const before = sealName('before');
      const first = t.vault.transaction(() => t.sealing.sealBatch('invoice', 'line', 'payer', values));
      expect(first).toBe(before + 1n);
      const opened = values.map((_, i) =>
        t.sealing.openText({
          id: first + BigInt(i),
          table: 'line',
          column: 'payer',
          applicationId: `row-${i}`,
        }),
      );
      expect(opened).toEqual(values.map((value) => value.plaintext));
    }
  });
});

describe('many at once', () => {
  test('open in the order asked for; what does not open hides no other', () => {
    const ref = (id: bigint, applicationId: string) => ({
      id,
      table: 'line',
      column: 'payer',
      applicationId,
    });
    const values = Array.from({ length: 2_500 }, (_, i) => ({
      applicationId: `${i}`,
      plaintext: `value ${i}`,
    }));
    const first = t.vault.transaction(() => t.sealing.sealBatch('invoice', 'line', 'payer', values));
    const refs = values.map((_, i) => ref(first + BigInt(i), `${i}`)).reverse();
    expect(t.sealing.openMany(refs).map(String)).toEqual(values.map((value) => value.plaintext).reverse());
    t.vault.transaction(() => t.sealing.erase(first + 1n));
    const [good, gone, moved, again] = t.sealing.openMany([
      ref(first, '0'),
      ref(first + 1n, '1'),
      ref(first + 2n, '99'),
      ref(first, '0'),
    ]);
    expect([String(good), String(again)]).toEqual(['value 0', 'value 0']);
    expect([gone, moved]).toEqual([
      expect.objectContaining({ code: 'SEALED_VALUE_MISSING' }),
      expect.objectContaining({ code: 'SEALED_VALUE_DAMAGED' }),
    ]);
    expect(t.sealing.openMany([])).toEqual([]);
  });

  test('are counted in the metrics', async () => {
    const metrics = createMetrics();
    const counted = createSealing(t.vault, t.runtime, { metrics });
    const values = Array.from({ length: 120 }, (_, i) => ({ applicationId: `${i}`, plaintext: 'x' }));
    const first = t.vault.transaction(() => counted.sealBatch('invoice', 'line', 'payer', values));
    counted.openMany(
      values.map((v, i) => ({
        id: first + BigInt(i),
        table: 'line',
        column: 'payer',
        applicationId: v.applicationId,
      })),
    );
    const { values: series } = await metrics.sealedValuesTotal.get();
    expect(series.map(({ labels, value }) => [labels.action, value])).toEqual([
      ['seal', 120],
      ['open', 120],
    ]);
    metrics.close();
  });
});

describe('blind indexes', () => {
  const index = (normalised: string) => ({ column: 'customer.iban', normalised });
  const sealIban = (iban: string) =>
    t.vault.transaction(() =>
      t.sealing.seal({ purpose: 'customer_pii', ...place, plaintext: iban, blindIndex: index(iban) }),
    );

  test('find equal values, oldest first, after a restart too', async () => {
    const ids = ['CH9300762011623852957', 'DE89370400440532013000', 'CH9300762011623852957'].map(sealIban);
    const tag = t.sealing.blindTag('customer.iban', 'CH9300762011623852957');
    expect(tag).toHaveLength(16);
    expect(t.sealing.findByTag('customer.iban', tag)).toEqual([ids[0], ids[2]]);
    const again = await t.reopen();
    expect(again.sealing.blindTag('customer.iban', 'CH9300762011623852957')).toEqual(tag);
    expect(again.sealing.findByTag('customer.iban', tag)).toEqual([ids[0], ids[2]]);
  });

  test('a column’s tags mean nothing in another, and an unknown column finds nothing', () => {
    sealIban('CH9300762011623852957');
    const tag = t.sealing.blindTag('customer.iban', 'CH9300762011623852957');
    expect(t.sealing.blindTag('payer.iban', 'CH9300762011623852957')).not.toEqual(tag);
    expect(t.sealing.findByTag('payer.iban', tag)).toEqual([]);
    expect(t.sealing.findByTag('never.seen', tag)).toEqual([]);
  });

  test('a tag goes with its value', () => {
    const id = sealIban('CH9300762011623852957');
    const tag = t.sealing.blindTag('customer.iban', 'CH9300762011623852957');
    t.vault.transaction(() => t.sealing.erase(id));
    expect(t.sealing.findByTag('customer.iban', tag)).toEqual([]);
  });

  test('finds what the running transaction sealed', () => {
    t.vault.transaction(() => {
      const id = t.sealing.seal({
        purpose: 'customer_pii',
        ...place,
        plaintext: 'x',
        blindIndex: index('X'),
      });
      expect(t.sealing.findByTag('customer.iban', t.sealing.blindTag('customer.iban', 'X'))).toEqual([id]);
    });
  });

  test('an index key that was edited is refused', async () => {
    sealIban('CH9300762011623852957');
    run('UPDATE sealing_index_key SET wrapped_key = zeroblob(60)');
    const again = await t.reopen();
    expect(codeOf(() => again.sealing.blindTag('customer.iban', 'x'))).toBe('SEALING_KEY_MISSING');
  });

  test('a key made in a transaction that rolled back is made again', () => {
    const fail = () =>
      t.vault.transaction(() => {
        t.sealing.blindTag('customer.iban', 'x');
        throw new Error('stopped');
      });
    expect(fail).toThrow('stopped');
    const id = sealIban('x');
    expect(t.sealing.findByTag('customer.iban', t.sealing.blindTag('customer.iban', 'x'))).toEqual([id]);
  });
});

test('what was sealed is in none of the vault’s files', () => {
  const marker = 'PLANTED-REMITTANCE-4711';
  t.vault.transaction(() => {
    for (let i = 0; i < 200; i += 1) {
      const blindIndex = { column: 'customer.name', normalised: `${marker}-${i}` };
      t.sealing.seal({ purpose: 'customer_pii', ...place, plaintext: `${marker}-${i}`, blindIndex });
    }
  });
  const rows = JSON.stringify(
    t.vault.db.prepare('SELECT hex(sealed), hex(tag) FROM sealed_value').raw().all(),
  );
  expect(rows).not.toContain(Buffer.from(marker).toString('hex').toUpperCase());
  for (const name of readdirSync(t.directory)) {
    expect([name, readFileSync(join(t.directory, name)).includes(marker)]).toEqual([name, false]);
  }
});

type Step =
  | { readonly kind: 'seal' }
  | { readonly kind: 'read' }
  | { readonly kind: 'nest'; readonly steps: Step[]; readonly fails: boolean };

const { step } = fc.letrec<{ step: Step }>((tie) => ({
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant({ kind: 'seal' as const }),
    fc.constant({ kind: 'seal' as const }),
    fc.constant({ kind: 'read' as const }),
    fc.record({
      kind: fc.constant('nest' as const),
      steps: fc.array(tie('step'), { maxLength: 5 }),
      fails: fc.boolean(),
    }),
  ),
}));

class Stop extends Error {}

test('exactly the values of the scopes that committed are there, however they nest, fail and read', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), fc.boolean(), (steps, fails) => {
      let serial = 0;
      const runSteps = (list: readonly Step[]): { id: bigint; text: string }[] => {
        const kept: { id: bigint; text: string }[] = [];
        for (const s of list) {
          if (s.kind === 'seal') {
            serial += 1;
            const text = `value ${serial}`;
            kept.push({ id: t.sealing.seal({ purpose: 'invoice', ...place, plaintext: text }), text });
          } else if (s.kind === 'read') {
            for (const { id, text } of kept) expect(t.sealing.openText({ id, ...place })).toBe(text);
            t.sealing.findByTag('none', Buffer.alloc(16));
          } else {
            kept.push(...attempt(s.steps, s.fails));
          }
        }
        return kept;
      };
      const attempt = (list: readonly Step[], failing: boolean) => {
        try {
          return t.vault.transaction(() => {
            const kept = runSteps(list);
            if (failing) throw new Stop();
            return kept;
          });
        } catch (error) {
          if (error instanceof Stop) return [];
          throw error;
        }
      };
      const before = pluck('SELECT count(*) FROM sealed_value') as bigint;
      const kept = attempt(steps, fails);
      expect(pluck('SELECT count(*) FROM sealed_value')).toBe(before + BigInt(kept.length));
      for (const { id, text } of kept) expect(t.sealing.openText({ id, ...place })).toBe(text);
    }),
    { numRuns: 150 },
  );
});
