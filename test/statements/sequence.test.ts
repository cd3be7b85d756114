import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  breakChanges,
  inSequence,
  type SequencedStatement,
  type StandingBreak,
  unexplained,
} from '../../src/main/statements/sequence.ts';

let nextId = 1n;

function statement(values: Partial<SequencedStatement> = {}): SequencedStatement {
  const id = nextId;
  nextId += 1n;
  return {
    id,
    openingMinor: null,
    openingDate: null,
    closingMinor: null,
    closingDate: null,
    bookedMinor: 0n,
    firstDate: null,
    lastDate: null,
    sequenceNumber: null,
    page: null,
    identity: id.toString().padStart(8, '0'),
    ...values,
  };
}

/** A whole statement: opening on the day before, lines and closing on `day`. */
function day(
  dayOfMonth: number,
  openingMinor: bigint,
  closingMinor: bigint,
  more: Partial<SequencedStatement> = {},
) {
  const date = `2024-01-${String(dayOfMonth).padStart(2, '0')}`;
  return statement({
    openingMinor,
    openingDate: `2024-01-${String(dayOfMonth - 1).padStart(2, '0')}`,
    closingMinor,
    closingDate: date,
    bookedMinor: closingMinor - openingMinor,
    firstDate: date,
    lastDate: date,
    ...more,
  });
}

const kinds = (statements: readonly SequencedStatement[]) =>
  unexplained(inSequence(statements)).map(({ kind, amountMinor, date }) => [kind, amountMinor, date]);

describe('the sequence', () => {
  it('follows the closing dates', () => {
    const [a, b, c] = [day(5, 0n, 10n), day(3, 0n, 5n), day(4, 5n, 0n)];
    expect(inSequence([a, b, c])).toEqual([b, c, a]);
  });

  it('within a day follows the numbers of the bank', () => {
    const [a, b] = [day(5, 10n, 20n, { sequenceNumber: '8' }), day(5, 0n, 10n, { sequenceNumber: '007' })];
    expect(inSequence([a, b])).toEqual([b, a]);
  });

  it('within a number follows the pages', () => {
    const page = (value: string) => ({ sequenceNumber: '7', page: value });
    const [a, b, c] = [day(5, 10n, 20n, page('10')), day(5, 0n, 10n, page('2')), day(5, 0n, 0n, page('1'))];
    expect(inSequence([a, b, c])).toEqual([c, b, a]);
  });

  it('within a day without numbers follows the chain of balances', () => {
    const morning = day(5, 100n, 120n);
    const noon = day(5, 120n, 90n);
    const evening = day(5, 90n, 95n);
    for (const order of [
      [evening, noon, morning],
      [noon, evening, morning],
      [morning, evening, noon],
    ]) {
      expect(inSequence(order)).toEqual([morning, noon, evening]);
    }
  });

  it('goes on from the day before where several could come first', () => {
    const before = day(4, 0n, 50n);
    const [one, two] = [day(5, 50n, 10n), day(5, 10n, 50n)];
    expect(inSequence([two, one, before])).toEqual([before, one, two]);
  });
});

describe('what statements leave unexplained', () => {
  it.each<[string, () => SequencedStatement[], unknown[]]>([
    ['nothing where the first begins with zero and all meet', () => [day(2, 0n, 5n), day(3, 5n, 9n)], []],
    ['the opening balance of the first', () => [day(2, 700n, 705n)], [['opening', 700n, '2024-01-01']]],
    [
      'a gap, dated as the opening balance that shows it',
      () => [day(2, 0n, 5n), day(5, 9n, 10n)],
      [['gap', 4n, '2024-01-04']],
    ],
    [
      'what the lines miss, dated as the closing balance',
      () => [day(2, 0n, 5n, { bookedMinor: 3n })],
      [['difference', 2n, '2024-01-02']],
    ],
    [
      'nothing of a statement without balances',
      () => [day(2, 0n, 5n), statement({ bookedMinor: 7n, firstDate: '2024-01-03', lastDate: '2024-01-03' })],
      [],
    ],
    [
      'nothing where the lines of a statement without balances fill the gap',
      () => [
        day(2, 0n, 5n),
        statement({ bookedMinor: 7n, firstDate: '2024-01-03', lastDate: '2024-01-03' }),
        day(4, 12n, 12n),
      ],
      [],
    ],
    [
      'of a lone closing balance what the lines lead back to',
      () => [
        statement({
          closingMinor: 30n,
          closingDate: '2024-01-03',
          bookedMinor: 10n,
          firstDate: '2024-01-02',
          lastDate: '2024-01-03',
        }),
      ],
      [['opening', 20n, '2024-01-02']],
    ],
  ])('%s', (_, statements, expected) => {
    expect(kinds(statements())).toEqual(expected);
  });

  it('counts what people posted toward the first balance that shows it', () => {
    const ordered = inSequence([day(2, 0n, 5n), day(4, 5n, 9n)]);
    const posted = (from: string) => (date: string) => (date >= from ? 3n : 0n);
    expect(unexplained(ordered, posted('2024-01-03'))).toEqual([
      { statementId: ordered[1]!.id, kind: 'gap', date: '2024-01-03', amountMinor: -3n },
    ]);
    expect(unexplained(ordered, posted('2024-01-04'))).toEqual([
      { statementId: ordered[1]!.id, kind: 'difference', date: '2024-01-04', amountMinor: -3n },
    ]);
    expect(unexplained(ordered, posted('2024-01-05'))).toEqual([]);
  });

  const bounded = fc.bigInt({ min: -1000n, max: 1000n });
  const anyStatements = fc.array(
    fc
      .record({
        date: fc.integer({ min: 2, max: 28 }),
        openingMinor: fc.option(bounded),
        closingMinor: fc.option(bounded),
        bookedMinor: bounded,
      })
      .map(({ date, openingMinor, closingMinor, bookedMinor }) =>
        day(date, 0n, 0n, { openingMinor, closingMinor, bookedMinor }),
      ),
    { maxLength: 12 },
  );

  it('with the lines makes every closing balance', () => {
    fc.assert(
      fc.property(anyStatements, (statements) => {
        const ordered = inSequence(statements);
        const gaps = unexplained(ordered);
        let running = 0n;
        for (const { id, bookedMinor, closingMinor } of ordered) {
          running += bookedMinor;
          for (const { statementId, amountMinor } of gaps) if (statementId === id) running += amountMinor;
          if (closingMinor !== null) expect(running).toBe(closingMinor);
        }
      }),
    );
  });

  it('does not depend on the order of arrival', () => {
    fc.assert(
      fc.property(
        anyStatements.chain((statements) =>
          fc.tuple(
            fc.constant(statements),
            fc.shuffledSubarray(statements, { minLength: statements.length }),
          ),
        ),
        ([statements, shuffled]) => {
          expect(unexplained(inSequence(shuffled))).toEqual(unexplained(inSequence(statements)));
        },
      ),
    );
  });
});

describe('the changes of the breaks', () => {
  const standing = (values: Partial<StandingBreak>): StandingBreak => ({
    id: 1n,
    statementId: 1n,
    kind: 'gap',
    date: '2024-01-05',
    amountMinor: 10n,
    ...values,
  });

  it.each<[string, StandingBreak[], StandingBreak[], [number, number]]>([
    ['none where nothing moved', [standing({})], [standing({})], [0, 0]],
    [
      'none for a break that was posted after a closed period',
      [standing({ date: '2024-02-01' })],
      [standing({})],
      [0, 0],
    ],
    ['none where only the name changes', [standing({ kind: 'opening' })], [standing({})], [0, 0]],
    ['closes what is explained', [standing({})], [], [1, 0]],
    ['replaces what is explained in part', [standing({})], [standing({ amountMinor: 4n })], [1, 1]],
    [
      'keeps the break within a statement apart from the one before it',
      [standing({})],
      [standing({ kind: 'difference' })],
      [1, 1],
    ],
  ])('%s', (_, before, wanted, [closed, opened]) => {
    const changes = breakChanges(before, wanted);
    expect([changes.close.length, changes.open.length]).toEqual([closed, opened]);
  });
});
