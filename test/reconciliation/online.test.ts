import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runEngine } from '../../src/main/reconciliation/engine.ts';
import { itemsKey } from '../../src/main/reconciliation/keys.ts';
import { createOnlineMatcher, type OnlineMatcher } from '../../src/main/reconciliation/online.ts';
import type {
  Decision,
  MatchCustomer,
  MatchItem,
  MatchTransaction,
} from '../../src/main/reconciliation/types.ts';
import { customers, item, MUSTER_IBAN, payment } from './cases.ts';
import { seeded, syntheticSet } from './synthetic.ts';

function matcherOf(items: Iterable<MatchItem>, known: Iterable<MatchCustomer>): OnlineMatcher {
  const building = createOnlineMatcher(items, known);
  for (;;) {
    const step = building.next();
    if (step.done) return step.value;
  }
}

/** A decision in words that do not depend on where an item stands in the indexes. */
function told(decision: Decision, itemAt: (itemIndex: number) => MatchItem) {
  return {
    status: decision.status,
    notes: decision.notes,
    explanations: decision.explanations.map(({ explanation, probability, rivals }) => ({
      probability,
      rivals,
      score: explanation.score,
      evidence: explanation.evidence,
      obstacles: explanation.obstacles,
      remainderMinor: explanation.remainderMinor,
      allocations: explanation.allocations.map(({ itemIndex, ...amounts }) => ({
        id: itemAt(itemIndex).id,
        ...amounts,
      })),
    })),
  };
}

describe('the online matcher', () => {
  test('decides a payment, posts nothing, and follows what is left of an item', () => {
    const invoice = item('INV-2026-1001', 'C1001', 50_000n);
    const matcher = matcherOf([invoice], customers);
    const money = payment({ cents: 50_000n, text: 'INV-2026-1001', iban: MUSTER_IBAN });
    const decision = matcher.decide(money);
    expect(decision.status).toBe('auto');
    expect(decision.items(decision.explanations[0]!.explanation.allocations[0]!.itemIndex)).toBe(invoice);
    // It took nothing: the same payment is decided the same way again.
    expect(matcher.decide(money).status).toBe('auto');
    matcher.setItem({ ...invoice, availableMinor: 0n });
    expect(matcher.decide(money)).toMatchObject({ status: 'unmatched', notes: [{ code: 'settled-before' }] });
    matcher.removeItem(invoice.id);
    expect(matcher.itemCount).toBe(0);
    expect(matcher.decide(money)).toMatchObject({ status: 'unmatched', notes: [{ code: 'no-candidate' }] });
    // A decision keeps its items, also when their places are used again.
    matcher.setItem(item('INV-2026-1002', 'C1001', 1n));
    expect(decision.items(decision.explanations[0]!.explanation.allocations[0]!.itemIndex)).toBe(invoice);
    expect(() => decision.items(77)).toThrow(RangeError);
  });

  test('what a person rejected is not decided again', () => {
    const invoice = item('INV-2026-1001', 'C1001', 50_000n);
    const matcher = matcherOf([invoice], customers);
    const money = payment({ cents: 50_000n, text: 'INV-2026-1001', iban: MUSTER_IBAN });
    const decision = matcher.decide(money, new Set([itemsKey([invoice.id])]));
    expect(decision).toMatchObject({ status: 'unmatched', notes: [{ code: 'rejected' }] });
  });

  test('after any changes of the books it decides as a run over what is there now', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (seed, change) => {
        const set = syntheticSet({ seed, customers: 20, items: 160, transactions: 60 });
        const random = seeded(change);
        const upTo = (limit: number): number => Math.floor(random() * limit);
        const half = set.items.length >> 1;
        const items = new Map(set.items.slice(0, half).map((each) => [each.id, each]));
        const known = new Map(set.customers.slice(0, 12).map((each) => [each.customerId, each]));
        const matcher = matcherOf([...items.values()], known.values());
        for (let step = 0; step < 300; step += 1) {
          const any = set.items[upTo(set.items.length)]!;
          const roll = upTo(10);
          if (roll < 4) put(any);
          else if (roll < 6) {
            items.delete(any.id);
            matcher.removeItem(any.id);
          } else if (roll < 8) {
            put({ ...any, availableMinor: (any.amountMinor * BigInt(upTo(3))) / 2n });
          } else if (roll < 9) {
            put({ ...any, invoiceNumber: `${any.invoiceNumber}${upTo(3)}`, dueOn: '2026-12-24' });
          } else {
            const customer = set.customers[upTo(set.customers.length)]!;
            const other = set.customers[upTo(set.customers.length)]!;
            const now = upTo(2) === 0 ? customer : { ...customer, name: other.name, aliases: other.aliases };
            known.set(now.customerId, now);
            matcher.setCustomer(now);
          }
        }
        expect(matcher.itemCount).toBe(items.size);
        for (const transaction of set.transactions) check(transaction);

        function put(one: MatchItem): void {
          items.set(one.id, one);
          matcher.setItem(one);
        }

        function check(transaction: MatchTransaction): void {
          const turned = [...items.values()].reverse();
          const fresh = runEngine({
            transactions: [transaction],
            items: turned,
            customers: [...known.values()],
          });
          const online = matcher.decide(transaction);
          expect(told(online, online.items)).toEqual(
            told(fresh.decisions[0]!, (index) => fresh.items[index]!),
          );
        }
      }),
      { numRuns: 12 },
    );
  });
});
