/** Hands out open items, each of them once, and knows what else its customer has open. Pure. */
import type { Dice } from './dice.ts';
import type { CorpusCustomer, CorpusItem } from './types.ts';

export class Shelf {
  readonly customers: readonly CorpusCustomer[];
  readonly #queue: CorpusItem[];
  readonly #foreign: CorpusItem[];
  readonly #byCustomer = new Map<string, CorpusItem[]>();
  readonly #customerOf: ReadonlyMap<string, CorpusCustomer>;
  readonly #used = new Set<CorpusItem>();
  #head = 0;

  constructor(dice: Dice, customers: readonly CorpusCustomer[], items: readonly CorpusItem[]) {
    this.customers = customers;
    const invoices = items.filter(({ kind }) => kind === 'invoice');
    this.#queue = dice.shuffle(invoices.filter(({ currency }) => currency === 'EUR'));
    this.#foreign = dice.shuffle(invoices.filter(({ currency }) => currency !== 'EUR'));
    this.#customerOf = new Map(customers.map((customer) => [customer.customerId, customer]));
    for (const item of items) {
      const list = this.#byCustomer.get(item.customerId);
      if (list) list.push(item);
      else this.#byCustomer.set(item.customerId, [item]);
    }
  }

  customerOf(item: CorpusItem): CorpusCustomer {
    return this.#customerOf.get(item.customerId)!;
  }

  /** The next invoice in another currency than our accounts'. */
  takeForeign(): CorpusItem | undefined {
    return this.#foreign.pop();
  }

  /** The next invoice in euro that is of use; undefined where the shelf has none among the next few thousand. */
  take(test: (item: CorpusItem) => boolean = () => true): CorpusItem | undefined {
    while (this.#head < this.#queue.length && this.#used.has(this.#queue[this.#head]!)) this.#head += 1;
    for (let at = this.#head; at < Math.min(this.#queue.length, this.#head + 3_000); at += 1) {
      const item = this.#queue[at]!;
      if (this.#used.has(item) || !test(item)) continue;
      this.#used.add(item);
      return item;
    }
    return undefined;
  }

  /** Up to `count` further items of the same customer, in the same currency. */
  takeBeside(item: CorpusItem, count: number, kind: CorpusItem['kind'] = 'invoice'): CorpusItem[] {
    const beside = this.#byCustomer
      .get(item.customerId)!
      .filter((other) => other.kind === kind && other.currency === item.currency && !this.#used.has(other))
      .slice(0, count);
    for (const other of beside) this.#used.add(other);
    return beside;
  }

  /** The company beside this one in its group. */
  sisterOf(customer: CorpusCustomer): CorpusCustomer | undefined {
    return customer.sister === undefined ? undefined : this.customers[customer.sister];
  }
}
