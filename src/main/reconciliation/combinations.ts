/**
 * Ways to explain a payment by open items: the items it names, those that complete the sum, the
 * customer's items of that amount, the customer's items that add up to it. Bounded everywhere. Pure.
 */
import type { Candidates } from './candidates.ts';
import { discountInTime, documentFit, type Fit, type FitInput, fits, signedMoney } from './fit.ts';
import { dayNumber, type ItemBook } from './item-book.ts';
import { squeeze } from './normalise-text.ts';
import { isTailNamed, textNumbers } from './number-tails.ts';
import type { MatchIndexes } from './open-indexes.ts';
import type { PayerMatch } from './party-index.ts';
import type { MatchPolicy } from './policy.ts';
import type { RawHit, ReferenceSlot } from './reference-text.ts';
import { isStrong } from './reference-weight.ts';
import { type SubsetSearch, subsetSums } from './subset-sum.ts';

export interface Draft {
  readonly fit: Fit;
  /** See `fitKey`. */
  readonly key: string;
  /** False where a search for the sum gave up before it had seen every combination. */
  readonly searchComplete: boolean;
}

/** Customers whose items are looked through for one payment. */
const PAYER_LIMIT = 4;
/** A customer's items that are looked through for one payment. */
const POOL_LIMIT = 400;
/** Pools up to this size are searched whole; larger ones only for small subsets. */
const WHOLE_SEARCH_LIMIT = 22;
/** Subsets this small are told from larger ones by how few of them there are. */
const SMALL_SUBSET = 2;
/** Days after the payment by which what it pays was issued at the latest. */
const LATEST_ISSUE_DAYS = 31;
const LEAST_NAME_FOR_POOL = 0.75;
const ALTERNATIVES_LIMIT = 64;
/** A payer's items among which a sum is searched for. */
const SEARCHED_ITEMS = 60;

interface Work {
  readonly indexes: MatchIndexes;
  readonly candidates: Candidates;
  readonly input: FitInput;
  readonly money: bigint;
  readonly drafts: Map<string, Draft>;
  /** What was issued after this day cannot be what the payment is for. */
  readonly latestIssueDay: number;
  /** Set to false by whatever does not look at everything. */
  complete: boolean;
}

export interface Drafts {
  readonly drafts: readonly Draft[];
  /** True where every search came to its end and no list was cut short. */
  readonly complete: boolean;
}

/** All drafts for one payment, without duplicates; empty where nothing open fits. */
export function draftExplanations(
  indexes: MatchIndexes,
  candidates: Candidates,
  policy: MatchPolicy,
): Drafts {
  const { transaction } = candidates;
  const work: Work = {
    complete: !candidates.remittance.cut,
    indexes,
    candidates,
    input: { transaction, book: indexes.book, policy, isConverted: candidates.told !== undefined },
    money: signedMoney(transaction),
    drafts: new Map(),
    latestIssueDay: dayNumber(transaction.bookingDate) + LATEST_ISSUE_DAYS,
  };
  const base = namedItems(work);
  const settled = fromNames(work, base);
  if (!settled) {
    for (const payer of likelyPayers(candidates)) fromPayer(work, payer);
    // An amount that is nothing but converted names nobody.
    if (!candidates.told) fromAmount(work);
  }
  return { drafts: [...work.drafts.values()], complete: work.complete };
}

/**
 * Text that makes two explanations the same: items and amounts. It is made of invoice numbers, not
 * of positions, so that it stays what it is when other items come and go.
 */
function fitKey(book: ItemBook, fit: Fit): string {
  return fit.allocations
    .map((each) => {
      const { invoiceNumber, customerId } = book.item(each.itemIndex);
      return `${invoiceNumber}|${customerId}|${each.allocatedMinor}|${each.discountMinor}|${each.chargesMinor}`;
    })
    .sort()
    .join('\n');
}

function keep(work: Work, fit: Fit, searchComplete = true): void {
  // Outgoing money only ever pays back credit notes, and only exactly.
  if (work.money < 0n && fit.kind !== 'exact') return;
  const key = fitKey(work.indexes.book, fit);
  const known = work.drafts.get(key);
  if (!known || (!known.searchComplete && searchComplete)) work.drafts.set(key, { fit, key, searchComplete });
}

function usable(work: Work, hit: RawHit): boolean {
  const { book } = work.indexes;
  const item = book.item(hit.itemIndex);
  const available = book.available(hit.itemIndex);
  if (item.currency !== work.candidates.transaction.currency || available === 0n) return false;
  return work.money > 0n || available < 0n;
}

interface Named {
  /** Items that the text names beyond doubt, in canonical order. */
  readonly certain: readonly number[];
  /** Places that fit several items, or one only weakly. */
  readonly open: readonly (readonly number[])[];
}

function namedItems(work: Work): Named {
  const certain: number[] = [];
  const open: number[][] = [];
  for (const slot of work.candidates.references.slots) {
    const hits = slot.hits.filter((hit) => usable(work, hit));
    if (hits.length === 0) continue;
    if (isCertain(slot, hits)) certain.push(...hits.map((hit) => hit.itemIndex));
    else open.push(hits.slice(0, ALTERNATIVES_LIMIT).map((hit) => hit.itemIndex));
  }
  return {
    certain: inOrder(work, [...new Set(certain)]).slice(0, 200),
    open: open.slice(0, 12),
  };
}

function isCertain(slot: ReferenceSlot, hits: readonly RawHit[]): boolean {
  return (slot.together || slot.hits.length === 1) && hits.every(isStrong);
}

/** Explanations from what the text names. True where one of them leaves nothing to ask. */
function fromNames(work: Work, named: Named): boolean {
  const { certain, open } = named;
  const documents = documentFit(work.input, statedByDocument(work));
  if (documents) keep(work, documents);
  let settled = documents !== undefined;
  for (const fit of fits(work.input, certain)) {
    keep(work, fit);
    settled ||= [
      'exact',
      'exchange',
      'discount',
      'discount-and-charges',
      'charges-stated',
      'instructed',
    ].includes(fit.kind);
  }
  if (settled && open.length === 0) return true;
  fromOpenPlaces(work, certain, open);
  if (certain.length > 0 && !settled) {
    if (certain.length > 1) fromPartOfNamed(work, certain);
    complete(work, certain);
  }
  return settled;
}

/** Damaged and ambiguous references, together with those that are certain. */
function fromOpenPlaces(work: Work, certain: readonly number[], open: readonly (readonly number[])[]): void {
  const whole = (kind: Fit['kind']): boolean =>
    kind !== 'part' && kind !== 'over' && kind !== 'charges-guessed';
  for (const alternatives of open) {
    for (const item of alternatives) {
      if (certain.includes(item)) continue;
      for (const fit of fits(work.input, inOrder(work, [...certain, item]))) {
        if (whole(fit.kind) || certain.length === 0) keep(work, fit);
      }
    }
  }
  if (open.length < 2) return;
  // Several damaged references in one payment: one alternative of each place, by their sum.
  const pool = [...new Set(open.flat())].filter((item) => !certain.includes(item)).slice(0, 48);
  const placeOf = (item: number): number => open.findIndex((alternatives) => alternatives.includes(item));
  const search = searchSum(work, pool, work.money - sumOf(work, certain), open.length, 6);
  for (const solution of search.solutions) {
    const items = solution.map((at) => pool[at]!);
    if (new Set(items.map(placeOf)).size < items.length) continue;
    keepExact(work, inOrder(work, [...certain, ...items]), search.complete);
  }
  // All places at once, each with its only alternative: covers discount and charges on joint payments.
  const only = open
    .filter((alternatives) => alternatives.length === 1)
    .map((alternatives) => alternatives[0]!);
  if (only.length >= 2)
    for (const fit of fits(work.input, inOrder(work, [...new Set([...certain, ...only])]))) keep(work, fit);
}

/** Some of the named items pay exactly; the others were named for another reason. */
function fromPartOfNamed(work: Work, certain: readonly number[]): void {
  const pool = certain.slice(0, 40);
  const search = searchSum(work, pool, work.money, pool.length, 3);
  for (const solution of search.solutions) {
    keepExact(
      work,
      solution.map((at) => pool[at]!),
      search.complete,
    );
  }
}

/** Unnamed items of the same customers that complete the sum: further invoices, or credit notes. */
function complete(work: Work, certain: readonly number[]): void {
  const missing = work.money - sumOf(work, certain);
  if (missing === 0n || work.money < 0n) return;
  const customers = [...new Set(certain.map((item) => work.indexes.book.item(item).customerId))].slice(0, 3);
  const pool = customers
    .flatMap((customerId) => openItems(work, customerId))
    .filter((item) => !certain.includes(item))
    .filter((item) => (missing > 0n ? true : work.indexes.book.available(item) < 0n));
  const search = searchSum(work, pool, missing, pool.length > WHOLE_SEARCH_LIMIT ? 2 : 4, 3);
  for (const solution of search.solutions) {
    keepExact(work, inOrder(work, [...certain, ...solution.map((at) => pool[at]!)]), search.complete);
  }
}

function likelyPayers({ payers: { matches, ruled } }: Candidates): PayerMatch[] {
  const likely = matches
    .filter(
      (match) =>
        match.customerIndex === ruled?.customerIndex ||
        match.iban ||
        match.number ||
        match.debtor >= LEAST_NAME_FOR_POOL ||
        match.ultimate >= LEAST_NAME_FOR_POOL,
    )
    .slice(0, PAYER_LIMIT);
  // What was learned adds a payer and takes nobody's place.
  const learned = matches.filter((match) => match.learned !== undefined && !likely.includes(match));
  return [...likely, ...learned.slice(0, PAYER_LIMIT)];
}

/** The payer's items: of that amount, less discount or stated charges, by the end of a number, by a sum. */
function fromPayer(work: Work, payer: PayerMatch): void {
  const { indexes, candidates } = work;
  const pool = openItems(work, indexes.customers[payer.customerIndex]!.customerId);
  if (pool.length === 0) return;
  const tails = tailHits(work, pool);
  for (const item of pool) {
    if (!mayFit(work, item) && pool.length > 1 && !tails.includes(item)) continue;
    for (const fit of fits(work.input, [item])) {
      const plain =
        fit.kind !== 'part' && fit.kind !== 'over' && fit.kind !== 'charges-guessed' && fit.kind !== 'ruled';
      const said = fit.kind === 'part' && pool.length === 1 && candidates.remittance.words.partPayment;
      if (plain || said || tails.includes(item)) keep(work, fit);
    }
  }
  if (tails.length > 1) for (const fit of fits(work.input, tails)) keep(work, fit);
  if (work.money > 0n && pool.length > 1) fromSums(work, pool);
}

/** Whether the money may be this item's as it stands, or less what its terms or the entry itself explain. */
function mayFit({ indexes: { book }, money, candidates: { transaction } }: Work, item: number): boolean {
  return (
    book.available(item) === money ||
    book.item(item).discountPpm !== undefined ||
    transaction.charges !== undefined ||
    transaction.instructed !== undefined
  );
}

/** Subsets of the payer's items that add up, at full amounts and with every discount taken that is allowed. */
function fromSums(work: Work, pool: readonly number[]): void {
  const searched = pool.slice(0, SEARCHED_ITEMS);
  if (pool.length > WHOLE_SEARCH_LIMIT) work.complete = false;
  const full = searched.map((item) => work.indexes.book.available(item));
  const net = searched.map((item, at) => full[at]! - discountInTime(work.input, item));
  searchPool(work, searched, full);
  if (net.some((value, at) => value !== full[at])) searchPool(work, searched, net);
  if (pool.length > WHOLE_SEARCH_LIMIT) fromDueWindows(work, searched);
}

function searchPool(work: Work, pool: readonly number[], values: readonly bigint[]): void {
  const small = pool.length > WHOLE_SEARCH_LIMIT;
  const search = subsetSums(values, work.money, {
    maxSize: small ? 3 : pool.length,
    maxSolutions: 4,
    workLimit: work.input.policy.searchWork,
  });
  if (!search.complete) work.complete = false;
  for (const solution of search.solutions) {
    keepWhole(
      work,
      solution.map((at) => pool[at]!),
      search.complete && (!small || solution.length <= SMALL_SUBSET),
    );
  }
}

/** "Everything that is due": the items of some stretch of due dates, also where there are many. */
function fromDueWindows(work: Work, pool: readonly number[]): void {
  const values = pool.map((item) => work.indexes.book.available(item));
  const onlyGrows = values.every((value) => value > 0n);
  for (let from = 0; from < pool.length; from += 1) {
    let sum = 0n;
    for (let to = from; to < pool.length && !(onlyGrows && sum >= work.money); to += 1) {
      sum += values[to]!;
      if (sum === work.money) keepWhole(work, pool.slice(from, to + 1), false);
    }
  }
}

/** Items of anybody that have just this amount; names decide what they are worth. */
function fromAmount(work: Work): void {
  const { indexes, candidates } = work;
  for (const item of indexes.book.ofAmount(candidates.transaction.currency, work.money, 20)) {
    keepExact(work, [item], true);
  }
}

function keepExact(work: Work, items: readonly number[], searchComplete: boolean): void {
  for (const fit of fits(work.input, items)) if (fit.kind === 'exact') keep(work, fit, searchComplete);
}

function keepWhole(work: Work, items: readonly number[], searchComplete: boolean): void {
  for (const fit of fits(work.input, items)) {
    if (fit.kind === 'exact' || fit.kind === 'discount' || fit.kind === 'discount-grace') {
      keep(work, fit, searchComplete);
    }
  }
}

function searchSum(
  work: Work,
  pool: readonly number[],
  target: bigint,
  maxSize: number,
  maxSolutions: number,
): SubsetSearch {
  const values = pool.map((item) => work.indexes.book.available(item));
  const options = { maxSize, maxSolutions, workLimit: work.input.policy.searchWork };
  const search = subsetSums(values, target, options);
  if (!search.complete) work.complete = false;
  return search;
}

function openItems(work: Work, customerId: string): number[] {
  const { currency } = work.candidates.transaction;
  const open = work.indexes.book.openOf(customerId, currency, POOL_LIMIT);
  if (work.indexes.book.openCountOf(customerId, currency) > POOL_LIMIT) work.complete = false;
  return open.filter(
    (item) =>
      (work.money > 0n || work.indexes.book.available(item) < 0n) &&
      // What was issued long after the payment cannot be what it pays.
      work.indexes.book.issuedDay(item) <= work.latestIssueDay,
  );
}

/** Items of the payer whose number ends as some number in the text does. */
function tailHits({ indexes, candidates }: Work, pool: readonly number[]): number[] {
  const numbers = textNumbers(candidates);
  return pool.filter((item) => isTailNamed(indexes, numbers, item));
}

/** What structured remittance states of each document that we know. */
function statedByDocument(work: Work): Map<number, { paidMinor: bigint; discountMinor: bigint }> {
  const stated = new Map<number, { paidMinor: bigint; discountMinor: bigint }>();
  const { candidates, indexes } = work;
  const documents = candidates.transaction.remittance.structured.flatMap((part) => part.documents ?? []);
  if (documents.length === 0) return stated;
  const byNumber = new Map<string, RawHit>();
  for (const hit of candidates.named.values()) {
    if (hit.kind === 'full') byNumber.set(indexes.references.forms(hit.itemIndex).full, hit);
  }
  for (const document of documents) {
    const paidMinor = document.amountMinor ?? document.creditNoteMinor;
    if (document.number === undefined || paidMinor === undefined) return new Map();
    const hit = byNumber.get(squeeze(document.number));
    if (!hit || !usable(work, hit)) return new Map();
    stated.set(hit.itemIndex, { paidMinor, discountMinor: document.discountMinor ?? 0n });
  }
  return stated;
}

function sumOf(work: Work, items: readonly number[]): bigint {
  return items.reduce((sum, item) => sum + work.indexes.book.available(item), 0n);
}

function inOrder({ indexes }: Work, items: readonly number[]): number[] {
  return [...items].sort((left, right) => indexes.book.compare(left, right));
}
