/** What payers write: references that are clean, damaged, joined or left out, in their languages. */
import { plusDays } from './calendar.ts';
import type { Invoice } from './invoices.ts';
import type { Random } from './random.ts';

export type Damage =
  | 'one-digit'
  | 'swapped-digits'
  | 'missing-separator'
  | 'other-separator'
  | 'number-only'
  | 'letter-for-digit'
  | 'split';

const WORDS: Readonly<Record<string, readonly string[]>> = {
  DE: ['Rechnung', 'Rechnungsnr.', 'Rg.', 'Re.Nr.', ''],
  AT: ['Rechnung', 'Rg.Nr.', 'Faktura'],
  CH: ['Rechnung', 'Faktura'],
  FR: ['Facture', 'Règlement facture', 'Fact.'],
  BE: ['Factuur', 'Facture'],
  NL: ['Factuur', 'Factuurnr.', 'Betaling factuur'],
  PL: ['Faktura', 'Zapłata za fakturę'],
  ES: ['Factura', 'Pago factura'],
  GB: ['Invoice', 'Inv', 'Payment of invoice'],
  US: ['Invoice', 'INV', 'Ref invoice'],
  VN: ['Thanh toán hóa đơn', 'Invoice'],
};

const SILENT: Readonly<Record<string, readonly string[]>> = {
  DE: ['Überweisung', 'Zahlung laut Avis', 'Danke für die Lieferung', 'Ausgleich Konto'],
  AT: ['Zahlung laut Avis', 'Überweisung'],
  FR: ['Règlement', 'Virement selon avis'],
  NL: ['Betaling', 'Conform opgave'],
  GB: ['Payment', 'On account'],
};

function word(country: string, random: Random): string {
  return random.pick(WORDS[country] ?? ['Invoice']);
}

function dots(date: string): string {
  return `${date.slice(8, 10)}.${date.slice(5, 7)}.${date.slice(0, 4)}`;
}

/** One clean invoice number in a sentence of its payer's language. */
export function writtenReference(invoice: Invoice, random: Random): string {
  const country = invoice.customer.country;
  const lead = word(country, random);
  const tail = random.weighted([
    ['', 60],
    [` vom ${dots(invoice.issuedOn)}`, country === 'DE' || country === 'AT' ? 20 : 0],
    [` ${invoice.customer.customerId}`, 12],
    [` / ${dots(invoice.issuedOn)}`, 8],
  ]);
  return `${lead} ${invoice.number}${tail}`.trim();
}

/** Several invoice numbers in one text, credit notes named after a minus. */
export function jointReference(invoices: readonly Invoice[], random: Random): string {
  const first = invoices[0];
  if (!first) throw new Error('A joint payment names at least one invoice.');
  const glue = random.pick([', ', ' ', ' + ', '; ']);
  const numbers = invoices.map((invoice) =>
    invoice.kind === 'credit_note' ? `-${invoice.number}` : invoice.number,
  );
  // Some payers write the year once and then only the running numbers.
  const short = random.chance(220) && invoices.every((invoice) => invoice.kind === 'invoice');
  const list = short ? numbers.map((number, at) => (at === 0 ? number : number.slice(8))) : numbers;
  return `${word(first.customer.country, random)} ${list.join(glue)}`.trim();
}

/** A text that names no invoice. */
export function silentText(country: string, customerId: string, date: string, random: Random): string {
  const text = random.pick(SILENT[country] ?? ['Payment', '']);
  return random.weighted([
    [text, 55],
    [`${text} ${dots(plusDays(date, -random.int(1, 3)))}`.trim(), 25],
    [`${text} Kd. ${customerId}`.trim(), 12],
    ['', 8],
  ]);
}

function otherDigit(digit: string, random: Random): string {
  return String((Number(digit) + random.int(1, 9)) % 10);
}

/** The number as it arrives damaged; two texts where a line break fell into it. */
export function damagedNumber(number: string, damage: Damage, random: Random): readonly string[] {
  const serial = number.slice(8);
  switch (damage) {
    case 'one-digit': {
      const at = 8 + random.int(1, serial.length - 1);
      return [number.slice(0, at) + otherDigit(number[at]!, random) + number.slice(at + 1)];
    }
    case 'swapped-digits': {
      for (let at = number.length - 2; at > 8; at -= 1) {
        if (number[at] !== number[at + 1]) {
          return [number.slice(0, at) + number[at + 1]! + number[at]! + number.slice(at + 2)];
        }
      }
      return [number.replaceAll('-', '')];
    }
    case 'missing-separator':
      return [number.replaceAll('-', '')];
    case 'other-separator':
      return [number.replace('-', ' ').replace('-', '/')];
    case 'number-only':
      return [serial];
    case 'letter-for-digit':
      return [number.includes('0') ? number.replaceAll('0', 'O') : number.replace('1', 'I')];
    case 'split':
      return [number.slice(0, 10), number.slice(10)];
  }
}

/** The damaged number in its sentence. */
export function damagedReference(invoice: Invoice, damage: Damage, random: Random): readonly string[] {
  const [first = '', ...rest] = damagedNumber(invoice.number, damage, random);
  return [`${word(invoice.customer.country, random)} ${first}`.trim(), ...rest];
}

/** An RF reference with one digit wrong, so that its check digits no longer hold. */
export function damagedCreditorReference(reference: string, random: Random): string {
  const at = random.int(6, reference.length - 1);
  return reference.slice(0, at) + otherDigit(reference[at]!, random) + reference.slice(at + 1);
}
