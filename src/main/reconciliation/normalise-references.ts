/** Invoice numbers and structured references in the forms that payers and banks give them. Pure. */
import { fold, squeeze } from './normalise-text.ts';

export interface ReferenceForms {
  /** Letters and digits: `INV-2026-00123` → `INV202600123`. */
  readonly full: string;
  /** The same with the leading zeros of each group of digits gone: `INV2026123`. */
  readonly fullPlain: string;
  /** The digits alone: `202600123`; empty where there are none. */
  readonly digits: string;
  /** The digits without the leading zeros of each group: `2026123`. */
  readonly digitsPlain: string;
  /** Letters before the first digit: `INV`. */
  readonly prefix: string;
  /** Ends by which a payer who leaves the rest out may name it: its last group, its last four and five digits. */
  readonly ends: readonly string[];
  /** Kinds of characters in turn with their lengths, `A3D9`: two numbers of one series share it. */
  readonly shape: string;
}

/** Takes an invoice number apart into the forms by which a payment may name it. */
export function referenceForms(invoiceNumber: string): ReferenceForms {
  const groups = squeezeGroups(invoiceNumber);
  const digitGroups = groups.filter(isDigits);
  const plain = (group: string): string => (isDigits(group) ? stripZeros(group) : group);
  const full = groups.join('');
  const digits = digitGroups.join('');
  return {
    full,
    fullPlain: groups.map(plain).join(''),
    digits,
    digitsPlain: digitGroups.map(stripZeros).join(''),
    prefix: /^[A-Z]*/.exec(full)?.[0] ?? '',
    ends: endsOf(digits, stripZeros(digitGroups.at(-1) ?? '')),
    shape: shapeOf(full),
  };
}

const NO_ENDS: readonly string[] = [];

/** The ends of a number, none of them with a zero before it; the number itself is none. */
function endsOf(digits: string, tail: string): readonly string[] {
  const ends = tail.length >= 3 && tail.length < digits.length ? [tail] : [];
  if (digits.length > 5) ends.push(...[digits.slice(-4), digits.slice(-5)].filter((end) => end[0] !== '0'));
  return ends.length === 0 ? NO_ENDS : ends;
}

/** Runs of letters and runs of digits; a separator ends a run, also between two of one kind. */
function squeezeGroups(text: string): string[] {
  return (fold(text).match(/[A-Z]+|[0-9]+/g) ?? []).slice(0, 12);
}

export function isDigits(text: string): boolean {
  const first = text.charCodeAt(0);
  return first >= 48 && first <= 57;
}

/** `00123` → `123`; `000` → `0`. */
export function stripZeros(digits: string): string {
  let at = 0;
  while (digits.charCodeAt(at) === ZERO && isDigits(digits.charAt(at + 1))) at += 1;
  return at === 0 ? digits : digits.slice(at);
}

const ZERO = 48;

/** `INV20261187` → `A3D8`. */
export function shapeOf(squeezed: string): string {
  return (squeezed.match(/[A-Z]+|[0-9]+/g) ?? [])
    .map((run) => `${isDigits(run) ? 'D' : 'A'}${run.length}`)
    .join('');
}

/** Letters that scanners and tired eyes take for digits. */
const OCR_DIGITS: Readonly<Record<string, string>> = {
  O: '0',
  Q: '0',
  D: '0',
  I: '1',
  L: '1',
  Z: '2',
  A: '4',
  S: '5',
  G: '6',
  T: '7',
  B: '8',
};

/** The digits that a run of look-alike letters stands for; undefined where a letter is like none. */
export function ocrDigits(letters: string): string | undefined {
  let digits = '';
  for (const letter of letters) {
    const digit = OCR_DIGITS[letter];
    if (digit === undefined) return undefined;
    digits += digit;
  }
  return digits;
}

/** True where one insertion, deletion, replacement or swap of neighbours (or none) makes them equal. */
export function withinOneEdit(left: string, right: string): boolean {
  if (left === right) return true;
  const [short, long] = left.length <= right.length ? [left, right] : [right, left];
  if (long.length - short.length > 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at += 1;
  if (short.length < long.length) return short.slice(at) === long.slice(at + 1);
  if (short.slice(at + 1) === long.slice(at + 1)) return true;
  return (
    short[at] === long[at + 1] && short[at + 1] === long[at] && short.slice(at + 2) === long.slice(at + 2)
  );
}

/** True where `squeezed` is an ISO 11649 creditor reference with right check digits (ISO 7064 mod 97-10). */
export function isRfReference(squeezed: string): boolean {
  if (!/^RF\d{2}[A-Z0-9]{1,21}$/.test(squeezed)) return false;
  return mod97(squeezed.slice(4) + squeezed.slice(0, 4)) === 1;
}

/** True where `squeezed` is an IBAN with right check digits. */
export function isIban(squeezed: string): boolean {
  // A creditor reference has the same check digits; no country has the code RF.
  if (!/^(?!RF)[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(squeezed)) return false;
  return mod97(squeezed.slice(4) + squeezed.slice(0, 4)) === 1;
}

/** Remainder modulo 97 of a text whose letters count 10 to 35. */
export function mod97(text: string): number {
  let remainder = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code <= 57) remainder = (remainder * 10 + code - 48) % 97;
    else remainder = (remainder * 100 + code - 55) % 97;
  }
  return remainder;
}

/**
 * A structured reference as a key: letters and digits, and without leading zeros where it is
 * all digits (a QR reference of 27 digits is padded with them).
 */
export function structuredKey(reference: string): string {
  const key = squeeze(reference);
  return /^\d+$/.test(key) ? stripZeros(key) : key;
}
