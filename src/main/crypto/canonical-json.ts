/**
 * Canonical JSON after RFC 8785 (JCS): keys sorted by UTF-16 code units, no white space, numbers
 * and strings as ECMAScript writes them. Integers of money and ids are `bigint` and are written as
 * strings of decimal digits, because JSON's numbers are floats.
 */
export type CanonicalJson =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly CanonicalJson[]
  | { readonly [key: string]: CanonicalJson | undefined };

const MAX_DEPTH = 64;

function writeString(text: string): string {
  // RFC 8785 asks for valid Unicode; a lone surrogate would change when it is encoded as UTF-8.
  if (!text.isWellFormed()) throw new TypeError('canonicalJson: a string holds a lone surrogate');
  return JSON.stringify(text);
}

function write(value: CanonicalJson | undefined, depth: number): string {
  if (depth > MAX_DEPTH) throw new TypeError(`canonicalJson: nested deeper than ${MAX_DEPTH}`);
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'bigint':
      return `"${value}"`;
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('canonicalJson: a number is not finite');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      break;
    default:
      throw new TypeError(`canonicalJson: a ${typeof value} has no JSON form`);
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    let out = '[';
    for (let i = 0; i < value.length; i += 1) out += (i > 0 ? ',' : '') + write(value[i], depth + 1);
    return `${out}]`;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError('canonicalJson: only plain objects and arrays have a JSON form');
  }
  return writeObject(value as { readonly [key: string]: CanonicalJson | undefined }, depth);
}

function writeObject(value: { readonly [key: string]: CanonicalJson | undefined }, depth: number): string {
  let out = '{';
  // `sort` without a comparator orders by UTF-16 code units, as RFC 8785, section 3.2.3, asks.
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) continue;
    out += `${(out.length > 1 ? ',' : '') + writeString(key)}:${write(member, depth + 1)}`;
  }
  return `${out}}`;
}

/** The canonical text of a value. Members that are `undefined` are left out. Throws `TypeError` for what JSON cannot say. */
export function canonicalJson(value: CanonicalJson): string {
  return write(value, 0);
}

/** The UTF-8 bytes of the canonical text: what is hashed and signed. */
export function canonicalJsonBytes(value: CanonicalJson): Buffer {
  return Buffer.from(write(value, 0), 'utf8');
}
