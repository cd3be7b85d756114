/**
 * The open items as the engine works on them: what is still available of each, found by customer
 * and by amount. Taking something of an item moves it in the indexes at once.
 */
import type { IsoDate } from '../base/index.ts';
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
  readonly #byCustomer = new Map<string, number[]>();
  readonly #byAmount = new Map<string, number[]>();

  constructor(items: readonly MatchItem[]) {
    this.items = items;
  }

  /** Enters the item at `itemIndex`, which must be the next one. */
  add(itemIndex: number): void {
    const item = this.items[itemIndex]!;
    this.#available[itemIndex] = item.kind === 'credit_note' ? -item.availableMinor : item.availableMinor;
    this.#issuedDay[itemIndex] = dayNumber(item.issuedOn);
    this.#dueDay[itemIndex] = dayNumber(item.dueOn);
    const list = this.#byCustomer.get(item.customerId);
    if (list) list.push(itemIndex);
    else this.#byCustomer.set(item.customerId, [itemIndex]);
    this.#indexAmount(itemIndex);
  }

  #indexAmount(itemIndex: number): void {
    const available = this.#available[itemIndex]!;
    if (available === 0n) return;
    const key = `${this.items[itemIndex]!.currency}${available}`;
    const list = this.#byAmount.get(key);
    if (!list) this.#byAmount.set(key, [itemIndex]);
    else if (!list.includes(itemIndex)) list.push(itemIndex);
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
    this.#available[itemIndex] = after;
    this.#indexAmount(itemIndex);
  }

  /** True where that much can be taken of the item. */
  canTake(itemIndex: number, allocatedMinor: bigint): boolean {
    const available = this.#available[itemIndex]!;
    return allocatedMinor >= 0n ? allocatedMinor <= available : allocatedMinor >= available;
  }

  /** The customer's items with something left in `currency`, in the order they were entered. */
  openOf(customerId: string, currency: string, limit: number): number[] {
    const open: number[] = [];
    for (const itemIndex of this.#byCustomer.get(customerId) ?? []) {
      if (this.#available[itemIndex] === 0n || this.items[itemIndex]!.currency !== currency) continue;
      open.push(itemIndex);
      if (open.length >= limit) break;
    }
    return open;
  }

  /** Items of which exactly `signedMinor` is left, at most `limit`. */
  ofAmount(currency: string, signedMinor: bigint, limit: number): number[] {
    const found: number[] = [];
    for (const itemIndex of this.#byAmount.get(`${currency}${signedMinor}`) ?? []) {
      if (this.#available[itemIndex] !== signedMinor) continue;
      found.push(itemIndex);
      if (found.length >= limit) break;
    }
    return found.sort((left, right) => left - right);
  }
}
