/** The payments of customers: who pays which invoices on which day, and what arrives of it. */
import { businessDayFrom, plusDays } from './calendar.ts';
import { makeAccount } from './identifiers.ts';
import { discountMinor, type Invoice } from './invoices.ts';
import type { Allocation, BankLine, OpenAmounts, Trait, TruthClass } from './lines.ts';
import { bankSpelling } from './names.ts';
import type { Random } from './random.ts';
import {
  type Damage,
  damagedCreditorReference,
  damagedReference,
  jointReference,
  silentText,
  writtenReference,
} from './remittance.ts';
import type { Customer } from './world.ts';

type Content = Pick<BankLine, 'className' | 'text'> &
  Partial<Pick<BankLine, 'reference' | 'documents'>> & { readonly traits?: readonly Trait[] };

const DAMAGES: readonly (readonly [Damage, number])[] = [
  ['one-digit', 26],
  ['swapped-digits', 10],
  ['missing-separator', 22],
  ['other-separator', 12],
  ['number-only', 10],
  ['letter-for-digit', 8],
  ['split', 12],
];

/** Groups a customer's invoices by the business day on which they are paid together. */
function paymentDays(customer: Customer, invoices: readonly Invoice[], to: string): Map<string, Invoice[]> {
  const days = new Map<string, Invoice[]>();
  for (const invoice of invoices) {
    if (invoice.paidOn === undefined) continue;
    let day = customer.habit === 'direct-debit' ? invoice.dueOn : invoice.paidOn;
    // Collective payers settle on the Thursday of the week.
    if (customer.habit === 'collective' || customer.habit === 'silent') {
      const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
      day = plusDays(day, (4 - weekday + 7) % 7);
    }
    day = businessDayFrom(day);
    if (day > to) continue;
    const group = days.get(day);
    if (group) group.push(invoice);
    else days.set(day, [invoice]);
  }
  return days;
}

/** What `date` settles of an invoice: the discount is taken in its time, by some a little later. */
function allocationOf(invoice: Invoice, date: string, open: OpenAmounts, random: Random): Allocation {
  const allocatedMinor = open.left(invoice);
  const untouched = allocatedMinor === invoice.amountMinor;
  const inTime = invoice.discountPercent > 0 && date <= invoice.discountUntil;
  const late =
    invoice.discountPercent > 0 &&
    !inTime &&
    date <= plusDays(invoice.discountUntil, 4) &&
    random.chance(400);
  const discount = untouched && (inTime || late) ? discountMinor(invoice) : 0n;
  return { invoice, allocatedMinor, discountMinor: discount, chargesMinor: 0n };
}

function received(allocations: readonly Allocation[]): bigint {
  return allocations.reduce(
    (sum, each) => sum + each.allocatedMinor - each.discountMinor - each.chargesMinor,
    0n,
  );
}

function discountTraits(allocations: readonly Allocation[], date: string): Trait[] {
  const taken = allocations.filter((each) => each.discountMinor > 0n);
  if (taken.length === 0) return [];
  return taken.some((each) => date > each.invoice.discountUntil)
    ? ['discount', 'late-discount']
    : ['discount'];
}

function singleContent(invoice: Invoice, date: string, random: Random): Content {
  const { customer } = invoice;
  const text = () => writtenReference(invoice, random);
  if (customer.habit !== 'structured' && random.chance(customer.habit === 'silent' ? 700 : 50)) {
    return { className: 'missing', text: [silentText(customer.country, customer.customerId, date, random)] };
  }
  const structured = customer.habit === 'structured' && invoice.structuredReference !== '';
  if (random.chance(structured ? 30 : 115)) {
    const damage = random.weighted(DAMAGES);
    const traits: Trait[] = [`damage:${damage}`];
    if (structured) {
      const wrong = damagedCreditorReference(invoice.structuredReference, random);
      return { className: 'damaged', text: [wrong], traits: ['damage:one-digit'] };
    }
    return { className: 'damaged', text: damagedReference(invoice, damage, random), traits };
  }
  if (structured) {
    // Some banks drop the structured field into the text; a few payers name the document instead.
    const way = random.int(0, 99);
    if (way < 12) return { className: 'structured', text: [invoice.structuredReference] };
    if (way < 22) return { className: 'structured', text: [], documents: [invoice] };
    return { className: 'structured', text: [], reference: invoice.structuredReference };
  }
  const rf = invoice.structuredReference !== '' && random.chance(120);
  return { className: 'written', text: [rf ? `${text()} ${invoice.structuredReference}` : text()] };
}

function groupContent(invoices: readonly Invoice[], date: string, random: Random): Content {
  const first = invoices[0]!;
  if (invoices.length === 1) return singleContent(first, date, random);
  const { customer } = first;
  const silent = customer.habit === 'silent' ? random.chance(750) : random.chance(45);
  if (silent) {
    return { className: 'lump-sum', text: [silentText(customer.country, customer.customerId, date, random)] };
  }
  if (customer.habit === 'structured' && random.chance(450)) {
    return { className: 'joint', text: [], documents: invoices };
  }
  return { className: 'joint', text: [jointReference(invoices, random)] };
}

function endToEndId(invoices: readonly Invoice[], date: string, random: Random): string | undefined {
  const way = random.int(0, 99);
  if (way < 42) return undefined;
  if (way < 54 && invoices.length === 1) return `${invoices[0]!.number}/${random.digits(2)}`;
  return `${date.replaceAll('-', '').slice(2)}${random.letters(2)}${random.digits(9)}`;
}

/** What differs in the amount, with the class that it gives the line. */
interface Deviation {
  readonly className?: TruthClass;
  readonly allocations: readonly Allocation[];
  readonly extraMinor: bigint;
  readonly charge?: NonNullable<BankLine['charge']>;
}

function deviate(allocations: readonly Allocation[], random: Random): Deviation {
  const plain = { allocations, extraMinor: 0n };
  const only = allocations[0];
  if (!only || allocations.length > 1) return plain;
  const { customer } = only.invoice;
  const abroad = customer.currency !== 'EUR' || customer.country === 'CH' || customer.country === 'PL';
  if (abroad && only.allocatedMinor > 20_000n && random.chance(customer.currency === 'USD' ? 380 : 110)) {
    const fee = BigInt(random.pick([750, 1_000, 1_200, 1_500, 2_000, 2_500]));
    const charge = { amountMinor: fee, shown: random.chance(500) };
    return {
      className: 'fee-deducted',
      allocations: [{ ...only, chargesMinor: fee }],
      extraMinor: 0n,
      charge,
    };
  }
  if (only.discountMinor > 0n) return plain;
  if (only.allocatedMinor > 30_000n && random.chance(26)) {
    const share = BigInt(random.pick([30, 40, 50, 50, 60]));
    const part = (only.allocatedMinor * share) / 100n;
    const rounded = part - (part % 100n);
    return { className: 'part-payment', allocations: [{ ...only, allocatedMinor: rounded }], extraMinor: 0n };
  }
  if (random.chance(11)) {
    const extraMinor = random.chance(500) ? BigInt(random.int(1, 40) * 100) : 1n + BigInt(random.int(0, 98));
    return { className: 'overpayment', allocations, extraMinor };
  }
  return plain;
}

/** A rate as banks print it: units of `currency` for one euro, four digits, near to its level. */
export function euroRate(currency: string, random: Random): { text: string; perTenThousand: bigint } {
  const level = currency === 'USD' ? 10_850 : 8_620;
  const perTenThousand = BigInt(level + random.int(-90, 90));
  return {
    text: `${perTenThousand / 10_000n}.${String(perTenThousand % 10_000n).padStart(4, '0')}`,
    perTenThousand,
  };
}

/** A payment in euro for an invoice in another currency, at the rate the bank states. */
function acrossCurrencies(line: BankLine, random: Random): BankLine {
  const rate = euroRate(line.currency, random);
  const euroMinor = (line.amountMinor * 10_000n + rate.perTenThousand / 2n) / rate.perTenThousand;
  return {
    ...line,
    account: 'eur-main',
    currency: 'EUR',
    amountMinor: euroMinor,
    className: 'cross-currency',
    booking: 'cross-border-credit',
    instructed: { amountMinor: line.amountMinor, currency: line.currency, rate: rate.text },
  };
}

function bookingOf(customer: Customer, random: Random): BankLine['booking'] {
  if (customer.currency === 'USD' || customer.country === 'CH') return 'cross-border-credit';
  return random.chance(170) ? 'instant-credit' : 'sepa-credit';
}

function clock(random: Random): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(random.int(7, 18))}:${two(random.int(0, 59))}:${two(random.int(0, 59))}`;
}

/** One payment of a customer over some of its invoices, all settled in `open`. */
export function pay(
  customer: Customer,
  invoices: readonly Invoice[],
  date: string,
  open: OpenAmounts,
  random: Random,
): BankLine {
  const full = invoices.map((invoice) => {
    const allocation = allocationOf(invoice, date, open, random);
    return invoice.kind === 'credit_note'
      ? { ...allocation, allocatedMinor: -allocation.allocatedMinor }
      : allocation;
  });
  const deviation = deviate(full, random);
  for (const allocation of deviation.allocations) open.settle(allocation);
  const content = groupContent(invoices, date, random);
  const stranger = customer.payer === undefined && random.chance(45);
  const account =
    customer.payer?.account ?? (stranger ? makeAccount(customer.country, random) : customer.account);
  const known = customer.listedIbans.includes(account.number);
  const booking = bookingOf(customer, random);
  const id = endToEndId(invoices, date, random);
  const line: BankLine = {
    account: customer.paysTo,
    date,
    direction: 'credit',
    amountMinor: received(deviation.allocations) + deviation.extraMinor,
    currency: customer.currency,
    booking,
    className: deviation.className ?? (customer.payer ? 'third-party' : content.className),
    traits: [
      ...discountTraits(full, date),
      ...(invoices.some((invoice) => invoice.kind === 'credit_note') ? (['credit-note'] as const) : []),
      ...(deviation.charge?.shown ? (['fee-shown'] as const) : []),
      ...(content.traits ?? []),
      known ? 'known-account' : 'unknown-account',
    ],
    pays: deviation.allocations,
    counterparty: {
      name: customer.payer?.name ?? bankSpelling(customer.name, customer.aliases, random),
      account,
      country: customer.payer ? account.bank.country : customer.country,
      town: customer.town,
    },
    ...(customer.payer ? { ultimate: customer.name } : {}),
    text: content.text.filter((text) => text !== ''),
    ...(content.reference ? { reference: content.reference } : {}),
    ...(content.documents ? { documents: content.documents } : {}),
    ...(id ? { endToEndId: id } : {}),
    ...(deviation.charge ? { charge: deviation.charge } : {}),
    ...(booking === 'instant-credit' ? { time: clock(random) } : {}),
  };
  const abroad = line.currency !== 'EUR' && line.pays.length === 1 && !deviation.className;
  return abroad && random.chance(55) ? acrossCurrencies(line, random) : line;
}

/** The collection of one due invoice by direct debit; all of a day form one batch entry. */
function collect(invoice: Invoice, date: string, open: OpenAmounts): BankLine {
  const allocation = { invoice, allocatedMinor: open.left(invoice), discountMinor: 0n, chargesMinor: 0n };
  open.settle(allocation);
  const { customer } = invoice;
  return {
    account: 'eur-main',
    date,
    direction: 'credit',
    amountMinor: allocation.allocatedMinor,
    currency: 'EUR',
    booking: 'direct-debit',
    className: 'direct-debit',
    traits: ['batch'],
    pays: [allocation],
    counterparty: {
      name: customer.name,
      account: customer.account,
      country: customer.country,
      town: customer.town,
    },
    text: [`Rechnung ${invoice.number}`],
    endToEndId: invoice.number,
    mandateId: `M-${customer.customerId}`,
    batch: `SDD-${date}`,
  };
}

/** Whether payments may take a credit note off: it is issued, unspent, and leaves a good part to pay. */
function takeCreditNotes(
  notes: Invoice[],
  invoices: readonly Invoice[],
  date: string,
  random: Random,
): Invoice[] {
  const sum = invoices.reduce((total, invoice) => total + invoice.amountMinor, 0n);
  const at = notes.findIndex((note) => note.issuedOn <= date && note.amountMinor * 3n < sum);
  if (at < 0 || !random.chance(700)) return [...invoices];
  return [...invoices, ...notes.splice(at, 1)];
}

/** Cuts a day's invoices into payments: collective payers and some others pay them together. */
function intoPayments(customer: Customer, invoices: readonly Invoice[], random: Random): Invoice[][] {
  const together = customer.habit === 'collective' || customer.habit === 'silent' || random.chance(300);
  if (!together) return invoices.map((invoice) => [invoice]);
  const groups: Invoice[][] = [];
  for (let at = 0; at < invoices.length; at += 9) groups.push(invoices.slice(at, at + 9));
  return groups;
}

/** Every payment of one customer between two dates, in the order of time. */
export function customerPayments(
  customer: Customer,
  own: readonly Invoice[],
  to: string,
  open: OpenAmounts,
  random: Random,
): BankLine[] {
  const lines: BankLine[] = [];
  const notes = own.filter((invoice) => invoice.kind === 'credit_note');
  const days = paymentDays(
    customer,
    own.filter((invoice) => invoice.kind === 'invoice'),
    to,
  );
  for (const [date, invoices] of [...days].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (customer.habit === 'direct-debit') {
      lines.push(...invoices.map((invoice) => collect(invoice, date, open)));
      continue;
    }
    for (const group of intoPayments(customer, invoices, random)) {
      const line = pay(customer, takeCreditNotes(notes, group, date, random), date, open, random);
      lines.push(line);
      if (line.className !== 'part-payment') continue;
      const restDate = businessDayFrom(plusDays(date, random.int(5, 11)));
      const rest = line.pays[0]!.invoice;
      if (restDate <= to && random.chance(750)) lines.push(pay(customer, [rest], restDate, open, random));
    }
  }
  return lines;
}
