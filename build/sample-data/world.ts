/** The standing data of a sample world: our own firm and its accounts, customers, suppliers. */
import { type AccountNumber, accountAt, BANKS, makeAccount } from './identifiers.ts';
import { COUNTRY_WEIGHTS, makeFirmName, townOf, withoutLegalForm } from './names.ts';
import type { Random } from './random.ts';

/** The firm whose books the sample data are. */
export const OWN_NAME = 'Nordwall Komponenten GmbH';

export type AccountKey = 'eur-main' | 'eur-collect' | 'gbp' | 'usd';

export interface OwnAccount {
  readonly key: AccountKey;
  readonly currency: string;
  readonly account: AccountNumber;
}

/** How a customer pays; the shares decide the mix of references. */
export type Habit =
  /** Puts the RF reference into the structured field. */
  | 'structured'
  /** Writes the invoice number into the text. */
  | 'written'
  /** Writes several invoices into one payment, once a week. */
  | 'collective'
  /** Pays what is due without saying which. */
  | 'silent'
  /** Is collected from by direct debit. */
  | 'direct-debit'
  /** Pays through its group's treasury, itself named as the ultimate debtor. */
  | 'third-party';

export interface Customer {
  readonly customerId: string;
  readonly name: string;
  readonly stem: string;
  readonly country: string;
  readonly town: string;
  readonly currency: 'EUR' | 'GBP' | 'USD';
  /** The account it pays from. */
  readonly account: AccountNumber;
  /** What the customer file lists; at times without the account it really pays from. */
  readonly listedIbans: readonly string[];
  readonly aliases: readonly string[];
  readonly habit: Habit;
  /** The account of ours that its payments reach. */
  readonly paysTo: AccountKey;
  /** The treasury or factor that pays for a customer of the `third-party` habit. */
  readonly payer?: { readonly name: string; readonly account: AccountNumber };
  /** Usual days from an invoice's due date to its payment. */
  readonly latenessDays: number;
  /** Invoices in a thousand days; large customers have many. */
  readonly invoicesPerThousandDays: number;
  readonly medianMinor: number;
}

export interface Supplier {
  readonly name: string;
  readonly account: AccountNumber;
  readonly medianMinor: number;
}

export interface World {
  readonly own: Readonly<Record<AccountKey, OwnAccount>>;
  readonly customers: readonly Customer[];
  readonly suppliers: readonly Supplier[];
}

function ownAccounts(random: Random): Record<AccountKey, OwnAccount> {
  const at = (bic: string) => {
    const bank = BANKS.find((candidate) => candidate.bic === bic);
    if (!bank) throw new Error(`There is no bank ${bic}.`);
    return accountAt(bank, random);
  };
  return {
    'eur-main': { key: 'eur-main', currency: 'EUR', account: at('HNKSDE51XXX') },
    'eur-collect': { key: 'eur-collect', currency: 'EUR', account: at('MAINDE71XXX') },
    gbp: { key: 'gbp', currency: 'GBP', account: at('THSQGB2LXXX') },
    usd: { key: 'usd', currency: 'USD', account: at('HNKSDE51XXX') },
  };
}

function habitOf(country: string, random: Random): Habit {
  // Direct debits exist only where SEPA collects in euro from a German creditor's usual customers.
  const sepa = country === 'DE' || country === 'AT';
  return random.weighted([
    ['structured', 38],
    ['written', 33],
    ['collective', 11],
    ['silent', 6],
    ['direct-debit', sepa ? 8 : 0],
    ['third-party', 5],
  ]);
}

function listedIbans(account: AccountNumber, country: string, random: Random): string[] {
  if (!account.isIban) return [];
  const other = () => makeAccount(country, random).number;
  const way = random.int(0, 99);
  if (way < 72) return [account.number];
  if (way < 86) return random.chance(500) ? [account.number, other()] : [other(), account.number];
  return way < 93 ? [other()] : [];
}

function aliasesOf(name: string, stem: string, random: Random): string[] {
  const aliases: string[] = [];
  if (random.chance(180)) aliases.push(withoutLegalForm(name).split(' ').slice(0, 2).join(' '));
  if (random.chance(70)) aliases.push(`${stem} & Partner`);
  return aliases.filter((alias) => alias !== name);
}

function payerOf(stem: string, country: string, random: Random): NonNullable<Customer['payer']> {
  if (random.chance(350)) {
    const name = random.pick(['Factorwerk Rhein-Main AG', 'PayHarbour Europe S.A.', 'Kreditor Direkt GmbH']);
    return { name, account: makeAccount('DE', random.stream(name)) };
  }
  return { name: `${stem} Group Treasury`, account: makeAccount(country, random) };
}

function makeCustomer(ordinal: number, taken: Set<string>, random: Random, sister?: Customer): Customer {
  const country = sister?.country ?? random.weighted(COUNTRY_WEIGHTS);
  const { full, stem } = makeFirmName(country, taken, random, sister?.stem);
  const account = makeAccount(country, random);
  const currency = country === 'GB' ? 'GBP' : country === 'US' || country === 'VN' ? 'USD' : 'EUR';
  const habit = habitOf(country, random);
  const collects = currency === 'EUR' && (country === 'DE' || country === 'AT') && random.chance(560);
  const paysTo: AccountKey =
    currency === 'GBP'
      ? 'gbp'
      : currency === 'USD'
        ? 'usd'
        : collects && habit !== 'direct-debit'
          ? 'eur-collect'
          : 'eur-main';
  return {
    customerId: `K${String(10_000 + ordinal * 7)}`,
    name: full,
    stem,
    country,
    town: townOf(country, random),
    currency,
    account,
    listedIbans: listedIbans(account, country, random),
    aliases: aliasesOf(full, stem, random),
    habit,
    paysTo,
    ...(habit === 'third-party' ? { payer: payerOf(stem, country, random) } : {}),
    latenessDays: random.weighted([
      [-6, 10],
      [-1, 35],
      [2, 25],
      [6, 18],
      [14, 9],
      [28, 3],
    ]),
    invoicesPerThousandDays: Math.round(Math.min(1100, Math.max(45, random.skewed(240)))),
    medianMinor: Math.round(Math.min(900_000, Math.max(9_000, random.skewed(118_000)))),
  };
}

/** Our accounts, `count` customers of whom some are sister firms of others, and the suppliers. */
export function makeWorld(count: number, random: Random): World {
  const taken = new Set<string>();
  const customers: Customer[] = [];
  const draws = random.stream('customers');
  for (let ordinal = 1; ordinal <= count; ordinal += 1) {
    const sister = customers.length > 3 && draws.chance(80) ? draws.pick(customers) : undefined;
    customers.push(makeCustomer(ordinal, taken, draws.stream(String(ordinal)), sister));
  }
  const suppliers = Array.from({ length: Math.max(6, Math.round(count / 9)) }, (_, at): Supplier => {
    const own = random.stream(`supplier/${at}`);
    const country = own.pick(['DE', 'DE', 'DE', 'NL', 'AT', 'FR']);
    return {
      name: makeFirmName(country, taken, own).full,
      account: makeAccount(country, own),
      medianMinor: Math.round(own.skewed(240_000)),
    };
  });
  return { own: ownAccounts(random.stream('own')), customers, suppliers };
}
