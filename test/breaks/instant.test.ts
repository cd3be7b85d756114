/** Money of the instant rails at the desk of breaks: in the proof while it is in transit, a break when it is late. */
import { describe, expect, it } from 'vitest';
import { type Breaks, createBreaks, prePostSource, unmatchedSource } from '../../src/main/breaks/index.ts';
import { createCompliance } from '../../src/main/compliance/index.ts';
import { unsettledLines } from '../../src/main/engine/breaks.ts';
import { createUnsettledReader } from '../../src/main/reconciliation/index.ts';
import { DATE, type InstantDesk, MUSTER, openInstantDesk, pacs008 } from '../instant/support.ts';
import type { fixedClockRuntime } from '../support/vault.ts';
import { ada, PEOPLE } from './support.ts';

const DAY_MS = 86_400_000;

function breaksOn(desk: InstantDesk): Breaks {
  const { test, ledger, statements } = desk;
  const { vault, sealing, audit, runtime } = test;
  const { prePosts } = desk.instant;
  const lines = unsettledLines(createUnsettledReader(vault.db), statements, desk.instant);
  return createBreaks({
    ...{ vault, sealing, audit, ledger, statements, runtime, prePosts },
    compliance: createCompliance({ vault, sealing, audit, runtime }),
    people: { workers: () => PEOPLE, names: () => new Map() },
    sources: ({ today, unmatchedAfterDays }) => [
      unmatchedSource(lines, today, unmatchedAfterDays),
      prePostSource(prePosts, today),
    ],
  });
}

async function withDesk(
  work: (desk: InstantDesk, breaks: Breaks, advance: (days: number) => void) => Promise<void>,
) {
  const desk = await openInstantDesk();
  const clock = desk.test.runtime as ReturnType<typeof fixedClockRuntime>;
  try {
    await work(desk, breaksOn(desk), (days) => clock.advance(days * DAY_MS));
    expect(desk.instant.verifyTransit()).toMatchObject({ ok: true });
    expect(await desk.ledger.verify()).toMatchObject({ verified: true });
  } finally {
    desk.close();
  }
}

const KEYS = { endToEndId: 'E2E-7', uetr: '0f0f0f0f-1111-4222-8333-444444444444' };
const INVOICE = 'INV-2026-1001';

describe('a payment that was pre-posted', () => {
  it('stands in the proof of its day, is a break when no statement confirms it, and none when one does', () =>
    withDesk(async (desk, breaks, advance) => {
      const open = desk.openOf(INVOICE);
      const amount = `${open / 100n}.${(open % 100n).toString().padStart(2, '0')}`;
      expect(desk.send(pacs008({ amount, keys: KEYS, text: INVOICE }))).toMatchObject({ prePosted: 1 });
      const proof = () => breaks.proof('1', DATE);
      expect(proof()).toMatchObject({
        ...{ inTransitMinor: open, differenceMinor: 0n, gapMinor: open, unexplainedMinor: 0n },
        lines: [{ kind: 'in-transit', amountMinor: open, source: { kind: 'bank-transaction' } }],
      });
      expect(await breaks.sweep()).toMatchObject({ opened: 0 });
      advance(5);
      expect(await breaks.sweep()).toMatchObject({ opened: 1 });
      const [late] = breaks.list({ limit: 10 }, 'x').rows;
      expect(late).toMatchObject({ kind: 'pre-post', amountMinor: open, status: 'open' });
      await desk.book([{ amount, endToEndId: KEYS.endToEndId, name: MUSTER.name, text: INVOICE }]);
      expect(await breaks.sweep()).toMatchObject({ closed: 1 });
      expect(proof()).toMatchObject({ inTransitMinor: 0n, gapMinor: 0n, unexplainedMinor: 0n, lines: [] });
    }));

  it('confirms no line that people have written off', () =>
    withDesk(async (desk, breaks, advance) => {
      await desk.book([{ amount: '12.34', endToEndId: KEYS.endToEndId, name: 'Nobody', text: 'who knows' }]);
      await desk.run();
      advance(5);
      await breaks.sweep();
      const [line] = breaks.list({ limit: 10 }, 'x').rows;
      expect(line).toMatchObject({ kind: 'unmatched', amountMinor: 1_234n });
      const { id, amountMinor, currency } = line!;
      breaks.writeOff({ id, amountMinor, currency, reason: 'bank-error', note: 'nobody claims it' }, ada);
      const before = desk.balances();
      desk.send(pacs008({ amount: '12.34', keys: KEYS, text: 'who knows' }));
      await desk.run();
      expect(desk.balances()).toEqual(before);
      expect(await breaks.sweep()).toEqual({ opened: 0, closed: 0, turned: 0 });
      expect(breaks.get(id).status).toBe('written-off');
    }));
});
