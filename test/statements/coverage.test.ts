import { describe, expect, it } from 'vitest';
import { type Candidate, isCovered, type KnownDay } from '../../src/main/statements/coverage.ts';
import { createLineSet, sumBytes } from '../../src/main/statements/identity.ts';

function lines(date: string, amounts: readonly bigint[]) {
  const set = createLineSet();
  for (const amount of amounts) set.add(date, amount);
  return set.result();
}

function known(date: string, ...amounts: bigint[]): KnownDay {
  const set = lines(date, amounts);
  const sum = (sign: bigint) =>
    amounts.reduce((total, amount) => (amount * sign > 0n ? total + amount * sign : total), 0n);
  return {
    bookingDate: date,
    creditMinor: sum(1n),
    debitMinor: sum(-1n),
    bookedCount: BigInt(amounts.length),
    linesSum: sumBytes(set),
  };
}

function candidate(
  closingMinor: bigint | null,
  days: Readonly<Record<string, readonly bigint[]>>,
): Candidate {
  const dates = Object.keys(days).sort();
  return {
    days: new Map(dates.map((date) => [date, lines(date, days[date]!)])),
    firstDate: dates[0] ?? null,
    lastDate: dates.at(-1) ?? null,
    closing: closingMinor === null ? null : { amountMinor: closingMinor, date: dates.at(-1) ?? '2024-01-01' },
  };
}

const A = '2024-01-01';
const B = '2024-01-02';
const C = '2024-01-03';
const KNOWN = [known(A, 5n, -2n), known(B, 1n), known(B, 1n), known(C, 4n)];
const OPENING = [{ date: '2023-12-31', amountMinor: 100n }];

describe('a statement is covered by others', () => {
  it.each<[string, Candidate, boolean]>([
    ['over all their days', candidate(109n, { [A]: [-2n, 5n], [B]: [1n, 1n], [C]: [4n] }), true],
    ['over the first of them', candidate(103n, { [A]: [5n, -2n] }), true],
    ['over a day that two of them share', candidate(105n, { [B]: [1n, 1n] }), true],
    ['not over half of such a day', candidate(104n, { [B]: [1n] }), false],
    ['not with another line', candidate(104n, { [A]: [5n, -1n] }), false],
    ['not with another balance', candidate(104n, { [A]: [5n, -2n] }), false],
    [
      'not where a day lies between that it does not have',
      candidate(109n, { [A]: [5n, -2n], [C]: [4n] }),
      false,
    ],
    ['not over a day more', candidate(109n, { [C]: [4n], '2024-01-04': [0n] }), false],
    ['not without a closing balance', candidate(null, { [A]: [5n, -2n] }), false],
    ['not without lines', candidate(109n, {}), false],
  ])('%s', (_, statement, expected) => {
    expect(isCovered(statement, KNOWN, OPENING)).toBe(expected);
  });
});
