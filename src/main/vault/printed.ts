import { sha256 } from '../crypto/index.ts';

/**
 * Secrets on paper: bytes as symbols of Crockford's base 32 in groups of four. The alphabet leaves
 * out I, L, O and U, so that a hand-copied secret is read back; the last symbols check the others.
 */

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BITS_A_SYMBOL = 5;
const GROUP = /.{4}/g;

/** A kind of printed secret. */
export interface PrintedForm {
  /** Bytes of the secret; their bits fill whole symbols. */
  readonly bytes: number;
  readonly checkSymbols: number;
  /** Keeps a secret of one kind from being read as one of another. */
  readonly label: string;
}

const dataSymbols = (form: PrintedForm): number => (form.bytes * 8) / BITS_A_SYMBOL;

/** Symbols of a printed secret, without its hyphens. */
export const printedSymbols = (form: PrintedForm): number => dataSymbols(form) + form.checkSymbols;

function encode(bits: bigint, symbols: number): string {
  let text = '';
  for (let rest = bits, i = 0; i < symbols; i += 1, rest >>= 5n) text = ALPHABET[Number(rest & 31n)] + text;
  return text;
}

const bitsOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

/** The first bits of a hash, as many as the check symbols hold. */
function checkOf(form: PrintedForm, secret: Uint8Array): string {
  const digest = sha256(Buffer.concat([Buffer.from(form.label), secret]));
  const unused = BigInt(digest.byteLength * 8 - form.checkSymbols * BITS_A_SYMBOL);
  return encode(bitsOf(digest) >> unused, form.checkSymbols);
}

/** The printed form of a secret. */
export function print(form: PrintedForm, secret: Uint8Array): string {
  if (secret.byteLength !== form.bytes) throw new TypeError(`print: ${form.bytes} bytes expected`);
  const text = encode(bitsOf(secret), dataSymbols(form)) + checkOf(form, secret);
  return text.match(GROUP)!.join('-');
}

/** What was typed, or in words what is wrong with it. */
export type ReadBack = { readonly secret: Buffer } | { readonly problem: string };

/**
 * Reads a typed secret: case, spaces and hyphens do not matter, and O, I and L are taken for the
 * digits they look like.
 */
export function readBack(form: PrintedForm, text: string): ReadBack {
  const symbols = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (symbols.length !== printedSymbols(form)) return { problem: `${symbols.length} letters and digits` };
  let bits = 0n;
  for (const symbol of symbols.slice(0, dataSymbols(form))) {
    const value = ALPHABET.indexOf(symbol);
    if (value < 0) return { problem: 'a character that none has' };
    bits = (bits << 5n) | BigInt(value);
  }
  const secret = Buffer.from(bits.toString(16).padStart(form.bytes * 2, '0'), 'hex');
  if (checkOf(form, secret) === symbols.slice(dataSymbols(form))) return { secret };
  secret.fill(0);
  return { problem: 'check letters that do not fit' };
}
