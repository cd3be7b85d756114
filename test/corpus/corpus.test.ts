import { describe, expect, test } from 'vitest';
import { corpusFiles, makeCorpus, withIncompleteList } from '../../src/main/corpus/index.ts';
import { parseBytes } from '../../src/main/messages/index.ts';

const SIZES = { customers: 200, items: 4_000, payments: 2_000 };

describe('the corpus', () => {
  test('the same seed gives the same, another seed another', () => {
    const told = (seed: number) =>
      [...corpusFiles(makeCorpus({ seed, ...SIZES }))].map(({ content }) => content).join('');
    expect(told(1_010)).toBe(told(1_010));
    expect(told(1_010)).not.toBe(told(1_011));
  });

  test('every message is one that the readers take without a warning about its balances, and every payment has its truth', () => {
    const corpus = makeCorpus({ seed: 1_012, ...SIZES });
    const seen = new Set<string>();
    for (const { name, content } of corpusFiles(corpus)) {
      for (const event of parseBytes(Buffer.from(content), name)) {
        if (event.kind === 'statement-end') {
          for (const { outcome } of event.balanceChecks) expect(outcome).toBe('balanced');
        }
        if (event.kind !== 'transactions') continue;
        for (const { accountServicerReference } of event.transactions) seen.add(accountServicerReference!);
      }
    }
    expect(seen.size).toBe(SIZES.payments);
    for (const reference of seen) expect(corpus.truth.has(reference)).toBe(true);
  });

  test('no item is settled twice over, and all classes occur', () => {
    const { items, truth } = makeCorpus({ seed: 1_013, ...SIZES });
    const amounts = new Map(
      items.map(({ number, kind, amountMinor }) => [
        number,
        kind === 'credit_note' ? -amountMinor : amountMinor,
      ]),
    );
    const taken = new Map<string, bigint>();
    for (const { settles } of truth.values()) {
      for (const [number, minor] of settles) taken.set(number, (taken.get(number) ?? 0n) + minor);
    }
    for (const [number, minor] of taken) {
      const whole = amounts.get(number)!;
      expect(whole < 0n ? minor >= whole : minor <= whole, number).toBe(true);
    }
    expect(new Set([...truth.values()].map((each) => each.class)).size).toBe(13);
  });

  test('an invoice in another currency is paid by what the stated rate makes of it, but for its last digit', () => {
    const { items, payments, truth } = makeCorpus({
      seed: 1_015,
      customers: 200,
      items: 20_000,
      payments: 10_000,
    });
    const invoices = new Map(items.map((item) => [item.number, item]));
    const told = new Set<string>();
    for (const { bankReference, exchange, amountMinor, chargesMinor = 0n } of payments) {
      const { class: kind, settles } = truth.get(bankReference)!;
      if (kind !== 'foreign-invoice') continue;
      const [number] = [...settles.keys()];
      const { currency, amountMinor: owed } = invoices.get(number!)!;
      expect(currency).not.toBe('EUR');
      expect(exchange!.currency).toBe(currency);
      expect(exchange!.instructedMinor ?? owed).toBe(owed);
      const { rate } = exchange!;
      told.add(
        `${exchange!.instructedMinor === undefined ? '' : 'amount'} ${rate === undefined ? '' : rate.unit === 'EUR' ? 'of a euro' : 'of theirs'}`,
      );
      if (rate === undefined) continue;
      // Floats are exact enough for what a test compares to a share of a thousandth.
      const perEuro = rate.unit === 'EUR' ? Number(rate.text) : 1 / Number(rate.text);
      const cents = (Number(owed) * 100) / (perEuro * (currency === 'JPY' ? 1 : 100));
      expect(Math.abs(cents / Number(amountMinor + chargesMinor) - 1)).toBeLessThan(0.0005);
    }
    expect([...told].sort()).toEqual([
      ' of a euro',
      ' of theirs',
      'amount ',
      'amount of a euro',
      'amount of theirs',
    ]);
  });

  test('an incomplete list lacks every fifth customer, and nothing else is another', () => {
    const whole = makeCorpus({ seed: 1_016, ...SIZES });
    const { customers, ...rest } = withIncompleteList(whole);
    expect(rest).toEqual({ items: whole.items, payments: whole.payments, truth: whole.truth });
    const changed = customers.filter((each, at) => each !== whole.customers[at]);
    expect(changed).toHaveLength(SIZES.customers / 5);
    for (const { name, ibans, aliases } of changed)
      expect([name.split(' ')[0], ibans, aliases]).toEqual(['Konto', [], []]);
  });
});
