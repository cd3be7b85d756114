import { createIdMaker } from '../../src/main/base/index.ts';
import { createLedger, type Ledger, type NewEntry } from '../../src/main/ledger/index.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';

export const CALLER = { actor: 'test', traceId: 'trace' };
export const NOW_MS = Date.parse('2026-06-15T12:00:00Z');

/** A ledger with a few accounts, on a vault of its own. */
export interface Books {
  readonly test: TestVault;
  readonly ledger: Ledger;
  readonly clock: ReturnType<typeof fixedClockRuntime>;
  /** Cash EUR, debit; Loan EUR, credit; Till EUR, debit, between 0 and 1,000; Dollars USD, debit; Owed USD, credit. */
  readonly cash: bigint;
  readonly loan: bigint;
  readonly till: bigint;
  readonly dollars: bigint;
  readonly owed: bigint;
  /** A group that takes no postings. */
  readonly group: bigint;
  newId(): Buffer;
  /** An entry of `amountMinor` from loan to cash, changed where `change` says so. */
  entry(amountMinor: bigint, change?: Partial<NewEntry>): NewEntry;
}

/** Opens books that the caller closes. */
export async function openBooks(): Promise<{ books: Books; close: () => void }> {
  // Where the clock stands still nothing comes due: snapshots are taken when a test asks for them.
  const clock = { ...fixedClockRuntime(NOW_MS), schedule: () => () => {} };
  const test = await openTestVault({ runtime: clock });
  return { books: booksOn(test, clock), close: () => test.close() };
}

export async function withBooks(work: (books: Books) => void | Promise<void>): Promise<void> {
  const { books, close } = await openBooks();
  try {
    await work(books);
  } finally {
    close();
  }
}

function booksOn(test: TestVault, clock: Books['clock']): Books {
  const ledger = createLedger(test);
  const group = account(ledger, { code: 'G', kind: 'asset', currency: null, postable: false });
  const parentId = group;
  const cash = account(ledger, { code: 'A', kind: 'asset', currency: 'EUR', parentId });
  const loan = account(ledger, { code: 'B', kind: 'liability', currency: 'EUR' });
  const terms = { minMinor: 0n, maxMinor: 1_000n };
  const till = account(ledger, { code: 'C', kind: 'asset', currency: 'EUR', parentId, terms });
  const dollars = account(ledger, { code: 'D', kind: 'asset', currency: 'USD' });
  const owed = account(ledger, { code: 'E', kind: 'liability', currency: 'USD' });
  const newId = createIdMaker(clock);
  const entry: Books['entry'] = (amountMinor, change = {}) => ({
    id: newId(),
    effectiveDate: '2026-06-01',
    reason: 'adjustment',
    postings: between(cash, loan, amountMinor),
    ...change,
  });
  return { test, ledger, clock, cash, loan, till, dollars, owed, group, newId, entry };
}

type AccountInput = Parameters<Ledger['createAccount']>[0];

function account(ledger: Ledger, input: Partial<AccountInput> & Pick<AccountInput, 'code' | 'kind'>): bigint {
  const defaults = { name: `Account ${input.code}`, currency: 'EUR', postable: true, parentId: null };
  return BigInt(ledger.createAccount({ ...defaults, ...input }, CALLER).id);
}

/** Postings that debit one account and credit another. */
export function between(debit: bigint, credit: bigint, amountMinor: bigint): NewEntry['postings'] {
  return [
    { accountId: debit, amountMinor },
    { accountId: credit, amountMinor: -amountMinor },
  ];
}
