/**
 * What a payment says in words and numbers, from every place a bank may put it: structured
 * remittance, free text in the German (`SVWZ+`) and SWIFT (`/REMI/`) dialects, end-to-end id,
 * additional information. Pure.
 */
import { isDigits, isIban, isRfReference } from './normalise-references.ts';
import { fold, squeeze, TEXT_LIMIT } from './normalise-text.ts';
import type { MatchTransaction } from './types.ts';

export type TextSource = 'structured' | 'document' | 'text' | 'end-to-end' | 'other';

/** A run of letters or of digits, and what stood before it. */
export interface TextRun {
  readonly text: string;
  readonly digits: boolean;
  /** Offsets in the folded segment. */
  readonly start: number;
  readonly end: number;
  /**
   * What separates it from the run before: nothing, blanks or a line's end, marks that stand inside
   * numbers (`- / . _ # :`), or what separates items of a list (`, ; + &`, `UND`).
   */
  readonly gap: 'none' | 'blank' | 'mark' | 'list';
  /** The mark is a dash that stands alone, as in `1187 - 1190`. */
  readonly dash: boolean;
  /** Part of an ISO date (`2026-01-15`): could be a number, more likely is not. */
  readonly dateLike: boolean;
}

export interface TextSegment {
  readonly source: TextSource;
  readonly runs: readonly TextRun[];
}

/** Words that say what the payer did. */
export interface RemittanceWords {
  readonly discount: boolean;
  readonly partPayment: boolean;
  readonly charges: boolean;
  readonly creditNote: boolean;
  readonly returned: boolean;
}

export interface ReadRemittance {
  readonly segments: readonly TextSegment[];
  /** References that claim to be structured, and RF references found in the text; squeezed. */
  readonly structuredReferences: readonly string[];
  /** The person on whose behalf it was paid, where only the text says so. */
  readonly ultimateDebtorName?: string;
  readonly words: RemittanceWords;
  /** The text is longer than what is read of it: it may name more. */
  readonly cut: boolean;
  /** All free text squeezed, for names that stand in it. */
  readonly squeezedText: string;
}

const RUN_LIMIT = 300;
/** References and documents of structured remittance that are read of one payment. */
const STRUCTURED_LIMIT = 500;

/** Reads everything that a payment says of what it is for. */
export function readRemittance(transaction: MatchTransaction): ReadRemittance {
  const free = [
    ...transaction.remittance.unstructured,
    ...transaction.remittance.structured.flatMap((part) => part.additional ?? []),
  ]
    .join('\n')
    .slice(0, TEXT_LIMIT);
  const dialect = readDialect(free);
  const text = maskNoise(fold(dialect.text));
  const segments: TextSegment[] = [];
  const structuredReferences = new Set<string>();
  const structured = transaction.remittance.structured.flatMap(({ reference, documents = [] }) => [
    ...(reference === undefined ? [] : [{ source: 'structured' as const, text: reference }]),
    ...documents.flatMap(({ number }) =>
      number === undefined ? [] : [{ source: 'document' as const, text: number }],
    ),
  ]);
  for (const { source, text } of structured.slice(0, STRUCTURED_LIMIT)) {
    if (source === 'structured') structuredReferences.add(squeeze(text));
    segments.push(segment(source, text));
  }
  for (const found of rfReferencesIn(text)) structuredReferences.add(found);
  segments.push({ source: 'text', runs: runsOf(text) });
  const endToEndId = transaction.endToEndId ?? dialect.endToEndId;
  if (endToEndId !== undefined) {
    segments.push(segment('end-to-end', endToEndId));
    const key = squeeze(endToEndId);
    if (isRfReference(key)) structuredReferences.add(key);
  }
  if (transaction.entryReference !== undefined) segments.push(segment('other', transaction.entryReference));
  if (transaction.additionalInfo !== undefined) {
    const info = readDialect(transaction.additionalInfo.slice(0, TEXT_LIMIT)).text;
    segments.push({ source: 'other', runs: runsOf(maskNoise(fold(info))) });
  }
  return {
    segments: segments.filter((each) => each.runs.length > 0),
    structuredReferences: [...structuredReferences].filter((reference) => reference !== ''),
    ...(dialect.ultimateDebtorName === undefined ? {} : { ultimateDebtorName: dialect.ultimateDebtorName }),
    cut:
      free.length === TEXT_LIMIT ||
      structured.length > STRUCTURED_LIMIT ||
      segments.some(({ runs }) => runs.length >= RUN_LIMIT),
    words: wordsIn(`${text} ${fold(transaction.additionalInfo ?? '')}`),
    squeezedText: squeeze(dialect.text),
  };
}

function segment(source: TextSource, text: string): TextSegment {
  return { source, runs: runsOf(fold(text.slice(0, 200))) };
}

interface Dialect {
  readonly text: string;
  readonly endToEndId?: string;
  readonly ultimateDebtorName?: string;
}

const PLUS_TAG = /(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+/g;
const SLASH_TAG =
  /\/(EREF|KREF|REMI|USTD|STRD|ROC|ORDP|BENM|NAME|IBAN|BIC|PREF|MARF|CSID|PURP|CDTRREF|CDTRREFTP|CNTP|TRTP|RTRN|ULTD|ULTC|ULTB|OCMT|CHGS|EXCH|ISDT|RFB|INV|IPI|TRCD|SVCL|ADDR|ID)\//g;
/** Tags whose content says what the payment is for. */
const TEXT_TAGS: ReadonlySet<string> = new Set([
  'SVWZ',
  'REMI',
  'USTD',
  'STRD',
  'ROC',
  'RFB',
  'INV',
  'IPI',
  'CDTRREF',
]);
const END_TO_END_TAGS: ReadonlySet<string> = new Set(['EREF']);
const ULTIMATE_DEBTOR_TAGS: ReadonlySet<string> = new Set(['ABWA', 'ULTD']);

/** Splits text at the tags of its dialect; text without tags is what it is. */
export function readDialect(text: string): Dialect {
  const upper = text.toUpperCase();
  const pattern = /(?:SVWZ|EREF|KREF|MREF)\+/.test(upper) ? PLUS_TAG : SLASH_TAG;
  const tags = [...upper.matchAll(pattern)];
  if (tags.length === 0) return { text };
  const parts: string[] = [text.slice(0, tags[0]!.index)];
  let endToEndId: string | undefined;
  let ultimateDebtorName: string | undefined;
  tags.forEach((tag, at) => {
    const content = text
      .slice(tag.index + tag[0].length, tags[at + 1]?.index ?? text.length)
      .trim()
      .replace(/\/+$/, '');
    const name = tag[1]!;
    if (TEXT_TAGS.has(name)) parts.push(content);
    else if (END_TO_END_TAGS.has(name) && content !== '' && squeeze(content) !== 'NOTPROVIDED') {
      endToEndId ??= content.replace(/\s+/g, '').slice(0, 35);
    } else if (ULTIMATE_DEBTOR_TAGS.has(name) && content !== '') {
      ultimateDebtorName ??= content
        .replace(/^\/?NAME\//i, '')
        .replace(/\s+/g, ' ')
        .slice(0, 140);
    }
  });
  return {
    text: parts.filter((part) => part !== '').join('\n'),
    ...(endToEndId === undefined ? {} : { endToEndId }),
    ...(ultimateDebtorName === undefined ? {} : { ultimateDebtorName }),
  };
}

const blank = (found: string): string => ' '.repeat(found.length);
const CURRENCY_WORD = '(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|JPY|€|\\$|£)';
const AMOUNT = "\\d{1,3}(?:[.,' ]?\\d{3})*(?:[.,]\\d{1,2})?";
const NOISE: readonly RegExp[] = [
  // EUR 1.234,56 · EUR 500, before the amounts that stand alone, so that no number before `EUR` is taken for one
  new RegExp(`(?<![A-Z])${CURRENCY_WORD}\\s?${AMOUNT}(?!\\w)`, 'g'),
  // 1.234,56 · 1'234.56 EUR · 500,00
  new RegExp(
    `(?<![\\w\\-/.,])\\d{1,3}(?:[.,' ]\\d{3})+[.,]\\d{2}(?!\\w)(?:\\s?${CURRENCY_WORD}(?!\\w))?`,
    'g',
  ),
  new RegExp(`(?<![\\w\\-/.,])\\d{1,9}[.,]\\d{2}(?![\\w\\-/]|[.,]\\d)(?:\\s?${CURRENCY_WORD}(?!\\w))?`, 'g'),
  // 500 EUR
  new RegExp(`(?<![\\w\\-/.])${AMOUNT}\\s?${CURRENCY_WORD}(?!\\w)`, 'g'),
  // Percentages, dates with points or slashes, times of day
  /\d{1,2}(?:[.,]\d{1,3})?\s?%/g,
  /(?<!\d)\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{4}|\d{2}(?!\d))?/g,
  /(?<!\d)\d{1,2}\/\d{1,2}\/\d{4}(?!\d)/g,
  /(?<![\d])\d{1,2}:\d{2}(?::\d{2})?(?!\d)/g,
];

/** Blanks out numbers that are no references: account numbers, amounts, percentages, dates, times. */
export function maskNoise(folded: string): string {
  let text = folded.replace(/\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/g, (found) => {
    for (let end = found.length; end >= 15; end -= 1) {
      if (isIban(found.slice(0, end).replaceAll(' ', ''))) return ' '.repeat(end) + found.slice(end);
    }
    return found;
  });
  if (!/\d/.test(text)) return text;
  for (const pattern of NOISE) text = text.replace(pattern, blank);
  return text;
}

/** RF references in running text, spaces between their groups of four allowed. */
function rfReferencesIn(folded: string): string[] {
  const found: string[] = [];
  for (const match of folded.matchAll(/(?<![A-Z0-9])RF\s?\d{2}[A-Z0-9 \n]{1,28}/g)) {
    const squeezed = match[0].replace(/\s+/g, '').slice(0, 25);
    // The longest stretch whose check digits are right; text may follow without a break.
    for (let length = squeezed.length; length >= 6; length -= 1) {
      const candidate = squeezed.slice(0, length);
      if (isRfReference(candidate) && endsAtBoundary(match[0], length)) {
        found.push(candidate);
        break;
      }
    }
  }
  return found;
}

function endsAtBoundary(text: string, squeezedLength: number): boolean {
  let seen = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (!/\s/.test(text[i]!)) seen += 1;
    if (seen === squeezedLength) return i + 1 === text.length || /\s/.test(text[i + 1]!);
  }
  return true;
}

const LIST_WORDS: ReadonlySet<string> = new Set(['UND', 'AND', 'U', 'ET', 'SOWIE', 'PLUS']);

/** `2026-01-15`, also where a line breaks inside it. */
const ISO_DATE =
  /(?<!\d)2\s?0\s?\d\s?\d\s?-\s?(?:0\s?[1-9]|1\s?[0-2])\s?-\s?(?:0\s?[1-9]|[12]\s?\d|3\s?[01])(?!\d)/g;

/** Cuts folded text into runs of letters and runs of digits. */
export function runsOf(folded: string): TextRun[] {
  const dates = [...folded.matchAll(ISO_DATE)];
  const runs: TextRun[] = [];
  let end = 0;
  let listed = false;
  for (const match of folded.matchAll(/[A-Z]+|[0-9]+/g)) {
    if (runs.length >= RUN_LIMIT) break;
    const start = match.index;
    const text = match[0];
    if (LIST_WORDS.has(text)) {
      listed = true;
      continue;
    }
    const between = folded.slice(end, start);
    const gap = runs.length === 0 ? 'blank' : listed ? 'list' : gapOf(between);
    runs.push({
      text,
      digits: isDigits(text),
      start,
      end: start + text.length,
      gap,
      dash: gap === 'mark' && /^\s*[-\u2010-\u2015]\s*$/.test(between),
      dateLike: dates.some((date) => start >= date.index && start < date.index + date[0].length),
    });
    end = start + text.length;
    listed = false;
  }
  return runs;
}

function gapOf(between: string): TextRun['gap'] {
  if (between === '') return 'none';
  if (/[,;+&|]/.test(between)) return 'list';
  return /\S/.test(between) ? 'mark' : 'blank';
}

function wordsIn(folded: string): RemittanceWords {
  return {
    discount:
      /SKONTO|DISCOUNT|ESCOMPTE|SCONTO|DESCUENTO|KORTING|ABZGL|ABZUEGL|ABZUGL|KASSASKONTO|\bSKTO/.test(
        folded,
      ),
    partPayment:
      /TEILZAHL|TEILBETRAG|TEILRATE|PART(?:IAL)?\W?(?:PAYMENT|PMT)|ABSCHLAG|ANZAHLUNG|ACOMPTE|INSTAL|\bRATE \d|\bA KONTO|ON ACCOUNT/.test(
        folded,
      ),
    charges: /GEBUE?HR|SPESEN|CHARGES|BANK ?FEE|\bFEES?\b|\bSHA\b|\bBEN\b/.test(folded),
    creditNote: /GUTSCHR|CREDIT ?NOTE|\bAVOIR|NOTA DI CREDITO|\bABZGL\.? GS|\bGS\b|\bCN\b/.test(folded),
    returned:
      /RUE?CKUE?BERW|RUE?CKLASTSCHR|RUE?CKGABE|RUE?CKBUCH|RUE?CKZAHL|RETOURE|\bRETURN|\bRTRN|\bSTORNO|\bREJECT|\bREVERSAL|UNPAID/.test(
        folded,
      ),
  };
}
