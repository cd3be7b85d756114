import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Job } from '../../src/contract/jobs.ts';
import { readArguments } from '../../src/main/doors/cli/arguments.ts';
import { inputSchemaOf } from '../../src/main/doors/cli/call.ts';
import { withBigints } from '../../src/main/doors/cli/coerce.ts';
import { exitCodeOf, UsageError } from '../../src/main/doors/cli/exit-codes.ts';
import { printable, table, toJson } from '../../src/main/doors/cli/output.ts';
import { progressLine } from '../../src/main/doors/cli/progress.ts';

describe('the command line', () => {
  it.each([
    [['import', 'a.xml', 'b.csv'], { command: 'import', operands: ['a.xml', 'b.csv'], json: false }],
    [['--vault', 'x', 'demo', '--json'], { command: 'demo', vault: 'x', json: true }],
    [['demo', '--json', '--vault=x'], { command: 'demo', vault: 'x', json: true }],
    [['trial-balance', '--as-of', '2026-01-31', '--known-at', '12'], { asOf: '2026-01-31', knownAt: 12n }],
    [['matches', '--passphrase-fd', '3'], { passphraseFd: 3 }],
    [['call', 'ledger.entry', '{}'], { operands: ['ledger.entry', '{}'] }],
    [['serve', '--port', '8080'], { command: 'serve', port: 8080 }],
    [['import', '--', '-odd.xml'], { operands: ['-odd.xml'] }],
  ])('%j is read', (argv, expected) => {
    expect(readArguments(argv)).toMatchObject(expected);
  });

  it.each([
    [[]],
    [['nonsense']],
    [['import']],
    [['call']],
    [['call', 'a', 'b', 'c']],
    [['match', 'extra']],
    [['matches', '--unknown']],
    [['matches', '--vault']],
    [['matches', '--port', '1']],
    [['serve', '--port', '99999']],
    [['serve', '--port', 'x']],
    [['verify', '--passphrase-fd', '-1']],
    [['trial-balance', '--known-at', '1e3']],
  ])('%j is refused', (argv) => {
    expect(() => readArguments(argv)).toThrow(UsageError);
  });

  it('has help and version wherever they stand', () => {
    expect(readArguments(['import', '--help'])).toBe('help');
    expect(readArguments(['help'])).toBe('help');
    expect(readArguments(['--version'])).toBe('version');
  });
});

describe('exit codes', () => {
  it.each([
    ['USAGE', 2],
    ['VAULT_MISSING', 3],
    ['VAULT_PASSPHRASE_MISSING', 3],
    ['LEDGER_UNBALANCED', 6],
    ['NOT_FOUND', 6],
    ['CANCELLED', 130],
    ['INTERNAL', 1],
  ])('%s ends with %i', (code, exit) => {
    expect(exitCodeOf({ code, message: '', details: {} })).toBe(exit);
  });
});

describe('output', () => {
  it('writes whole numbers beyond 2^53 as text', () => {
    expect(JSON.parse(toJson({ amountMinor: 2n ** 70n, list: [1n] }))).toEqual({
      amountMinor: '1180591620717411303424',
      list: ['1'],
    });
  });

  it('aligns columns by characters', () => {
    const rows = [
      { name: 'Müller', amount: '1.00' },
      { name: 'A', amount: '12345.00' },
    ];
    const text = table(
      [
        { title: 'name', text: (row) => row.name },
        { title: 'amount', align: 'right', text: (row) => row.amount },
      ],
      rows,
    );
    expect(text.split('\n')).toEqual([
      'name      amount',
      '──────  ────────',
      'Müller      1.00',
      'A       12345.00',
    ]);
  });

  it('takes control characters out of what a bank or a file says', () => {
    expect(printable('a\u001b[31mred\u0007\u202eb\n')).toBe('a·[31mred··b·');
  });

  it('draws a bar that fits its line', () => {
    const job = {
      label: 'june.xml',
      stage: 'parsing',
      progress: 0.5,
      doneCount: 50,
      totalCount: 100,
    } as Job;
    expect(progressLine(job, 120)).toBe(
      `june.xml  ${'█'.repeat(12)}${'░'.repeat(12)}  50 %  parsing  50/100`,
    );
    expect([...progressLine(job, 20)]).toHaveLength(19);
    expect(progressLine({ ...job, progress: null, totalCount: null }, 120)).toBe('june.xml  parsing  50');
    expect(progressLine({ ...job, progress: 7 }, 120)).toContain('100 %');
  });
});

describe('call', () => {
  it('finds every procedure of the contract, and nothing else', () => {
    expect(inputSchemaOf('ledger.entry')).toBeDefined();
    expect(inputSchemaOf('ledger.accounts')).toBeUndefined();
    for (const name of [
      'ledger',
      'ledger.none',
      'ledger.entry.~orpc',
      '__proto__',
      'ledger.constructor',
      '',
    ]) {
      expect(() => inputSchemaOf(name), name).toThrow(UsageError);
    }
  });

  it('takes decimal text for a bigint where the schema wants one, and leaves the rest alone', () => {
    const schema = z.object({
      id: z.string(),
      count: z.number(),
      seq: z.bigint(),
      inner: z.object({ list: z.array(z.object({ amountMinor: z.bigint() })) }).optional(),
      limit: z.bigint().nullable().default(1n),
    });
    const input = {
      id: '12',
      count: 3,
      seq: '99999999999999999999',
      inner: { list: [{ amountMinor: -5 }] },
      limit: null,
    };
    expect(schema.parse(withBigints(schema, input))).toEqual({
      id: '12',
      count: 3,
      seq: 99999999999999999999n,
      inner: { list: [{ amountMinor: -5n }] },
      limit: null,
    });
    expect(withBigints(schema, { seq: '1.5' })).toEqual({ seq: '1.5' });
    expect(withBigints(schema, { unknown: '1' })).toEqual({ unknown: '1' });
    expect(withBigints(undefined, { seq: '1' })).toEqual({ seq: '1' });
  });

  it("takes the ledger's own amounts", () => {
    const schema = inputSchemaOf('ledger.post')!;
    const posting = (amountMinor: string) => ({ accountId: '1', amountMinor, currency: 'EUR' });
    const input = {
      entries: [
        {
          id: '0190b3f0-0000-7000-8000-000000000000',
          effectiveDate: '2026-01-31',
          postings: [posting('100'), posting('-100')],
        },
      ],
    };
    expect(schema.parse(withBigints(schema, input))).toMatchObject({
      entries: [{ postings: [{ amountMinor: 100n }, { amountMinor: -100n }] }],
    });
  });
});
