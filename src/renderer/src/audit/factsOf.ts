import { writeMoney } from '../kit/format.ts';

/** One line of a record's detail: where it stands, and what it says. */
export interface Fact {
  /** The way down, in words: `journal · count`. */
  readonly name: string;
  readonly text: string;
}

/** `contentHash` as people write it: `content hash`. */
export function inWords(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPlain = (value: unknown) => typeof value !== 'object' || value === null;

/**
 * The detail of a record as lines to read: objects by their way down, lists of plain values in
 * one line, lists of objects numbered. Amounts with a currency beside them are written as money.
 * Stops after `most` lines; the raw JSON has them all.
 */
export function factsOf(detail: unknown, most = 200): Fact[] {
  const facts: Fact[] = [];
  const walk = (value: unknown, way: readonly string[]) => {
    if (facts.length >= most) return;
    const name = way.join(' · ');
    if (Array.isArray(value)) {
      if (value.every(isPlain)) {
        if (value.length > 0) facts.push({ name, text: value.map(String).join(', ') });
      } else for (const [index, one] of value.entries()) walk(one, [...way, String(index + 1)]);
    } else if (isObject(value)) {
      for (const [key, inner] of Object.entries(value)) {
        const money = moneyOf(key, inner, value);
        walk(money ?? inner, [...way, inWords(money === null ? key : key.replace(/Minor$/, ''))]);
      }
    } else if (value !== null && value !== '') {
      facts.push({ name, text: String(value) });
    }
  };
  walk(detail, []);
  return facts;
}

/** Minor units with the currency beside them, as money; null where the field is none. */
function moneyOf(key: string, value: unknown, within: Readonly<Record<string, unknown>>): string | null {
  const { currency } = within;
  if (!key.endsWith('Minor') || typeof currency !== 'string' || !/^-?\d+$/.test(String(value))) return null;
  return writeMoney(BigInt(String(value)), currency);
}
