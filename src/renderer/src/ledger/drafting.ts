import { formatAmount, parseAmount } from '../../../contract/money.ts';
import { plainAmount } from '../kit/typed.ts';

/** One line of an entry, as it is typed. */
export interface DraftPosting {
  readonly key: number;
  readonly accountId: string;
  readonly debitText: string;
  readonly creditText: string;
}

export type EntryProblem =
  | { readonly kind: 'badAmount'; readonly line: number; readonly text: string; readonly currency: string }
  | { readonly kind: 'bothSides'; readonly line: number }
  | {
      readonly kind: 'unbalanced';
      readonly currency: string;
      readonly more: 'debit' | 'credit';
      readonly difference: string;
    };

export interface DraftEntry {
  readonly postings: { accountId: string; amountMinor: bigint; currency: string }[];
  readonly sums: { currency: string; debitMinor: bigint; creditMinor: bigint }[];
  readonly problems: EntryProblem[];
  /** Every line says something, there are two or more, and debits equal credits in each currency. */
  readonly ready: boolean;
}

/** What the typed lines post, with the sums of both sides while they are typed. `currencyOf` is null for an unknown account. */
export function evaluateEntry(
  lines: readonly DraftPosting[],
  currencyOf: (accountId: string) => string | null,
): DraftEntry {
  const postings: DraftEntry['postings'] = [];
  const problems: EntryProblem[] = [];
  const sums = new Map<string, { debitMinor: bigint; creditMinor: bigint }>();
  for (const [index, line] of lines.entries()) {
    const currency = currencyOf(line.accountId);
    if (currency === null) continue;
    const debitText = plainAmount(line.debitText);
    const creditText = plainAmount(line.creditText);
    if (debitText !== '' && creditText !== '') {
      problems.push({ kind: 'bothSides', line: index + 1 });
      continue;
    }
    const text = debitText || creditText;
    if (text === '') continue;
    const read = parseAmount(text, currency);
    if (!read.ok || read.amountMinor <= 0n) {
      problems.push({ kind: 'badAmount', line: index + 1, text, currency });
      continue;
    }
    const sum = sums.get(currency) ?? { debitMinor: 0n, creditMinor: 0n };
    if (debitText !== '') sum.debitMinor += read.amountMinor;
    else sum.creditMinor += read.amountMinor;
    sums.set(currency, sum);
    const amountMinor = debitText === '' ? -read.amountMinor : read.amountMinor;
    postings.push({ accountId: line.accountId, amountMinor, currency });
  }
  for (const [currency, { debitMinor, creditMinor }] of sums) {
    if (debitMinor !== creditMinor && postings.length > 1) {
      const isDebit = debitMinor > creditMinor;
      const differenceMinor = isDebit ? debitMinor - creditMinor : creditMinor - debitMinor;
      problems.push({
        kind: 'unbalanced',
        currency,
        more: isDebit ? 'debit' : 'credit',
        difference: formatAmount(differenceMinor, currency),
      });
    }
  }
  return {
    postings,
    sums: [...sums].map(([currency, sum]) => ({ currency, ...sum })),
    problems,
    ready: problems.length === 0 && postings.length >= 2 && postings.length === lines.length,
  };
}

/** A UUID of version 7 (RFC 9562 §5.7): a millisecond clock and 74 random bits, so that entries sort as they were made. */
export function uuidV7(nowMs: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16);
  bytes.set(random.subarray(0, 10), 6);
  let clock = BigInt(nowMs);
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = Number(clock & 0xffn);
    clock >>= 8n;
  }
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The last day of the month before `day` (YYYY-MM-DD): what is closed as a rule. */
export function lastMonthEnd(day: string): string {
  const [year, month] = day.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month - 1, 0)).toISOString().slice(0, 10);
}
