/** What a search index answers to the text filter of a list. */
export interface FoundText {
  /** Row ids of everything in which the text is found. */
  readonly ids: readonly bigint[];
  /** How many of the newest rows the index holds; null where it holds all of them. */
  readonly lookedThrough: number | null;
}

/** Asks the index for a list's filter; undefined while the index is not up to date. */
export type FindText = (
  kind: 'customer' | 'open-item' | 'bank-transaction',
  text: string,
) => Promise<FoundText | undefined>;

/** Asks where there is both an index and a text. */
export async function findFor(
  find: FindText | undefined,
  kind: Parameters<FindText>[0],
  text: string | undefined,
): Promise<FoundText | undefined> {
  const wanted = text?.trim() ?? '';
  return wanted === '' ? undefined : find?.(kind, wanted);
}
