/**
 * The message catalogue. Every sentence on screen comes from here, whole, so that a
 * translator never meets a half of one. The syntax is the part of ICU MessageFormat that
 * the desk needs: `{name}`, `{count, plural, =0 {…} one {# item} other {# items}}` and
 * `{side, select, credit {…} other {…}}`.
 */

export type Language = 'en' | 'vi';
export type MessageValue = string | number | bigint;
export type MessageParams = Readonly<Record<string, MessageValue>>;

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'count' }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly type: 'plural' | 'select';
      readonly arms: Map<string, Part[]>;
    };

const parsed = new Map<string, Part[]>();
const rooms = new Map<string, Readonly<Record<string, string>>>();
const translations = new Map<string, Readonly<Record<string, string>>>();
const listeners = new Set<() => void>();
let language: Language = 'en';

/** The language of the sentences. Numbers and dates follow the workstation's own locale. */
export function setLanguage(next: Language): void {
  language = next;
  for (const listener of listeners) listener();
}

/** Calls the listener after every change of the language; the answer ends that. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentLanguage(): Language {
  return language;
}

/** Adds the sentences of one room in another language; what is missing falls back to English. */
export function addTranslation(to: Language, room: string, messages: Readonly<Record<string, string>>): void {
  translations.set(`${to}/${room}`, messages);
}

/** The English sentences of every room that is loaded; a translation is held against them. */
export function englishRooms(): ReadonlyMap<string, Readonly<Record<string, string>>> {
  return rooms;
}

/** One room's sentences in another language; undefined where they are not loaded, and for English. */
export function translationOf(of: Language, room: string): Readonly<Record<string, string>> | undefined {
  return translations.get(`${of}/${room}`);
}

export interface Translate<Key extends string> {
  (key: Key, params?: MessageParams): string;
  /** The same sentence with things other than text in it (a link, a figure): an array of its parts in order. */
  rich<Thing>(key: Key, params: Readonly<Record<string, Thing>>): (string | Thing)[];
  /** Whether there is a sentence under that key; narrows text from outside (a code, a kind). */
  has(key: string): key is Key;
}

/**
 * The sentences of one room. Each room keeps its own in `messages.ts`:
 * `export const t = catalogue('ledger', { title: 'Ledger', … })`.
 */
export function catalogue<const M extends Readonly<Record<string, string>>>(
  room: string,
  english: M,
): Translate<keyof M & string> {
  rooms.set(room, english);
  const sentence = (key: string): string =>
    (language === 'en' ? undefined : translations.get(`${language}/${room}`)?.[key]) ?? english[key] ?? key;
  const t = (key: keyof M & string, params: MessageParams = {}): string => format(sentence(key), params);
  t.rich = <Thing>(key: keyof M & string, params: Readonly<Record<string, Thing>>): (string | Thing)[] =>
    formatRich(sentence(key), params);
  t.has = (key: string): key is keyof M & string => Object.hasOwn(english, key);
  return t;
}

/** Fills a sentence's places with text. Exposed for tests; screens call their room's `t`. */
export function format(sentence: string, params: MessageParams): string {
  return render(partsOf(sentence), params, undefined).join('');
}

function formatRich<Thing>(sentence: string, params: Readonly<Record<string, Thing>>): (string | Thing)[] {
  return render(partsOf(sentence), params, undefined);
}

function partsOf(sentence: string): Part[] {
  let parts = parsed.get(sentence);
  if (!parts) {
    parts = new Parser(sentence).message();
    parsed.set(sentence, parts);
  }
  return parts;
}

function render<Thing>(
  parts: readonly Part[],
  params: Readonly<Record<string, Thing>>,
  count: number | bigint | undefined,
): (string | Thing)[] {
  const out: (string | Thing)[] = [];
  for (const part of parts) {
    if (part.kind === 'text') out.push(part.text);
    else if (part.kind === 'count') out.push(count === undefined ? '#' : count.toLocaleString());
    else if (part.kind === 'value') {
      const value = params[part.name];
      if (value === undefined) out.push(`{${part.name}}`);
      else if (typeof value === 'number' || typeof value === 'bigint') out.push(value.toLocaleString());
      else out.push(value);
    } else {
      const value = params[part.name];
      const arm = chooseArm(part, value);
      const inner = part.type === 'plural' ? (value as number | bigint) : count;
      out.push(...render(arm, params, inner));
    }
  }
  return out;
}

function chooseArm(part: Extract<Part, { kind: 'choice' }>, value: unknown): readonly Part[] {
  const other = part.arms.get('other') ?? [];
  if (part.type === 'select') return part.arms.get(String(value)) ?? other;
  const exact = part.arms.get(`=${String(value)}`);
  if (exact) return exact;
  const category = new Intl.PluralRules(language).select(Number(value));
  return part.arms.get(category) ?? other;
}

class Parser {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Reads up to the end, or up to the brace that closes an arm. */
  message(inPlural = false): Part[] {
    const parts: Part[] = [];
    let plain = '';
    const flush = () => {
      if (plain) parts.push({ kind: 'text', text: plain });
      plain = '';
    };
    while (this.at < this.text.length) {
      const char = this.text[this.at]!;
      if (char === '}') break;
      if (char === '{') {
        flush();
        parts.push(this.placeholder());
      } else if (char === '#' && inPlural) {
        flush();
        parts.push({ kind: 'count' });
        this.at += 1;
      } else {
        plain += char;
        this.at += 1;
      }
    }
    flush();
    return parts;
  }

  private placeholder(): Part {
    this.at += 1;
    const name = this.until(/[,}]/).trim();
    if (this.text[this.at] === '}') {
      this.at += 1;
      return { kind: 'value', name };
    }
    this.at += 1;
    const type = this.until(/,/).trim();
    if (type !== 'plural' && type !== 'select') throw new Error(`Unknown message form: ${type}`);
    this.at += 1;
    const arms = new Map<string, Part[]>();
    for (;;) {
      const selector = this.until(/[{}]/).trim();
      if (this.text[this.at] !== '{') break;
      this.at += 1;
      arms.set(selector, this.message(type === 'plural'));
      this.at += 1;
    }
    this.at += 1;
    return { kind: 'choice', name, type, arms };
  }

  private until(stop: RegExp): string {
    const from = this.at;
    while (this.at < this.text.length && !stop.test(this.text[this.at]!)) this.at += 1;
    return this.text.slice(from, this.at);
  }
}
