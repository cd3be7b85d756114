import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { businessDays, isBusinessDay, offsetOn, statementNumber } from '../../build/sample-data/calendar.ts';
import { csvField } from '../../build/sample-data/csv.ts';
import { generateSampleData, type SampleData } from '../../build/sample-data/generate.ts';
import {
  BANKS,
  checkDigitsHold,
  creditorReference,
  makeAccount,
} from '../../build/sample-data/identifiers.ts';
import { createRandom } from '../../build/sample-data/random.ts';
import { damagedNumber } from '../../build/sample-data/remittance.ts';
import { parseAmount } from '../../src/contract/money.ts';
import { DEMO, DEMO_FOLDER, REPOSITORY, smallWorld, truthOf } from './world.ts';

function minor(text: string, currency: string): bigint {
  const negative = text.startsWith('-');
  const parsed = parseAmount(negative ? text.slice(1) : text, currency);
  if (!parsed.ok) throw new Error(`${text} ${currency}: ${parsed.reason}`);
  return negative ? -parsed.amountMinor : parsed.amountMinor;
}

describe('the seed', () => {
  it('alone decides the bytes', () => {
    const [first, second, other] = [smallWorld(3), smallWorld(3), smallWorld(4)];
    expect(second.files.map((file) => file.name)).toEqual(first.files.map((file) => file.name));
    for (const [at, file] of first.files.entries())
      expect(second.files[at]!.bytes.equals(file.bytes)).toBe(true);
    expect(second.truth.bytes.equals(first.truth.bytes)).toBe(true);
    expect(other.files[0]!.bytes.equals(first.files[0]!.bytes)).toBe(false);
  });

  it('makes the committed set again, byte for byte', () => {
    const data = generateSampleData(DEMO);
    const made = [...data.files, data.truth, data.manifest];
    expect(readdirSync(DEMO_FOLDER).sort()).toEqual(made.map((file) => file.name).sort());
    for (const file of made) {
      expect(readFileSync(resolve(DEMO_FOLDER, file.name)).equals(file.bytes), file.name).toBe(true);
    }
    const bytes = made.reduce((sum, file) => sum + file.bytes.length, 0);
    expect(bytes).toBeLessThan(3_000_000);
    expect(data.placed.length).toBeGreaterThan(1_500);
    expect(data.placed.length).toBeLessThan(2_500);
  });

  it('draws the same numbers from a stream whatever other streams drew', () => {
    const random = createRandom(1, 'x');
    const before = random.stream('y').digits(20);
    random.next();
    expect(random.stream('y').digits(20)).toBe(before);
    expect(random.stream('z').digits(20)).not.toBe(before);
  });
});

describe('independence', () => {
  it('takes nothing of the console but how amounts are written', () => {
    const folder = resolve(REPOSITORY, 'build/sample-data');
    const imports = readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => [...readFileSync(resolve(folder, name), 'utf8').matchAll(/from '([^']+)'/g)])
      .map((match) => match[1]!);
    expect(imports.length).toBeGreaterThan(20);
    const ours = imports.filter((path) => path.includes('src/'));
    expect(new Set(ours)).toEqual(new Set(['../../src/contract/money.ts']));
  });
});

describe('identifiers', () => {
  it.each([
    ['DE89370400440532013000', true],
    ['GB82WEST12345698765432', true],
    ['GB82WEST12345698765431', false],
    ['RF18539007547034', true],
    ['RF19539007547034', false],
  ])('checks %s', (text, holds) => {
    expect(checkDigitsHold(text)).toBe(holds);
  });

  it('carry right check digits in every country', () => {
    const random = createRandom(5, 'accounts');
    const countries = new Set(BANKS.map((bank) => bank.country));
    expect(countries.size).toBeGreaterThan(8);
    for (const country of countries) {
      for (let count = 0; count < 50; count += 1) {
        const account = makeAccount(country, random);
        expect(account.isIban && !checkDigitsHold(account.number), account.number).toBe(false);
        expect(account.isIban).toBe(country !== 'US' && country !== 'VN');
      }
    }
    expect(checkDigitsHold(creditorReference('539007547034'))).toBe(true);
    expect(creditorReference('539007547034')).toBe('RF18539007547034');
  });
});

describe('the calendar', () => {
  it.each([
    ['2026-11-20', true],
    ['2026-11-21', false],
    ['2026-04-03', false],
    ['2026-04-06', false],
    ['2026-05-01', false],
    ['2026-12-25', false],
    ['2026-12-24', true],
  ])('knows whether banks book on %s', (date, books) => {
    expect(isBusinessDay(date)).toBe(books);
  });

  it('counts statements and knows summer time', () => {
    expect(businessDays('2026-01-01', '2026-01-09').length).toBe(6);
    expect(statementNumber('2026-01-09')).toBe(6);
    expect([offsetOn('2026-10-24'), offsetOn('2026-10-25'), offsetOn('2026-03-29')]).toEqual([
      '+02:00',
      '+01:00',
      '+02:00',
    ]);
  });
});

describe('damage', () => {
  const random = createRandom(2, 'damage');
  it.each([
    ['missing-separator', /^RE202610437$/],
    ['other-separator', /^RE 2026\/10437$/],
    ['number-only', /^10437$/],
    ['letter-for-digit', /^RE-2O26-1O437$/],
    ['one-digit', /^RE-2026-\d{5}$/],
    ['swapped-digits', /^RE-2026-10473$/],
  ] as const)('%s', (damage, form) => {
    const [text, ...rest] = damagedNumber('RE-2026-10437', damage, random);
    expect(text).toMatch(form);
    expect(text).not.toBe('RE-2026-10437');
    expect(rest).toEqual([]);
  });

  it('splits a number over two texts', () => {
    expect(damagedNumber('RE-2026-10437', 'split', random)).toEqual(['RE-2026-10', '437']);
  });
});

describe('csv', () => {
  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "so"', '"say ""so"""'],
  ])('writes %s', (text, written) => {
    expect(csvField(text)).toBe(written);
  });
});

describe.each([7, 11, 12])('the truth of seed %i', (seed) => {
  const data: SampleData = smallWorld(seed);
  const truth = truthOf(data);
  const invoices = new Map(data.invoices.map((invoice) => [invoice.number, invoice]));

  it('names each booked line once, with references that tell lines apart', () => {
    const places = new Set(truth.transactions.map((each) => `${each.file}|${each.statement}|${each.index}`));
    expect(places.size).toBe(data.placed.length);
    const keys = truth.transactions.map(
      (each) => `${each.accountServicerReference}|${each.endToEndId}|${each.amount}`,
    );
    expect(new Set(keys).size).toBe(keys.length);
    const counted = Object.values(truth.classes).reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(truth.transactions.length);
  });

  it('pays each line out to the cent', () => {
    let checked = 0;
    for (const each of truth.transactions) {
      if (each.pays.length === 0 || each.class === 'cross-currency') continue;
      let net = 0n;
      for (const pay of each.pays) {
        net += minor(pay.allocated, pay.currency);
        net -= minor(pay.discount ?? '0', pay.currency) + minor(pay.charges ?? '0', pay.currency);
        expect(pay.currency).toBe(each.currency);
      }
      const over = minor(each.amount, each.currency) - net;
      expect(each.class === 'overpayment' ? over > 0n : over === 0n, JSON.stringify(each)).toBe(true);
      checked += 1;
    }
    expect(checked).toBeGreaterThan(50);
  });

  it('never settles more of an item than it is', () => {
    const settled = new Map<string, bigint>();
    for (const each of truth.transactions) {
      for (const pay of each.pays) {
        settled.set(pay.invoice, (settled.get(pay.invoice) ?? 0n) + minor(pay.allocated, pay.currency));
      }
    }
    for (const [number, amount] of settled) {
      const invoice = invoices.get(number);
      if (!invoice) throw new Error(`${number} is in no invoice file.`);
      const size = amount < 0n ? -amount : amount;
      expect(size <= invoice.amountMinor, number).toBe(true);
      expect(amount < 0n, number).toBe(invoice.kind === 'credit_note');
    }
  });

  it('grants discounts that are exact in minor units', () => {
    for (const invoice of data.invoices) {
      expect((invoice.amountMinor * BigInt(invoice.discountPercent)) % 100n).toBe(0n);
    }
  });

  it('lists what was planted, and the lines carry it', () => {
    const onLines = new Set(truth.transactions.flatMap((each) => (each.planted ? [each.planted] : [])));
    for (const each of truth.planted) {
      expect(each.kind === 'duplicate-invoice' || onLines.has(each.id), each.id).toBe(true);
      for (const number of each.invoices) expect(invoices.has(number), number).toBe(true);
    }
    expect(new Set(truth.planted.map((each) => each.kind)).size).toBeGreaterThanOrEqual(5);
  });
});
