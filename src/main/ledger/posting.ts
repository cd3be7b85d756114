import { CountersignError } from '../base/index.ts';
import { type AccountState, MAX_SUM_MINOR } from './balances.ts';
import type { CanonicalEntry } from './canonical.ts';
import { dayOf } from './days.ts';
import type { NewEntry, NewPosting } from './types.ts';

/**
 * The form of an entry, apart from everything that time may change. The outcomes, in the order in
 * which they are looked for: INPUT_INVALID (id, texts) · LEDGER_DATE_INVALID · LEDGER_EMPTY_ENTRY ·
 * then for each posting LEDGER_ZERO_POSTING · LEDGER_AMOUNT_TOO_LARGE · LEDGER_ACCOUNT_UNKNOWN ·
 * LEDGER_ACCOUNT_NOT_POSTABLE · LEDGER_CURRENCY_MISMATCH · and for all together LEDGER_UNBALANCED.
 * None of these can change for an entry that was accepted once, so they come before its id is
 * looked up, and a repeated entry always gets its first answer.
 */
export interface PreparedEntry extends CanonicalEntry {
  /** The id as a text whose order is that of the bytes. */
  readonly key: string;
  /** The accounts of two postings; see `lines` where there are more. */
  readonly debit: AccountState;
  readonly credit: AccountState;
  readonly lines: readonly PreparedLine[] | null;
}

export interface PreparedLine {
  readonly account: AccountState;
  readonly accountId: bigint;
  readonly amountMinor: bigint;
}

/** Finds an account by its id; `undefined` where there is none. */
export type AccountFinder = (id: bigint) => AccountState | undefined;

const ID_BYTES = 16;
const MAX_TEXT = 1_000;
/** As many as have a place of their own in the account history. */
const MAX_POSTINGS = 1_000;

function refuse(
  code: 'LEDGER_EMPTY_ENTRY' | 'LEDGER_DATE_INVALID' | 'INPUT_INVALID',
  at: number,
  field: string,
  message: string,
  expected: string,
): never {
  throw new CountersignError(code, message, { path: `entries.${at}.${field}`, expected });
}

function checkText(text: string | undefined, at: number, field: string): string | null {
  if (text === undefined) return null;
  if (typeof text !== 'string' || text.length === 0 || text.length > MAX_TEXT || !text.isWellFormed()) {
    refuse(
      'INPUT_INVALID',
      at,
      field,
      'A text of the entry is not usable.',
      `1 to ${MAX_TEXT} characters of Unicode`,
    );
  }
  return text;
}

/** Checks the `at`-th entry of a call and resolves its accounts; throws as the list above says. */
export function prepareEntry(entry: NewEntry, at: number, find: AccountFinder): PreparedEntry {
  if (entry.id.byteLength !== ID_BYTES) {
    refuse('INPUT_INVALID', at, 'id', 'The id of the entry is no UUID.', '16 bytes');
  }
  const reason = checkText(entry.reason, at, 'reason') ?? '';
  const memo = entry.memo === undefined ? null : checkText(entry.memo, at, 'memo');
  const { source } = entry;
  if (source !== undefined) {
    checkText(source.kind, at, 'source.kind');
    checkText(source.id, at, 'source.id');
  }
  if (entry.reverses !== undefined && entry.reverses.byteLength !== ID_BYTES) {
    refuse('INPUT_INVALID', at, 'reverses', 'The id of the reversed entry is no UUID.', '16 bytes');
  }
  const day = dayOf(entry.effectiveDate);
  if (day === undefined) {
    refuse('LEDGER_DATE_INVALID', at, 'effectiveDate', 'The effective date does not exist.', 'YYYY-MM-DD');
  }
  const { postings } = entry;
  if (postings.length < 2) {
    refuse(
      'LEDGER_EMPTY_ENTRY',
      at,
      'postings',
      'A journal entry needs at least two postings.',
      'two or more',
    );
  }
  if (postings.length > MAX_POSTINGS) {
    refuse('INPUT_INVALID', at, 'postings', 'The entry has too many postings.', `${MAX_POSTINGS} at most`);
  }
  const pair = postings.length === 2 ? preparePair(entry, at, find) : prepareLines(entry, at, find);
  return {
    id: entry.id,
    key: entry.id.toString('latin1'),
    day,
    reason,
    memo,
    source: source === undefined ? null : source,
    reverses: entry.reverses ?? null,
    pending: entry.pending !== undefined,
    expiresAtMs: entry.pending?.expiresAtMs ?? null,
    debit: pair.debit,
    credit: pair.credit,
    debitAccount: pair.debit.info.id,
    creditAccount: pair.credit.info.id,
    amountMinor: pair.amountMinor,
    lines: pair.lines,
  };
}

interface PreparedPostings {
  readonly debit: AccountState;
  readonly credit: AccountState;
  readonly amountMinor: bigint;
  readonly lines: readonly PreparedLine[] | null;
}

/** Two postings: nearly every entry, and kept without a list. */
function preparePair(entry: NewEntry, at: number, find: AccountFinder): PreparedPostings {
  const first = entry.postings[0]!;
  const second = entry.postings[1]!;
  const one = checkPosting(at, 0, first, find);
  const other = checkPosting(at, 1, second, find);
  if (first.amountMinor !== -second.amountMinor || one.info.currency !== other.info.currency) {
    checkBalanced([lineOf(one, first), lineOf(other, second)], at);
  }
  return first.amountMinor > 0n
    ? { debit: one, credit: other, amountMinor: first.amountMinor, lines: null }
    : { debit: other, credit: one, amountMinor: second.amountMinor, lines: null };
}

function prepareLines(entry: NewEntry, at: number, find: AccountFinder): PreparedPostings {
  const lines = entry.postings.map((posting, line) => lineOf(checkPosting(at, line, posting, find), posting));
  checkBalanced(lines, at);
  const { account, amountMinor } = lines[0]!;
  return { debit: account, credit: account, amountMinor, lines };
}

const lineOf = (account: AccountState, { accountId, amountMinor }: NewPosting): PreparedLine => ({
  account,
  accountId,
  amountMinor,
});

function checkPosting(at: number, line: number, posting: NewPosting, find: AccountFinder): AccountState {
  const { accountId, amountMinor, currency } = posting;
  if (amountMinor === 0n)
    refusePosting('LEDGER_ZERO_POSTING', at, line, 'amountMinor', 'an amount other than zero');
  if (amountMinor > MAX_SUM_MINOR || amountMinor < -MAX_SUM_MINOR) {
    refusePosting('LEDGER_AMOUNT_TOO_LARGE', at, line, 'amountMinor', 'an amount below 2^63 minor units');
  }
  const account = find(accountId);
  if (account === undefined)
    refusePosting('LEDGER_ACCOUNT_UNKNOWN', at, line, 'accountId', 'the id of an account');
  const own = account.info.currency;
  if (!account.info.postable) {
    refusePosting('LEDGER_ACCOUNT_NOT_POSTABLE', at, line, 'accountId', 'an account that takes postings');
  }
  if (currency !== undefined && currency !== own) {
    refusePosting('LEDGER_CURRENCY_MISMATCH', at, line, 'currency', own ?? 'none');
  }
  return account;
}

function refusePosting(
  code: PostingProblem,
  at: number,
  line: number,
  field: string,
  expected: string,
): never {
  const path = `entries.${at}.postings.${line}.${field}`;
  throw new CountersignError(code, POSTING_PROBLEMS[code], { path, expected });
}

const POSTING_PROBLEMS = {
  LEDGER_ZERO_POSTING: 'A posting of zero says nothing.',
  LEDGER_AMOUNT_TOO_LARGE: 'The amount does not fit the ledger.',
  LEDGER_ACCOUNT_UNKNOWN: 'There is no such account.',
  LEDGER_ACCOUNT_NOT_POSTABLE: 'The account only sums its children and takes no postings.',
  LEDGER_CURRENCY_MISMATCH: "The posting has another currency than its account's.",
} as const;
type PostingProblem = keyof typeof POSTING_PROBLEMS;

function checkBalanced(lines: readonly PreparedLine[], at: number): void {
  const sums = new Map<string, bigint>();
  for (const { account, amountMinor } of lines) {
    const currency = account.info.currency ?? '';
    sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);
  }
  for (const [currency, sum] of sums) {
    if (sum === 0n) continue;
    throw new CountersignError('LEDGER_UNBALANCED', 'The postings do not sum to zero in each currency.', {
      path: `entries.${at}.postings`,
      expected: `a sum of 0 in ${currency}`,
      actual: `${sum} minor units of ${currency}`,
    });
  }
}

/** The postings of a prepared entry, in the order in which they are kept. */
export function linesOf(entry: PreparedEntry): readonly PreparedLine[] {
  return (
    entry.lines ?? [
      { account: entry.debit, accountId: entry.debitAccount as bigint, amountMinor: entry.amountMinor },
      { account: entry.credit, accountId: entry.creditAccount as bigint, amountMinor: -entry.amountMinor },
    ]
  );
}
