import type { RenderedCommand, RenderedLine } from '../../../contract/approvals.ts';
import type { Money } from '../../../contract/common.ts';
import { formatAmount } from '../../../contract/money.ts';
import { isCountersignError } from '../../base/index.ts';

/** More lines than this no checker reads; the rest is counted. */
const MOST_LINES = 60;

export const line = (label: string, before: string | null, after: string | null): RenderedLine => ({
  label,
  before,
  after,
});

/** A line that only says something about the command. */
export const told = (label: string, after: string): RenderedLine => line(label, null, after);

/** Money as it is written, with its side where it lies on an account. */
export const amount = (amountMinor: bigint, currency: string): string =>
  `${formatAmount(amountMinor, currency)} ${currency}`;

export const sided = (amountMinor: bigint, currency: string): string =>
  amountMinor < 0n
    ? `${amount(-amountMinor, currency)} credit`
    : `${amount(amountMinor, currency)}${amountMinor === 0n ? '' : ' debit'}`;

export const listed = (names: readonly string[], none = 'none'): string =>
  names.length === 0 ? none : names.join(', ');

/** The debits of postings, one sum a currency: what an entry moves. */
export function debits(postings: readonly Money[]): Money[] {
  const sums = new Map<string, bigint>();
  for (const { amountMinor, currency } of postings) {
    if (amountMinor > 0n) sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);
  }
  return [...sums].map(([currency, amountMinor]) => ({ amountMinor, currency }));
}

/** What an act says of a command; what it leaves out is nothing. */
export interface Told {
  readonly title: string;
  readonly lines: readonly RenderedLine[];
  readonly sources?: RenderedCommand['sources'];
  readonly obstacle?: string | null;
}

export function rendered({ title, lines, sources = [], obstacle = null }: Told): RenderedCommand {
  const shown = lines.slice(0, MOST_LINES);
  const more = lines.length - shown.length;
  if (more > 0) shown.push(told('And', `${more} more lines; see the raw form`));
  return { title, lines: shown, sources: [...sources], obstacle };
}

/** What `read` answers; the sentence of its refusal where it refuses. */
export function attempt<T>(
  read: () => T,
): { readonly value: T; readonly refusal: null } | { readonly value: undefined; readonly refusal: string } {
  try {
    return { value: read(), refusal: null };
  } catch (error) {
    if (isCountersignError(error)) return { value: undefined, refusal: error.message };
    throw error;
  }
}
