import { describe, expect, it } from 'vitest';
import type { Account } from '../../src/contract/ledger.ts';
import { currenciesOf, inTreeOrder } from '../../src/renderer/src/ledger/tree.ts';

const account = (id: string, code: string, parentId: string | null, of: Partial<Account> = {}): Account => ({
  id,
  code,
  name: code,
  parentId,
  kind: 'asset',
  normalSide: 'debit',
  currency: null,
  postable: of.currency !== undefined,
  balanceMinor: null,
  pendingMinor: null,
  closed: false,
  limit: { minMinor: null, maxMinor: null },
  ...of,
});

const chart = [
  account('9', '2000', null, { kind: 'liability', normalSide: 'credit' }),
  account('10', '2100.EUR', '9', {
    kind: 'liability',
    normalSide: 'credit',
    currency: 'EUR',
    balanceMinor: 700n,
  }),
  account('1', '1000', null),
  account('4', '1200.USD', '1', { currency: 'USD', balanceMinor: -5n }),
  account('2', '1100', '1'),
  account('3', '1100.002', '2', { currency: 'EUR', balanceMinor: 300n, pendingMinor: 20n }),
  account('5', '1100.001', '2', { currency: 'EUR', balanceMinor: 40n }),
  // A contra account: it stands on the other side than its parent.
  account('6', '1100.009', '2', { normalSide: 'credit', currency: 'EUR', balanceMinor: 100n }),
];

describe('inTreeOrder', () => {
  it('puts each account under its parent and siblings by code, whatever order they come in', () => {
    const rows = inTreeOrder(chart).map(({ account: { code }, depth }) => `${'-'.repeat(depth)}${code}`);
    const expected = [
      '1000',
      '-1100',
      '--1100.001',
      '--1100.002',
      '--1100.009',
      '-1200.USD',
      '2000',
      '-2100.EUR',
    ];
    expect(rows).toEqual(expected);
    expect(inTreeOrder([...chart].reverse()).map(({ account: { code } }) => code)).toEqual(
      expected.map((code) => code.replace(/^-+/, '')),
    );
  });

  it.each([
    ['a parent of one currency carries the sum, a contra account taken off', '1100', ['EUR'], 240n, 20n],
    ['a parent of several carries none', '1000', ['EUR', 'USD'], null, null],
    ['an account carries its own', '1200.USD', ['USD'], -5n, 0n],
    ['a sum stands on the normal side of the parent', '2000', ['EUR'], 700n, 0n],
  ])('%s', (_name, code, currencies, totalMinor, pendingMinor) => {
    const row = inTreeOrder(chart).find((one) => one.account.code === code);
    expect(row).toMatchObject({ currencies, totalMinor, pendingMinor });
  });

  it('shows one currency alone, so that every parent has a sum', () => {
    const rows = inTreeOrder(chart, 'EUR');
    expect(rows.map(({ account: { code } }) => code)).not.toContain('1200.USD');
    expect(rows.every(({ totalMinor }) => totalMinor !== null)).toBe(true);
    expect(rows[0]).toMatchObject({ account: { code: '1000' }, totalMinor: 240n });
    expect(inTreeOrder(chart, 'GBP')).toEqual([]);
  });

  it('loses no account of a chart', () => {
    expect(inTreeOrder(chart)).toHaveLength(chart.length);
    expect(inTreeOrder([])).toEqual([]);
  });
});

it('currenciesOf names each currency once, in order', () => {
  expect(currenciesOf(chart)).toEqual(['EUR', 'USD']);
});
