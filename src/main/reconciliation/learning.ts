/**
 * What people's decisions teach, kept in memory beside the books. It follows from the decisions that
 * stand: nothing of it is written, so that whoever undoes one unlearns it, and what is erased of a
 * payment or a customer is not known any more.
 */
import { yieldToLoop } from '../base/index.ts';
import type { ReconciliationContext } from './context.ts';
import { toMatchItem, toMatchTransaction, withPayment } from './inputs.ts';
import { type CustomerLearning, isOfPayer, learnedKey } from './learned-index.ts';
import { type LearnedThing, type Lesson, learnedFrom, lessonPoints } from './lessons.ts';

export interface Learning {
  /** Reads all decisions that stand, where that was not done yet. To be awaited before anything is asked. */
  ready(): Promise<void>;
  /** Reads again what was learned: something sealed is gone. */
  reload(): Promise<void>;
  /** The decision on a transaction changed, in the vault transaction that changes it. */
  decided(transactionId: bigint): void;
  /** What the decision that stands for a transaction teaches; read anew. */
  lesson(transactionId: bigint): Lesson | undefined;
  /** Customers of whom something was learned, in the order of their numbers. */
  customers(): string[];
  thingsOf(customerId: string): LearnedThing[];
  /** Names and accounts (`learnedKey`) that were learned for several customers. */
  shared(): ReadonlySet<string>;
  /** All that was learned of a customer, as the engine takes it. */
  of(customerId: string): CustomerLearning;
  /** Hears of each customer of whom something was learned or unlearned. */
  onChanged(listener: (customerId: string) => void): void;
}

/** Decisions read between two turns of the event loop. */
const SLICE = 25;

export function createLearning(context: Omit<ReconciliationContext, 'learning'>): Learning {
  const { vault, store, statements, receivables, policy } = context;
  const lessons = new Map<bigint, Lesson>();
  const byCustomer = new Map<string, Map<bigint, Lesson>>();
  const listeners: ((customerId: string) => void)[] = [];
  let reading: Promise<void> | undefined;

  function lesson(transactionId: bigint): Lesson | undefined {
    const matchId = store.state(transactionId)?.matchId ?? null;
    const match = matchId === null ? undefined : store.match(matchId);
    if (match?.decidedBy !== 'person' || match.kind !== 'match') return undefined;
    const settled = store.allocationsOf(match.id).map(({ openItemId, ...amounts }) => {
      const row = receivables.openItemForMatching(openItemId);
      return { ...amounts, customerRow: row.customer, item: toMatchItem(row, 0n) };
    });
    const [first] = settled;
    // Money for several customers says of none of them who pays for it.
    if (!first || settled.some(({ customerRow }) => customerRow !== first.customerRow)) return undefined;
    if (receivables.isErased(first.customerRow)) return undefined;
    const told = withPayment(context, statements.transactionForMatching(transactionId));
    const forgotten = store.forgottenOf(match.id);
    const points = lessonPoints(toMatchTransaction(told), settled, policy).filter(
      ({ what }) => !forgotten.includes(what),
    );
    if (points.length === 0) return undefined;
    return {
      transactionId,
      matchId: match.id,
      customerId: first.item.customerId,
      customerRow: first.customerRow,
      itemIds: settled.map(({ item }) => item.id),
      actor: match.actor,
      decidedAtMs: match.decidedAtMs,
      points,
    };
  }

  function put(transactionId: bigint, next: Lesson | undefined): void {
    const before = lessons.get(transactionId);
    if (before) {
      const left = byCustomer.get(before.customerId)!;
      left.delete(transactionId);
      if (left.size === 0) byCustomer.delete(before.customerId);
      lessons.delete(transactionId);
    }
    if (next) {
      lessons.set(transactionId, next);
      const known = byCustomer.get(next.customerId) ?? new Map<bigint, Lesson>();
      byCustomer.set(next.customerId, known.set(transactionId, next));
    }
    const changed = new Set([before?.customerId, next?.customerId]);
    for (const customerId of changed) {
      if (customerId !== undefined) for (const listener of listeners) listener(customerId);
    }
  }

  async function readAll(): Promise<void> {
    for (let after = 0n; ; ) {
      const rows = store.standingByPerson(after, SLICE);
      for (const { transactionId } of rows) put(transactionId, lesson(transactionId));
      if (rows.length < SLICE) return;
      after = rows.at(-1)!.id;
      await yieldToLoop();
    }
  }

  const thingsOf = (customerId: string) => learnedFrom(byCustomer.get(customerId)?.values() ?? []);
  const of = (customerId: string): CustomerLearning => ({
    customerId,
    points: thingsOf(customerId).map(({ text: _text, from: _from, ...point }) => point),
  });

  return {
    ready() {
      reading ??= readAll().catch((error: unknown) => {
        reading = undefined;
        throw error;
      });
      return reading;
    },
    async reload() {
      for (const [count, transactionId] of [...lessons.keys()].entries()) {
        put(transactionId, lesson(transactionId));
        if (count % SLICE === 0) await yieldToLoop();
      }
    },
    decided(transactionId) {
      // What was never read is read whole, when somebody asks.
      if (reading === undefined) return;
      const before = lessons.get(transactionId);
      put(transactionId, lesson(transactionId));
      vault.onRollback(() => put(transactionId, before));
    },
    lesson,
    customers: () => [...byCustomer.keys()].sort(),
    thingsOf,
    shared() {
      const customers = new Map<string, string>();
      const shared = new Set<string>();
      for (const { customerId, points } of lessons.values()) {
        for (const point of points) {
          const key = learnedKey(point);
          if ((customers.get(key) ?? customerId) !== customerId && isOfPayer(point)) shared.add(key);
          customers.set(key, customerId);
        }
      }
      return shared;
    },
    of,
    onChanged: (listener) => {
      listeners.push(listener);
    },
  };
}
