/** The single fields of MT940 and MT942, as SWIFT's field formats have them. Text in, values out. */
import { type IsoDate, isIsoDate } from '../base/index.ts';
import { checkIban } from './iban.ts';
import type { BalanceKind, StatementAccount } from './types.ts';

/** Six digits `YYMMDD`; years 80 to 99 are of the last century. Undefined where no such day exists. */
export function readMtDate(text: string): IsoDate | undefined {
  if (!/^\d{6}$/.test(text)) return undefined;
  const year = Number(text.slice(0, 2));
  const date = `${year >= 80 ? 19 : 20}${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4, 6)}`;
  return isIsoDate(date) ? date : undefined;
}

/**
 * The entry date `MMDD` in the year that brings it closest to the value date, so that a value date
 * of 30 December with an entry date of 2 January falls in the next year, and the other way round.
 */
export function entryDateNear(monthDay: string, valueDate: IsoDate): IsoDate | undefined {
  const year = Number(valueDate.slice(0, 4));
  const target = Date.parse(`${valueDate}T00:00:00Z`);
  let best: IsoDate | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidateYear of [year, year - 1, year + 1]) {
    const date = `${candidateYear}-${monthDay.slice(0, 2)}-${monthDay.slice(2, 4)}`;
    if (!isIsoDate(date)) continue;
    const distance = Math.abs(Date.parse(`${date}T00:00:00Z`) - target);
    if (distance < bestDistance) {
      best = date;
      bestDistance = distance;
    }
  }
  return best;
}

export interface MtBalance {
  readonly direction: 'credit' | 'debit';
  readonly date: string;
  readonly currency: string;
  readonly amount: string;
}

/** `C100318EUR380115,12`; undefined where the field has another form. */
export function readMtBalance(text: string): MtBalance | undefined {
  const found = /^([CD])(\d{6})([A-Z]{3})(\d{1,15}(?:,\d*)?)$/.exec(text.trim());
  if (found === null) return undefined;
  const [, sign, date, currency, amount] = found as unknown as [string, string, string, string, string];
  return { direction: sign === 'C' ? 'credit' : 'debit', date, currency, amount };
}

export interface MtStatementLine {
  readonly valueDate: string;
  /** `MMDD`. */
  readonly entryDate?: string;
  /** C, D, RC, RD, EC or ED. */
  readonly mark: string;
  readonly fundsCode?: string;
  readonly amount: string;
  /** `NTRF`, `N051`, `FMSC`, … */
  readonly transactionType: string;
  readonly customerReference?: string;
  readonly bankReference?: string;
  readonly supplementary?: string;
}

const STATEMENT_LINE = /^(\d{6})(\d{4})?(RC|RD|EC|ED|C|D)([A-Z])?(\d{1,15}(?:,\d*)?)([A-Z][A-Z0-9]{3})(.*)$/;

/** Field 61 by its lines; undefined where the first line has another form. */
export function readMtStatementLine(lines: readonly string[]): MtStatementLine | undefined {
  const found = STATEMENT_LINE.exec((lines[0] ?? '').trim());
  if (found === null) return undefined;
  const [, valueDate, entryDate, mark, fundsCode, amount, transactionType, references] = found as unknown as [
    string,
    string,
    string | undefined,
    string,
    string | undefined,
    string,
    string,
    string,
  ];
  const slashes = references.indexOf('//');
  const customer = (slashes < 0 ? references : references.slice(0, slashes)).trim();
  const bank = slashes < 0 ? '' : references.slice(slashes + 2).trim();
  const supplementary = lines.slice(1).join(' ').trim();
  return {
    valueDate,
    mark,
    amount,
    transactionType,
    ...(entryDate === undefined ? {} : { entryDate }),
    ...(fundsCode === undefined ? {} : { fundsCode }),
    ...(customer === '' || customer === 'NONREF' ? {} : { customerReference: customer }),
    ...(bank === '' ? {} : { bankReference: bank }),
    ...(supplementary === '' ? {} : { supplementary }),
  };
}

/** Which way money moved, and whether the line takes back an earlier one. RC takes a credit back: a debit. */
export function readMark(mark: string): {
  direction: 'credit' | 'debit';
  reversal: boolean;
  expected: boolean;
} {
  const reversal = mark.startsWith('R');
  const credit = mark.endsWith('C');
  return { direction: credit !== reversal ? 'credit' : 'debit', reversal, expected: mark.startsWith('E') };
}

/**
 * Field 25: an IBAN, a bank code and account number with a slash, or any identification, each with an
 * optional currency at its end; `25P` has the BIC on a second line.
 */
export function readMtAccount(lines: readonly string[]): StatementAccount | undefined {
  const text = (lines[0] ?? '').trim();
  if (text === '' || text.length > 50) return undefined;
  const bic = /^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/.exec((lines[1] ?? '').trim())?.[0];
  const servicer = bic === undefined ? {} : { servicerBic: bic };
  const candidates = [text, text.slice(text.indexOf('/') + 1)];
  for (const candidate of candidates) {
    const whole = checkIban(candidate);
    if (whole.ok) return { iban: whole.iban, ...servicer, ...bicBefore(text, candidate) };
    const currency = /\s*([A-Z]{3})$/.exec(candidate);
    const shorter = currency === null ? undefined : checkIban(candidate.slice(0, currency.index));
    if (shorter?.ok === true) {
      return {
        iban: shorter.iban,
        currency: currency?.[1] as string,
        ...servicer,
        ...bicBefore(text, candidate),
      };
    }
  }
  const suffixed = /^(.*\d)\s*([A-Z]{3})$/.exec(text);
  if (suffixed !== null)
    return { other: suffixed[1] as string, currency: suffixed[2] as string, ...servicer };
  return { other: text, ...servicer };
}

/** `COBADEFF/DE89…`: what stands before the slash, where it is a BIC. */
function bicBefore(text: string, candidate: string): { servicerBic?: string } {
  const before = text === candidate ? '' : text.slice(0, text.indexOf('/'));
  return /^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(before) ? { servicerBic: before } : {};
}

/** Balance tags and what they are. */
export const MT_BALANCES: Readonly<
  Record<string, { readonly kind: BalanceKind; readonly intermediate: boolean }>
> = {
  '60F': { kind: 'opening-booked', intermediate: false },
  '60M': { kind: 'opening-booked', intermediate: true },
  '62F': { kind: 'closing-booked', intermediate: false },
  '62M': { kind: 'closing-booked', intermediate: true },
  '64': { kind: 'closing-available', intermediate: false },
  '65': { kind: 'forward-available', intermediate: false },
};

export interface MtFloor {
  readonly currency: string;
  readonly direction?: 'credit' | 'debit';
  readonly amount: string;
}

/** Field 34F: currency, optional mark, amount from which on entries are reported. */
export function readMtFloor(text: string): MtFloor | undefined {
  const found = /^([A-Z]{3})([CD])?(\d{1,15}(?:,\d*)?)$/.exec(text.trim());
  if (found === null) return undefined;
  const mark =
    found[2] === undefined ? {} : { direction: found[2] === 'C' ? ('credit' as const) : ('debit' as const) };
  return { currency: found[1] as string, amount: found[3] as string, ...mark };
}

/** Field 90C or 90D: how many entries, in which currency, their sum. */
export function readMtSum(text: string): { count: number; currency: string; amount: string } | undefined {
  const found = /^(\d{1,9})([A-Z]{3})(\d{1,15}(?:,\d*)?)$/.exec(text.trim());
  if (found === null) return undefined;
  return { count: Number(found[1]), currency: found[2] as string, amount: found[3] as string };
}

/** Field 13D or 13: date, time and offset, as an ISO date-time. Undefined where it has another form. */
export function readMtDateTime(text: string): string | undefined {
  const found = /^(\d{6})(\d{2})(\d{2})([+-]\d{2})?(\d{2})?$/.exec(text.trim());
  const date = found === null ? undefined : readMtDate(found[1] as string);
  if (found === null || date === undefined) return undefined;
  const offset = found[4] === undefined ? '' : `${found[4]}:${found[5] ?? '00'}`;
  return `${date}T${found[2]}:${found[3]}:00${offset}`;
}
