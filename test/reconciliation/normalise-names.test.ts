import { describe, expect, test } from 'vitest';
import {
  boundedDistance,
  nameSimilarity,
  normaliseName,
} from '../../src/main/reconciliation/normalise-names.ts';

const alike = (left: string, right: string): number =>
  nameSimilarity(normaliseName(left), normaliseName(right));

describe('names', () => {
  test.each([
    ['Müller & Söhne GmbH & Co. KG', 'MULLER SOHNE', 'GMBHCOKG'],
    ['Groß und Klein AG', 'GROSS KLEIN', 'AG'],
    ['Castellan S.A.', 'CASTELLAN', 'SA'],
    ['Verhoeven B.V.', 'VERHOEVEN', 'BV'],
    ['Kowalski Sp. z o.o.', 'KOWALSKI', 'SPZOO'],
    ['Orsini S.p.A.', 'ORSINI', 'SPA'],
    ['Otto Weber e.K.', 'OTTO WEBER', 'EK'],
    ['The Company', 'THE COMPANY', ''],
    // A bank cut the name at 27 characters, in the middle of the legal form.
    ['NOERENBERG ELEKTROTECHNIK G', 'NOERENBERG ELEKTROTECHNIK', 'G'],
  ])('%s', (name, words, form) => {
    const normal = normaliseName(name);
    expect(normal.words.join(' ')).toBe(words);
    expect(normal.legalForm).toBe(form);
  });

  test.each([
    // the same name
    ['Muster GmbH', 'MUSTER GMBH', 1, 1],
    ['Müller Bau AG', 'Mueller Bau AG', 1, 1],
    ['Schäfer Weiß KG', 'SCHAEFER WEISS KG', 1, 1],
    ['Muster Handels GmbH', 'Handels Muster GmbH', 1, 1],
    ['Meier und Söhne GmbH', 'Meier & Söhne GmbH', 1, 1],
    ['MusterHandel GmbH', 'Muster Handel GmbH', 1, 1],
    ['Muster GmbH', 'Muster', 0.95, 0.99],
    ['Nordlicht Elektrotechnik Gm', 'Nordlicht Elektrotechnik GmbH', 0.93, 1],
    // cut short, umlauts spelt in either way, in the middle of what might be a form
    ['FILERSTEIN RAEDER ANALYTICS', 'Filerstein Räder Analytics Benelux B.V.', 0.94, 0.94],
    ['Filerstein Räder Analytics B', 'FILERSTEIN RAEDER ANALYTICS BENELUX B.V.', 0.94, 0.94],
    // a whole legal form ends a name: this is the sister
    ['Filerstein Räder Analytics B.V.', 'Filerstein Räder Analytics Benelux B.V.', 0, 0.93],
    // a sister: the same name in another form, or with another trade
    ['Muster GmbH', 'Muster AG', 0.85, 0.92],
    ['Nordlicht Logistik AG', 'Nordlicht Handel AG', 0.5, 0.85],
    // misspelt
    ['Castellan S.A.', 'Castelan S.A.', 0.8, 0.99],
    // others
    ['Muster GmbH', 'Weber GmbH', 0, 0.3],
    ['Alpina Handel GmbH', 'Borealis Handel GmbH', 0, 0.4],
  ])('%s and %s', (left, right, least, most) => {
    expect(alike(left, right)).toBeGreaterThanOrEqual(least);
    expect(alike(left, right)).toBeLessThanOrEqual(most);
    expect(alike(right, left)).toBeCloseTo(alike(left, right), 6);
  });

  test.each([
    ['ABCDE', 'ABCDE', 1, 0],
    ['ABCDE', 'ABXDE', 1, 1],
    ['ABCDE', 'ABDCE', 1, 1],
    ['ABCDE', 'ABCD', 1, 1],
    ['ABCDE', 'ABXXE', 1, undefined],
    ['ABCDEFGHIJ', 'BACDEFGHJI', 2, 2],
    ['A', 'BCD', 1, undefined],
  ])('distance of %s and %s within %d is %s', (left, right, limit, distance) => {
    expect(boundedDistance(left, right, limit)).toBe(distance);
  });
});
