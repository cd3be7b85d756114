/**
 * Payments of each class with the truth beside them. `resources/benchmarks/matching.md` says what each class
 * is and which of its payments have an answer. Pure.
 */
import { addDays, type IsoDate } from '../base/index.ts';
import { amount } from './book.ts';
import { accountOf, strangerName } from './companies.ts';
import { crossCurrency, foreignInvoice } from './cross-currency.ts';
import { inWords, listInWords, mistyped, nameAsWritten, numberAsWritten } from './damage.ts';
import type { Dice } from './dice.ts';
import { lookAlike } from './look-alikes.ts';
import { type Made, type Making, payDay, payerOf, whole } from './making.ts';
import type { CorpusItem, CorpusPayment, PaymentClass } from './types.ts';

/** Shares of a hundred payments; duplicates come two by two, the payment and its repetition. */
export const MIX: readonly (readonly [PaymentClass, number])[] = [
  ['iso-structured', 26],
  ['iso-unstructured', 20],
  ['lump-sum', 8],
  ['part-payment', 5],
  ['third-party', 6],
  ['typo', 8],
  ['mt940', 12],
  ['mt942', 4],
  ['cross-currency', 2],
  ['foreign-invoice', 1],
  ['duplicate', 2],
  ['nobody', 3],
  ['look-alike', 3],
];

/** The payments of one draw of a class; none where the shelf has no item that it needs. */
export function makePayments(kind: PaymentClass, making: Making): Made[] {
  if (kind === 'nobody') return [nobody(making)];
  if (kind === 'look-alike') return lookAlike(making);
  if (kind === 'foreign-invoice') return foreignInvoice(making);
  const item = making.shelf.take(kind === 'iso-structured' ? isReferenced : undefined);
  if (!item) return [];
  switch (kind) {
    case 'iso-structured':
      return [structured(item, making)];
    case 'iso-unstructured':
      return [named(kind, item, making, inWords(numberAsWritten(item.number, making.dice), making.dice))];
    case 'typo':
      return [named(kind, item, making, inWords(mistyped(item.number, making.dice), making.dice))];
    case 'third-party':
      return [thirdParty(item, making)];
    case 'lump-sum':
      return [lumpSum(item, making)];
    case 'part-payment':
      return partPayments(item, making);
    case 'mt940':
    case 'mt942':
      return [legacy(kind, item, making)];
    case 'cross-currency':
      return [crossCurrency(item, making)];
    case 'duplicate':
      return twice(item, making);
  }
}

function isReferenced(item: CorpusItem): boolean {
  return item.reference !== undefined;
}

/** What arrives for an item: now and then less its discount or less charges that the bank states. */
function arriving(
  item: CorpusItem,
  dice: Dice,
): Pick<CorpusPayment, 'amountMinor' | 'bookingDate' | 'chargesMinor'> {
  if (item.discountUntil !== undefined && dice.chance(60)) {
    const discount = (item.amountMinor * BigInt(item.discountPpm!) + 500_000n) / 1_000_000n;
    return {
      amountMinor: item.amountMinor - discount,
      bookingDate: addDays(item.discountUntil, -dice.upTo(6)),
    };
  }
  const charges = BigInt(dice.pick([500, 1_000, 1_250, 2_500]));
  if (item.amountMinor > charges * 20n && dice.chance(3)) {
    return {
      amountMinor: item.amountMinor - charges,
      bookingDate: payDay(item, dice),
      chargesMinor: charges,
    };
  }
  return { amountMinor: item.amountMinor, bookingDate: payDay(item, dice) };
}

function structured(item: CorpusItem, { dice, shelf }: Making): Made {
  return {
    payment: {
      ...payerOf(shelf.customerOf(item), dice),
      ...arriving(item, dice),
      route: 'camt.053',
      text: '',
      reference: item.reference!,
      ...(dice.chance(70) ? { endToEndId: `E2E-${dice.upTo(1e9)}` } : {}),
    },
    truth: { class: 'iso-structured', settles: whole(item), hasAnswer: true },
  };
}

/** A payment by the customer whose text names the item. */
function named(kind: PaymentClass, item: CorpusItem, { dice, shelf }: Making, text: string): Made {
  return {
    payment: {
      ...payerOf(shelf.customerOf(item), dice),
      ...arriving(item, dice),
      route: 'camt.053',
      text,
      ...(dice.chance(50) ? { endToEndId: `${dice.upTo(1e9)}` } : {}),
    },
    truth: { class: kind, settles: whole(item), hasAnswer: true },
  };
}

/** Another company pays, a parent or a payment service, and names on whose behalf. */
function thirdParty(item: CorpusItem, making: Making): Made {
  const { dice, shelf } = making;
  const customer = shelf.customerOf(item);
  const byReference = item.reference !== undefined && dice.chance(40);
  return {
    payment: {
      ...arriving(item, dice),
      debtorName: strangerName(dice),
      debtorAccount: accountOf(500_000 + dice.upTo(300)),
      ultimateDebtorName: nameAsWritten(customer.name, dice),
      route: 'camt.053',
      text: byReference ? '' : inWords(numberAsWritten(item.number, dice), dice),
      ...(byReference ? { reference: item.reference! } : {}),
    },
    truth: { class: 'third-party', settles: whole(item), hasAnswer: true },
  };
}

function lumpSum(item: CorpusItem, { dice, shelf }: Making): Made {
  const items = [item, ...shelf.takeBeside(item, 1 + dice.upTo(5))];
  const invoices = sumOf(items);
  const note = dice.chance(10) ? shelf.takeBeside(item, 1, 'credit_note')[0] : undefined;
  if (note !== undefined && note.amountMinor < invoices) items.push(note);
  const settles = whole(...items);
  const form = dice.weighted([
    ['list' as const, 65],
    ['documents' as const, 20],
    ['silent' as const, 15],
  ]);
  const last = items
    .map(({ issuedOn }) => issuedOn)
    .sort()
    .at(-1)!;
  return {
    payment: {
      ...payerOf(shelf.customerOf(item), dice),
      route: 'camt.053',
      amountMinor: [...settles.values()].reduce((sum, each) => sum + each, 0n),
      bookingDate: addDays(last, 3 + dice.upTo(25)),
      text:
        form === 'list'
          ? listInWords(
              items.map(({ number }) => number),
              dice,
            )
          : form === 'silent'
            ? dice.pick(['Sammelzahlung', 'diverse Rechnungen', 'lt. Avis', 'payment run 44'])
            : '',
      ...(form === 'documents'
        ? { documents: [...settles].map(([number, amountMinor]) => ({ number, amountMinor })) }
        : {}),
    },
    truth: { class: 'lump-sum', settles, hasAnswer: true },
  };
}

/** A part of an invoice, and in every third case the rest of it some days later. */
function partPayments(item: CorpusItem, { dice, shelf }: Making): Made[] {
  const customer = shelf.customerOf(item);
  const first = (item.amountMinor * BigInt(15 + dice.upTo(65))) / 100n;
  const day = payDay(item, dice);
  const isNamed = dice.chance(92);
  const part = (amountMinor: bigint, bookingDate: IsoDate, words: string): Made => ({
    payment: {
      ...payerOf(customer, dice),
      route: 'camt.053',
      amountMinor,
      bookingDate,
      text: isNamed ? `${inWords(numberAsWritten(item.number, dice), dice)} ${words}` : `${words}`,
    },
    truth: { class: 'part-payment', settles: new Map([[item.number, amountMinor]]), hasAnswer: isNamed },
  });
  const parts = [part(first, day, dice.pick(['Teilzahlung', 'part payment', '1. Rate', 'Acompte', '']))];
  if (dice.chance(33)) {
    parts.push(
      part(
        item.amountMinor - first,
        addDays(day, 8 + dice.upTo(20)),
        dice.pick(['Rest', 'Schlusszahlung', '']),
      ),
    );
  }
  return parts;
}

/** What a bank without ISO 20022 sends: folded, cut at 27 characters, references in field 86. */
function legacy(kind: 'mt940' | 'mt942', item: CorpusItem, { dice, shelf }: Making): Made {
  const byReference = item.reference !== undefined && dice.chance(30);
  const number = dice.chance(7) ? mistyped(item.number, dice) : numberAsWritten(item.number, dice);
  return {
    payment: {
      ...payerOf(shelf.customerOf(item), dice),
      bookingDate: payDay(item, dice),
      amountMinor: item.amountMinor,
      route: kind,
      text: byReference ? item.reference! : inWords(number, dice),
      ...(dice.chance(50) ? { endToEndId: `${dice.upTo(1e9)}` } : {}),
    },
    truth: { class: kind, settles: whole(item), hasAnswer: true },
  };
}

/** A payment of an invoice, and the same again some days later. */
function twice(item: CorpusItem, making: Making): Made[] {
  const { dice } = making;
  const first = named('iso-unstructured', item, making, inWords(item.number, dice));
  return [
    first,
    {
      payment: { ...first.payment, bookingDate: addDays(first.payment.bookingDate, 1 + dice.upTo(6)) },
      truth: { class: 'duplicate', settles: new Map(), hasAnswer: false },
    },
  ];
}

/** Money that pays nothing of what is open. */
function nobody({ dice, shelf }: Making): Made {
  const isCustomer = dice.chance(40);
  const payer = isCustomer
    ? payerOf(dice.pick(shelf.customers), dice)
    : { debtorName: strangerName(dice), debtorAccount: accountOf(900_000 + dice.upTo(90_000)) };
  return {
    payment: {
      ...payer,
      route: dice.pick(['camt.053', 'camt.053', 'mt940']),
      amountMinor: amount(dice),
      bookingDate: addDays('2026-09-01', dice.upTo(70)),
      text: dice.pick([
        'Spende',
        'Kaution Objekt 12',
        'Steuererstattung 2025',
        'Zinsen III. Quartal',
        `Rechnung 2019-${10_000 + dice.upTo(9_999)}`,
        'Danke',
        'KD 4711',
        `Vorauszahlung Auftrag ${4_500_000 + dice.upTo(9_999)}`,
      ]),
    },
    truth: { class: 'nobody', settles: new Map(), hasAnswer: false },
  };
}

function sumOf(items: readonly CorpusItem[]): bigint {
  return items.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}
