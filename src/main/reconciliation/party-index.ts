/** Who paid: customers found by account number, by name and by alias. Never a scan of customers. Pure. */
import type { NamedRule } from './desk-rules.ts';
import { eachHashWithout, HashIndex, hashText } from './hash-index.ts';
import { compareCustomers } from './item-order.ts';
import type { LearnedPayer } from './learned-index.ts';
import { isCommonWord, type NormalName, nameSimilarity, normaliseName } from './normalise-names.ts';
import type { ReadRemittance, TextSegment } from './normalise-remittance.ts';
import { squeeze } from './normalise-text.ts';
import type { MatchCustomer, MatchTransaction } from './types.ts';

/** Names less alike than this are different names. */
const LEAST_SIMILARITY = 0.55;
/** A word, a name or an account that more customers share than this identifies none of them. */
const CUSTOMERS_PER_WORD = 150;
const LEAST_EDIT_LENGTH = 5;
const FOUND_LIMIT = 6;
const CACHED_NAMES = 50_000;
/** Names this long are found by their beginning too. */
const CUT_LENGTH = 20;

/** What speaks for a customer being the payer, 0..1 each; 0 where nothing does. */
export interface PayerMatch {
  readonly customerIndex: number;
  readonly iban: boolean;
  /** The customer's number stands in the text. */
  readonly number: boolean;
  readonly debtor: number;
  readonly ultimate: number;
  /** What people decided of this payer's payments before. */
  readonly learned?: LearnedPayer;
}

/** A customer for whom people decided payments of the payer. */
export interface KnownPayer {
  readonly customerIndex: number;
  readonly payer: LearnedPayer;
}

export interface Payers {
  /** Customers that may be the payer, the likeliest first. */
  readonly matches: readonly PayerMatch[];
  /** Customers whose account the money came from; more than one where sisters share it. */
  readonly ibanOwners: readonly number[];
  readonly hasDebtorName: boolean;
  readonly hasUltimate: boolean;
  /** The customer whom a rule of the desk names as the payer. */
  readonly ruled?: NamedRule & { readonly customerIndex: number };
  /** The payment carries an account number of the payer, known or not. */
  readonly hasAccount: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Known {
  readonly customerIndex: number;
  readonly name: NormalName;
}

export class PartyIndex {
  readonly #customers: readonly MatchCustomer[];
  readonly #names: Known[] = [];
  readonly #freeNames: number[] = [];
  readonly #byIban = new Map<string, number[]>();
  readonly #byJoined = new Map<string, number[]>();
  readonly #byNumber = new Map<string, number[]>();
  readonly #byWord = new HashIndex(4096);
  readonly #wordCounts = new Map<string, number>();
  readonly #namesOf = new Map<number, number[]>();
  readonly #cache = new Map<string, readonly { customerIndex: number; similarity: number }[]>();

  constructor(customers: readonly MatchCustomer[]) {
    this.#customers = customers;
  }

  /** Enters the customer at `customerIndex`. */
  add(customerIndex: number): void {
    const customer = this.#customers[customerIndex]!;
    for (const number of numberOf(customer)) push(this.#byNumber, number, customerIndex);
    for (const iban of customer.ibans) push(this.#byIban, squeeze(iban), customerIndex);
    for (const text of [customer.name, ...customer.aliases]) {
      const name = normaliseName(text);
      if (name.joined === '') continue;
      const at = this.#freeNames.pop() ?? this.#names.length;
      this.#names[at] = { customerIndex, name };
      push(this.#namesOf, customerIndex, at);
      for (const key of joinedKeys(name)) push(this.#byJoined, key, at);
      for (const word of new Set(name.words)) this.#addWord(word, at);
    }
    this.#cache.clear();
  }

  /** Takes the customer at `customerIndex` out again; it must not have changed since it was added. */
  remove(customerIndex: number): void {
    const customer = this.#customers[customerIndex]!;
    for (const number of numberOf(customer)) pull(this.#byNumber, number, customerIndex);
    for (const iban of customer.ibans) pull(this.#byIban, squeeze(iban), customerIndex);
    for (const at of this.#namesOf.get(customerIndex) ?? []) {
      const { name } = this.#names[at]!;
      for (const key of joinedKeys(name)) pull(this.#byJoined, key, at);
      for (const word of new Set(name.words)) this.#removeWord(word, at);
      this.#freeNames.push(at);
    }
    this.#namesOf.delete(customerIndex);
    this.#cache.clear();
  }

  #addWord(word: string, at: number): void {
    if (isCommonWord(word)) return;
    this.#wordCounts.set(word, (this.#wordCounts.get(word) ?? 0) + 1);
    for (const hash of wordHashes(word)) this.#byWord.add(hash, at);
  }

  #removeWord(word: string, at: number): void {
    if (isCommonWord(word)) return;
    const left = this.#wordCounts.get(word)! - 1;
    if (left > 0) this.#wordCounts.set(word, left);
    else this.#wordCounts.delete(word);
    for (const hash of wordHashes(word)) this.#byWord.remove(hash, at);
  }

  #compare = (left: number, right: number): number =>
    compareCustomers(this.#customers[left]!, this.#customers[right]!);

  /** Whoever may have paid `transaction`, by the account, by both names and by a customer number. */
  find(
    transaction: MatchTransaction,
    remittance: ReadRemittance,
    learned: readonly KnownPayer[] = [],
  ): Payers {
    const credit = transaction.direction === 'credit';
    const party = credit ? transaction.debtor : transaction.creditor;
    const ultimateName =
      (credit ? transaction.ultimateDebtor?.name : transaction.ultimateCreditor?.name) ??
      remittance.ultimateDebtorName;
    const account = party?.account === undefined ? '' : squeeze(party.account);
    const ibanOwners = account === '' ? [] : fewOf(this.#byIban.get(account));
    const byCustomer = new Map<number, Mutable<Omit<PayerMatch, 'customerIndex'>>>();
    const entry = (customerIndex: number): Mutable<Omit<PayerMatch, 'customerIndex'>> => {
      let found = byCustomer.get(customerIndex);
      if (!found) {
        found = { iban: false, number: false, debtor: 0, ultimate: 0 };
        byCustomer.set(customerIndex, found);
      }
      return found;
    };
    const numbered = this.numberedIn(remittance.segments);
    if (numbered !== undefined) entry(numbered).number = true;
    for (const owner of ibanOwners) entry(owner).iban = true;
    for (const found of this.similar(party?.name)) entry(found.customerIndex).debtor = found.similarity;
    for (const found of this.similar(ultimateName)) entry(found.customerIndex).ultimate = found.similarity;
    for (const { customerIndex, payer } of learned) entry(customerIndex).learned = payer;
    for (const [customerIndex, found] of byCustomer) {
      // The owner of the account is compared by name even where the name found others first.
      if (found.debtor === 0) found.debtor = this.similarityTo(customerIndex, party?.name);
      if (found.ultimate === 0) found.ultimate = this.similarityTo(customerIndex, ultimateName);
    }
    const matches = [...byCustomer].map(([customerIndex, found]) => ({ customerIndex, ...found }));
    matches.sort(
      (left, right) =>
        payerStrength(right) - payerStrength(left) || this.#compare(left.customerIndex, right.customerIndex),
    );
    return {
      matches,
      ibanOwners,
      hasDebtorName: nonEmpty(party?.name),
      hasUltimate: nonEmpty(ultimateName),
      hasAccount: account !== '',
    };
  }

  /** Customers whose name or alias is like `name`, best first. */
  similar(name: string | undefined): readonly { customerIndex: number; similarity: number }[] {
    if (name === undefined || name.trim() === '') return [];
    // Names are folded to capitals first thing, so that both spellings are one search.
    const key = name.toUpperCase();
    const cached = this.#cache.get(key);
    if (cached) return cached;
    const found = this.#search(normaliseName(name));
    if (this.#cache.size > CACHED_NAMES) this.#cache.clear();
    this.#cache.set(key, found);
    return found;
  }

  #search(wanted: NormalName): { customerIndex: number; similarity: number }[] {
    const candidates = new Set<number>();
    for (const key of [wanted.joined, wanted.joinedUmlauts, wanted.sortedKey]) {
      for (const at of fewOf(this.#byJoined.get(key))) candidates.add(at);
    }
    for (const key of beginnings(wanted)) for (const at of fewOf(this.#byJoined.get(key))) candidates.add(at);
    // Where the very name is known a misspelling of another one need not be looked for.
    const isKnown = candidates.size > 0;
    for (const word of new Set(wanted.words.slice(0, 12))) {
      if (isCommonWord(word) || (this.#wordCounts.get(word) ?? 0) > CUSTOMERS_PER_WORD) continue;
      this.#byWord.collect(hashText(1, word), candidates, CUSTOMERS_PER_WORD);
      if (isKnown || word.length < LEAST_EDIT_LENGTH) continue;
      this.#byWord.collect(hashText(2, word), candidates, CUSTOMERS_PER_WORD);
      eachHashWithout(2, word, (hash) => this.#byWord.collect(hash, candidates, CUSTOMERS_PER_WORD));
    }
    const best = new Map<number, number>();
    for (const at of candidates) {
      const known = this.#names[at]!;
      const similarity = nameSimilarity(wanted, known.name);
      if (similarity < LEAST_SIMILARITY) continue;
      if (similarity > (best.get(known.customerIndex) ?? 0)) best.set(known.customerIndex, similarity);
    }
    return [...best]
      .map(([customerIndex, similarity]) => ({ customerIndex, similarity }))
      .sort(
        (left, right) =>
          right.similarity - left.similarity || this.#compare(left.customerIndex, right.customerIndex),
      )
      .slice(0, FOUND_LIMIT);
  }

  /** How alike `name` is to what we know of one customer, 0 to 1. */
  similarityTo(customerIndex: number, name: string | undefined): number {
    if (!nonEmpty(name)) return 0;
    const wanted = normaliseName(name);
    let best = 0;
    for (const at of this.#namesOf.get(customerIndex) ?? []) {
      best = Math.max(best, nameSimilarity(wanted, this.#names[at]!.name));
    }
    return best;
  }

  /** The customer whose number stands in the text of a payment, where it is just one. */
  numberedIn(segments: readonly TextSegment[]): number | undefined {
    const found = new Set<number>();
    for (const { source, runs } of segments) {
      if (source !== 'text' && source !== 'other') continue;
      for (const [at, run] of runs.entries()) {
        const joined = run.digits && at > 0 && run.gap !== 'list' ? runs[at - 1]!.text + run.text : '';
        const numbered = this.#byNumber.get(run.text) ?? this.#byNumber.get(joined) ?? [];
        for (const customer of numbered) found.add(customer);
      }
    }
    return found.size === 1 ? [...found][0] : undefined;
  }

  /** True where the customer's own name stands in the squeezed text of the payment. */
  isNamedIn(customerIndex: number, squeezedText: string): boolean {
    return (this.#namesOf.get(customerIndex) ?? []).some((at) => {
      const { joined, joinedUmlauts } = this.#names[at]!.name;
      return joined.length >= 7 && (squeezedText.includes(joined) || squeezedText.includes(joinedUmlauts));
    });
  }
}

/** Orders payers: the account first, then whom the payment was made for, then who made it. */
function payerStrength(match: PayerMatch | Omit<PayerMatch, 'customerIndex'>): number {
  return (match.iban ? 2 : 0) + (match.number ? 2 : 0) + match.ultimate * 1.5 + match.debtor;
}

function nonEmpty(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}

/** The number by which a payment's text may name the customer; none where it could be anything. */
function numberOf(customer: MatchCustomer): readonly string[] {
  const number = squeeze(customer.customerId);
  return /\d/.test(number) && number.length >= 4 ? [number] : [];
}

/** Texts under which the whole name is found; its beginning for names that banks cut. */
function joinedKeys(name: NormalName): ReadonlySet<string> {
  const keys = new Set([name.joined, name.joinedUmlauts, name.sortedKey]);
  if (name.joined.length > CUT_LENGTH) for (const key of beginnings(name)) keys.add(key);
  return keys;
}

/** The beginning of a name, its umlauts spelt in either way. */
function beginnings({ joined, joinedUmlauts }: NormalName): ReadonlySet<string> {
  return new Set([joined, joinedUmlauts].map((spelling) => `^${spelling.slice(0, CUT_LENGTH)}`));
}

function wordHashes(word: string): number[] {
  const hashes = [hashText(1, word)];
  if (word.length < LEAST_EDIT_LENGTH) return hashes;
  hashes.push(hashText(2, word));
  eachHashWithout(2, word, (hash) => hashes.push(hash));
  return hashes;
}

/** What more customers share than can be told apart says nothing of any of them. */
function fewOf(list: readonly number[] | undefined): readonly number[] {
  return list !== undefined && list.length <= CUSTOMERS_PER_WORD ? list : [];
}

function pull<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  const at = list?.indexOf(value) ?? -1;
  if (list === undefined || at < 0) return;
  list.splice(at, 1);
  if (list.length === 0) map.delete(key);
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) {
    if (!list.includes(value)) list.push(value);
  } else map.set(key, [value]);
}
