/**
 * What field 86 says about the line above it. SWIFT leaves its content to the bank; the dialects read
 * here are, told apart by the content itself:
 *
 * - **subfields**: a three-digit business transaction code (GVC), then subfields `?00` to `?63` behind a
 *   separator of the bank's choice, with SEPA keywords (`EREF+`, `SVWZ+`, …) inside `?20` to `?29` and `?60` to `?63`
 *   (German DK format, also Polish and Austrian banks);
 * - **slash codes**: `/EREF/…/ORDP//NAME/…/REMI/…` (SWIFT's structured form as Dutch and other banks use it);
 * - **plain** text.
 *
 * Lines are 65 characters wide and break anywhere, so a word or keyword may be cut in two.
 */
import { checkIban } from './iban.ts';
import { readSepaKeywords } from './mt-86-keywords.ts';
import { readSlashCodes } from './mt-86-slashes.ts';
import { joinLines, type Mt86 } from './mt-86-text.ts';
import type { Party } from './types.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Characters in a full line of field 86. */
const LINE_WIDTH = 65;
/** Characters in a full subfield of the DK format. */
const SUBFIELD_WIDTH = 27;

/** Reads field 86 by its lines (decoded, line ends left out). */
export function readMt86(lines: readonly string[]): Mt86 {
  const text = lines.join('');
  const head = /^\s?(\d{3})([^\w\s])(?=[0-9]{2})/.exec(text);
  if (head !== null && subfieldsOf(text, head[2] as string).length > 0) {
    return readSubfields(text.slice(head[0].length - 1), head[1] as string, head[2] as string);
  }
  // Field 86 without a code but with subfields all the same.
  const bare = /^\s?([?])(?=(?:00|10|2\d|3\d)\D?)/.exec(text);
  if (bare !== null) return readSubfields(text.trimStart(), undefined, '?');
  if (/^\s*\/[A-Z]{2,4}\//.test(text)) {
    const read: Mt86 = { dialect: 'slashes', counterparty: {}, unstructured: [] };
    readSlashCodes(text.trimStart(), read);
    return read;
  }
  return readPlain(lines);
}

/** Plain text; a leading business transaction code is taken off. Keywords are read here too. */
function readPlain(lines: readonly string[]): Mt86 {
  const read: Mt86 = { dialect: 'plain', counterparty: {}, unstructured: [] };
  const joined = joinLines(lines, LINE_WIDTH);
  const code = /^(\d{3})(?=PN\d|[A-Z ]|$)/.exec(joined);
  if (code !== null) read.gvc = code[1] as string;
  const text = (code === null ? joined : joined.slice(3)).trim();
  const keywords = /(?:^|\s)(?:EREF|SVWZ|MREF|KREF)\+/.test(text);
  if (keywords) readSepaKeywords([text], SUBFIELD_WIDTH, read);
  else if (text !== '') read.unstructured.push(text);
  return read;
}

interface Subfield {
  readonly code: string;
  readonly value: string;
}

function subfieldsOf(text: string, separator: string): Subfield[] {
  const pieces = text.split(separator).slice(1);
  const subfields: Subfield[] = [];
  for (const piece of pieces) {
    const code = /^(0\d|1\d|2\d|3[0-9]|6[0-3]|7[01])/.exec(piece)?.[0];
    const last = subfields[subfields.length - 1];
    if (code !== undefined) subfields.push({ code, value: piece.slice(2) });
    // The separator stood in the text itself, or a code is not one of the format: it belongs to what came before.
    else if (last !== undefined)
      subfields[subfields.length - 1] = { code: last.code, value: last.value + separator + piece };
  }
  return subfields;
}

function readSubfields(text: string, gvc: string | undefined, separator: string): Mt86 {
  const read: Mt86 = { dialect: 'subfields', counterparty: {}, unstructured: [] };
  if (gvc !== undefined) read.gvc = gvc;
  const remittance: string[] = [];
  const names: string[] = [];
  const accounts: string[] = [];
  const others: string[] = [];
  let extension: string | undefined;
  for (const { code, value } of subfieldsOf(text, separator)) {
    const trimmed = value.trim();
    if (trimmed === '') continue;
    if (code === '00') read.bookingText = trimmed;
    else if (code === '10') read.primaNota = trimmed;
    else if (/^(2\d|6[0-3])$/.test(code)) remittance.push(value);
    else if (code === '30') readBank(trimmed, read.counterparty);
    else if (code === '31' || code === '38') accounts.push(trimmed.replace(/\s+/g, ''));
    else if (code === '32' || code === '33') names.push(value);
    else if (code === '34') extension = trimmed;
    else if (code === '70' || code === '71') others.push(value);
  }
  if (names.length > 0) read.counterparty.name = joinSubfields(names);
  const account = accounts.find((candidate) => checkIban(candidate).ok) ?? accounts[0];
  if (account !== undefined) read.counterparty.account = account;
  readSepaKeywords(remittance, SUBFIELD_WIDTH, read);
  readExtension(read, extension);
  if (others.length > 0) read.ownName = joinSubfields(others);
  return read;
}

/** Names are cut where a subfield is full, in the middle of a word or at a space that was lost. */
function joinSubfields(values: readonly string[]): string {
  return values.join('').replace(/\s+/g, ' ').trim();
}

function readBank(text: string, party: Mutable<Party>): void {
  if (/^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(text)) party.bic = text;
  else party.bankCode = text;
}

/** SEPA reason codes behind the text key extension of returns, 901 on (DK's list). */
const RETURN_REASONS =
  'AC01 AC04 AC06 AG01 AG02 AM04 AM05 BE04 MD01 MD02 MD06 MD07 MS02 MS03 RC01 RR01 RR02 RR03 RR04'.split(' ');
/** Codes of transactions that come back: direct debits, transfers and cheques returned. */
const RETURN_GVCS = new Set(['108', '109', '111', '159', '181', '184', '185']);

function readExtension(read: Mt86, extension: string | undefined): void {
  if (extension === undefined || read.returnReason !== undefined) return;
  const reason = /^9\d\d$/.test(extension) ? RETURN_REASONS[Number(extension) - 901] : undefined;
  if (reason !== undefined && read.gvc !== undefined && RETURN_GVCS.has(read.gvc)) read.returnReason = reason;
}
