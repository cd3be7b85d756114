import type { AccountKind, Side } from './types.ts';

/** The greatest sum a row of the vault holds. */
export const MAX_SUM_MINOR = 2n ** 63n - 1n;

/** What never changes about an account. */
export interface AccountInfo {
  readonly id: bigint;
  readonly code: string;
  readonly name: string;
  readonly parentId: bigint | null;
  readonly kind: AccountKind;
  readonly normalSide: Side;
  readonly currency: string | null;
  readonly postable: boolean;
  readonly role: string | null;
}

/** What a later record may change. Limits are meant on the normal side. */
export interface AccountTerms {
  readonly minMinor: bigint | null;
  readonly maxMinor: bigint | null;
  readonly closed: boolean;
}

/** Turnover of an account: posted, and held by pending entries. */
export interface Turnover {
  debitMinor: bigint;
  creditMinor: bigint;
  pendingDebitMinor: bigint;
  pendingCreditMinor: bigint;
}

/** An account as the ledger keeps it in memory. */
export interface AccountState extends Turnover {
  readonly info: AccountInfo;
  terms: AccountTerms;
  /** The place of the account in the undo list of the batch under way; see `Undo`. */
  mark: number;
}

export const NO_TERMS: AccountTerms = { minMinor: null, maxMinor: null, closed: false };

/** The side that increases accounts of a kind. */
export function normalSideOf(kind: AccountKind): Side {
  return kind === 'asset' || kind === 'expense' ? 'debit' : 'credit';
}

/** Adds a posting to an account's posted turnover, or to its pending one. */
export function addPosting(account: Turnover, amountMinor: bigint, pending: boolean): void {
  if (pending) {
    if (amountMinor > 0n) account.pendingDebitMinor += amountMinor;
    else account.pendingCreditMinor -= amountMinor;
  } else if (amountMinor > 0n) account.debitMinor += amountMinor;
  else account.creditMinor -= amountMinor;
}

/** Takes a posting out of the pending turnover, when its entry is posted, voided or has expired. */
export function releasePending(account: Turnover, amountMinor: bigint): void {
  if (amountMinor > 0n) account.pendingDebitMinor -= amountMinor;
  else account.pendingCreditMinor += amountMinor;
}

/** Posted balance, debit positive. */
export function balanceOf(account: Turnover): bigint {
  return account.debitMinor - account.creditMinor;
}

export type BalanceProblem = 'limit' | 'too-large';

/**
 * Whether an account may stand as it does after a movement of `movedMinor` (debit positive). A limit
 * counts what is posted and, on the side it restricts, what is pending, so that everything pending
 * can still be posted. A movement away from a limit is never refused, even where the balance lies
 * beyond it already.
 */
export function balanceProblem(account: AccountState, movedMinor: bigint): BalanceProblem | undefined {
  if (
    account.debitMinor + account.pendingDebitMinor > MAX_SUM_MINOR ||
    account.creditMinor + account.pendingCreditMinor > MAX_SUM_MINOR
  ) {
    return 'too-large';
  }
  const { minMinor, maxMinor } = account.terms;
  if (minMinor === null && maxMinor === null) return undefined;
  const onDebit = account.info.normalSide === 'debit';
  const balance = onDebit ? balanceOf(account) : -balanceOf(account);
  const moved = onDebit ? movedMinor : -movedMinor;
  const adding = onDebit ? account.pendingDebitMinor : account.pendingCreditMinor;
  const taking = onDebit ? account.pendingCreditMinor : account.pendingDebitMinor;
  if (maxMinor !== null && moved > 0n && balance + adding > maxMinor) return 'limit';
  if (minMinor !== null && moved < 0n && balance - taking < minMinor) return 'limit';
  return undefined;
}

/** Remembers accounts as they were before a batch, so that a refused batch leaves them so. */
export class Undo {
  readonly #accounts: AccountState[] = [];
  readonly #before: Turnover[] = [];

  /** To be called before an account is changed. */
  touch(account: AccountState): void {
    if (account.mark !== 0) return;
    this.#accounts.push(account);
    account.mark = this.#accounts.length;
    this.#before.push({
      debitMinor: account.debitMinor,
      creditMinor: account.creditMinor,
      pendingDebitMinor: account.pendingDebitMinor,
      pendingCreditMinor: account.pendingCreditMinor,
    });
  }

  /** The accounts touched, which the batch then writes. */
  get touched(): readonly AccountState[] {
    return this.#accounts;
  }

  /** Ends the batch; the changes stay. */
  keep(): void {
    for (const account of this.#accounts) account.mark = 0;
  }

  /** Ends the batch; the accounts are as they were. */
  restore(): void {
    for (let i = 0; i < this.#accounts.length; i += 1) {
      Object.assign(this.#accounts[i]!, this.#before[i]!);
    }
    this.keep();
  }
}
