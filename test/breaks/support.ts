import { expect } from 'vitest';
import type { Caller } from '../../src/main/base/procedures.ts';
import {
  type BreakSource,
  type Breaks,
  booksSource,
  createBreaks,
  type PrePosted,
  prePostSource,
  statementSource,
  type UnsettledLine,
  unmatchedSource,
} from '../../src/main/breaks/index.ts';
import { createCompliance } from '../../src/main/compliance/index.ts';
import { assembleDesks, type TestDesks } from '../support/desks.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';

export const START_MS = Date.UTC(2024, 1, 5, 9);
export const ada: Caller = { actor: 'operator-1', traceId: 'trace-ada' };
export const bo: Caller = { actor: 'operator-2', traceId: 'trace-bo' };
export const PEOPLE = [
  { actor: 'operator-1', name: 'Ada' },
  { actor: 'operator-2', name: 'Bo' },
];

/** The desk on a real vault; what reconciliation and the instant rails would tell is at a test's hand. */
export interface BreaksDesk extends TestDesks {
  readonly breaks: Breaks;
  readonly clock: ReturnType<typeof fixedClockRuntime>;
  /** Lines that nothing settles. */
  readonly lines: UnsettledLine[];
  readonly prePosted: PrePosted[];
  again(): Promise<BreaksDesk>;
}

function assemble(test: TestVault, clock: BreaksDesk['clock'], extra: readonly BreakSource[]): BreaksDesk {
  const desks = assembleDesks(test);
  const { vault, sealing, audit } = test;
  const { ledger, statements } = desks;
  const lines: UnsettledLine[] = [];
  const prePosted: PrePosted[] = [];
  const prePosts = {
    openAt: (bankAccountId: bigint, date: string) =>
      prePosted.filter((one) => one.bankAccountId === bankAccountId && one.date <= date),
    overdue: (today: string) => prePosted.filter((one) => one.confirmBy < today),
    find: (key: string) => prePosted.find((one) => one.key === key),
  };
  const breaks = createBreaks({
    ...{ vault, sealing, audit, ledger, statements, runtime: clock, prePosts },
    compliance: createCompliance({ vault, sealing, audit, runtime: clock }),
    people: { workers: () => PEOPLE, names: () => new Map(PEOPLE.map(({ actor, name }) => [actor, name])) },
    sources: ({ today, unmatchedAfterDays }) => [
      statementSource(statements),
      unmatchedSource(
        {
          unsettledUpTo: (date) => lines.filter(({ bookingDate }) => bookingDate <= date),
          unsettled: (id) => lines.find(({ transactionId }) => transactionId === id),
        },
        today,
        unmatchedAfterDays,
      ),
      prePostSource(prePosts, today),
      booksSource(statements.lastDifferences),
      ...extra,
    ],
  });
  return {
    ...desks,
    ...{ breaks, clock, lines, prePosted },
    again: async () => assemble(await test.reopen(), clock, extra),
  };
}

export async function withBreaks(
  work: (desk: BreaksDesk) => Promise<void> | void,
  extra: readonly BreakSource[] = [],
): Promise<void> {
  const clock = fixedClockRuntime(START_MS);
  const test = await openTestVault({ runtime: clock });
  try {
    await work(assemble(test, clock, extra));
  } finally {
    test.close();
  }
}

export const refusal = (code: string) => expect.objectContaining({ code });
