/** SEPA keywords inside the remittance subfields of field 86 (`EREF+…`, `SVWZ+…`). */
import { checkIban } from './iban.ts';
import { joinLines, type Mt86 } from './mt-86-text.ts';

const KEYWORDS =
  'EREF|KREF|MREF|BREF|RREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|RTRN|SQTP|ORCR|ORMR|DDAT|ANAM|BENM|ULTD|ULTC|INST|MDAT';
const KEYWORD = new RegExp(`(${KEYWORDS})\\+`, 'g');
/** Keywords whose value is short, so that a subfield that is not full ends it. */
const SHORT = /^(?!SVWZ$|ABWA$|ABWE$)/;

interface Found {
  readonly keyword: string;
  readonly start: number;
  readonly valueStart: number;
}

/**
 * Reads the remittance subfields in order. A keyword may be cut by the end of a subfield
 * (`…SV` `WZ+…`), so the text is searched as a whole; the ends of subfields decide where a short value stops:
 * one that does not fill its subfield is not continued in the next.
 */
export function readSepaKeywords(subfields: readonly string[], width: number, read: Mt86): void {
  const text = subfields.join('');
  const starts: number[] = [];
  let offset = 0;
  for (const subfield of subfields) {
    starts.push(offset);
    offset += subfield.length;
  }
  const found = findKeywords(text, starts);
  const first = found[0];
  if (first === undefined) {
    const joined = joinLines(subfields, width);
    if (joined !== '') read.unstructured.push(joined);
    return;
  }
  const before = joinRange(subfields, starts, 0, first.start, width);
  if (before !== '') read.unstructured.push(before);
  for (const [at, { keyword, valueStart }] of found.entries()) {
    const end = found[at + 1]?.start ?? text.length;
    const stop = SHORT.test(keyword) ? shortEnd(subfields, starts, valueStart, end, width) : end;
    take(read, keyword, joinRange(subfields, starts, valueStart, stop, width));
    const rest = joinRange(subfields, starts, stop, end, width);
    if (rest !== '') read.unstructured.push(rest);
  }
}

/** Keywords at the start of a subfield, after a space, or cut by a subfield's end; never inside a word. */
function findKeywords(text: string, starts: readonly number[]): Found[] {
  const found: Found[] = [];
  for (const match of text.matchAll(KEYWORD)) {
    const start = match.index;
    const end = start + match[0].length;
    const before = text[start - 1];
    const free = before === undefined || /[\s+/.,;:-]/.test(before);
    const cut = starts.some((at) => at >= start && at < end);
    if (free || cut) found.push({ keyword: match[1] as string, start, valueStart: end });
  }
  return found;
}

/** Where a short value ends: at the end of the first of its subfields that is not full. */
function shortEnd(
  subfields: readonly string[],
  starts: readonly number[],
  from: number,
  to: number,
  width: number,
): number {
  for (const [at, subfield] of subfields.entries()) {
    const end = (starts[at] as number) + subfield.length;
    if (end <= from || end >= to) continue;
    if (subfield.length < width) return end;
  }
  return to;
}

function joinRange(
  subfields: readonly string[],
  starts: readonly number[],
  from: number,
  to: number,
  width: number,
): string {
  let joined = '';
  let full = true;
  for (const [at, subfield] of subfields.entries()) {
    const start = starts[at] as number;
    const piece = subfield.slice(Math.max(0, from - start), Math.max(0, to - start));
    if (piece === '') continue;
    joined += full || joined === '' ? piece : ` ${piece}`;
    full = subfield.length >= width;
  }
  return joined.replace(/\s+/g, ' ').trim();
}

function take(read: Mt86, keyword: string, value: string): void {
  if (value === '') return;
  switch (keyword) {
    case 'EREF':
      if (value !== 'NOTPROVIDED' && value !== 'NONREF') read.endToEndId ??= value;
      return;
    case 'KREF':
      read.customerReference ??= value;
      return;
    case 'MREF':
      read.mandateId ??= value;
      return;
    case 'CRED':
      read.creditorId ??= value;
      return;
    case 'BREF':
    case 'INST':
      read.instructionId ??= value;
      return;
    case 'SVWZ':
      read.unstructured.push(value);
      return;
    case 'ABWA':
    case 'ULTD':
      read.ultimateDebtor ??= { name: value };
      return;
    case 'ABWE':
    case 'ULTC':
      read.ultimateCreditor ??= { name: value };
      return;
    case 'ANAM':
    case 'BENM':
      read.counterparty.name ??= value;
      return;
    case 'IBAN':
      takeIban(read, value);
      return;
    case 'BIC':
      read.counterparty.bic ??= value.replace(/\s+/g, '');
      return;
    case 'PURP':
      read.purpose ??= value;
      return;
    case 'RTRN':
      read.returnReason ??= value;
      return;
    case 'OAMT':
    case 'COAM':
      takeAmount(read, keyword, value);
      return;
    default:
      // Sequence types, dates and the like say nothing that the books or the matching need.
      return;
  }
}

function takeIban(read: Mt86, value: string): void {
  const [first = '', ...rest] = value.split(' ');
  const check = checkIban(value);
  if (check.ok) read.counterparty.account ??= check.iban;
  else if (checkIban(first).ok) {
    read.counterparty.account ??= first;
    if (rest.length > 0) read.unstructured.push(rest.join(' '));
  } else read.counterparty.account ??= value.replace(/\s+/g, '');
}

function takeAmount(read: Mt86, keyword: string, value: string): void {
  const found = /^([A-Z]{3})?\s*(\d{1,15}(?:[.,]\d{0,5})?)\s*([A-Z]{3})?/.exec(value);
  if (found === null) return;
  const currency = found[1] ?? found[3];
  const amount = {
    amount: (found[2] as string).replace('.', ','),
    ...(currency === undefined ? {} : { currency }),
  };
  if (keyword === 'OAMT') read.originalAmount ??= amount;
  else read.chargesAmount ??= amount;
}
