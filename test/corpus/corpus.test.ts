import { describe, expect, test } from 'vitest';
import { corpusFiles, makeCorpus } from '../../src/main/corpus/index.ts';
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
    expect(new Set([...truth.values()].map((each) => each.class)).size).toBe(12);
  });
});
