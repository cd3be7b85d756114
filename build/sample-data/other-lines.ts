/** Everything on the accounts that is no customer's payment: what we pay, what banks charge, what belongs to nobody. */
import { businessDayFrom, businessDays, plusDays } from './calendar.ts';
import { makeAccount } from './identifiers.ts';
import type { BankLine, Counterparty } from './lines.ts';
import { makeFirmName } from './names.ts';
import { euroRate } from './payments.ts';
import type { Random } from './random.ts';
import { type AccountKey, OWN_NAME, type Supplier, type World } from './world.ts';

type LineCore = Omit<BankLine, 'direction' | 'currency' | 'traits' | 'pays' | 'text'> & {
  readonly text: string;
  readonly currency?: string;
};

function debit(core: LineCore): BankLine {
  return { currency: 'EUR', ...core, direction: 'debit', traits: [], pays: [], text: [core.text] };
}

function credit(core: LineCore): BankLine {
  return {
    currency: 'EUR',
    ...core,
    direction: 'credit',
    traits: [],
    pays: [],
    text: core.text ? [core.text] : [],
  };
}

/** One payment of ours to a supplier. */
export function paySupplier(
  supplier: Supplier,
  date: string,
  random: Random,
  account = supplier.account,
): BankLine {
  return debit({
    account: 'eur-main',
    date,
    amountMinor: BigInt(Math.round(random.skewed(supplier.medianMinor))),
    booking: 'sepa-payment',
    className: 'supplier-payment',
    counterparty: { name: supplier.name, account, country: account.bank.country },
    text: `${random.pick(['Invoice', 'Rechnung', 'Rg.'])} ${random.digits(6)}`,
    endToEndId: `ZL${date.replaceAll('-', '')}-${random.digits(5)}`,
  });
}

function supplierPayments(world: World, days: readonly string[], random: Random): BankLine[] {
  return days.flatMap((date) =>
    Array.from({ length: random.int(1, Math.max(2, Math.round(world.customers.length / 50))) }, () =>
      paySupplier(random.pick(world.suppliers), date, random),
    ),
  );
}

/** Salaries on the last business day but two of a month, wage tax on the tenth. */
function monthlyPayments(days: readonly string[], random: Random): BankLine[] {
  const lines: BankLine[] = [];
  const office: Counterparty = {
    name: 'Finanzkasse Musterstadt',
    account: makeAccount('DE', random),
    country: 'DE',
  };
  for (const date of days) {
    const month = date.slice(0, 7);
    if (date === businessDayFrom(`${month}-27`)) {
      lines.push(
        debit({
          account: 'eur-main',
          date,
          amountMinor: BigInt(random.int(9_000_000, 14_000_000)),
          booking: 'salary-batch',
          className: 'salary',
          text: `Löhne und Gehälter ${month}`,
          batch: `LOHN-${month}`,
        }),
      );
    }
    if (date === businessDayFrom(`${month}-10`)) {
      lines.push(
        debit({
          account: 'eur-main',
          date,
          amountMinor: BigInt(random.int(1_500_000, 3_500_000)),
          booking: 'sepa-payment',
          className: 'tax',
          counterparty: office,
          text: `Lohnsteuer ${month} StNr. 998/${random.digits(3)}/${random.digits(5)}`,
          endToEndId: `STEUER-${month}`,
        }),
      );
    }
  }
  return lines;
}

const CURRENCY_OF: Readonly<Record<AccountKey, string>> = {
  'eur-main': 'EUR',
  'eur-collect': 'EUR',
  gbp: 'GBP',
  usd: 'USD',
};

function bankFees(days: readonly string[], random: Random): BankLine[] {
  const keys: AccountKey[] = ['eur-main', 'eur-collect', 'gbp', 'usd'];
  return days.flatMap((date) =>
    keys
      .filter(() => random.chance(110))
      .map((account) =>
        debit({
          account,
          date,
          amountMinor: BigInt(random.int(350, 4_900)),
          currency: CURRENCY_OF[account],
          booking: 'charge',
          className: 'bank-fee',
          text: random.pick(['Kontoführung', 'Entgelt Auslandszahlung', 'Posten und Buchungen']),
        }),
      ),
  );
}

/** Money that no open item explains: refunds, insurers, a payer who took the wrong account. */
function strayCredits(world: World, days: readonly string[], random: Random): BankLine[] {
  const taken = new Set(world.customers.map((customer) => customer.name.toLowerCase()));
  const perMille = Math.min(1_000, Math.round(world.customers.length * 4.2));
  return days
    .filter(() => random.chance(perMille))
    .map((date): BankLine => {
      const country = random.pick(['DE', 'DE', 'NL', 'FR', 'AT']);
      const insurer = random.chance(300);
      const name = insurer ? 'Assekuranz Nordsee AG' : makeFirmName(country, taken, random).full;
      return credit({
        account: random.pick(['eur-main', 'eur-main', 'eur-collect']),
        date,
        amountMinor: BigInt(Math.max(500, Math.round(random.skewed(60_000)))),
        booking: 'sepa-credit',
        className: 'nobody',
        counterparty: { name, account: makeAccount(country, random), country },
        text: insurer
          ? `Schaden ${random.digits(9)}`
          : random.pick([
              'Gutschrift',
              `Bestellung ${random.digits(7)}`,
              `Erstattung ${random.digits(5)}`,
              'Miete',
            ]),
      });
    });
}

/** On Fridays the collecting account is swept to the main one, and dollars are sold for euros. */
function betweenOwnAccounts(world: World, days: readonly string[], random: Random): BankLine[] {
  const own = (key: AccountKey): Counterparty => ({
    name: OWN_NAME,
    account: world.own[key].account,
    country: 'DE',
  });
  const lines: BankLine[] = [];
  for (const date of days.filter((day) => new Date(`${day}T00:00:00Z`).getUTCDay() === 5)) {
    const amountMinor = BigInt(random.int(20, 60) * 100_000);
    const transfer = {
      date,
      amountMinor,
      booking: 'internal' as const,
      className: 'internal-transfer' as const,
      text: 'Umbuchung Sammelkonto',
      endToEndId: `UMB-${date}`,
    };
    lines.push(debit({ ...transfer, account: 'eur-collect', counterparty: own('eur-main') }));
    lines.push(credit({ ...transfer, account: 'eur-main', counterparty: own('eur-collect') }));
    const rate = euroRate('USD', random);
    const dollars = BigInt(random.int(5, 25) * 100_000);
    const euros = (dollars * 10_000n + rate.perTenThousand / 2n) / rate.perTenThousand;
    const exchange = {
      date,
      booking: 'exchange' as const,
      className: 'fx-conversion' as const,
      text: `Devisenkassa USD/EUR ${rate.text}`,
      endToEndId: `FX-${date}`,
    };
    lines.push(
      debit({ ...exchange, account: 'usd', amountMinor: dollars, currency: 'USD' }),
      credit({
        ...exchange,
        account: 'eur-main',
        amountMinor: euros,
        instructed: { amountMinor: dollars, currency: 'USD', rate: rate.text },
      }),
    );
  }
  return lines;
}

/** Direct debits that come back and credits that the bank takes back, a few days later. */
export function returnsOf(lines: readonly BankLine[], to: string, random: Random): BankLine[] {
  const returns: BankLine[] = [];
  for (const line of lines) {
    const collected = line.booking === 'direct-debit' && random.chance(55);
    const credited = line.booking === 'sepa-credit' && line.className !== 'part-payment' && random.chance(5);
    if (!collected && !credited) continue;
    const date = businessDayFrom(plusDays(line.date, random.int(2, 4)));
    if (date > to) continue;
    const { batch, time, planted, reference, documents, ...rest } = line;
    returns.push({
      ...rest,
      date,
      direction: 'debit',
      booking: collected ? 'direct-debit-return' : 'credit-reversal',
      className: 'return',
      traits: [],
      pays: [],
      text: collected ? [...line.text] : ['Storno Fehlbuchung', ...line.text],
      ...(collected ? { returnReason: random.pick(['AM04', 'AC04', 'MS03', 'MD06']) } : {}),
      original: line,
    });
  }
  return returns;
}

/** All lines that are no customer's payment. */
export function otherLines(world: World, from: string, to: string, random: Random): BankLine[] {
  const days = businessDays(from, to);
  return [
    ...supplierPayments(world, days, random.stream('suppliers')),
    ...monthlyPayments(days, random.stream('monthly')),
    ...bankFees(days, random.stream('fees')),
    ...strayCredits(world, days, random.stream('stray')),
    ...betweenOwnAccounts(world, days, random.stream('own')),
  ];
}
