/** Whether a text or a sealed value is about somebody. Pure rules over names and account numbers. */

/** What a party is known by. */
export interface Terms {
  /** In normal form, see `normalName`. */
  readonly names: readonly string[];
  /** Without blanks, in capitals. */
  readonly accounts: readonly string[];
}

export const normalName = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
export const bareAccount = (text: string): string => text.replace(/\s+/g, '').toUpperCase();

export function termsOf(names: Iterable<string>, accounts: Iterable<string>): Terms {
  const distinct = (values: Iterable<string>, normal: (text: string) => string) =>
    [...new Set([...values].map(normal))].filter((value) => value.length > 1);
  return { names: distinct(names, normalName), accounts: distinct(accounts, bareAccount) };
}

/** Keys under which exactly a name stands, and not a sentence that holds one. */
const NAME_KEYS = new Set(['name', 'ownerName', 'aliases']);
const ALNUM = /[\p{L}\p{N}]/u;

/** Whether `word` stands in `text` and not as a part of a longer word. */
function holdsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1];
    const after = text[at + word.length];
    if ((before === undefined || !ALNUM.test(before)) && (after === undefined || !ALNUM.test(after)))
      return true;
  }
  return false;
}

/** Numbers this long are nobody else's, wherever they stand. */
const UNIQUE_LENGTH = 15;

function holdsAccount(text: string, account: string): boolean {
  const upper = text.toUpperCase();
  if (account.length >= UNIQUE_LENGTH) return bareAccount(upper).includes(account);
  return holdsWord(upper, account);
}

export const mentionedIn = (text: string, { names, accounts }: Terms): boolean =>
  accounts.some((account) => holdsAccount(text, account)) ||
  (names.length > 0 && names.some((name) => holdsWord(normalName(text), name)));

/** Whether a sealed text, JSON or not, is about the party. */
export function mentionedInValue(text: string, terms: Terms): boolean {
  const start = text[0];
  if (start !== '{' && start !== '[') return mentionedIn(text, terms);
  try {
    return mentionedInJson(JSON.parse(text), '', terms);
  } catch {
    return mentionedIn(text, terms);
  }
}

function mentionedInJson(value: unknown, key: string, terms: Terms): boolean {
  if (typeof value === 'string') {
    if (!NAME_KEYS.has(key)) return mentionedIn(value, terms);
    const normal = normalName(value);
    return terms.names.includes(normal) || terms.accounts.some((account) => holdsAccount(value, account));
  }
  if (Array.isArray(value)) return value.some((item) => mentionedInJson(item, key, terms));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([inner, item]) => mentionedInJson(item, inner, terms));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};

/** A message's bytes without what breaks a name apart: blanks, line ends, tags of `:86:`, XML's escapes. */
const unbroken = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/&(?:amp|lt|gt|quot|apos);/g, (entity) => ENTITIES[entity]!)
    .replace(/\?\d\d|\s+/g, '');

/** Whether raw bytes of a message tell of the party, in whichever of the two encodings they are. */
export function mentionedInBytes(bytes: Buffer, { names, accounts }: Terms): boolean {
  const wanted = [...names, ...accounts].map(unbroken);
  return [bytes.toString('utf8'), bytes.toString('latin1')].some((text) => {
    const whole = unbroken(text);
    return wanted.some((term) => whole.includes(term));
  });
}
