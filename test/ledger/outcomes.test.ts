import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isCountersignError } from '../../src/main/base/index.ts';
import type { NewEntry } from '../../src/main/ledger/index.ts';
import { codeOf } from '../support/refusal.ts';
import { type Books, between, CALLER, openBooks, withBooks } from './support.ts';

interface Row {
  readonly name: string;
  readonly outcome: string;
  readonly entries: (books: Books) => NewEntry[];
  /** The path the error names. */
  readonly path?: string;
}

const MAX = 2n ** 63n - 1n;

/** One row an outcome, in the order in which outcomes are looked for. */
const ROWS: readonly Row[] = [
  {
    name: 'an id that is no UUID',
    outcome: 'INPUT_INVALID',
    path: 'entries.0.id',
    entries: (b) => [b.entry(1n, { id: Buffer.alloc(15) })],
  },
  {
    name: 'an empty reason',
    outcome: 'INPUT_INVALID',
    path: 'entries.0.reason',
    entries: (b) => [b.entry(1n, { reason: '' })],
  },
  {
    name: 'half a character in the memo',
    outcome: 'INPUT_INVALID',
    path: 'entries.0.memo',
    entries: (b) => [b.entry(1n, { memo: 'x\ud800' })],
  },
  {
    name: 'a source without an id',
    outcome: 'INPUT_INVALID',
    path: 'entries.0.source.id',
    entries: (b) => [b.entry(1n, { source: { kind: 'match', id: '' } })],
  },
  {
    name: 'a reversal of what has no UUID',
    outcome: 'INPUT_INVALID',
    path: 'entries.0.reverses',
    entries: (b) => [b.entry(1n, { reverses: Buffer.alloc(3) })],
  },
  {
    name: 'the 30th of February',
    outcome: 'LEDGER_DATE_INVALID',
    path: 'entries.0.effectiveDate',
    entries: (b) => [b.entry(1n, { effectiveDate: '2026-02-30' })],
  },
  {
    name: 'a date with a time',
    outcome: 'LEDGER_DATE_INVALID',
    path: 'entries.0.effectiveDate',
    entries: (b) => [b.entry(1n, { effectiveDate: '2026-02-03T00:00:00Z' })],
  },
  {
    name: 'no posting',
    outcome: 'LEDGER_EMPTY_ENTRY',
    path: 'entries.0.postings',
    entries: (b) => [b.entry(1n, { postings: [] })],
  },
  {
    name: 'one posting',
    outcome: 'LEDGER_EMPTY_ENTRY',
    path: 'entries.0.postings',
    entries: (b) => [b.entry(1n, { postings: [{ accountId: b.cash, amountMinor: 1n }] })],
  },
  {
    name: 'more than a thousand postings',
    outcome: 'INPUT_INVALID',
    path: 'entries.0.postings',
    entries: (b) => [
      b.entry(1n, { postings: Array.from({ length: 501 }, () => between(b.cash, b.loan, 1n)).flat() }),
    ],
  },
  {
    name: 'a posting of zero',
    outcome: 'LEDGER_ZERO_POSTING',
    path: 'entries.0.postings.1.amountMinor',
    entries: (b) => [
      b.entry(1n, {
        postings: [
          { accountId: b.cash, amountMinor: 1n },
          { accountId: b.loan, amountMinor: 0n },
        ],
      }),
    ],
  },
  {
    name: 'an amount of 2^63',
    outcome: 'LEDGER_AMOUNT_TOO_LARGE',
    path: 'entries.0.postings.0.amountMinor',
    entries: (b) => [b.entry(2n ** 63n)],
  },
  {
    name: 'an account that is not there',
    outcome: 'LEDGER_ACCOUNT_UNKNOWN',
    path: 'entries.0.postings.1.accountId',
    entries: (b) => [b.entry(1n, { postings: between(b.cash, 999n, 1n) })],
  },
  {
    name: 'an account that only sums',
    outcome: 'LEDGER_ACCOUNT_NOT_POSTABLE',
    path: 'entries.0.postings.0.accountId',
    entries: (b) => [b.entry(1n, { postings: between(b.group, b.loan, 1n) })],
  },
  {
    name: "another currency than the account's",
    outcome: 'LEDGER_CURRENCY_MISMATCH',
    path: 'entries.0.postings.0.currency',
    entries: (b) => [
      b.entry(1n, {
        postings: [
          { accountId: b.cash, amountMinor: 1n, currency: 'USD' },
          { accountId: b.loan, amountMinor: -1n },
        ],
      }),
    ],
  },
  {
    name: 'one cent too little',
    outcome: 'LEDGER_UNBALANCED',
    path: 'entries.0.postings',
    entries: (b) => [
      b.entry(1n, {
        postings: [
          { accountId: b.cash, amountMinor: 100n },
          { accountId: b.loan, amountMinor: -99n },
        ],
      }),
    ],
  },
  {
    name: 'two currencies that balance only together',
    outcome: 'LEDGER_UNBALANCED',
    path: 'entries.0.postings',
    entries: (b) => [b.entry(1n, { postings: between(b.cash, b.owed, 100n) })],
  },
  {
    name: 'the form of a later entry before the state of an earlier one',
    outcome: 'LEDGER_ZERO_POSTING',
    path: 'entries.1.postings.0.amountMinor',
    entries: (b) => [b.entry(1n, { effectiveDate: '2026-01-01' }), b.entry(0n)],
  },
  {
    name: 'an id that was used with another amount',
    outcome: 'LEDGER_ID_REUSED',
    path: 'entries.0.id',
    entries: (b) => [b.entry(2n, { id: used(b) })],
  },
  {
    name: 'an id that was used, in a closed period too',
    outcome: 'LEDGER_ID_REUSED',
    entries: (b) => [b.entry(1n, { id: used(b), effectiveDate: '2026-01-01' })],
  },
  {
    name: 'one id twice in a batch with two contents',
    outcome: 'LEDGER_ID_REUSED',
    path: 'entries.1.id',
    entries: (b) => {
      const first = b.entry(1n);
      return [first, { ...first, memo: 'other' }];
    },
  },
  {
    name: 'an account that is closed',
    outcome: 'LEDGER_ACCOUNT_CLOSED',
    path: 'entries.0.postings',
    entries: (b) => {
      b.ledger.closeAccount(b.dollars, CALLER);
      return [b.entry(1n, { postings: between(b.dollars, b.owed, 5n) })];
    },
  },
  {
    name: 'the last day of a closed period',
    outcome: 'LEDGER_PERIOD_CLOSED',
    path: 'entries.0.effectiveDate',
    entries: (b) => [b.entry(1n, { effectiveDate: '2026-01-31' })],
  },
  {
    name: 'a pending entry that is over',
    outcome: 'INPUT_INVALID',
    path: 'entries.0.expiresAtMs',
    entries: (b) => [b.entry(1n, { pending: { expiresAtMs: b.clock.nowMs() } })],
  },
  {
    name: 'a reversal of nothing',
    outcome: 'LEDGER_ENTRY_UNKNOWN',
    path: 'entries.0.reverses',
    entries: (b) => [b.entry(1n, { reverses: b.newId() })],
  },
  {
    name: 'a reversal of what is pending',
    outcome: 'LEDGER_NOT_POSTED',
    path: 'entries.0.reverses',
    entries: (b) => {
      const waiting = b.entry(3n, { pending: {} });
      b.ledger.post([waiting], CALLER);
      return [b.entry(-3n, { reverses: waiting.id })];
    },
  },
  {
    name: 'a second reversal',
    outcome: 'LEDGER_ALREADY_REVERSED',
    path: 'entries.0.reverses',
    entries: (b) => {
      const id = used(b);
      b.ledger.reverse({ entryId: id, reason: 'once' }, CALLER);
      return [b.entry(-1n, { reverses: id })];
    },
  },
  {
    name: 'two reversals in one batch',
    outcome: 'LEDGER_ALREADY_REVERSED',
    path: 'entries.1.reverses',
    entries: (b) => {
      const id = used(b);
      return [b.entry(-1n, { reverses: id }), b.entry(-1n, { reverses: id })];
    },
  },
  {
    name: 'a reversal of half',
    outcome: 'LEDGER_REVERSAL_MISMATCH',
    path: 'entries.0.reverses',
    entries: (b) => {
      const whole = b.entry(10n);
      b.ledger.post([whole], CALLER);
      return [b.entry(-5n, { reverses: whole.id })];
    },
  },
  {
    name: 'turnover beyond 2^63',
    outcome: 'LEDGER_AMOUNT_TOO_LARGE',
    path: 'entries.1',
    entries: (b) => [b.entry(MAX), b.entry(1n)],
  },
  {
    name: 'above the upper limit',
    outcome: 'LEDGER_LIMIT_EXCEEDED',
    path: 'entries.0',
    entries: (b) => [b.entry(1n, { postings: between(b.till, b.loan, 1_001n) })],
  },
  {
    name: 'below the lower limit',
    outcome: 'LEDGER_LIMIT_EXCEEDED',
    path: 'entries.0',
    entries: (b) => [b.entry(1n, { postings: between(b.loan, b.till, 1n) })],
  },
  {
    name: 'above the upper limit by the second of two',
    outcome: 'LEDGER_LIMIT_EXCEEDED',
    path: 'entries.1',
    entries: (b) => [
      b.entry(1n, { postings: between(b.till, b.loan, 600n) }),
      b.entry(1n, { postings: between(b.till, b.loan, 401n) }),
    ],
  },
  {
    name: 'above the upper limit with what is pending',
    outcome: 'LEDGER_LIMIT_EXCEEDED',
    path: 'entries.1',
    entries: (b) => [
      b.entry(1n, { postings: between(b.till, b.loan, 600n), pending: {} }),
      b.entry(1n, { postings: between(b.till, b.loan, 401n) }),
    ],
  },
  {
    name: 'pending takings do not make room',
    outcome: 'LEDGER_LIMIT_EXCEEDED',
    path: 'entries.2',
    entries: (b) => [
      b.entry(1n, { postings: between(b.till, b.loan, 1_000n) }),
      b.entry(1n, { postings: between(b.loan, b.till, 500n), pending: {} }),
      b.entry(1n, { postings: between(b.till, b.loan, 1n) }),
    ],
  },
  {
    name: 'exactly at the upper limit',
    outcome: 'done',
    entries: (b) => [b.entry(1n, { postings: between(b.till, b.loan, 1_000n) })],
  },
  { name: 'the greatest amount', outcome: 'done', entries: (b) => [b.entry(MAX)] },
  {
    name: 'the same account on both sides',
    outcome: 'done',
    entries: (b) => [b.entry(1n, { postings: between(b.cash, b.cash, 7n) })],
  },
  {
    name: 'two currencies, each balanced',
    outcome: 'done',
    entries: (b) => [
      b.entry(1n, { postings: [...between(b.cash, b.loan, 100n), ...between(b.owed, b.dollars, 90n)] }),
    ],
  },
  {
    name: 'a thousand postings',
    outcome: 'done',
    entries: (b) => [
      b.entry(1n, { postings: Array.from({ length: 500 }, () => between(b.cash, b.loan, 1n)).flat() }),
    ],
  },
  {
    name: 'the day after a closed period',
    outcome: 'done',
    entries: (b) => [b.entry(1n, { effectiveDate: '2026-02-01' })],
  },
];

/** Posts an entry of 1 and answers its id. */
function used(books: Books): Buffer {
  const entry = books.entry(1n);
  books.ledger.post([entry], CALLER);
  return entry.id;
}

function stateOf({ ledger, test: vault }: Books) {
  return { trial: ledger.trialBalance(), count: ledger.entryCount(), seq: vault.audit.lastSeq() };
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('outcomes', () => {
  let books: Books;
  let close: () => void;
  beforeAll(async () => {
    ({ books, close } = await openBooks());
    books.ledger.closePeriod('2026-01-31', CALLER);
  });
  afterAll(() => close());

  test.each(ROWS)('$name: $outcome', ({ entries, outcome, path }) => {
    const { ledger, test: vault } = books;
    const end = new Error('the row ends here');
    // Every row runs in a transaction that is rolled back, so that all of them start alike.
    const run = () =>
      vault.vault.transaction(() => {
        const given = entries(books);
        const before = stateOf(books);
        const thrown = thrownBy(() => ledger.post(given, CALLER));
        if (outcome === 'done') {
          expect(thrown).toBeUndefined();
          expect(ledger.entryCount()).toBe(before.count + given.length);
          throw end;
        }
        expect(isCountersignError(thrown) ? thrown.code : thrown).toBe(outcome);
        if (path !== undefined && isCountersignError(thrown)) expect(thrown.details.path).toBe(path);
        // A refused batch leaves no trace: no entry, no balance, no record.
        expect(stateOf(books)).toEqual(before);
        throw end;
      });
    const before = stateOf(books);
    expect(run).toThrow(end);
    expect(stateOf(books)).toEqual(before);
  });

  test('a repeated entry gets its first answer, also after its period was closed', async () => {
    await withBooks(({ ledger, entry, test: { audit } }) => {
      const first = entry(5n, { effectiveDate: '2026-01-15', memo: 'once' });
      const [answer] = ledger.post([first], CALLER);
      ledger.closePeriod('2026-01-31', CALLER);
      const records = audit.lastSeq();
      expect(ledger.post([first], CALLER)).toEqual([{ ...answer, repeated: true }]);
      // Two postings are the same content in either order.
      expect(ledger.post([{ ...first, postings: [...first.postings].reverse() }], CALLER)[0]!.repeated).toBe(
        true,
      );
      expect(audit.lastSeq()).toBe(records);
      expect(ledger.entryCount()).toBe(1);
    });
  });

  test('of a batch only what is new is written, and every entry is answered', async () => {
    await withBooks(({ ledger, entry, cash }) => {
      const old = entry(5n);
      const [first] = ledger.post([old], CALLER);
      const fresh = entry(7n);
      const answers = ledger.post([fresh, old, fresh], CALLER);
      expect(answers.map((answer) => answer.repeated)).toEqual([false, true, true]);
      expect(answers.map((answer) => answer.record)).toEqual([
        answers[0]!.record,
        first!.record,
        answers[0]!.record,
      ]);
      expect(ledger.balanceMinor(cash)).toBe(12n);
    });
  });

  test('a limit that is set later binds only what moves towards it', async () => {
    await withBooks(({ ledger, entry, cash, loan }) => {
      ledger.post([entry(500n)], CALLER);
      ledger.setLimits(cash, { minMinor: null, maxMinor: 100n }, CALLER);
      expect(codeOf(() => ledger.post([entry(1n)], CALLER))).toBe('LEDGER_LIMIT_EXCEEDED');
      ledger.post([entry(1n, { postings: between(loan, cash, 1n) })], CALLER);
      expect(ledger.balanceMinor(cash)).toBe(499n);
    });
  });
});
