import type { RenderedCommand, RenderedLine } from '../../../contract/approvals.ts';
import type { Account, JournalEntry, ledger as ledgerContract } from '../../../contract/ledger.ts';
import type { Act } from '../../approvals/index.ts';
import { idFromText } from '../../base/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { InputOf } from './input.ts';
import { amount, attempt, debits, line, rendered, sided, told } from './lines.ts';

type Post = InputOf<typeof ledgerContract.post>;
type Reverse = InputOf<typeof ledgerContract.reverse>;
type Resolve = InputOf<typeof ledgerContract.resolvePending>;
type Limits = InputOf<typeof ledgerContract.setLimits>;

interface Posting {
  readonly accountId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

const entryPath = (id: string) => `/ledger/entries/${id}`;
const accountPath = (id: string) => `/ledger/accounts/${id}`;
const named = ({ code, name }: Pick<Account, 'code' | 'name'>) => `${code} ${name}`;

/** Accounts of the chart by id, read once a rendering. */
const chartOf = (ledger: Ledger) => new Map(ledger.accounts().map((account) => [account.id, account]));
type Chart = ReturnType<typeof chartOf>;

/** What postings change on each account: the balance now, and then. */
function balanceLines(ledger: Ledger, chart: Chart, postings: readonly Posting[]): RenderedLine[] {
  const moved = new Map<string, { readonly currency: string; minor: bigint }>();
  for (const { accountId, amountMinor, currency } of postings) {
    const sum = moved.get(accountId) ?? { currency, minor: 0n };
    moved.set(accountId, { currency, minor: sum.minor + amountMinor });
  }
  return [...moved].map(([id, { currency, minor }]) => {
    const account = chart.get(id);
    if (account === undefined) return line(`Account ${id}`, null, 'there is no such account');
    const before = account.postable ? ledger.balanceMinor(BigInt(id)) : 0n;
    return line(`Balance ${named(account)}`, sided(before, currency), sided(before + minor, currency));
  });
}

const accountSources = (chart: Chart, postings: readonly Posting[]): RenderedCommand['sources'] =>
  [...new Set(postings.map(({ accountId }) => accountId))].flatMap((id) => {
    const account = chart.get(id);
    return account === undefined ? [] : [{ label: named(account), to: accountPath(id) }];
  });

function postingObstacle(chart: Chart, posting: Posting): string | null {
  const account = chart.get(posting.accountId);
  if (account === undefined) return 'There is no such account.';
  if (!account.postable) return `${named(account)} takes no postings.`;
  if (account.closed) return `${named(account)} is closed.`;
  if (account.currency !== posting.currency) return `${named(account)} has another currency.`;
  return null;
}

const periodObstacle = (ledger: Ledger, date: string): string | null => {
  const closed = ledger.closedThrough();
  return closed !== null && date <= closed ? `The period is closed through ${closed}.` : null;
};

function balanceObstacle(postings: readonly Posting[]): string | null {
  const sums = new Map<string, bigint>();
  for (const { amountMinor, currency } of postings) {
    sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);
  }
  return [...sums.values()].every((sum) => sum === 0n) ? null : 'The postings do not sum to zero.';
}

const firstOf = (obstacles: Iterable<string | null>): string | null => {
  for (const obstacle of obstacles) if (obstacle !== null) return obstacle;
  return null;
};

const post = (ledger: Ledger): Act => ({
  facts(input) {
    const { entries } = input as Post;
    return { amounts: debits(entries.flatMap(({ postings }) => postings)), count: entries.length };
  },
  render(input) {
    const { entries } = input as Post;
    const chart = chartOf(ledger);
    const all = entries.flatMap(({ postings }) => postings);
    const booked = entries.filter(({ pending }) => !pending).flatMap(({ postings }) => postings);
    const reserved = entries.length - entries.filter(({ pending }) => !pending).length;
    return rendered({
      title: entries.length === 1 ? 'Post a journal entry' : `Post ${entries.length} journal entries`,
      lines: [
        ...debits(all).map((one) => told('Moves', amount(one.amountMinor, one.currency))),
        ...(reserved === 0 ? [] : [told('Pending', `${reserved} of them, which change no balance yet`)]),
        ...balanceLines(ledger, chart, booked),
        ...entries.flatMap(({ effectiveDate, reason, memo, postings }, i) => [
          told(`Entry ${i + 1}`, [effectiveDate, reason, ...(memo === undefined ? [] : [memo])].join(' · ')),
          ...postings.map(({ accountId, amountMinor, currency }) => {
            const account = chart.get(accountId);
            const label = account === undefined ? `Account ${accountId}` : named(account);
            return told(`Entry ${i + 1}: ${label}`, sided(amountMinor, currency));
          }),
        ]),
      ],
      sources: accountSources(chart, all),
      obstacle: firstOf([
        ...entries.map(({ postings }) => balanceObstacle(postings)),
        ...entries.map(({ effectiveDate }) => periodObstacle(ledger, effectiveDate)),
        ...all.map((posting) => postingObstacle(chart, posting)),
      ]),
    });
  },
});

/** An entry as it stands; undefined where there is none. */
const entryOf = (ledger: Ledger, id: string): JournalEntry | undefined => {
  const bytes = idFromText(id);
  return bytes === undefined ? undefined : attempt(() => ledger.entry(bytes)).value;
};

const factsOfEntry = (entry: JournalEntry | undefined) => ({
  amounts: entry === undefined ? [] : debits(entry.postings),
  count: 1,
});

const NO_ENTRY = 'There is no such journal entry.';

const opposite = (postings: readonly Posting[]): Posting[] =>
  postings.map((posting) => ({ ...posting, amountMinor: -posting.amountMinor }));

const reverse = (ledger: Ledger): Act => ({
  facts: (input) => factsOfEntry(entryOf(ledger, (input as Reverse).entryId)),
  render(input) {
    const { entryId, reason, effectiveDate } = input as Reverse;
    const title = 'Reverse a journal entry';
    const entry = entryOf(ledger, entryId);
    if (entry === undefined) {
      return rendered({ title, lines: [told('Entry', entryId), told('Reason', reason)], obstacle: NO_ENTRY });
    }
    const chart = chartOf(ledger);
    const reversed = entry.reversedBy === null ? null : 'The entry was reversed before.';
    return rendered({
      title,
      lines: [
        told(
          'Entry',
          `${entry.effectiveDate} · ${entry.reason}${entry.memo === null ? '' : ` · ${entry.memo}`}`,
        ),
        told('Reason', reason),
        ...(effectiveDate === undefined ? [] : [told('Dated', effectiveDate)]),
        ...entry.postings.map(({ accountCode, accountName, amountMinor, currency }) =>
          line(
            `Posting ${accountCode} ${accountName}`,
            sided(amountMinor, currency),
            sided(-amountMinor, currency),
          ),
        ),
        ...balanceLines(ledger, chart, opposite(entry.postings)),
      ],
      sources: [{ label: 'Journal entry', to: entryPath(entryId) }, ...accountSources(chart, entry.postings)],
      obstacle: firstOf([
        reversed,
        entry.state === 'posted'
          ? null
          : `The entry is ${entry.state}, and only a posted one can be reversed.`,
        effectiveDate === undefined ? null : periodObstacle(ledger, effectiveDate),
      ]),
    });
  },
});

/** Posting moves money; voiding only gives up what was reserved, and stays one person's. */
const resolvePending = (ledger: Ledger): Act => ({
  isGoverned: (input) => (input as Resolve).action === 'post',
  facts: (input) => factsOfEntry(entryOf(ledger, (input as Resolve).entryId)),
  render(input) {
    const { entryId, action } = input as Resolve;
    const title = action === 'post' ? 'Post a pending entry' : 'Void a pending entry';
    const entry = entryOf(ledger, entryId);
    if (entry === undefined) {
      return rendered({ title, lines: [told('Entry', entryId)], obstacle: NO_ENTRY });
    }
    const chart = chartOf(ledger);
    return rendered({
      title,
      lines: [
        line('State', entry.state, action === 'post' ? 'posted' : 'voided'),
        told(
          'Entry',
          `${entry.effectiveDate} · ${entry.reason}${entry.memo === null ? '' : ` · ${entry.memo}`}`,
        ),
        ...(action === 'post' ? balanceLines(ledger, chart, entry.postings) : []),
      ],
      sources: [{ label: 'Journal entry', to: entryPath(entryId) }, ...accountSources(chart, entry.postings)],
      obstacle: entry.state === 'pending' ? null : `The entry is ${entry.state} already.`,
    });
  },
});

/** Whether an account could go further than now. */
function widens({ limit }: Account, { minMinor, maxMinor }: Limits): boolean {
  const below = limit.minMinor !== null && (minMinor === null || minMinor < limit.minMinor);
  const above = limit.maxMinor !== null && (maxMinor === null || maxMinor > limit.maxMinor);
  return below || above;
}

const bound = (minor: bigint | null, currency: string | null): string =>
  minor === null ? 'none' : currency === null ? String(minor) : amount(minor, currency);

const setLimits = (ledger: Ledger): Act => ({
  isGoverned(input) {
    const account = chartOf(ledger).get((input as Limits).accountId);
    return account === undefined || widens(account, input as Limits);
  },
  facts: () => ({ amounts: [], count: 1 }),
  render(input) {
    const { accountId, minMinor, maxMinor } = input as Limits;
    const account = chartOf(ledger).get(accountId);
    const title = 'Change the limits of an account';
    if (account === undefined) {
      return rendered({ title, lines: [told('Account', accountId)], obstacle: 'There is no such account.' });
    }
    const { limit, currency } = account;
    return rendered({
      title,
      lines: [
        told('Account', named(account)),
        line('Least balance', bound(limit.minMinor, currency), bound(minMinor, currency)),
        line('Most balance', bound(limit.maxMinor, currency), bound(maxMinor, currency)),
      ],
      sources: [{ label: named(account), to: accountPath(accountId) }],
      obstacle: account.closed ? `${named(account)} is closed.` : null,
    });
  },
});

/** What is done to the books by hand. */
export const ledgerActs = ({ ledger }: { readonly ledger: Ledger }): Readonly<Record<string, Act>> => ({
  'ledger.post': post(ledger),
  'ledger.reverse': reverse(ledger),
  'ledger.resolvePending': resolvePending(ledger),
  'ledger.setLimits': setLimits(ledger),
});
