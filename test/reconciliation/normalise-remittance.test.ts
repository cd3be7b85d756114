import { describe, expect, test } from 'vitest';
import {
  maskNoise,
  readDialect,
  readRemittance,
  runsOf,
} from '../../src/main/reconciliation/normalise-remittance.ts';
import { fold, foldUmlauts, squeeze, TEXT_LIMIT } from '../../src/main/reconciliation/normalise-text.ts';
import { payment } from './cases.ts';

describe('text', () => {
  test.each([
    ['Jürgen Œuvre', 'JURGEN OEUVRE', 'JUERGEN OEUVRE'],
    ['Straße ß', 'STRASSE SS', 'STRASSE SS'],
    ['Ærø Łódź', 'AERO LODZ', 'AERO LODZ'],
    ['ＡＧ', 'AG', 'AG'],
  ])('%s folds', (text, folded, umlauts) => {
    expect(fold(text)).toBe(folded);
    expect(foldUmlauts(text)).toBe(umlauts);
  });

  test('nothing beyond the limit is read', () => {
    expect(squeeze('A'.repeat(1_000_000))).toHaveLength(TEXT_LIMIT);
  });
});

describe('dialects', () => {
  test.each([
    [
      'EREF+E2E-1 SVWZ+Rechnung 4711 ABWA+Tochter AG',
      { text: 'Rechnung 4711', endToEndId: 'E2E-1', ultimateDebtorName: 'Tochter AG' },
    ],
    ['SVWZ+RE 1\nKREF+NONREF', { text: 'RE 1' }],
    ['EREF+NOTPROVIDED SVWZ+x', { text: 'x' }],
    [
      '/EREF/E2E-2//REMI/Invoice 12//ULTD/NAME/Daughter Ltd',
      { text: 'Invoice 12', endToEndId: 'E2E-2', ultimateDebtorName: 'Daughter Ltd' },
    ],
    ['just text + more', { text: 'just text + more' }],
  ])('%s', (text, expected) => {
    expect(readDialect(text)).toMatchObject(expected);
  });
});

describe('noise', () => {
  test.each([
    ['RE 1187 EUR 1.234,56', 'RE 1187'],
    ['RE 1187 500,00', 'RE 1187'],
    ["CHF 1'234.50 RE 7", 'RE 7'],
    ['RE 2026-1187 ABZGL. 2% SKONTO', 'RE 2026-1187 ABZGL. SKONTO'],
    ['RE 5 VOM 12.09.2026', 'RE 5 VOM'],
    ['UM 14:32:10 RE 6', 'UM RE 6'],
    ['DE89370400440532013000 RE 8', 'RE 8'],
    ['DE89 3704 0044 0532 0130 00 RE 9', 'RE 9'],
    // A creditor reference stays.
    ['RF18539007547034', 'RF18539007547034'],
    ['2026-1187,2026-1190', '2026-1187,2026-1190'],
  ])('%s', (text, left) => {
    expect(maskNoise(text).replace(/\s+/g, ' ').trim()).toBe(left);
  });
});

describe('runs', () => {
  test('runs and what separates them', () => {
    const runs = runsOf('RE 2026-1187, 1188 UND 1190 - 1192');
    expect(runs.map(({ text, gap, dash }) => `${text}/${gap}${dash ? '/dash' : ''}`)).toEqual([
      'RE/blank',
      '2026/blank',
      '1187/mark/dash',
      '1188/list',
      '1190/list',
      '1192/mark/dash',
    ]);
  });

  test('an ISO date is known as one, also where a line breaks inside it', () => {
    expect(runsOf('VOM 2026-08-02').filter((run) => run.dateLike)).toHaveLength(3);
    expect(runsOf('VOM 2026-\n08-02').filter((run) => run.dateLike)).toHaveLength(3);
    expect(runsOf('RE 2026-1187').some((run) => run.dateLike)).toBe(false);
  });
});

describe('a whole payment', () => {
  test('reads structured references, RF in the text, documents and words', () => {
    const read = readRemittance(
      payment({
        remittance: {
          unstructured: ['Skonto abgezogen, Teilzahlung RF18 5390 0754 7034 danke'],
          structured: [{ reference: 'RF97C2H5OH', documents: [{ number: 'INV-1' }] }],
        },
      }),
    );
    expect(read.structuredReferences).toEqual(['RF97C2H5OH', 'RF18539007547034']);
    expect(read.words).toMatchObject({ discount: true, partPayment: true, returned: false });
    expect(read.segments.map(({ source }) => source)).toEqual(['structured', 'document', 'text']);
  });

  test.each(['Rücküberweisung', 'RETOURE SEPA', 'Storno RE 5', 'return of funds'])(
    '%s is a return',
    (text) => {
      expect(readRemittance(payment({ text })).words.returned).toBe(true);
    },
  );
});
