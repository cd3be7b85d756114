/** What conditions hold, which rules may meet, and what no rule may say: values in, values out. */
import { describe, expect, test } from 'vitest';
import type { RuleAction, RuleChange, RuleConditions } from '../../src/contract/rules.ts';
import { applied, type Book, contradictionsIn, type Rule } from '../../src/main/rules/book.ts';
import { checkDefinition, type Known } from '../../src/main/rules/checking.ts';
import { compileConditions, mayMeet } from '../../src/main/rules/conditions.ts';
import { readLine } from '../../src/main/rules/reading-lines.ts';
import { rulerOf } from '../../src/main/rules/ruling.ts';
import type { TransactionForMatching } from '../../src/main/statements/index.ts';

function row(
  given: Partial<TransactionForMatching> = {},
  content: Partial<TransactionForMatching['content']> = {},
): TransactionForMatching {
  return {
    ...{ id: 1n, isPayment: false, statementId: 1n, bankAccountId: 7n, ledgerAccountId: 1n },
    ...{ currency: 'EUR', direction: 'credit', amountMinor: 10_000n, bookingDate: '2026-11-02' },
    ...{ valueDate: null, reversal: false, entryId: null },
    content: {
      ...{ index: 0, entryIndex: 0, line: 0, path: '' },
      remittance: { unstructured: ['Gebühr für Ihr Konto, INV-2026/1001'], structured: [] },
      debtor: { name: 'Müller & Söhne GmbH', account: 'DE89370400440532013000' },
      bankTransactionCode: 'PMNT/RCDT/ESCT',
      ...content,
    },
    ...given,
  } as TransactionForMatching;
}

const holds = (conditions: RuleConditions, line = row()) => compileConditions(conditions)(readLine(line));

describe('a condition', () => {
  test.each<[string, RuleConditions, boolean, TransactionForMatching?]>([
    ['nothing holds always', {}, true],
    ['direction', { direction: 'credit' }, true],
    ['another direction', { direction: 'debit' }, false],
    ['currency', { currency: 'EUR' }, true],
    ['another currency', { currency: 'USD' }, false],
    ['the least amount itself', { currency: 'EUR', leastMinor: 10_000n }, true],
    ['below the least amount', { currency: 'EUR', leastMinor: 10_001n }, false],
    ['the largest amount itself', { currency: 'EUR', mostMinor: 10_000n }, true],
    ['above the largest amount', { currency: 'EUR', mostMinor: 9_999n }, false],
    ['an own account', { bankAccountIds: ['6', '7'] }, true],
    ['another own account', { bankAccountIds: ['77'] }, false],
    ['a name', { payerName: { test: 'equals', text: 'MULLER SOHNE gmbh' } }, true],
    ['a name that is longer', { payerName: { test: 'equals', text: 'Müller & Söhne' } }, false],
    ['the beginning of a name', { payerName: { test: 'starts', text: 'müller' } }, true],
    ['not the beginning', { payerName: { test: 'starts', text: 'Söhne' } }, false],
    ['a part of a name', { payerName: { test: 'contains', text: 'söhne' } }, true],
    ['a part of no name', { payerName: { test: 'contains', text: 'Meyer' } }, false],
    ['an account, however written', { payerAccount: 'de89 3704 0044 0532 0130 00' }, true],
    ['another account', { payerAccount: 'DE75512108001245126199' }, false],
    ['a code', { transactionCode: 'PMNT/RCDT/ESCT' }, true],
    ['the family of a code', { transactionCode: 'pmnt.rcdt' }, true],
    ['not a part of a step', { transactionCode: 'PMNT/RC' }, false],
    ['more steps than there are', { transactionCode: 'PMNT/RCDT/ESCT/X' }, false],
    ['words of the text', { remittance: ['gebuhr', 'INV 2026-1001'] }, true],
    ['not a part of a word', { remittance: ['Geb'] }, false],
    ['one word that is missing', { remittance: ['Gebühr', 'Zinsen'] }, false],
    [
      'signs of patterns are no patterns',
      { remittance: ['.*'] },
      false,
      row({}, { remittance: { unstructured: ['x'], structured: [] } }),
    ],
    ['a statement', { road: 'statement' }, true],
    ['a single message', { road: 'instant' }, false],
    ['a single message', { road: 'instant' }, true, row({ isPayment: true })],
    ['no reference', { reference: 'absent' }, true],
    ['a reference', { reference: 'present' }, true, row({}, { endToEndId: 'E2E-1' })],
    ['all of several', { direction: 'credit', currency: 'EUR', remittance: ['konto'] }, true],
    ['one of several not', { direction: 'credit', currency: 'USD', remittance: ['konto'] }, false],
    [
      'of money out the name of whoever is paid',
      { payerName: { test: 'equals', text: 'Bank' } },
      true,
      row({ direction: 'debit' }, { creditor: { name: 'BANK' } }),
    ],
    [
      'the ultimate debtor',
      { payerName: { test: 'equals', text: 'Treasury' } },
      true,
      row({}, { ultimateDebtor: { name: 'Treasury' } }),
    ],
  ])('%s: %o is %s', (_, conditions, expected, line) => {
    expect(holds(conditions, line)).toBe(expected);
  });

  test('reads no more of a text than it has to, however long the text is', () => {
    const text = `${'x '.repeat(2_000)}end ${'y'.repeat(10_000_000)}`;
    const line = row({}, { remittance: { unstructured: [text], structured: [] } });
    const before = process.threadCpuUsage();
    expect(holds({ remittance: ['end'] }, line)).toBe(false);
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(50);
  });
});

describe('two rules', () => {
  test.each<[RuleConditions, RuleConditions, boolean]>([
    [{}, {}, true],
    [{ direction: 'credit' }, { direction: 'debit' }, false],
    [{ currency: 'EUR' }, { currency: 'USD' }, false],
    [{ currency: 'EUR' }, { direction: 'credit' }, true],
    [{ currency: 'EUR', mostMinor: 10n }, { currency: 'EUR', leastMinor: 11n }, false],
    [{ currency: 'EUR', mostMinor: 11n }, { currency: 'EUR', leastMinor: 11n }, true],
    [{ bankAccountIds: ['1'] }, { bankAccountIds: ['2'] }, false],
    [{ bankAccountIds: ['1', '2'] }, { bankAccountIds: ['2'] }, true],
    [{ road: 'instant' }, { road: 'statement' }, false],
    [{ reference: 'present' }, { reference: 'absent' }, false],
    [{ payerAccount: 'DE1 234' }, { payerAccount: 'de1234' }, true],
    [{ payerAccount: 'DE1234' }, { payerAccount: 'DE1235' }, false],
    [{ transactionCode: 'PMNT' }, { transactionCode: 'PMNT/RCDT' }, true],
    [{ transactionCode: 'PMNT/ICDT' }, { transactionCode: 'PMNT/RCDT' }, false],
    [{ remittance: ['fee'] }, { remittance: ['interest'] }, true],
  ])('%o and %o may meet: %s', (left, right, expected) => {
    expect(mayMeet(left, right)).toBe(expected);
    expect(mayMeet(right, left)).toBe(expected);
  });
});

const ASK: RuleAction = { kind: 'ask', reason: 'look' };
const book = (accountId: string): RuleAction => ({ kind: 'book', accountId, mostMinor: 1_000n });
const stricter = (leastProbability: number): RuleAction => ({
  ...{ kind: 'stricter', leastProbability, mostMinor: null },
});

const rule = (
  number: number,
  action: RuleAction,
  conditions: RuleConditions = { currency: 'EUR' },
): Rule => ({
  ...{ number, version: 1, state: 'on' },
  definition: { name: `rule ${number}`, conditions, action },
});

describe('the rules in their order', () => {
  const rules: Book = [rule(1, stricter(0.99)), rule(2, stricter(0.999)), rule(3, ASK), rule(4, book('5'))];

  test('answer of each kind with the first that holds', () => {
    expect(rulerOf(rules)(row())).toEqual({
      stricter: { rule: 1, version: 1, leastProbability: 0.99, mostMinor: null },
      ask: { rule: 3, version: 1 },
      book: { rule: 4, version: 1, accountId: 5n, mostMinor: 1_000n },
    });
    expect(rulerOf(rules)(row({ currency: 'USD' }))).toBeUndefined();
    const [first, second, ...rest] = rules;
    expect(rulerOf([second!, first!, ...rest])(row())?.stricter?.rule).toBe(2);
    expect(rulerOf([{ ...first!, state: 'off' }, second!])(row())?.stricter?.rule).toBe(2);
    expect(rulerOf([{ ...first!, definition: null }])(row())).toBeUndefined();
  });

  test('tell which of them contradict', () => {
    expect(contradictionsIn(rules)).toEqual([
      { rule: 1, other: 2, why: 'two-answers' },
      { rule: 3, other: 4, why: 'asked-not-booked' },
    ]);
    expect(contradictionsIn([rule(1, stricter(0.99)), rule(2, stricter(0.99))])).toEqual([]);
    const apart = [rule(1, book('5')), rule(2, book('6'), { currency: 'USD' })];
    expect(contradictionsIn(apart)).toEqual([]);
  });

  test.each<[string, RuleChange, string]>([
    ['an unknown rule', { kind: 'retire', number: 9, baseVersion: 1 }, 'RULE_UNKNOWN'],
    ['an older version', { kind: 'retire', number: 1, baseVersion: 2 }, 'RULE_STALE'],
    ['what is so already', { kind: 'switch', number: 1, baseVersion: 1, on: true }, 'RULE_SAME'],
    ['the same order', { kind: 'reorder', order: [1, 2, 3, 4] }, 'RULE_SAME'],
    ['a part of an order', { kind: 'reorder', order: [4, 3, 2] }, 'RULE_ORDER'],
    ['one rule twice', { kind: 'reorder', order: [4, 3, 2, 2] }, 'RULE_ORDER'],
    [
      'the same terms',
      { kind: 'edit', number: 3, baseVersion: 1, definition: rules[2]!.definition! },
      'RULE_SAME',
    ],
    [
      "another rule's name, however written",
      { kind: 'create', definition: { name: 'RULE: 2', conditions: {}, action: ASK } },
      'RULE_NAME_TAKEN',
    ],
  ])('are not changed by %s', (_, change, code) => {
    expect(() => applied(rules, change)).toThrow(expect.objectContaining({ code }));
  });

  test('are two hundred at most', () => {
    const many = Array.from({ length: 200 }, (_, at) => rule(at + 1, ASK));
    const change: RuleChange = { kind: 'create', definition: { name: 'x', conditions: {}, action: ASK } };
    expect(() => applied(many, change)).toThrow(expect.objectContaining({ code: 'RULE_TOO_MANY' }));
    expect(applied(many.slice(1), change).at(-1)).toMatchObject({ number: 201, version: 1, state: 'on' });
  });
});

describe('a rule that is refused', () => {
  const known: Known = {
    hasBankAccount: (id) => id === '7',
    hasCustomer: (id) => id === 'C1',
    bookableCurrency: (id) => (id === '5' ? 'EUR' : undefined),
  };
  const EUR: RuleConditions = { currency: 'EUR' };
  test.each<[string, RuleConditions, RuleAction, string]>([
    ['no condition', {}, stricter(0.99), 'RULE_TOO_BROAD'],
    ['a name of signs alone', { payerName: { test: 'contains', text: '--' } }, ASK, 'RULE_TOO_BROAD'],
    ['words of signs alone', { remittance: ['..'] }, ASK, 'RULE_TOO_BROAD'],
    ['no such currency', { currency: 'QQQ' }, ASK, 'RULE_CURRENCY'],
    ['an amount of no currency', { leastMinor: 5n }, ASK, 'RULE_CURRENCY'],
    ['a negative amount', { ...EUR, leastMinor: -1n }, ASK, 'RULE_RANGE'],
    ['an empty range', { ...EUR, leastMinor: 2n, mostMinor: 1n }, ASK, 'RULE_RANGE'],
    ['no such bank account', { bankAccountIds: ['8'] }, ASK, 'RULE_ACCOUNT_UNKNOWN'],
    ['no threshold', EUR, { kind: 'stricter', leastProbability: null, mostMinor: null }, 'RULE_LIMIT'],
    ['no such customer', EUR, { kind: 'payer', customerId: 'C9' }, 'RULE_CUSTOMER_UNKNOWN'],
    ['a limit of nothing', EUR, { ...book('5'), mostMinor: 0n } as RuleAction, 'RULE_LIMIT'],
    ['a limit in no currency', { direction: 'credit' }, book('5'), 'RULE_CURRENCY'],
    ['no such account', EUR, book('6'), 'RULE_ACCOUNT_UNKNOWN'],
    ['an account in another currency', { currency: 'USD' }, book('5'), 'RULE_CURRENCY'],
    [
      'a share too large',
      EUR,
      { kind: 'shortfall', mostMinor: 1n, mostPpm: 100_001, to: 'bank-charges' },
      'RULE_LIMIT',
    ],
    ['no share', EUR, { kind: 'shortfall', mostMinor: 1n, mostPpm: 0, to: 'bank-charges' }, 'RULE_LIMIT'],
  ])('says %s', (_, conditions, action, code) => {
    expect(() => checkDefinition({ name: 'x', conditions, action }, known)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test('is none that asks a person about everything', () => {
    expect(() => checkDefinition({ name: 'x', conditions: {}, action: ASK }, known)).not.toThrow();
  });
});
