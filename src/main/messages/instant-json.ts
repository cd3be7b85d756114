/**
 * A JSON reader for single messages: bytes in, values out, each with the place of its bytes.
 *
 * `JSON.parse` turns numbers into floats, lets the last of two equal names win and says nothing of places;
 * for money none of that will do. This reads RFC 8259 from the bytes, keeps a number as it is written, and
 * refuses what no ISO 20022 message has: equal names in one object, control characters in texts, nesting
 * beyond 64 levels.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { CountersignError } from '../base/index.ts';

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

export interface JsonNode {
  readonly kind: JsonKind;
  /** Its name in the object that holds it; empty elsewhere. */
  readonly name: string;
  /** A string decoded, a number as it is written, `true` or `false`; empty for the others. */
  readonly text: string;
  /** Members of an object, elements of an array. */
  readonly children: readonly JsonNode[];
  /** Of the value, without its name. `byteEnd` is exclusive. */
  readonly byteStart: number;
  readonly byteEnd: number;
}

type Problem = 'JSON_MALFORMED' | 'JSON_FORBIDDEN' | 'JSON_DUPLICATE_KEY' | 'MESSAGE_TRUNCATED';

const MAX_DEPTH = 64;
/** Values of one message; a pacs.008 of a thousand transfers has about so many. */
const MAX_VALUES = 200_000;
/** Objects of more members look names up in a set. */
const FEW_MEMBERS = 12;
const NONE: readonly JsonNode[] = [];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Reads one JSON text. Errors tell the names on the way to what is wrong where `isTellable` says so; any other may
 * be somebody's own name that was put in the place of one.
 * @throws CountersignError JSON_*, MESSAGE_ENCODING, MESSAGE_TRUNCATED.
 */
export function readJson(
  bytes: Buffer,
  fileName: string,
  isTellable: (name: string) => boolean = () => false,
): JsonNode {
  return new JsonReader(bytes, fileName, isTellable).read();
}

/** 1-based lines of byte offsets, in any order. */
export class LineIndex {
  readonly #bytes: Buffer;
  #breaks: number[] | undefined;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  lineAt(byteOffset: number): number {
    this.#breaks ??= lineBreaks(this.#bytes);
    let low = 0;
    let high = this.#breaks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#breaks[middle] as number) < byteOffset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  }
}

function lineBreaks(bytes: Buffer): number[] {
  const breaks: number[] = [];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) breaks.push(at);
  return breaks;
}

class JsonReader {
  readonly #bytes: Buffer;
  readonly #fileName: string;
  readonly #isTellable: (name: string) => boolean;
  /** The bytes as one character each, so that an index is a byte offset. */
  readonly #s: string;
  readonly #ascii: boolean;
  #i = 0;
  #depth = 0;
  #values = 0;
  readonly #path: string[] = [];

  constructor(bytes: Buffer, fileName: string, isTellable: (name: string) => boolean) {
    this.#bytes = bytes;
    this.#isTellable = isTellable;
    this.#fileName = fileName;
    this.#ascii = isAscii(bytes);
    if (!this.#ascii && !isUtf8(bytes)) {
      throw new CountersignError('MESSAGE_ENCODING', 'The bytes are not valid UTF-8.', {
        file: fileName,
        expected: 'UTF-8',
      });
    }
    this.#s = bytes.toString('latin1');
  }

  read(): JsonNode {
    if (this.#s.startsWith('\xEF\xBB\xBF')) this.#i = 3;
    this.#space();
    const value = this.#value('');
    this.#space();
    if (this.#i < this.#s.length) {
      this.#fail(
        'JSON_MALFORMED',
        'There is something after the end of the message.',
        'the end of the message',
      );
    }
    return value;
  }

  #space(): void {
    const s = this.#s;
    for (;;) {
      const code = s.charCodeAt(this.#i);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.#i++;
    }
  }

  #value(name: string): JsonNode {
    if (++this.#values > MAX_VALUES) {
      this.#fail('JSON_FORBIDDEN', 'The message holds too many values.', `at most ${MAX_VALUES} values`);
    }
    const start = this.#i;
    const code = this.#s.charCodeAt(start);
    if (code === 34) return this.#leaf('string', name, this.#string(), start);
    if (code === 123) return this.#group('object', name, start);
    if (code === 91) return this.#group('array', name, start);
    if (code === 116) return this.#word('true', 'boolean', name);
    if (code === 102) return this.#word('false', 'boolean', name);
    if (code === 110) return this.#word('null', 'null', name);
    NUMBER.lastIndex = start;
    const found = NUMBER.exec(this.#s)?.[0];
    if (found === undefined) this.#unexpected('a value');
    this.#i = start + found.length;
    return this.#leaf('number', name, found, start);
  }

  #leaf(kind: JsonKind, name: string, text: string, byteStart: number): JsonNode {
    return { kind, name, text, children: NONE, byteStart, byteEnd: this.#i };
  }

  #word(word: string, kind: 'boolean' | 'null', name: string): JsonNode {
    const start = this.#i;
    if (!this.#s.startsWith(word, start)) this.#unexpected('a value');
    this.#i = start + word.length;
    return this.#leaf(kind, name, kind === 'null' ? '' : word, start);
  }

  #group(kind: 'object' | 'array', name: string, byteStart: number): JsonNode {
    if (++this.#depth > MAX_DEPTH) {
      this.#fail('JSON_FORBIDDEN', 'The values nest too deep.', `at most ${MAX_DEPTH} levels`);
    }
    const children: JsonNode[] = [];
    const end = kind === 'object' ? 125 : 93;
    this.#i++;
    this.#space();
    if (this.#s.charCodeAt(this.#i) === end) this.#i++;
    else this.#members(kind, children, end);
    this.#depth--;
    return { kind, name, text: '', children, byteStart, byteEnd: this.#i };
  }

  #members(kind: 'object' | 'array', children: JsonNode[], end: number): void {
    let names: Set<string> | undefined;
    for (;;) {
      const name = kind === 'object' ? this.#memberName() : '';
      if (kind === 'object') {
        names ??= children.length === FEW_MEMBERS ? new Set(children.map((child) => child.name)) : undefined;
        const isTwice = names?.has(name) ?? children.some((child) => child.name === name);
        names?.add(name);
        if (isTwice)
          this.#fail('JSON_DUPLICATE_KEY', 'A name stands twice in one object.', 'each name once', name);
        this.#path.push(name);
      }
      children.push(this.#value(name));
      if (kind === 'object') this.#path.pop();
      this.#space();
      const code = this.#s.charCodeAt(this.#i);
      if (code !== 44 && code !== end) this.#unexpected(kind === 'object' ? '"," or "}"' : '"," or "]"');
      this.#i++;
      if (code === end) return;
      this.#space();
    }
  }

  #memberName(): string {
    if (this.#s.charCodeAt(this.#i) !== 34) this.#unexpected('a name in quotes');
    const name = this.#string();
    this.#space();
    if (this.#s.charCodeAt(this.#i) !== 58) this.#unexpected('":"');
    this.#i++;
    this.#space();
    return name;
  }

  #string(): string {
    const s = this.#s;
    const start = this.#i + 1;
    let at = start;
    let plain = true;
    for (;;) {
      const code = s.charCodeAt(at);
      if (code === 34) break;
      if (code >= 128) plain = false;
      else if (code === 92) {
        plain = false;
        at++;
      } else if (!(code >= 32)) {
        this.#i = at;
        this.#unexpected('a text without control characters, and its closing quote');
      }
      at++;
    }
    this.#i = at + 1;
    return plain ? s.slice(start, at) : this.#decoded(start, at);
  }

  #decoded(start: number, end: number): string {
    const text = this.#ascii ? this.#s.slice(start, end) : this.#bytes.toString('utf8', start, end);
    const whole = text.includes('\\')
      ? text.replace(/\\(?:u([0-9A-Fa-f]{4})|([\s\S]?))/g, (_, hex: string | undefined, letter: string) => {
          if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
          const character = ESCAPES[letter];
          if (character === undefined) this.#fail('JSON_MALFORMED', 'An escape in a text is malformed.');
          return character;
        })
      : text;
    // XML could not hold these either, and a lone surrogate would be lost as soon as the text is stored.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters XML 1.0 forbids.
    if (!whole.isWellFormed() || /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(whole)) {
      this.#fail('JSON_MALFORMED', 'A text holds a character that ISO 20022 messages may not have.');
    }
    return whole;
  }

  #unexpected(expected: string): never {
    if (this.#i >= this.#s.length) {
      this.#fail('MESSAGE_TRUNCATED', 'The message ends before it is whole.', expected);
    }
    this.#fail('JSON_MALFORMED', 'The JSON is not well-formed.', expected);
  }

  #fail(code: Problem, message: string, expected?: string, name?: string): never {
    const names = name === undefined ? this.#path : [...this.#path, name];
    const path = names.map((one) => (this.#isTellable(one) ? one : '?')).join('/');
    throw new CountersignError(code, message, {
      file: this.#fileName,
      line: new LineIndex(this.#bytes).lineAt(this.#i),
      byte: this.#i,
      ...(path === '' ? {} : { path }),
      ...(expected === undefined ? {} : { expected }),
    });
  }
}
