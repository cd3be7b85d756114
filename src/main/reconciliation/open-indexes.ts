/**
 * The indexes of what is open, kept as the books move: an item or a customer enters, changes and leaves
 * in the time of one look-up. What they answer depends on what is in them now, never on how it came in.
 */
import { ItemBook } from './item-book.ts';
import { LearnedIndex } from './learned-index.ts';
import { PartyIndex } from './party-index.ts';
import { ReferenceIndex } from './reference-index.ts';
import type { MatchCustomer, MatchItem } from './types.ts';

/** Everything the engine looks things up in. Places of items and customers mean nothing by themselves. */
export interface MatchIndexes {
  readonly items: readonly MatchItem[];
  readonly customers: readonly MatchCustomer[];
  readonly book: ItemBook;
  readonly references: ReferenceIndex;
  readonly parties: PartyIndex;
  /** What people's decisions taught of payers. */
  readonly learned: LearnedIndex;
  /** Customer number → place in `customers`. */
  readonly customerIndex: ReadonlyMap<string, number>;
}

export class OpenIndexes implements MatchIndexes {
  readonly items: MatchItem[] = [];
  readonly customers: MatchCustomer[] = [];
  readonly customerIndex = new Map<string, number>();
  readonly book: ItemBook;
  readonly references: ReferenceIndex;
  readonly parties: PartyIndex;
  readonly learned = new LearnedIndex();
  readonly #placeOf = new Map<bigint, number>();
  readonly #freePlaces: number[] = [];

  /** `expected` items have their room from the start; more may come. */
  constructor(expected: number) {
    this.book = new ItemBook(this.items);
    this.references = new ReferenceIndex(this.items, expected);
    this.parties = new PartyIndex(this.customers);
  }

  get itemCount(): number {
    return this.#placeOf.size;
  }

  /** Enters the item, or what it is now where it was known. */
  setItem(item: MatchItem): void {
    const known = this.#placeOf.get(item.id);
    if (known === undefined) {
      const place = this.#freePlaces.pop() ?? this.items.length;
      this.#placeOf.set(item.id, place);
      this.items[place] = item;
      this.references.add(place);
      this.book.add(place);
      return;
    }
    const before = this.items[known]!;
    const renamed =
      before.invoiceNumber !== item.invoiceNumber || before.structuredReference !== item.structuredReference;
    this.book.remove(known);
    if (renamed) this.references.remove(known);
    this.items[known] = item;
    if (renamed) this.references.add(known);
    this.book.add(known);
  }

  /** The item is gone from the books; nothing happens where it was not known. */
  removeItem(id: bigint): void {
    const place = this.#placeOf.get(id);
    if (place === undefined) return;
    this.book.remove(place);
    this.references.remove(place);
    this.#placeOf.delete(id);
    this.#freePlaces.push(place);
  }

  /** Enters the customer, or what it is now where it was known. */
  setCustomer(customer: MatchCustomer): void {
    const known = this.customerIndex.get(customer.customerId);
    if (known !== undefined) this.parties.remove(known);
    const place = known ?? this.customers.length;
    this.customers[place] = customer;
    this.customerIndex.set(customer.customerId, place);
    this.parties.add(place);
  }
}

/** Steps between two yields; a step takes a few microseconds. */
const STEPS = 256;

/** Makes the indexes a little at a time; the caller gives the event loop a turn between the yields. */
export function* buildIndexes(
  items: Iterable<MatchItem>,
  customers: Iterable<MatchCustomer>,
  expected: number,
): Generator<number, OpenIndexes> {
  const indexes = new OpenIndexes(expected);
  let done = 0;
  for (const item of items) {
    indexes.setItem(item);
    done += 1;
    if (done % STEPS === 0) yield done;
  }
  for (const customer of customers) {
    indexes.setCustomer(customer);
    done += 1;
    if (done % STEPS === 0) yield done;
  }
  return indexes;
}
