/** What the makers of every class share: who pays, when, and what a payment settles. Pure. */

import { addDays, type IsoDate } from '../base/index.ts';
import { accountOf } from './companies.ts';
import { nameAsWritten } from './damage.ts';
import type { Dice } from './dice.ts';
import type { Shelf } from './shelf.ts';
import type { CorpusCustomer, CorpusItem, CorpusPayment, CorpusTruth } from './types.ts';

export interface Made {
  readonly payment: Omit<CorpusPayment, 'bankReference'>;
  readonly truth: CorpusTruth;
}

export interface Making {
  readonly dice: Dice;
  readonly shelf: Shelf;
}

/** The payer's name and account as the bank tells them. */
export function payerOf(
  customer: CorpusCustomer,
  dice: Dice,
): Pick<CorpusPayment, 'debtorName' | 'debtorAccount'> {
  const account = dice.chance(88) ? customer.ibans[dice.upTo(customer.ibans.length)] : undefined;
  // A new account that our master data has not heard of.
  const unheard =
    account === undefined && dice.chance(60) ? accountOf(700_000 + dice.upTo(200_000)) : account;
  return {
    debtorName: nameAsWritten(customer.name, dice),
    ...(unheard === undefined ? {} : { debtorAccount: unheard }),
  };
}

export function payDay(item: CorpusItem, dice: Dice): IsoDate {
  return addDays(item.issuedOn, 3 + dice.upTo(45));
}

export function whole(...items: readonly CorpusItem[]): Map<string, bigint> {
  return new Map(
    items.map(({ number, kind, amountMinor }) => [
      number,
      kind === 'credit_note' ? -amountMinor : amountMinor,
    ]),
  );
}
