import type { Account } from '../../../contract/ledger.ts';

/** An account with its depth in the tree and what stands on it, its children included. */
export interface TreeRow {
  readonly account: Account;
  readonly depth: number;
  /** The currencies that the account and its children are kept in, sorted. */
  readonly currencies: readonly string[];
  /** On the account's normal side; null where it would add up several currencies, or none. */
  readonly totalMinor: bigint | null;
  readonly pendingMinor: bigint | null;
}

interface Sums {
  readonly balance: Map<string, bigint>;
  readonly pending: Map<string, bigint>;
}

const add = (sums: Map<string, bigint>, currency: string, amountMinor: bigint) =>
  sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);

/**
 * The chart in the order of a tree: each account under its parent, siblings by code. A parent
 * carries the sum of its children where they share one currency. With `currency` only that
 * currency's accounts and their parents are there, so that every parent has a sum.
 */
export function inTreeOrder(accounts: readonly Account[], currency: string | null = null): TreeRow[] {
  const children = new Map<string | null, Account[]>();
  for (const account of accounts) {
    const siblings = children.get(account.parentId);
    if (siblings) siblings.push(account);
    else children.set(account.parentId, [account]);
  }
  const rows: TreeRow[] = [];
  const walk = (account: Account, depth: number): Sums => {
    const at = rows.length;
    const sums: Sums = { balance: new Map(), pending: new Map() };
    // Children may stand on the other side than their parent: sums are kept debit positive.
    const sign = account.normalSide === 'debit' ? 1n : -1n;
    if (account.currency !== null && (currency === null || account.currency === currency)) {
      add(sums.balance, account.currency, sign * (account.balanceMinor ?? 0n));
      add(sums.pending, account.currency, sign * (account.pendingMinor ?? 0n));
    }
    for (const child of siblingsOf(children, account.id)) {
      const below = walk(child, depth + 1);
      for (const [code, amountMinor] of below.balance) add(sums.balance, code, amountMinor);
      for (const [code, amountMinor] of below.pending) add(sums.pending, code, amountMinor);
    }
    const currencies = [...sums.balance.keys()].sort();
    if (currency !== null && currencies.length === 0) return sums;
    const only = currencies.length === 1 ? currencies[0]! : null;
    rows.splice(at, 0, {
      account,
      depth,
      currencies,
      totalMinor: only === null ? null : sign * sums.balance.get(only)!,
      pendingMinor: only === null ? null : sign * (sums.pending.get(only) ?? 0n),
    });
    return sums;
  };
  for (const root of siblingsOf(children, null)) walk(root, 0);
  return rows;
}

function siblingsOf(children: ReadonlyMap<string | null, Account[]>, parentId: string | null): Account[] {
  return [...(children.get(parentId) ?? [])].sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
}

/** The currencies of a chart, sorted. */
export function currenciesOf(accounts: readonly Account[]): string[] {
  return [...new Set(accounts.flatMap(({ currency }) => (currency === null ? [] : [currency])))].sort();
}
