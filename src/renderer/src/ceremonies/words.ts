/** The public list that shares are written in, so that a word none has is marked at once. */

/** A share has so many words. */
export const SHARE_WORDS = 30;
const LETTERS = 4;

export interface WordList {
  /** Whether a word, or its first four letters, stands in the list. */
  has(word: string): boolean;
  /** Whether more letters could make it one. */
  begins(start: string): boolean;
}

let loading: Promise<WordList> | undefined;

/** The list is fetched when somebody types the first share. */
export function loadWords(): Promise<WordList> {
  loading ??= import('@scure/bip39/wordlists/english.js').then(({ wordlist }) => {
    const whole = new Set(wordlist);
    const starts = new Set(wordlist.map((word) => word.slice(0, LETTERS)));
    return {
      has: (word) => whole.has(word) || (word.length === LETTERS && starts.has(word)),
      begins: (start) => wordlist.some((word) => word.startsWith(start)),
    };
  });
  return loading;
}

/** The words of what was typed; case, numbers and signs between them do not matter. */
export const wordsIn = (text: string): string[] => text.toLowerCase().match(/\p{L}+/gu) ?? [];

/** Whether a text is a share: as many words, each of the list. */
export function isWhole(text: string, list: WordList): boolean {
  const words = wordsIn(text);
  return words.length === SHARE_WORDS && words.every((word) => list.has(word));
}

/** Places of words that the engine found wrong, from what its refusal says of where: `share, word 3 and 7`. */
export const wrongPlaces = (path: unknown): number[] =>
  typeof path === 'string' && path.startsWith('share, word ') ? (path.match(/\d+/g) ?? []).map(Number) : [];

export interface TypedWord {
  readonly word: string;
  readonly isKnown: boolean;
}

/** What is typed, word by word. The last one may still be on its way. */
export function judge(text: string, list: WordList): TypedWord[] {
  const words = wordsIn(text);
  const isOpen = /\p{L}$/u.test(text);
  return words.map((word, at) => ({
    word,
    isKnown: list.has(word) || (isOpen && at === words.length - 1 && list.begins(word)),
  }));
}
