/** The road is cut at each of its writes: what was not acknowledged left no trace, and comes again whole. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InstantMessage } from '../../src/main/messages/index.ts';
import { assembleDesk, camt053 } from '../reconciliation/support.ts';
import {
  camt054,
  type InstantDesk,
  instantDesk,
  openInstantDesk,
  pacs002,
  pacs004,
  pacs008,
  takenBack,
  untilReady,
} from './support.ts';

const U1 = { uetr: '8a562c67-ca16-48ba-b074-65581be6f001', endToEndId: 'E1' };
const FULL = { amount: '1190.17', text: 'INV-2026-1001', keys: U1 };
const LINE = { amount: '1190.17', endToEndId: 'E1' };

class Cut extends Error {}
class Undo extends Error {}

let desk: InstantDesk;
beforeEach(async () => {
  desk = await openInstantDesk();
});
afterEach(() => desk.close());

interface Runner {
  run(...parameters: unknown[]): unknown;
}

/** Runs `work` and throws `Cut` at its `at`-th write; answers how many writes there were. */
function cutAt(at: number, work: () => void): number {
  const prototype = Object.getPrototypeOf(desk.test.vault.db.prepare('SELECT 1')) as Runner;
  const { run } = prototype;
  let writes = 0;
  prototype.run = function (this: { readonly source: string }, ...parameters: unknown[]) {
    if (/^\s*(INSERT|UPDATE|DELETE)/i.test(this.source)) {
      writes += 1;
      if (writes === at) throw new Cut();
    }
    return run.apply(this as unknown as Runner, parameters);
  } as Runner['run'];
  try {
    work();
  } finally {
    prototype.run = run;
  }
  return writes;
}

const standing = () => ({
  balances: desk.balances(),
  counts: desk.reconciliation.counts(),
  open: desk.openOf('INV-2026-1001'),
  findings: desk.instant.verifyTransit().findings,
  head: desk.test.audit.lastSeq(),
});

/** Every cut of taking one message, each in a group whose other messages stand. */
function everyCut(message: () => InstantMessage): number {
  const { vault } = desk.test;
  const before = standing();
  let after: unknown;
  const inGroup = (work: () => void) => {
    expect(() =>
      vault.transaction(() => {
        work();
        throw new Undo();
      }),
    ).toThrow(Undo);
    expect(standing()).toEqual(before);
  };
  let writes = 0;
  inGroup(() => {
    writes = cutAt(-1, () => desk.send(message()));
    after = standing();
  });
  for (let at = 1; at <= writes; at += 1) {
    inGroup(() => {
      // A message among others has a savepoint of its own, as the queue gives it.
      const cut = () => vault.transaction(() => cutAt(at, () => desk.send(message())));
      expect(cut).toThrow(Cut);
      expect(standing()).toEqual(before);
      desk.send(message());
      expect(standing()).toEqual(after);
    });
  }
  return writes;
}

describe('a message cut at each write', { timeout: 120_000 }, () => {
  test('a payment that is pre-posted', () => {
    expect(everyCut(() => pacs008(FULL, 'M'))).toBeGreaterThan(20);
  });

  test('a notification of a payment that is known', () => {
    desk.send(pacs008(FULL));
    expect(everyCut(() => camt054({ amount: '1190.17', keys: { endToEndId: 'E1' } }, 'M'))).toBeGreaterThan(
      3,
    );
  });

  test('a return, whole and in part, and a rejection', () => {
    desk.send(pacs008(FULL));
    expect(everyCut(() => pacs004(U1, '1190.17', 'M1'))).toBeGreaterThan(10);
    expect(everyCut(() => pacs004(U1, '190.17', 'M2'))).toBeGreaterThan(20);
    expect(everyCut(() => pacs002(U1, 'RJCT', 'M3'))).toBeGreaterThan(10);
  });

  test('one that makes two pre-postings one', () => {
    desk.send(pacs008(FULL));
    const both = { ...U1, transactionId: 'T1' };
    desk.send(
      camt054({ amount: '1190.17', debtor: { name: 'Somebody Else' }, keys: { transactionId: 'T1' } }),
    );
    expect(everyCut(() => camt054({ amount: '1190.17', keys: both }, 'M'))).toBeGreaterThan(8);
  });

  test('a notification that money went back, of a payment on its statement', async () => {
    desk.send(pacs008(FULL));
    await desk.book([LINE]);
    expect(everyCut(() => takenBack('190.17', { endToEndId: 'E1' }, 'M'))).toBeGreaterThan(15);
  });

  test('a payment whose statement came before', async () => {
    await desk.book([LINE]);
    await desk.run();
    expect(everyCut(() => pacs008(FULL, 'M'))).toBeGreaterThan(8);
  });
});

describe('a disk that is full', () => {
  test('as the pass notes how far it came leaves it where it was', async () => {
    desk.send(pacs008(FULL));
    await desk.book([LINE]);
    const killed = cutWhere(desk, /INTO vault_meta/);
    await desk.book([{ ...LINE, direction: 'debit', returnReason: 'AC04' }], '2026-11-23');
    killed.restore();
    await desk.run();
    expect(desk.instant.payments({ limit: 5 }).rows).toMatchObject([{ state: 'returned' }]);
    expect(desk.openOf('INV-2026-1001')).toBe(119_017n);
  });
});

describe('a crash', () => {
  test('between publication and clearing is made good at the start', async () => {
    desk.send(pacs008(FULL));
    const owed = desk.balances().receivables;
    // The statement counts, and the console ends before it is held against the payments.
    const { xml } = camt053({ id: 'S', date: '2026-11-20', openingMinor: 0n, lines: [LINE] });
    const killed = cutWhere(desk, /UPDATE instant_payment SET line_id/);
    await desk.import('s.xml', xml);
    killed.restore();
    const reopened = assembleDesk(await desk.test.reopen());
    desk = instantDesk(reopened);
    expect(desk.balances()['in-transit']).toBe(119_017n);
    desk.instant.start();
    await untilReady(desk);
    expect(desk.balances()).toEqual({ bank: 119_017n, receivables: owed });
    expect(desk.send(pacs008(FULL, 'again'))).toMatchObject({ received: 0 });
    await desk.run();
    expect(desk.balances()).toEqual({ bank: 119_017n, receivables: owed });
    expect(desk.reconciliation.counts()).toMatchObject({ all: 1, auto: 1 });
  });
});

/** Every such write fails, as where the process ends right before it. */
function cutWhere({ test }: InstantDesk, sql: RegExp): { restore(): void } {
  const prototype = Object.getPrototypeOf(test.vault.db.prepare('SELECT 1')) as Runner;
  const { run } = prototype;
  prototype.run = function (this: { readonly source: string }, ...parameters: unknown[]) {
    if (sql.test(this.source)) throw new Cut();
    return run.apply(this as unknown as Runner, parameters);
  } as Runner['run'];
  return {
    restore() {
      prototype.run = run;
    },
  };
}
