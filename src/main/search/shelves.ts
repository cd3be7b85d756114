import type { SearchHit } from '../../contract/search.ts';
import { type SearchDocument, WordIndex } from './word-index.ts';

/** Of a source that never ends only the newest documents are kept: when the younger half is full, the elder goes. */
class NewestShelf {
  readonly #half: number;
  #young = new WordIndex();
  #old = new WordIndex();

  constructor(newest: number) {
    this.#half = Math.ceil(newest / 2);
  }

  get halves(): readonly WordIndex[] {
    return [this.#young, this.#old];
  }

  add(document: SearchDocument): void {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new WordIndex();
    }
    this.#young.add(document);
  }
}

/** All that is found: one index of what is kept for good, and one of each source of which only the newest is. */
export class Shelves {
  readonly #lasting = new WordIndex();
  readonly #newest = new Map<number, NewestShelf>();

  /** Adds documents of a source, by its number. `newest`: about how many of it are kept, and no fewer than half. */
  add(documents: readonly SearchDocument[], source: number, newest: number | undefined): void {
    let shelf: Pick<WordIndex, 'add'> = this.#lasting;
    if (newest !== undefined) {
      const known = this.#newest.get(source) ?? new NewestShelf(newest);
      this.#newest.set(source, known);
      shelf = known;
    }
    for (const document of documents) shelf.add(document);
  }

  /** The documents in which every word of `text` is found, best first. */
  query(text: string, limit: number): SearchHit[] {
    const hits = (fuzzy: boolean) => this.#indexes().flatMap((index) => index.query(text, limit, fuzzy));
    // Errors are looked for where the words as they are were found on no shelf.
    const plain = hits(false);
    return (plain.length > 0 ? plain : hits(true)).sort((a, b) => b.score - a.score).slice(0, limit);
  }

  /** The ids of every document of a kind that holds the text, in no order. */
  filter(text: string, kind: SearchHit['kind']): string[] {
    return this.#indexes().flatMap((index) => index.filter(text, kind));
  }

  #indexes(): WordIndex[] {
    return [this.#lasting, ...[...this.#newest.values()].flatMap(({ halves }) => halves)];
  }
}
