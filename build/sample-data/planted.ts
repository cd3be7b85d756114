/** The outliers planted for a fraud desk: each is rare, named, and listed in the truth file. */
import { businessDayFrom, businessDays, plusDays } from './calendar.ts';
import { makeAccount } from './identifiers.ts';
import type { Invoice } from './invoices.ts';
import type { BankLine, Planted } from './lines.ts';
import { paySupplier } from './other-lines.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

export interface PlantedLines {
  readonly lines: BankLine[];
  readonly planted: Planted[];
}

/** Replaces one line that `fits` by what `change` makes of it; each line is used once. */
function replaceOne(
  lines: BankLine[],
  random: Random,
  fits: (line: BankLine) => boolean,
  change: (line: BankLine) => BankLine,
): BankLine | undefined {
  const places = lines.flatMap((line, at) => (line.planted === undefined && fits(line) ? [at] : []));
  if (places.length === 0) return undefined;
  const at = random.pick(places);
  const changed = change(lines[at]!);
  lines[at] = changed;
  return changed;
}

const isPlainPayment = (line: BankLine): boolean =>
  line.direction === 'credit' && line.pays.length === 1 && !line.batch && line.className !== 'cross-currency';

function numbersOf(line: BankLine): string[] {
  return line.pays.map((allocation) => allocation.invoice.number);
}

/** A good customer's money comes from a new account in another country. */
function changedAccounts(out: PlantedLines, random: Random): void {
  for (let count = 1; count <= 3; count += 1) {
    const id = `changed-account-${count}`;
    const line = replaceOne(
      out.lines,
      random,
      (each) =>
        isPlainPayment(each) &&
        each.traits.includes('known-account') &&
        each.amountMinor > 150_000n &&
        each.account === 'eur-main',
      (each) => ({
        ...each,
        planted: id,
        traits: [...each.traits.filter((trait) => trait !== 'known-account'), 'unknown-account'],
        counterparty: { ...each.counterparty!, account: makeAccount('PL', random) },
      }),
    );
    if (line) {
      const note = 'The customer has always paid from an account at home; this comes from a new one abroad.';
      out.planted.push({ id, kind: 'changed-account', note, invoices: numbersOf(line) });
    }
  }
}

/** We pay a supplier we know on an account that we do not. */
function changedSupplierAccount(out: PlantedLines, world: World, to: string, random: Random): void {
  const supplier = random.pick(world.suppliers);
  const days = businessDays(plusDays(to, -9), to);
  const id = 'changed-supplier-account-1';
  out.lines.push({ ...paySupplier(supplier, days[0]!, random) });
  out.lines.push({
    ...paySupplier(supplier, random.pick(days.slice(1)), random, makeAccount('ES', random)),
    planted: id,
  });
  const note = 'A supplier paid before is paid on another account, in another country.';
  out.planted.push({ id, kind: 'changed-supplier-account', note, invoices: [] });
}

function oddHours(out: PlantedLines, random: Random): void {
  for (let count = 1; count <= 3; count += 1) {
    const id = `odd-hour-${count}`;
    const time = `0${random.int(1, 4)}:${random.int(10, 59)}:${random.int(10, 59)}`;
    const line = replaceOne(
      out.lines,
      random,
      (each) => isPlainPayment(each) && each.booking === 'instant-credit' && each.account === 'eur-main',
      (each) => ({ ...each, time, planted: id }),
    );
    if (line) {
      const note = `An instant payment accepted at ${time}, when this customer's office is closed.`;
      out.planted.push({ id, kind: 'odd-hour', note, invoices: numbersOf(line) });
    }
  }
}

/** A customer pays a settled invoice a second time. */
function duplicatePayments(out: PlantedLines, to: string, random: Random): void {
  const originals = random.shuffle(
    out.lines.filter(
      (line) =>
        isPlainPayment(line) &&
        line.planted === undefined &&
        (line.className === 'structured' || line.className === 'written') &&
        plusDays(line.date, 4) <= to,
    ),
  );
  originals.slice(0, 4).forEach((original, at) => {
    const id = `duplicate-payment-${at + 1}`;
    out.lines.push({
      ...original,
      date: businessDayFrom(plusDays(original.date, random.int(1, 2))),
      className: 'duplicate-payment',
      traits: [],
      pays: [],
      planted: id,
      original,
    });
    const note =
      'The same amount with the same reference a second time; the invoice was settled by the first.';
    out.planted.push({ id, kind: 'duplicate-payment', note, invoices: numbersOf(original) });
  });
}

/** A customer pays many times its usual amount on account. */
function unusualAmounts(out: PlantedLines, random: Random): void {
  for (let count = 1; count <= 2; count += 1) {
    const id = `unusual-amount-${count}`;
    const line = replaceOne(
      out.lines,
      random,
      (each) => isPlainPayment(each) && each.className === 'written' && each.account === 'eur-main',
      (each) => {
        const amountMinor = BigInt(random.int(18, 45) * 1_000_000);
        return {
          ...each,
          planted: id,
          amountMinor: each.amountMinor + amountMinor,
          className: 'overpayment',
        };
      },
    );
    if (line) {
      const note = 'A round sum far beyond what this customer ever paid, on top of its invoice.';
      out.planted.push({ id, kind: 'unusual-amount', note, invoices: numbersOf(line) });
    }
  }
}

/** Plants the outliers that are lines; `lines` is taken over. */
export function plantLines(lines: BankLine[], world: World, to: string, random: Random): PlantedLines {
  const out: PlantedLines = { lines, planted: [] };
  changedAccounts(out, random.stream('changed-account'));
  changedSupplierAccount(out, world, to, random.stream('changed-supplier'));
  oddHours(out, random.stream('odd-hour'));
  unusualAmounts(out, random.stream('unusual-amount'));
  // Last, since a duplicate names its original, which nothing may replace any more.
  duplicatePayments(out, to, random.stream('duplicate-payment'));
  return out;
}

/** Bills a few invoices a second time: next number, same customer, day and amount; never paid. */
export function plantInvoices(
  invoices: readonly Invoice[],
  from: string,
  random: Random,
): { invoices: Invoice[]; planted: Planted[] } {
  const fit = random.shuffle(
    invoices.filter(
      (invoice) =>
        invoice.kind === 'invoice' && invoice.paidOn !== undefined && invoice.issuedOn >= plusDays(from, -20),
    ),
  );
  const planted: Planted[] = [];
  const twins: Invoice[] = [];
  fit.slice(0, 3).forEach((invoice, at) => {
    const { paidOn, ...rest } = invoice;
    // The serial lies above all that were given out, as a second run of the billing would number it.
    const number = `RE-${invoice.issuedOn.slice(0, 4)}-${String(90_001 + at)}`;
    twins.push({ ...rest, number, structuredReference: '' });
    planted.push({
      id: `duplicate-invoice-${at + 1}`,
      kind: 'duplicate-invoice',
      note: 'The same delivery billed twice: customer, day and amount agree.',
      invoices: [invoice.number, number],
    });
  });
  return { invoices: [...invoices, ...twins], planted };
}
