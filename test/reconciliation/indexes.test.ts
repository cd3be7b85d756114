import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eachHashWithout, HashIndex, hashText } from '../../src/main/reconciliation/hash-index.ts';
import { readRemittance } from '../../src/main/reconciliation/normalise-remittance.ts';
import { PartyIndex } from '../../src/main/reconciliation/party-index.ts';
import { payerSupport } from '../../src/main/reconciliation/payer-evidence.ts';
import { ReferenceIndex } from '../../src/main/reconciliation/reference-index.ts';
import { hitWeight, isStrong } from '../../src/main/reconciliation/reference-weight.ts';
import { customers, item, MUSTER_IBAN, NORD_IBAN, payment } from './cases.ts';

describe('hash index', () => {
  test('finds what was added, also beyond its first size', () => {
    const index = new HashIndex(16);
    for (let at = 0; at < 5_000; at += 1) index.add(hashText(1, `K${at % 1_000}`), at);
    const found = new Set<number>();
    index.collect(hashText(1, 'K7'), found, 100);
    expect([...found].sort((left, right) => left - right)).toEqual([7, 1_007, 2_007, 3_007, 4_007]);
    const none = new Set<number>();
    index.collect(hashText(2, 'K7'), none, 100);
    expect(none.size).toBe(0);
  });

  test('answers as a map would while it grows, whatever comes and goes', () => {
    const key = fc.integer({ min: 0, max: 60 });
    const step = fc.record({ key, value: fc.integer({ min: 0, max: 9 }), comes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const index = new HashIndex(16);
        const model = new Map<number, number[]>();
        for (const { key, value, comes } of steps) {
          const hash = hashText(1, `K${key}`);
          const known = model.get(key) ?? [];
          model.set(key, known);
          const place = known.indexOf(value);
          if (comes) {
            index.add(hash, value);
            known.push(value);
          } else {
            index.remove(hash, value);
            if (place >= 0) known.splice(place, 1);
          }
          const asked = new Set<number>();
          index.collect(hashText(1, `K${(key * 7) % 61}`), asked, 1_000);
          expect(asked).toEqual(new Set(model.get((key * 7) % 61)));
        }
        expect(index.size).toBe([...model.values()].reduce((sum, { length }) => sum + length, 0));
        for (const [key, values] of model) {
          const found = new Set<number>();
          index.collect(hashText(1, `K${key}`), found, 1_000);
          expect(found).toEqual(new Set(values));
        }
      }),
    );
  });

  test('a text without one character hashes as the shorter text, each shorter text once', () => {
    const without = (kind: number, text: string): number[] => {
      const hashes: number[] = [];
      eachHashWithout(kind, text, (hash) => hashes.push(hash));
      return hashes;
    };
    expect(without(3, 'ABCD')).toEqual(['ABC', 'ABD', 'ACD', 'BCD'].map((text) => hashText(3, text)));
    expect(without(3, 'ABBBC')).toEqual(['ABBB', 'ABBC', 'BBBC'].map((text) => hashText(3, text)));
    expect(without(3, 'ABCD')).not.toContain(hashText(4, 'ACD'));
    expect(without(3, '')).toEqual([]);
    const long = 'RF18INV2026070144'.repeat(12);
    expect(without(9, long)[0]).toBe(hashText(9, long.slice(0, -1)));
    expect(without(9, long).at(-1)).toBe(hashText(9, long.slice(1)));
  });
});

const items = [
  item('INV-2026-00123', 'C1', 1n),
  item('INV-2026-00124', 'C1', 2n),
  item('INV-2026-00130', 'C2', 3n, { structuredReference: 'RF18539007547034' }),
  item('RE-2026-00130', 'C3', 4n),
  item('4711', 'C4', 5n, { structuredReference: '210000000003139471430009017' }),
  item('S26/A77B', 'C5', 6n),
];
const references = new ReferenceIndex(items);
items.forEach((_, at) => {
  references.add(at);
});

/** Hits as `number kind`, alternatives of a place joined by `|`. */
function named(text: string, reference?: string): string[] {
  const given = reference === undefined ? { text } : { text, reference };
  return references
    .find(readRemittance(payment(given)))
    .slots.map(({ hits }) =>
      hits.map((hit) => `${items[hit.itemIndex]!.invoiceNumber} ${hit.kind}`).join('|'),
    )
    .sort();
}

describe('reference index', () => {
  test.each<[string, string[]]>([
    ['INV-2026-00123', ['INV-2026-00123 full']],
    ['inv 2026 123', ['INV-2026-00123 full']],
    ['RE 2026-00123', ['INV-2026-00123 number']],
    ['INV-2026-00123, 00124', ['INV-2026-00123 full', 'INV-2026-00124 list']],
    ['INV-2026-00123/124', ['INV-2026-00123 full', 'INV-2026-00124 list']],
    ['INV-2026-00123 bis 130', ['INV-2026-00123 full', 'INV-2026-00124 range']],
    ['202600123202600124', ['INV-2026-00123 number', 'INV-2026-00124 number']],
    // One number, two prefixes: the text's own prefix decides, without one both stay.
    ['RE-2026-00130', ['RE-2026-00130 full']],
    ['2026-00130', ['INV-2026-00130 number|RE-2026-00130 number']],
    ['INV-2O26-OO124', ['INV-2026-00124 ocr']],
    ['Rechnung S26A77B', ['S26/A77B full']],
    ['4711', ['4711 full']],
    ['2026-08-02 danke', []],
    ['nothing here', []],
    // Named twice counts once.
    ['INV-2026-00123 INV-2026-00123', ['INV-2026-00123 full']],
    ['RF18 5390 0754 7034', ['INV-2026-00130 structured']],
    ['RF18 5390 0754 7043', ['INV-2026-00130 structured-edit']],
    ['21 00000 00003 13947 14300 09017', ['4711 structured']],
  ])('%s', (text, hits) => {
    expect(named(text)).toEqual(hits);
  });

  test('a structured reference goes before what its digits might be', () => {
    expect(named('', 'RF18539007547034')).toEqual(['INV-2026-00130 structured']);
    expect(named('', 'RF18539007547035')).toEqual(['INV-2026-00130 structured-edit']);
  });

  test('one edit offers every neighbour at its place, and is weak', () => {
    const [slot] = references.find(readRemittance(payment({ text: 'INV-2026-00125' }))).slots;
    expect(slot!.hits.map((hit) => items[hit.itemIndex]!.invoiceNumber).sort()).toEqual([
      'INV-2026-00123',
      'INV-2026-00124',
    ]);
    expect(slot!.hits.every((hit) => hit.kind === 'edit' && !isStrong(hit))).toBe(true);
  });

  test('a number that is labelled as something else is weaker', () => {
    const weight = (text: string): number =>
      hitWeight(references.find(readRemittance(payment({ text }))).slots[0]!.hits[0]!);
    expect(weight('KDNR 202600123')).toBeLessThan(weight('NR 202600123'));
  });

  test('numbers of the known form that name nothing are told', () => {
    const { unknownNumbers } = references.find(readRemittance(payment({ text: 'INV-2026-99999' })));
    expect(unknownNumbers).toContainEqual({ digits: '202699999', letters: 'INV', source: 'text' });
  });
});

describe('party index', () => {
  const parties = new PartyIndex(customers);
  customers.forEach((_, at) => {
    parties.add(at);
  });
  const who = (given: Parameters<typeof payment>[0]) => {
    const transaction = payment(given);
    return parties.find(transaction, readRemittance(transaction));
  };
  const support = (given: Parameters<typeof payment>[0], customer: number) =>
    payerSupport(who(given), customer, false);

  test.each<[string, Parameters<typeof payment>[0], number | undefined]>([
    ['by account', { iban: MUSTER_IBAN }, 0],
    ['by name', { name: 'MUSTER HANDELS GMBH' }, 0],
    ['by alias', { name: 'Muster' }, 0],
    ['by a name with a letter wrong', { name: 'Castelan S.A.' }, 3],
    ['by ultimate debtor', { name: 'Zahlstelle', onBehalfOf: 'Nordlicht Technik AG' }, 2],
    ['by customer number', { name: 'Zahlstelle', text: 'Kd.Nr. C 1004' }, 3],
    ['nobody', { name: 'Ganz Unbekannt AG', iban: 'DE02100100100006820101' }, undefined],
  ])('%s', (_, given, first) => {
    expect(who(given).matches[0]?.customerIndex).toBe(first);
  });

  test('account and name of one customer are certain', () => {
    expect(support({ name: 'Muster Handels GmbH', iban: MUSTER_IBAN }, 0)).toMatchObject({
      certain: true,
      conflict: false,
      weight: 8,
    });
  });

  test("another customer's account is a conflict, whatever is named", () => {
    expect(support({ name: 'Nordlicht Logistik AG', iban: NORD_IBAN }, 0)).toMatchObject({
      certain: false,
      conflict: true,
    });
  });

  test("the account of another is none where it pays on the customer's behalf", () => {
    const given = { name: 'Nordlicht Logistik AG', iban: NORD_IBAN, onBehalfOf: 'Castellan S.A.' };
    expect(support(given, 3)).toMatchObject({ certain: true, conflict: false });
    expect(support(given, 1)).toMatchObject({ conflict: true });
  });

  test('a name that two sisters share identifies neither', () => {
    expect(support({ name: 'Nordlicht AG' }, 1).certain).toBe(false);
    expect(support({ name: 'Nordlicht AG' }, 2).certain).toBe(false);
  });
});
