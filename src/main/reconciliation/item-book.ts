/**
 * The open items as the engine works on them: what is still available of each, found by customer
 * and by amount. Taking something of an item moves it in the indexes at once, and so does an item that
 * comes or goes: the book always answers as if it had been made of what is open now.
 */
import type { IsoDate } from '../base/index.ts';
import { compareItems } from './item-order.ts';
import type { MatchItem } from './types.ts';

/** Days from 1970-01-01 to `date`. */
export function dayNumber(date: IsoDate): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
}

export class ItemBook {
  readonly items: readonly MatchItem[];
  readonly #available: bigint[] = [];
  readonly #issuedDay: number[] = [];
  readonly #dueDay: number[] = [];
  /** Items with something left, by customer and currency, in canonical order. */
  readonly #open = new Map<string, number[]>();
  /** Items with something left, by currency and what is left, in canonical order. */
  readonly #byAmount = new Map<string, Map<bigint, number[]>>();

  constructor(items: readonly MatchItem[]) {
    this.items = items;
  }

  /** Enters the item at `itemIndex`. */
  add(itemIndex: number): void {
    const item = this.items[itemIndex]!;
    this.#issuedDay[itemIndex] = dayNumber(item.issuedOn);
    this.#dueDay[itemIndex] = dayNumber(item.dueOn);
    this.#available[itemIndex] = 0n;
    this.setAvailable(itemIndex, item.kind === 'credit_note' ? -item.availableMinor : item.availableMinor);
  }

  /** Takes the item at `itemIndex` out of the book. */
  remove(itemIndex: number): void {
    this.setAvailable(itemIndex, 0n);
  }

  /** Sets what is left of the item, signed. */
  setAvailable(itemIndex: number, signedMinor: bigint): void {
    const before = this.#available[itemIndex]!;
    if (before === signedMinor) return;
    const { customerId, currency } = this.items[itemIndex]!;
    const byAmount = this.#amountsIn(currency);
    if (before !== 0n) this.#leave(byAmount, before, itemIndex);
    if (signedMinor !== 0n) this.#enter(byAmount, signedMinor, itemIndex);
    if (before === 0n) this.#enter(this.#open, `${currency}${customerId}`, itemIndex);
    if (signedMinor === 0n) this.#leave(this.#open, `${currency}${customerId}`, itemIndex);
    this.#available[itemIndex] = signedMinor;
  }

  #amountsIn(currency: string): Map<bigint, number[]> {
    let amounts = this.#byAmount.get(currency);
    if (!amounts) {
      amounts = new Map();
      this.#byAmount.set(currency, amounts);
    }
    return amounts;
  }

  #enter<Key>(map: Map<Key, number[]>, key: Key, itemIndex: number): void {
    const list = map.get(key);
    if (!list) map.set(key, [itemIndex]);
    else if (this.compare(list.at(-1)!, itemIndex) < 0) list.push(itemIndex);
    else list.splice(this.#placeIn(list, itemIndex), 0, itemIndex);
  }

  #leave<Key>(map: Map<Key, number[]>, key: Key, itemIndex: number): void {
    const list = map.get(key)!;
    list.splice(this.#placeIn(list, itemIndex), 1);
    if (list.length === 0) map.delete(key);
  }

  /** Where the item stands in the list, or would stand. */
  #placeIn(list: readonly number[], itemIndex: number): number {
    let from = 0;
    let to = list.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.compare(list[middle]!, itemIndex) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** The canonical order of two items. */
  compare(left: number, right: number): number {
    return left === right ? 0 : compareItems(this.items[left]!, this.items[right]!);
  }

  item(itemIndex: number): MatchItem {
    return this.items[itemIndex]!;
  }

  /** Days since 1970, so that dates are compared without reading them again. */
  issuedDay(itemIndex: number): number {
    return this.#issuedDay[itemIndex]!;
  }

  dueDay(itemIndex: number): number {
    return this.#dueDay[itemIndex]!;
  }

  /** What is left of the item, signed: positive for an invoice, negative for a credit note. */
  available(itemIndex: number): bigint {
    return this.#available[itemIndex]!;
  }

  /** Takes `allocatedMinor` (signed like the item) of it; throws where that is more than is left. */
  take(itemIndex: number, allocatedMinor: bigint): void {
    const before = this.#available[itemIndex]!;
    const after = before - allocatedMinor;
    const over = before >= 0n ? after < 0n || allocatedMinor < 0n : after > 0n || allocatedMinor > 0n;
    if (over) throw new RangeError('More is taken of an open item than is left of it.');
    this.setAvailable(itemIndex, after);
  }

  /** True where that much can be taken of the item. */
  canTake(itemIndex: number, allocatedMinor: bigint): boolean {
    const available = this.#available[itemIndex]!;
    return allocatedMinor >= 0n ? allocatedMinor <= available : allocatedMinor >= available;
  }

  /** The customer's items with something left in `currency`, in canonical order, at most `limit`. */
  openOf(customerId: string, currency: string, limit: number): number[] {
    return (this.#open.get(`${currency}${customerId}`) ?? []).slice(0, limit);
  }

  /** True where the customer has an item of which exactly `signedMinor` is left. */
  owes(customerId: string, currency: string, signedMinor: bigint): boolean {
    const open = this.#open.get(`${currency}${customerId}`) ?? [];
    return open.some((item) => this.#available[item] === signedMinor);
  }

  /** How many items of the customer have something left in `currency`. */
  openCountOf(customerId: string, currency: string): number {
    return this.#open.get(`${currency}${customerId}`)?.length ?? 0;
  }

  /** Items of which exactly `signedMinor` is left, in canonical order, at most `limit`. */
  ofAmount(currency: string, signedMinor: bigint, limit: number): number[] {
    return this.allOfAmount(currency, signedMinor).slice(0, limit);
  }

  /** The same without a limit, to look into and not to keep: it changes with the book. */
  allOfAmount(currency: string, signedMinor: bigint): readonly number[] {
    return this.#byAmount.get(currency)?.get(signedMinor) ?? [];
  }
}
