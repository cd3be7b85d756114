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

/** The hash is added in lanes of 16 bits; a sum of 2^53 / 2^16 lines still fits a lane's number. */
const LANES = 16;
/** Lines after which the lanes carry over into one number. */
const CARRY_AFTER = 2 ** 32;

/** A set that takes lines in any order. */
export function createLineSet(): {
  add(bookingDate: IsoDate, signedMinor: bigint): void;
  result(): LineSet;
} {
  const lanes = new Float64Array(LANES);
  let carried = 0n;
  let sinceCarry = 0;
  let count = 0;
  const carry = () => {
    let sum = 0n;
    for (const lane of lanes) sum = (sum << 16n) + BigInt(lane);
    carried = (carried + sum) & MODULUS_MASK;
    lanes.fill(0);
    sinceCarry = 0;
  };
  return {
    add(bookingDate, signedMinor) {
      // Text of one character a byte is the quickest form in which the runtime hands a hash over.
      const digest = hash('sha256', `${bookingDate} ${signedMinor}`, 'binary');
      for (let lane = 0; lane < LANES; lane += 1) {
        lanes[lane]! += digest.charCodeAt(2 * lane) * 256 + digest.charCodeAt(2 * lane + 1);
      }
      count += 1;
      sinceCarry += 1;
      if (sinceCarry === CARRY_AFTER) carry();
    },
    result() {
      carry();
      return { sum: carried, count };
    },
  };
}

/** The set of both. */
export function unite(a: LineSet, b: LineSet): LineSet {
  return { sum: (a.sum + b.sum) & MODULUS_MASK, count: a.count + b.count };
}

/** The 32 bytes in which a set's sum is kept. */
export function sumBytes({ sum }: LineSet): Buffer {
  return Buffer.from(sum.toString(16).padStart(64, '0'), 'hex');
}

export function sumFromBytes(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
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
