/** What each kind of rule does to a real vault, what it leaves alone, and that a dry run tells it before. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RuleAction, RuleChange, RuleConditions } from '../../src/contract/rules.ts';
import {
  analyst,
  CUSTOMERS,
  camt053,
  type Desk,
  INVOICES,
  type LineOptions,
  openDesk,
} from '../reconciliation/support.ts';

const MUSTER = { name: 'Muster Handels GmbH', iban: 'DE89370400440532013000' };
const DATE = '2026-11-02';
const SPAN = { from: '2026-10-20', to: '2026-11-19' };

let desk: Desk;

beforeEach(async () => {
  desk = await openDesk();
  await desk.import('customers.csv', CUSTOMERS);
  await desk.import('invoices.csv', INVOICES);
});
afterEach(() => desk.close());

const take = (lines: readonly LineOptions[], date?: string) => desk.book(lines, date);
const dryRun = (change: RuleChange) => desk.dryRun.run({ change, ...SPAN });

/** Tries a change and makes it, as two people would. */
async function write(change: RuleChange): Promise<number> {
  const { trial } = await dryRun(change);
  return desk.rules.change({ change, trial }, analyst).numbers[0]!;
}

const create = (action: RuleAction, conditions: RuleConditions, name = 'a rule'): RuleChange => ({
  ...{ kind: 'create', definition: { name, conditions, action } },
});

const run = () => desk.reconciliation.run(analyst);
const lines = () => desk.reconciliation.matches({ limit: 500 }).rows;
const statuses = () => lines().map(({ status }) => status);
const item = (at: number) => desk.reconciliation.item(lines()[at]!.bankTransactionId);
const codes = (at: number) =>
  (item(at).match ?? item(at).suggestions[0])?.reasons.map(({ code }) => code) ?? [];
const openMinor = (number: string) => desk.receivables.openItemByNumber(number).openMinor;

const balance = (name: string) => {
  const account = desk.ledger.accounts().find((one) => one.name === name);
  return account === undefined ? 0n : desk.ledger.balanceMinor(BigInt(account.id));
};
const feesAccount = () =>
  desk.ledger.createAccount(
    {
      code: '5900.EUR',
      name: 'Account fees EUR',
      kind: 'expense',
      currency: 'EUR',
      postable: true,
      parentId: null,
    },
    analyst,
  ).id;

const PAID = { ...MUSTER, amount: '1190.17', text: 'INV-2026-1001' };

describe('a rule that asks a person', () => {
  const ASK: RuleAction = { kind: 'ask', reason: 'disputed deliveries' };

  test('keeps the machine from posting, says so, and lets go when it is switched off', async () => {
    await take([PAID]);
    await run();
    expect(statuses()).toEqual(['auto']);
    const change = create(ASK, { payerName: { test: 'starts', text: 'muster' } });
    const { trial } = await dryRun(change);
    expect(trial).toMatchObject({ considered: 1, holds: 1, untouched: 0, elsewhere: 0 });
    expect(trial.figures).toEqual([
      { effect: 'to-person', currency: 'EUR', count: 1, amountMinor: 119_017n },
    ]);
    expect(statuses()).toEqual(['auto']);
    const number = await write(change);
    await run();
    expect(statuses()).toEqual(['suggested']);
    expect(item(0).suggestions[0]!.reasons[0]).toMatchObject({
      ...{ code: 'desk-rule-ask', text: 'rule 1 (version 1) asks a person', rule: 1 },
    });
    expect(balance('Receivables EUR')).toBe(balance('ERP clearing EUR') * -1n);
    await write({ kind: 'switch', number, baseVersion: 1, on: false });
    await run();
    expect(statuses()).toEqual(['auto']);
    expect(codes(0)).not.toContain('desk-rule-ask');
  });

  test('leaves alone what a person has confirmed, and a closed period', async () => {
    await take([PAID]);
    await take([{ ...MUSTER, amount: '755.80', text: 'INV-2026-1003' }], '2026-11-10');
    await run();
    desk.reconciliation.confirm({ bankTransactionId: lines()[0]!.bankTransactionId }, analyst);
    desk.ledger.closePeriod('2026-11-15', analyst);
    const { trial } = await dryRun(create(ASK, { currency: 'EUR' }));
    expect(trial).toMatchObject({ considered: 0, untouched: 2, figures: [] });
    await write(create(ASK, { currency: 'EUR' }));
    await run();
    expect(statuses()).toEqual(['confirmed', 'auto']);
  });
});

describe('a rule with stricter thresholds', () => {
  test('sends more money and less certainty to a person, and nothing else', async () => {
    await take([PAID, { ...MUSTER, amount: '755.80', text: 'INV-2026-1003' }]);
    await run();
    expect(statuses()).toEqual(['auto', 'auto']);
    const most: RuleAction = { kind: 'stricter', leastProbability: null, mostMinor: 100_000n };
    const number = await write(create(most, { currency: 'EUR' }));
    await run();
    expect(statuses()).toEqual(['suggested', 'auto']);
    expect(codes(0)[0]).toBe('desk-rule-stricter');
    const sure: RuleAction = { kind: 'stricter', leastProbability: 1, mostMinor: null };
    const definition = { name: 'a rule', conditions: { currency: 'EUR' }, action: sure };
    await write({ kind: 'edit', number, baseVersion: 1, definition });
    await run();
    expect(statuses()).toEqual(['suggested', 'suggested']);
    expect(item(0).suggestions[0]!.reasons[0]!.text).toMatch(/^rule 1 \(version 2\)/);
  });
});

describe('a rule that says who pays', () => {
  const LOCKBOX = { name: 'First Lockbox Services', iban: 'DE27100777770209299700' };
  const PAYER: RuleAction = { kind: 'payer', customerId: 'C3' };
  const FROM_LOCKBOX: RuleConditions = { payerName: { test: 'equals', text: 'First Lockbox Services' } };

  test('is evidence, told with the rule, by which a unique sum is matched', async () => {
    await take([{ ...LOCKBOX, amount: '310.20', text: 'payment' }]);
    await run();
    expect(statuses()).toEqual(['suggested']);
    await write(create(PAYER, FROM_LOCKBOX));
    await run();
    expect(statuses()).toEqual(['auto']);
    expect(codes(0)).toContain('desk-rule-payer');
    expect(openMinor('INV-2026-1006')).toBe(0n);
    desk.reconciliation.undo({ bankTransactionId: lines()[0]!.bankTransactionId }, analyst);
    await run();
    expect(openMinor('INV-2026-1006')).toBe(31_020n);
  });

  test('never releases look-alikes: two items of one amount stay with a person', async () => {
    const twins = INVOICES.replace(/\n$/, '')
      .split('\n')
      .concat(['INV-2026-1106,C3,invoice,2026-10-08,2026-11-07,EUR,310.20,,,', ''])
      .join('\n');
    await desk.import('more.csv', twins);
    await take([{ ...LOCKBOX, amount: '310.20', text: 'payment' }]);
    const change = create(PAYER, FROM_LOCKBOX);
    expect((await dryRun(change)).trial.figures.map(({ effect }) => effect)).not.toContain('to-machine');
    await write(change);
    await run();
    expect(statuses()).toEqual(['suggested']);
  });

  test("never lets another customer's named invoice be posted", async () => {
    await take([{ ...LOCKBOX, amount: '4120.55', text: 'INV-2026-1005' }]);
    await write(create(PAYER, FROM_LOCKBOX));
    await run();
    expect(item(0).match?.allocations.map(({ customerId }) => customerId) ?? []).not.toContain('C3');
  });
});

describe('a rule that accepts a shortfall', () => {
  const SHORT: RuleAction = { kind: 'shortfall', mostMinor: 1_500n, mostPpm: 20_000, to: 'bank-charges' };
  const OF_MUSTER: RuleConditions = { currency: 'EUR', payerName: { test: 'starts', text: 'Muster' } };
  const short = (amount: string) => ({ ...MUSTER, amount, text: 'INV-2026-1001' });

  test.each([
    ['bank-charges', 'Bank charges EUR'],
    ['discounts-allowed', 'Discounts allowed EUR'],
  ] as const)('settles the whole item, and posts what is missing to %s', async (to, account) => {
    await take([short('1183.06')]);
    await run();
    expect(statuses()).toEqual(['suggested']);
    await write(create({ ...SHORT, to } as RuleAction, OF_MUSTER));
    await run();
    expect(statuses()).toEqual(['auto']);
    expect(codes(0)).toContain('desk-rule-shortfall');
    expect(openMinor('INV-2026-1001')).toBe(0n);
    expect(balance(account)).toBe(711n);
    expect(balance('Unapplied cash EUR')).toBe(0n);
    expect((await desk.ledger.verify()).verified).toBe(true);
    desk.reconciliation.undo({ bankTransactionId: lines()[0]!.bankTransactionId }, analyst);
    expect([balance(account), openMinor('INV-2026-1001')]).toEqual([0n, 119_017n]);
  });

  test('goes no further than its amount and its share', async () => {
    await take([short('1174.00')]);
    await write(create(SHORT, OF_MUSTER));
    await run();
    expect(statuses()).toEqual(['suggested']);
    expect(balance('Bank charges EUR')).toBe(0n);
  });

  test('accepts nothing of what no reference names', async () => {
    await take([{ ...MUSTER, amount: '1183.06', text: 'thank you' }]);
    await write(create(SHORT, OF_MUSTER));
    await run();
    expect(statuses()).not.toContain('auto');
  });
});

describe('a rule that books to an account', () => {
  const FEE: RuleConditions = { direction: 'debit', currency: 'EUR', remittance: ['account fee'] };
  const fee = (amount: string, text = 'Account fee October'): LineOptions => ({
    amount,
    text,
    direction: 'debit',
  });
  const book = (accountId: string): RuleAction => ({ kind: 'book', accountId, mostMinor: 5_000n });

  test('moves the money, says by which rule, and is revised when the rule goes', async () => {
    await take([fee('12.50'), fee('80.00'), { amount: '5.00', text: 'Account fee returned' }]);
    await run();
    expect(statuses()).toEqual(['unmatched', 'unmatched', 'unmatched']);
    const change = create(book(feesAccount()), FEE);
    const tried = await dryRun(change);
    expect(tried.trial.figures).toEqual([
      { effect: 'booked', currency: 'EUR', count: 1, amountMinor: 1_250n },
    ]);
    expect(tried.lines.map(({ effect, amountMinor }) => [effect, amountMinor])).toEqual([
      ['booked', -1_250n],
    ]);
    const number = await write(change);
    await run();
    expect(statuses()).toEqual(['auto', 'unmatched', 'unmatched']);
    expect(item(0).match).toMatchObject({ allocations: [], decidedBy: 'machine' });
    expect(codes(0)).toEqual(['desk-rule-book']);
    expect(lines()[1]!.reasons[0]).toMatch(/rule 1 \(version 1\) does not book it/);
    expect(balance('Account fees EUR')).toBe(1_250n);
    expect((await desk.ledger.verify()).verified).toBe(true);
    await run();
    expect(balance('Account fees EUR')).toBe(1_250n);
    await write({ kind: 'retire', number, baseVersion: 1 });
    await run();
    expect(statuses()).toEqual(['unmatched', 'unmatched', 'unmatched']);
    expect(balance('Account fees EUR')).toBe(0n);
  });

  test('is undone by a person for good, and confirmed by one', async () => {
    await take([fee('12.50'), fee('13.50')]);
    await write(create(book(feesAccount()), FEE));
    await run();
    const [first, second] = lines().map(({ bankTransactionId }) => bankTransactionId);
    desk.reconciliation.undo({ bankTransactionId: first! }, analyst);
    desk.reconciliation.confirm({ bankTransactionId: second! }, analyst);
    await run();
    expect(statuses()).toEqual(['unmatched', 'confirmed']);
    expect(balance('Account fees EUR')).toBe(1_350n);
    desk.reconciliation.undo({ bankTransactionId: second! }, analyst);
    await run();
    expect(balance('Account fees EUR')).toBe(0n);
    expect((await desk.ledger.verify()).verified).toBe(true);
  });

  test('books nothing that names an item, goes back, or meets a closed account', async () => {
    const account = feesAccount();
    await take([
      { ...PAID, text: 'INV-2026-1001 account fee' },
      { ...PAID, text: 'INV-2026-1001 account fee' },
    ]);
    await take([
      { amount: '20.00', text: 'account fee', reversal: true },
      { amount: '21.00', text: 'account fee' },
    ]);
    await write(
      create({ ...book(account), mostMinor: 1_000_000n } as RuleAction, { ...FEE, direction: 'credit' }),
    );
    desk.ledger.closeAccount(BigInt(account), analyst);
    await run();
    expect(statuses().sort()).toEqual(['auto', 'unmatched', 'unmatched', 'unmatched']);
    expect(balance('Account fees EUR')).toBe(0n);
    expect(desk.rules.list().rules[0]!.dormant).toBe('account');
  });
});

describe('a dry run', () => {
  const MIXED: readonly LineOptions[] = [
    PAID,
    { ...MUSTER, amount: '755.80', text: 'INV-2026-1003' },
    { name: 'First Lockbox Services', amount: '310.20', text: 'payment' },
    { amount: '12.50', text: 'Account fee October', direction: 'debit' },
  ];
  const ACTIONS: readonly [string, () => RuleChange][] = [
    ['ask', () => create({ kind: 'ask', reason: 'x' }, { payerName: { test: 'starts', text: 'Muster' } })],
    [
      'payer',
      () => create({ kind: 'payer', customerId: 'C3' }, { payerName: { test: 'contains', text: 'lockbox' } }),
    ],
    [
      'book',
      () =>
        create(
          { kind: 'book', accountId: feesAccount(), mostMinor: 5_000n },
          { direction: 'debit', currency: 'EUR' },
        ),
    ],
  ];

  test.each(ACTIONS)('of a rule to %s tells what happens when it is on', async (_, change) => {
    await take(MIXED);
    await run();
    const before = statuses();
    const asked = change();
    const { trial, lines: told } = await dryRun(asked);
    expect(statuses()).toEqual(before);
    desk.rules.change({ change: asked, trial }, analyst);
    await run();
    const changed = lines().filter(({ status }, at) => status !== before[at]);
    expect(told.map(({ bankTransactionId }) => bankTransactionId).sort()).toEqual(
      changed.map(({ bankTransactionId }) => bankTransactionId).sort(),
    );
    expect(told.length).toBeGreaterThan(0);
    const again = await dryRun({ kind: 'switch', number: 1, baseVersion: 1, on: false });
    expect(again.lines.length).toBe(told.length);
  });

  test('writes nothing: neither record nor row', async () => {
    await take(MIXED);
    await run();
    await dryRun(ACTIONS[0]![1]());
    const { vault, audit } = desk.test;
    const rows = () =>
      ['match', 'match_end', 'suggestion', 'journal_entry', 'desk_rule_version'].map((table) =>
        vault.db.prepare<[], bigint>(`SELECT count(*) FROM ${table}`).pluck().get(),
      );
    const [seq, counts] = [audit.lastSeq(), rows()];
    await dryRun(ACTIONS[1]![1]());
    expect([audit.lastSeq(), rows()]).toEqual([seq, counts]);
  });

  test('ends when it is cancelled', async () => {
    await take(MIXED);
    const change = ACTIONS[0]![1]();
    await expect(desk.dryRun.run({ change, ...SPAN }, AbortSignal.abort())).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  test('of other terms, of other figures or of another vault is refused with the change', async () => {
    await take(MIXED);
    const change = ACTIONS[0]![1]();
    const { trial } = await dryRun(change);
    const other = create({ kind: 'ask', reason: 'y' }, { currency: 'EUR' });
    const refused = expect.objectContaining({ code: 'RULE_TRIAL' });
    expect(() => desk.rules.change({ change: other, trial }, analyst)).toThrow(refused);
    const better = { ...trial, holds: 0, figures: [] };
    expect(() => desk.rules.change({ change, trial: better }, analyst)).toThrow(refused);
    expect(desk.rules.list().rules).toEqual([]);
  });

  test('has a span that makes sense', async () => {
    const wrong = { from: '2026-11-02', to: '2026-11-01' };
    await expect(desk.dryRun.run({ change: ACTIONS[0]![1](), ...wrong })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });

  test('does not depend on the order of the lines', async () => {
    const found = async (given: readonly LineOptions[]) => {
      const other = await openDesk();
      try {
        await other.import('customers.csv', CUSTOMERS);
        await other.import('invoices.csv', INVOICES);
        const { xml } = camt053({ id: 'O', date: DATE, openingMinor: 0n, lines: given });
        await other.import('o.xml', xml);
        const { trial } = await other.dryRun.run({ change: ACTIONS[0]![1](), ...SPAN });
        return [trial.holds, trial.figures];
      } finally {
        other.close();
      }
    };
    expect(await found(MIXED)).toEqual(await found(MIXED.toReversed()));
  });
});

describe('the rules', () => {
  test('outlive the vault being closed, with their versions, order and states', async () => {
    const ask = (reason: string): RuleAction => ({ kind: 'ask', reason });
    const one = await write(create(ask('a'), { currency: 'EUR', leastMinor: 5n }, 'one'));
    await write(create(ask('b'), { currency: 'USD' }, 'two'));
    await write({ kind: 'reorder', order: [2, 1] });
    const definition = { name: 'uno', conditions: { currency: 'EUR', leastMinor: 6n }, action: ask('c') };
    await write({ kind: 'edit', number: one, baseVersion: 1, definition });
    await write({ kind: 'switch', number: one, baseVersion: 2, on: false });
    const before = desk.rules.list();
    expect(before.rules.map(({ number, version, state, place }) => [number, version, state, place])).toEqual([
      [2, 1, 'on', 1],
      [1, 2, 'off', 2],
    ]);
    desk.rules.forget();
    expect(desk.rules.list()).toEqual(before);
    expect(
      desk.rules.get(one).versions.map(({ version, definition: kept }) => [version, kept?.name]),
    ).toEqual([
      [2, 'uno'],
      [1, 'one'],
    ]);
    const rows = desk.test.vault.db.prepare('SELECT * FROM desk_rule_version').all();
    expect(
      JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
    ).not.toContain('uno');
    await write({ kind: 'retire', number: 2, baseVersion: 1 });
    expect(desk.rules.list().rules.map(({ number, place }) => [number, place])).toEqual([
      [1, 1],
      [2, null],
    ]);
  });

  test('that are erased with a party whom they name do nothing, and say so', async () => {
    await take([PAID]);
    const number = await write(create({ kind: 'ask', reason: 'a' }, { currency: 'EUR' }));
    const { vault, sealing } = desk.test;
    const id = vault.db.prepare<[], bigint>('SELECT sealed_id FROM desk_rule_version').pluck().get()!;
    vault.transaction(() => sealing.erase(id));
    desk.rules.forget();
    expect(desk.rules.list().rules).toMatchObject([{ number, definition: null, dormant: 'erased' }]);
    await run();
    expect(statuses()).toEqual(['auto']);
    await write({ kind: 'retire', number, baseVersion: 1 });
    expect(desk.rules.list().rules).toMatchObject([{ state: 'retired', place: null }]);
  });

  test('stand no byte that is changed in the file', async () => {
    await write(create({ kind: 'ask', reason: 'a' }, { currency: 'EUR' }));
    const { db } = desk.test.vault;
    const id = db.prepare<[], bigint>('SELECT sealed_id FROM desk_rule_version').pluck().get()!;
    const bytes = db
      .prepare<[bigint], Buffer>('SELECT sealed FROM sealed_value WHERE id = ?')
      .pluck()
      .get(id)!;
    bytes[bytes.length - 1]! ^= 1;
    db.prepare('UPDATE sealed_value SET sealed = ? WHERE id = ?').run(bytes, id);
    desk.rules.forget();
    expect(() => desk.rules.list()).toThrow(expect.objectContaining({ code: 'SEALED_VALUE_DAMAGED' }));
    expect(() => db.prepare("UPDATE desk_rule_state SET state = 'off'").run()).toThrow(/not edited/);
  });
});
