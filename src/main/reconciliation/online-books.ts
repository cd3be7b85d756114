/**
 * The online matcher beside the books: built a slice at a time once the vault is open, and moved with
 * every settlement in the transaction that makes it, so that the next payment meets what the one before
 * has left.
 */
import { yieldToLoop } from '../base/index.ts';
import type { ReconciliationContext } from './context.ts';
import { SLICE_MS, throwIfAborted } from './engine-host.ts';
import { toMatchItem } from './inputs.ts';
import { createOnlineMatcher, type OnlineMatcher } from './online.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import type { MatchCustomer, MatchItem, MatchTransaction } from './types.ts';

export interface OnlineBooks {
  /** Whether payments can be decided; until then they wait. */
  isReady(): boolean;
  /** Takes in what lists have brought since; builds everything where nothing is built. One at a time. */
  refresh(): Promise<void>;
  /** Builds everything anew, because what was sealed of a customer is gone. */
  rebuild(): Promise<void>;
  /** Ends what is being built and waits for it. */
  close(): Promise<void>;
  /** What the machine says of one payment now. */
  decide(transaction: MatchTransaction, rejected?: ReadonlySet<string>): Outcome;
}

export function createOnlineBooks(
  context: Pick<ReconciliationContext, 'vault' | 'receivables' | 'runtime' | 'policy' | 'learning'>,
): OnlineBooks {
  const { vault, receivables, runtime, policy, learning } = context;
  let matcher: OnlineMatcher | undefined;
  /** What the matcher holds of each item, so that a settlement moves it without reading it again. */
  let items = new Map<bigint, MatchItem>();
  let customers = new Map<string, string>();
  let lastItemId = 0n;
  const closing = new AbortController();
  let working: Promise<void> = Promise.resolve();
  /** Items that were settled while rows were being read: what was read of them may be out of date. */
  let moved: Set<bigint> | undefined;

  function put(item: MatchItem): void {
    items.set(item.id, item);
    matcher?.setItem(item);
  }

  receivables.onSettled((id, openMinor) => {
    moved?.add(id);
    const before = items.get(id);
    if (before === undefined) return;
    put({ ...before, availableMinor: openMinor });
    vault.onRollback(() => put(before));
  });

  learning.onChanged((customerId) => matcher?.setLearning(learning.of(customerId)));

  /** Runs a generator to its end, giving the loop its turns. */
  async function inSlices<T>(steps: Generator<void, T>): Promise<T> {
    let startMs = runtime.monotonicMs();
    for (;;) {
      throwIfAborted(closing.signal);
      const step = steps.next();
      if (step.done) return step.value;
      if (runtime.monotonicMs() - startMs < SLICE_MS) continue;
      await yieldToLoop();
      startMs = runtime.monotonicMs();
    }
  }

  function* newItems(): Generator<MatchItem, void, void> {
    for (const row of receivables.openItemsForMatching({ afterId: lastItemId, withPaid: true })) {
      lastItemId = row.id;
      const item = toMatchItem(row, 0n);
      items.set(item.id, item);
      yield item;
    }
  }

  function* changedCustomers(): Generator<MatchCustomer | undefined, void, void> {
    for (const { customerId, name, ibans, aliases } of receivables.customersForMatching()) {
      const content = JSON.stringify([name, ibans, aliases]);
      if (customers.get(customerId) === content) {
        yield undefined;
        continue;
      }
      customers.set(customerId, content);
      yield { customerId, name, ibans, aliases };
    }
  }

  function* known<T>(rows: Iterable<T | undefined>): Generator<T, void, void> {
    for (const row of rows) if (row !== undefined) yield row;
  }

  async function build(): Promise<void> {
    matcher = undefined;
    items = new Map();
    customers = new Map();
    lastItemId = 0n;
    await learning.ready();
    matcher = await inSlices(createOnlineMatcher(newItems(), known(changedCustomers()), policy));
    for (const customerId of learning.customers()) matcher.setLearning(learning.of(customerId));
  }

  function* takeIn(): Generator<void, void> {
    for (const item of newItems()) {
      matcher!.setItem(item);
      yield;
    }
    for (const customer of changedCustomers()) {
      if (customer !== undefined) matcher!.setCustomer(customer);
      yield;
    }
  }

  /** Reads again what moved while rows were being read; what moves meanwhile joins the end of the set. */
  function* readMoved(ids: Set<bigint>): Generator<void, void> {
    for (const id of ids) {
      ids.delete(id);
      put(toMatchItem(receivables.openItemForMatching(id), 0n));
      yield;
    }
  }

  /** One at a time; what moved meanwhile is read again at its end. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const result = working.then(async () => {
      moved = new Set();
      try {
        await work();
        await inSlices(readMoved(moved));
      } finally {
        moved = undefined;
      }
    });
    working = result.catch(() => undefined);
    return result;
  };

  return {
    isReady: () => matcher !== undefined,
    refresh: () => inTurn(() => (matcher === undefined ? build() : inSlices(takeIn()))),
    rebuild: () => inTurn(build),
    async close() {
      closing.abort();
      await working;
    },
    decide(transaction, rejected) {
      const decision = matcher!.decide(transaction, rejected);
      return outcomeOf(decision, decision.items, (itemIndex) => {
        const item = decision.items(itemIndex);
        if (decision.status !== 'auto') return item.availableMinor;
        const taken = decision.explanations[0]!.explanation.allocations.find(
          (each) => each.itemIndex === itemIndex,
        )!.allocatedMinor;
        return item.availableMinor - (taken < 0n ? -taken : taken);
      });
    },
  };
}
