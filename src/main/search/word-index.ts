import type { SearchHit } from '../../contract/search.ts';
import { amountToken, asAccountNumber, asAmount, fold, tokenise, withinOneEdit } from './tokens.ts';

/** What is known of one thing that can be found. */
export interface SearchDocument {
  readonly kind: SearchHit['kind'];
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  /** Everything it is found by besides title and subtitle: names, references, remittance. */
  readonly text: string;
  /** Account numbers without blanks. */
  readonly accounts?: readonly string[];
  /** Amounts as plain decimals. */
  readonly amounts?: readonly string[];
  /** The own account it lies on, without blanks: filters find by it, the palette does not. */
  readonly onAccount?: string;
}

const EXACT = 3;
const PREFIX = 2;
const FUZZY = 1;
/** A word this short is never found with an error in it. */
const FUZZY_FROM_LENGTH = 4;

interface Words {
  /** For each word of the query, the score of each document it is found in. */
  readonly byWord: readonly ReadonlyMap<number, number>[];
}

/** An inverted index over folded words. Values in and values out; it knows no clock and no database. */
export class WordIndex {
  private readonly documents: SearchDocument[] = [];
  private readonly postings = new Map<string, number[]>();
  private readonly positions = new Map<string, number>();
  private readonly onAccounts = new Map<string, number[]>();
  private sorted: string[] | undefined;

  get size(): number {
    return this.documents.length;
  }

  /** Adds a document; one of the same kind and id is answered from the newest. */
  add(document: SearchDocument): void {
    const number = this.documents.push(document) - 1;
    this.positions.set(`${document.kind}:${document.id}`, number);
    if (document.onAccount !== undefined) {
      const account = document.onAccount.toLowerCase();
      const list = this.onAccounts.get(account);
      if (list) list.push(number);
      else this.onAccounts.set(account, [number]);
    }
    const words = new Set(tokenise(`${document.title} ${document.subtitle} ${document.text}`));
    for (const account of document.accounts ?? []) words.add(account.toLowerCase());
    for (const amount of document.amounts ?? []) words.add(amountToken(amount));
    for (const word of words) {
      const list = this.postings.get(word);
      if (list) list.push(number);
      else {
        this.postings.set(word, [number]);
        this.sorted = undefined;
      }
    }
  }

  /** The documents in which every word of `text` is found, best first; `fuzzy`: a word may have an error in it. */
  query(text: string, limit: number, fuzzy = true): SearchHit[] {
    const direct = [asAccountNumber(text), amountWord(text)].filter((word) => word !== undefined);
    const scores = new Map<number, number>();
    for (const word of direct) {
      for (const number of this.postings.get(word) ?? []) scores.set(number, EXACT * 4);
    }
    for (const [number, score] of intersect(this.find(tokenise(text), fuzzy))) {
      scores.set(number, Math.max(score, scores.get(number) ?? 0));
    }
    return [...scores]
      .filter(([number]) => this.isNewest(number))
      .sort((a, b) => b[1] - a[1] || b[0] - a[0])
      .slice(0, limit)
      .map(([number, score]) => toHit(this.documents[number]!, score));
  }

  /**
   * The ids of every document of a kind that holds the text, in no order: each word of it anywhere
   * in a word of the document, or the whole as a part of an account number, or an amount.
   */
  filter(text: string, kind: SearchHit['kind']): string[] {
    const found = new Set<number>();
    const take = (numbers: Iterable<number>) => {
      for (const number of numbers) found.add(number);
    };
    const amount = amountWord(text);
    // Marks between digits say that an amount is meant; digits alone may be a part of anything.
    if (amount !== undefined && /[.,'’\s]/.test(text.trim())) {
      take(this.holding((token) => isAmountFrom(token, amount)));
    } else {
      const byWord = tokenise(text).map((word) => this.holding((token) => token.includes(word)));
      const [first, ...rest] = byWord.sort((a, b) => a.size - b.size);
      take([...(first ?? [])].filter((number) => rest.every((numbers) => numbers.has(number))));
    }
    const compact = fold(text).replace(/\s/g, '');
    if (/\s/.test(text.trim()) && ACCOUNT_PART.test(compact)) {
      take(this.holding((token) => token.includes(compact)));
    }
    for (const [account, numbers] of this.onAccounts) {
      if (compact !== '' && account.includes(compact)) take(numbers);
    }
    return [...found]
      .filter((number) => this.documents[number]!.kind === kind && this.isNewest(number))
      .map((number) => this.documents[number]!.id);
  }

  private holding(matches: (token: string) => boolean): Set<number> {
    const found = new Set<number>();
    for (const [token, list] of this.postings) {
      if (matches(token)) for (const number of list) found.add(number);
    }
    return found;
  }

  private isNewest(number: number): boolean {
    const document = this.documents[number]!;
    return this.positions.get(`${document.kind}:${document.id}`) === number;
  }

  private find(words: readonly string[], fuzzy: boolean): Words {
    return { byWord: words.map((word) => this.findWord(word, fuzzy)) };
  }

  private findWord(word: string, fuzzy: boolean): ReadonlyMap<number, number> {
    const found = new Map<number, number>();
    const take = (token: string, weight: number) => {
      const list = this.postings.get(token) ?? [];
      const rarity = Math.log2(2 + this.documents.length / list.length);
      for (const number of list) {
        found.set(number, Math.max(found.get(number) ?? 0, weight * rarity));
      }
    };
    if (this.postings.has(word)) take(word, EXACT);
    for (const token of this.withPrefix(word)) take(token, PREFIX);
    if (fuzzy && found.size === 0 && word.length >= FUZZY_FROM_LENGTH) {
      for (const token of this.postings.keys()) if (withinOneEdit(word, token)) take(token, FUZZY);
    }
    return found;
  }

  private *withPrefix(prefix: string): Generator<string> {
    this.sorted ??= [...this.postings.keys()].sort();
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle]! < prefix) low = middle + 1;
      else high = middle;
    }
    for (let at = low, taken = 0; taken < 200 && this.sorted[at]?.startsWith(prefix); at += 1, taken += 1) {
      if (this.sorted[at] !== prefix) yield this.sorted[at]!;
    }
  }
}

/** Account numbers are written in groups; letters and digits without a gap may be a part of one. */
const ACCOUNT_PART = /^(?=.*\d)[a-z0-9]{6,}$/;

/** Whether a token is the amount, or begins like it while its fraction is being typed. */
function isAmountFrom(token: string, amount: string): boolean {
  return token === amount || (amount.includes('.') && token.startsWith(amount));
}

function amountWord(text: string): string | undefined {
  const amount = asAmount(text);
  return amount === undefined ? undefined : amountToken(amount);
}

function intersect({ byWord }: Words): Map<number, number> {
  const [first, ...rest] = [...byWord].sort((a, b) => a.size - b.size);
  const result = new Map<number, number>();
  for (const [number, score] of first ?? []) {
    let sum = score;
    let inAll = true;
    for (const other of rest) {
      const more = other.get(number);
      if (more === undefined) {
        inAll = false;
        break;
      }
      sum += more;
    }
    if (inAll) result.set(number, sum);
  }
  return result;
}

function toHit(document: SearchDocument, score: number): SearchHit {
  const { kind, id, title, subtitle } = document;
  return { kind, id, title, subtitle, score };
}
