import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/main/base/index.ts';
import { type HandPosting, type ProofInput, proveDay } from '../../src/main/breaks/proof.ts';
import { type SequencedStatement, unexplained } from '../../src/main/statements/sequence.ts';

type Account = ProofInput['account'];

const EMPTY: Account = { statements: [], days: [], breaks: [], breakMovements: [], lastRecord: 0n };
const transit = (date: string, amountMinor: bigint) => ({
  date,
  amountMinor,
  source: { kind: 'x', id: '1' },
});

describe('the proof of a day', () => {
  it('has no gap to show where the bank has told no balance', () => {
    const day = proveDay({
      ...{ date: '2024-02-01', ledgerMinor: 5n, account: EMPTY, byHand: [] },
      inTransit: [transit('2024-02-01', 7n)],
    });
    expect(day).toMatchObject({ bank: null, gapMinor: null, unexplainedMinor: null, booksMinor: 12n });
    expect(day.lines.map(({ kind }) => kind)).toEqual(['in-transit']);
  });

  const CLOSED: Account = {
    ...EMPTY,
    statements: [{ id: 1n, closingMinor: 100n, closingDate: '2024-02-01' }],
    days: [{ statementId: 1n, date: '2024-02-01', amountMinor: 100n, count: 2 }],
    lastRecord: 9n,
  };
  it.each([
    ['nothing', CLOSED, 100n, [], [], [0n, 0n, []]],
    ['an error in the books', CLOSED, 103n, [], [], [3n, 3n, []]],
    ['what is in transit', CLOSED, 100n, [transit('2024-02-01', 40n)], [], [40n, 0n, ['in-transit 40']]],
    [
      'a line booked ahead',
      {
        ...CLOSED,
        days: [...CLOSED.days, { statementId: 1n, date: '2024-02-03', amountMinor: -30n, count: 1 }],
        statements: [{ id: 1n, closingMinor: 70n, closingDate: '2024-02-01' }],
      },
      100n,
      [],
      [],
      [30n, 0n, ['booked-ahead 30']],
    ],
    [
      'a line of a later statement that is booked back',
      {
        ...CLOSED,
        statements: [...CLOSED.statements, { id: 2n, closingMinor: 120n, closingDate: '2024-02-02' }],
        days: [...CLOSED.days, { statementId: 2n, date: '2024-02-01', amountMinor: 20n, count: 1 }],
      },
      120n,
      [],
      [],
      [20n, 0n, ['later-statement 20']],
    ],
    [
      'a gap before the statement',
      {
        ...CLOSED,
        statements: [{ id: 1n, closingMinor: 150n, closingDate: '2024-02-01' }],
        breaks: [
          {
            id: 4n,
            statementId: 1n,
            kind: 'gap',
            date: '2024-02-01',
            amountMinor: 50n,
            entryId: Buffer.of(1),
          },
        ],
        breakMovements: [{ date: '2024-02-01', amountMinor: 50n }],
      },
      150n,
      [],
      [],
      [-50n, 0n, ['gap -50']],
    ],
    [
      'what a person posted since',
      CLOSED,
      111n,
      [],
      [{ entryId: 'e', record: 10n, date: '2024-02-01', amountMinor: 11n }],
      [11n, 0n, ['by-hand 11']],
    ],
  ] as const)('shows %s', (_, account, ledgerMinor, inTransit, byHand, [gap, left, lines]) => {
    const day = proveDay({ date: '2024-02-01', ledgerMinor, account: account as Account, inTransit, byHand });
    expect([day.gapMinor, day.unexplainedMinor]).toEqual([gap, left]);
    expect(day.lines.map(({ kind, amountMinor }) => `${kind} ${amountMinor}`)).toEqual(lines);
  });

  it.each([
    ['2024-02-01', 0n, []],
    ['2024-03-01', -150n, ['opening -150']],
  ])('takes the opening balance over on %s, and it is no gap from then on', (postedOn, gap, lines) => {
    const opening = {
      ...({ id: 4n, statementId: 1n, kind: 'opening', date: postedOn, amountMinor: 150n } as const),
      entryId: Buffer.of(1),
    };
    const day = proveDay({
      date: '2024-02-01',
      ledgerMinor: postedOn === '2024-02-01' ? 250n : 100n,
      account: {
        ...CLOSED,
        statements: [{ id: 1n, closingMinor: 250n, closingDate: '2024-02-01' }],
        breaks: [opening],
        breakMovements: [opening],
      },
      ...{ inTransit: [], byHand: [] },
    });
    expect(day.lines.map(({ kind, amountMinor }) => `${kind} ${amountMinor}`)).toEqual(lines);
    expect([day.gapMinor, day.unexplainedMinor]).toEqual([gap, 0n]);
  });

  it('takes up by breaks what a person posted before the statement was read', () => {
    const day = proveDay({
      date: '2024-02-01',
      ledgerMinor: 100n,
      account: {
        ...CLOSED,
        breaks: [
          {
            ...{ id: 4n, statementId: 1n, kind: 'difference', date: '2024-02-01' },
            ...{ amountMinor: -11n, entryId: Buffer.of(1) },
          },
        ],
        breakMovements: [{ date: '2024-02-01', amountMinor: -11n }],
      },
      inTransit: [],
      byHand: [{ entryId: 'e', record: 5n, date: '2024-02-01', amountMinor: 11n }],
    });
    expect(day.lines.map(({ kind }) => kind)).toEqual(['difference']);
    expect([day.gapMinor, day.unexplainedMinor]).toEqual([11n, 0n]);
  });
});

/** A history of an account, as the rules of statements book it. */
interface History {
  readonly statements: readonly {
    lines: readonly [dayOffset: number, amountMinor: bigint][];
    gap: bigint;
    off: bigint;
  }[];
  readonly hands: readonly { day: number; amountMinor: bigint; before: boolean }[];
  readonly transit: readonly { day: number; amountMinor: bigint }[];
}

const START = '2024-02-01';
const amount = fc.bigInt({ min: -1_000_000_000_000_000n, max: 1_000_000_000_000_000n });
const history: fc.Arbitrary<History> = fc.record({
  statements: fc.array(
    fc.record({
      lines: fc.array(fc.tuple(fc.integer({ min: -2, max: 2 }), amount), { maxLength: 4 }),
      gap: fc.oneof(fc.constant(0n), amount),
      off: fc.oneof(fc.constant(0n), amount),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  hands: fc.array(
    fc.record({ day: fc.integer({ min: 0, max: 6 }), amountMinor: amount, before: fc.boolean() }),
    {
      maxLength: 3,
    },
  ),
  transit: fc.array(fc.record({ day: fc.integer({ min: 0, max: 6 }), amountMinor: amount }), {
    maxLength: 3,
  }),
});

/** Statements of one day each, whose opening balances jump by gaps and whose closing balances are off. */
function booked({ statements, hands }: History) {
  let running = 0n;
  const days: Account['days'][number][] = [];
  const sequenced = statements.map(({ lines, gap, off }, at): SequencedStatement => {
    const date = addDays(START, at);
    const openingMinor = running + gap;
    const bookedMinor = lines.reduce((sum, [, minor]) => sum + minor, 0n);
    for (const [offset, amountMinor] of lines) {
      days.push({ statementId: BigInt(at + 1), date: addDays(date, offset), amountMinor, count: 1 });
    }
    running = openingMinor + bookedMinor + off;
    return {
      ...{ id: BigInt(at + 1), openingMinor, openingDate: date, closingMinor: running, closingDate: date },
      ...{
        bookedMinor,
        firstDate: null,
        lastDate: null,
        sequenceNumber: null,
        page: null,
        identity: `${at}`,
      },
    };
  });
  const before = hands.filter((hand) => hand.before);
  const otherMinor = (date: string) =>
    before.reduce((sum, { day, amountMinor }) => (addDays(START, day) <= date ? sum + amountMinor : sum), 0n);
  const breaks = unexplained(sequenced, otherMinor).map((one, at) => ({
    ...one,
    id: BigInt(at + 1),
    entryId: Buffer.of(at),
  }));
  const account: Account = { statements: sequenced, days, breaks, breakMovements: breaks, lastRecord: 100n };
  const byHand = hands.map(({ day, amountMinor, before: early }, at): HandPosting => {
    return { entryId: `${at}`, record: early ? 50n : 150n, date: addDays(START, day), amountMinor };
  });
  return { account, byHand };
}

describe('whatever happened on an account', () => {
  const upTo = (date: string) => (sum: bigint, one: { date: string; amountMinor: bigint }) =>
    one.date <= date ? sum + one.amountMinor : sum;

  it('lines and what is left over add up to the gap, and nothing is left over unless the books are wrong', () => {
    fc.assert(
      fc.property(
        history,
        fc.integer({ min: 0, max: 7 }),
        fc.oneof(fc.constant(0n), amount),
        (given, day, error) => {
          const { account, byHand } = booked(given);
          const date = addDays(START, day);
          const inTransit = given.transit
            .map((one) => transit(addDays(START, one.day), one.amountMinor))
            .filter((one) => one.date <= date);
          const honest = [...account.days, ...account.breakMovements, ...byHand].reduce(upTo(date), 0n);
          const hands = byHand.filter((one) => one.date <= date);
          const proven = proveDay({ date, ledgerMinor: honest + error, account, inTransit, byHand: hands });
          const lines = proven.lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
          expect(proven.explainedMinor).toBe(lines);
          expect(lines + proven.unexplainedMinor!).toBe(proven.gapMinor);
          expect(proven.booksMinor - proven.bank!.amountMinor).toBe(proven.gapMinor);
          expect(proven.ledgerMinor - proven.bank!.amountMinor).toBe(proven.differenceMinor);
          expect(proven.unexplainedMinor).toBe(error);
        },
      ),
      { numRuns: 500 },
    );
  });
});
