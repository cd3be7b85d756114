/**
 * When are two statements the same? When account, currency, dated balances and the multiset of
 * (booking date, signed amount) agree, whatever their format and whatever the bank calls them.
 */
import { createHash, hash } from 'node:crypto';
import type { IsoDate } from '../base/index.ts';

const MODULUS_MASK = (1n << 256n) - 1n;

/**
 * A fingerprint of a multiset that grows line by line: the sum of the lines' SHA-256 modulo 2^256
 * (AdHash; Bellare and Micciancio, 1997). Addition makes it independent of the order, so a
 * stream of any length needs no sorting and no memory, and the set of several statements is the
 * sum of theirs. It tells accidents apart, not a forger with freedom over thousands of lines; a
 * forger would simply send another statement.
 */
export interface LineSet {
  readonly sum: bigint;
  readonly count: number;
}

export const EMPTY_LINE_SET: LineSet = { sum: 0n, count: 0 };

/** The value that one line adds: of its booking date and its signed amount in minor units. */
export function lineValue(bookingDate: IsoDate, signedMinor: bigint): bigint {
  return BigInt(`0x${hash('sha256', `${bookingDate} ${signedMinor}`)}`);
}

/** A set that takes lines in any order. */
export function createLineSet(): { add(bookingDate: IsoDate, signedMinor: bigint): void; result(): LineSet } {
  let sum = 0n;
  let count = 0;
  return {
    add(bookingDate, signedMinor) {
      sum = (sum + lineValue(bookingDate, signedMinor)) & MODULUS_MASK;
      count += 1;
    },
    result: () => ({ sum, count }),
  };
}

export interface DatedBalance {
  readonly amountMinor: bigint;
  readonly date: IsoDate;
}

export interface IdentityParts {
  readonly bankAccountId: bigint;
  readonly currency: string;
  readonly opening: DatedBalance | null;
  readonly closing: DatedBalance | null;
  readonly lines: LineSet;
  /**
   * For messages that only inform: their own marks. Two notifications of one line each are two
   * payments although nothing but their ids tells them apart. Absent for statements, whose ids
   * banks reuse.
   */
  readonly notice?: {
    readonly type: string;
    readonly statementId: string;
    readonly createdAt: string | null;
  };
}

const balanceText = (balance: DatedBalance | null): string =>
  balance === null ? '-' : `${balance.amountMinor}@${balance.date}`;

/** The 32 bytes by which a statement is known again. */
export function statementIdentity(parts: IdentityParts): Buffer {
  const { notice } = parts;
  const text = JSON.stringify([
    'statement/1',
    parts.bankAccountId.toString(),
    parts.currency,
    balanceText(parts.opening),
    balanceText(parts.closing),
    parts.lines.count,
    parts.lines.sum.toString(16),
    ...(notice === undefined ? [] : [notice.type, notice.statementId, notice.createdAt]),
  ]);
  return createHash('sha256').update(text).digest();
}
