/** The open items: invoices of several series with gaps in their numbers, and credit notes. Pure. */
import { addDays } from '../base/index.ts';
import { makeRfReference } from '../messages/index.ts';
import type { Dice } from './dice.ts';
import { CURRENCIES } from './rates.ts';
import type { CorpusCustomer, CorpusItem } from './types.ts';

const FIRST_DAY = '2026-07-01';
const DAYS = 110;
/** Of a hundred invoices so many are in another currency than our accounts'. */
const FOREIGN = 3;

/** A series of numbers; consecutive ones are one to seven apart, as the others are paid long since. */
function series(dice: Dice, write: (number: number) => string, first: number): () => string {
  let number = first;
  return () => {
    number += 1 + dice.upTo(7);
    return write(number);
  };
}

/** Makes `count` open items of the customers; some customers have many, most have few. */
export function makeBook(dice: Dice, customers: readonly CorpusCustomer[], count: number): CorpusItem[] {
  const digits = (number: number, width: number): string => String(number).padStart(width, '0');
  const goods = series(dice, (number) => `INV-2026-${digits(number, 6)}`, 1_000);
  const ledger = series(dice, (number) => `9${digits(number, 8)}`, 10_000_000);
  const service = series(dice, (number) => `SV26-${digits(number, 5)}`, 10_000);
  const notes = series(dice, (number) => `CN-2026-${digits(number, 5)}`, 100);
  return Array.from({ length: count }, (): CorpusItem => {
    const isNote = dice.chance(3);
    const customer = customers[Math.floor(dice.random() ** 1.6 * customers.length)]!;
    const number = isNote
      ? notes()
      : dice.weighted([
          [goods, 65],
          [ledger, 30],
          [service, 5],
        ])();
    const issuedOn = addDays(FIRST_DAY, dice.upTo(DAYS));
    return {
      number,
      customerId: customer.customerId,
      kind: isNote ? 'credit_note' : 'invoice',
      issuedOn,
      dueOn: addDays(issuedOn, dice.pick([14, 30, 30, 60])),
      currency: !isNote && dice.chance(FOREIGN) ? dice.pick(CURRENCIES) : 'EUR',
      amountMinor: amount(dice),
      ...(dice.chance(60) ? { reference: makeRfReference(number.replaceAll('-', '')) } : {}),
      ...(!isNote && dice.chance(12) ? { discountPpm: 20_000, discountUntil: addDays(issuedOn, 10) } : {}),
    };
  });
}

/**
 * Prices in minor units of any currency: every seventh a round one, the others from 5,000 (fifty euro) to
 * eight million (eighty thousand), most of them small.
 */
export function amount(dice: Dice): bigint {
  if (dice.chance(14)) return BigInt((1 + dice.upTo(80)) * 25_000);
  return BigInt(5_000 + Math.floor(dice.random() ** 3 * 8_000_000));
}
