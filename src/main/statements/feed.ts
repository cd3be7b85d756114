/**
 * Payments that arrive one by one. Each is a row of its own account's feed, a statement that grows all
 * day and only informs, so that whoever knows a bank transaction knows it too. Its ids lie far above
 * those of files: a file under way counts its ids in memory, and the two must never meet.
 */
import { createHash } from 'node:crypto';
import { dateOfMs } from '../base/index.ts';
import { type BankTransaction, type StatementAccount, writeContent } from '../messages/index.ts';
import { canonicalAccountNumber } from './account-number.ts';
import { NUMBER_INDEX } from './accounts.ts';
import type { StatementsContext } from './context.ts';
import { FEED_TYPE } from './feed-ids.ts';

/** An own account that is known. */
export interface FeedAccount {
  readonly id: bigint;
  readonly ledgerAccountId: bigint;
  readonly currency: string;
}

/** A payment on its way in. */
export interface FeedLine {
  readonly id: bigint;
  readonly account: FeedAccount;
  /** As the own account sees it. */
  readonly transaction: BankTransaction;
}

export interface Feed {
  /** The own account of a number in a currency, where a statement has named it before. */
  account(account: StatementAccount, currency: string): FeedAccount | undefined;
  /** The id that the next line may have. */
  nextId(): bigint;
  /** Writes lines under the feeds of the day. In a vault transaction. */
  insert(lines: readonly FeedLine[], receivedAtMs: number, record: bigint): void;
}

export function createFeed({ vault, store, sealing }: StatementsContext): Feed {
  /** Accounts that were found; they never change. */
  const known = new Map<string, FeedAccount>();

  function account(given: StatementAccount, currency: string): FeedAccount | undefined {
    const number = canonicalAccountNumber(given);
    if (number === null) return undefined;
    const key = `${number} ${currency}`;
    const found = known.get(key);
    if (found) return found;
    // Looking a tag up may make the index's key, which is a write.
    const ids = vault.transaction(() =>
      sealing.findByTag(NUMBER_INDEX, sealing.blindTag(NUMBER_INDEX, number)),
    );
    const row = store
      .bankAccountsBySealed(ids)
      .find((each) => each.currency === currency && each.record !== null);
    if (row === undefined) return undefined;
    const { id, ledgerAccountId } = row;
    const own = { id, ledgerAccountId, currency };
    known.set(key, own);
    return own;
  }

  /** The feeds of the day that was met last, by their accounts. */
  let today = '';
  const feeds = new Map<bigint, bigint>();

  function feedOf(accountId: bigint, day: string, firstId: bigint, record: bigint): bigint {
    if (day !== today) feeds.clear();
    today = day;
    const met = feeds.get(accountId);
    if (met !== undefined) return met;
    const id = findOrMake(accountId, day, firstId, record);
    feeds.set(accountId, id);
    vault.onRollback(() => feeds.delete(accountId));
    return id;
  }

  /** The feed of an account and day, made where there is none. */
  function findOrMake(accountId: bigint, day: string, firstId: bigint, record: bigint): bigint {
    const identity = createHash('sha256').update(`feed/1 ${accountId} ${day}`).digest();
    const known = store.feedByIdentity(identity);
    if (known !== undefined) return known;
    const id = store.nextFeedId();
    const sealedId = sealing.seal({
      purpose: 'bank_message',
      table: 'statement',
      column: 'header',
      applicationId: id.toString(),
      plaintext: JSON.stringify({ statementId: `Instant payments of ${day}` }),
    });
    store.insertFeed({
      id,
      bankAccountId: accountId,
      type: FEED_TYPE,
      sealedId,
      identity,
      day,
      firstId,
      record,
    });
    return id;
  }

  return {
    account,
    nextId: () => store.lastFeedTransactionId() + 1n,
    insert(lines, receivedAtMs, record) {
      const day = dateOfMs(receivedAtMs);
      for (const { id, account: own, transaction } of lines) {
        const statementId = feedOf(own.id, day, id, record);
        const { bookingDate, valueDate, direction, amountMinor, status, reversal, position } = transaction;
        const sealedId = sealing.seal({
          purpose: 'customer_pii',
          table: 'bank_transaction',
          column: 'content',
          applicationId: id.toString(),
          plaintext: writeContent(transaction),
        });
        store.insertTransactions([
          id,
          statementId,
          bookingDate,
          valueDate ?? null,
          direction === 'credit' ? amountMinor : -amountMinor,
          status,
          reversal ? 1 : 0,
          position.byteStart,
          position.byteEnd,
          null,
          sealedId,
        ]);
        store.growFeed(statementId, id, bookingDate);
      }
    },
  };
}
