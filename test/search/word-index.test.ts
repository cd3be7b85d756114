import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountToken, asAccountNumber, asAmount, fold, withinOneEdit } from '../../src/main/search/tokens.ts';
import { type SearchDocument, WordIndex } from '../../src/main/search/word-index.ts';

const document = (id: string, title: string, more: Partial<SearchDocument> = {}): SearchDocument => ({
  kind: 'open-item',
  id,
  title,
  subtitle: '',
  text: '',
  ...more,
});

function indexOf(...documents: SearchDocument[]): WordIndex {
  const index = new WordIndex();
  for (const each of documents) index.add(each);
  return index;
}

const found = (index: WordIndex, text: string) => index.query(text, 20).map((hit) => hit.id);

describe('what is typed and what it means', () => {
  it.each([
    ['31,000.00', '31000.00'],
    ['31.000,00', '31000.00'],
    ["31'000.50", '31000.50'],
    ['31000', '31000'],
    ['31.000', '31000'],
    ['1,5', '1.5'],
    ['INV-1', undefined],
    ['', undefined],
  ])('amount %s is %s', (typed, meant) => expect(asAmount(typed)).toBe(meant));

  it.each([
    ['DE89 3704 0044 0532 0130 00', 'de89370400440532013000'],
    ['hello', undefined],
    ['1234567890', undefined],
  ])('account %s is %s', (typed, meant) => expect(asAccountNumber(typed)).toBe(meant));

  it.each([
    ['Müller', 'muller'],
    ['GROSS & Söhne', 'gross & sohne'],
    ['Weiß', 'weiss'],
    ['Łódź', 'lodz'],
  ])('%s folds to %s', (typed, folded) => expect(fold(typed)).toBe(folded));

  it('reads 31000, 31000.0 and 31000.00 as one amount', () => {
    expect(new Set(['31000', '31000.0', '31000.00', '031000'].map(amountToken)).size).toBe(1);
    expect(amountToken('100')).not.toBe(amountToken('1'));
  });
});

describe('one edit', () => {
  it.each([
    ['muster', 'muster', true],
    ['muster', 'muter', true],
    ['muster', 'mustter', true],
    ['muster', 'mustar', true],
    ['muster', 'mutser', true],
    ['muster', 'mutzer', false],
    ['muster', 'musterer', false],
    ['', 'a', true],
  ])('%s and %s: %s', (a, b, expected) => expect(withinOneEdit(a, b)).toBe(expected));

  it('is symmetric', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => withinOneEdit(a, b) === withinOneEdit(b, a)));
  });
});

describe('finding', () => {
  const index = indexOf(
    document('1', 'INV-2026-1187', {
      text: 'Müller Handels AG Rechnung',
      accounts: ['DE89370400440532013000'],
      amounts: ['31000.00'],
    }),
    document('2', 'INV-2026-1190', { text: 'Müller Bau GmbH', amounts: ['18183.67'] }),
    document('3', 'CN-7', { text: 'Nguyễn Văn An', amounts: ['31000.00'] }),
  );

  it.each([
    ['by number', 'INV-2026-1187', ['1']],
    ['by a part of a name without marks', 'muller', ['2', '1']],
    ['by two words in any order', 'bau müller', ['2']],
    ['by the beginning of a word', 'hand', ['1']],
    ['with an error in it', 'mueler', ['2', '1']],
    ['with one letter wrong', 'hardels', ['1']],
    ['by IBAN in fours', 'DE89 3704 0044 0532 0130 00', ['1']],
    ['by amount as the desk types it', '31.000,00', ['3', '1']],
    ['by a name with stacked marks', 'nguyen', ['3']],
    ['by nothing that is there', 'zzzz', []],
  ])('%s', (_, text, ids) => expect(found(index, text)).toEqual(ids));

  it('answers a document that was added again from the newest', () => {
    const twice = indexOf(document('1', 'old name'), document('1', 'new name'));
    expect(found(twice, 'old')).toEqual([]);
    expect(twice.query('new', 5)).toMatchObject([{ id: '1', title: 'new name' }]);
  });

  it('finds the first of many thousands that share a word', () => {
    const many = Array.from({ length: 30_000 }, (_, at) => document(String(at), `Firm ${at} GmbH`));
    const all = indexOf(...many);
    expect(found(all, 'firm 7 gmbh')[0]).toBe('7');
  });

  it('finds every document by each of its words, whatever else is indexed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{3,8}( [a-z]{3,8}){0,2}$/), { minLength: 1, maxLength: 30 }),
        (titles) => {
          const all = indexOf(...titles.map((title, at) => document(String(at), title)));
          for (const [at, title] of titles.entries()) {
            for (const word of title.split(' ')) {
              expect(all.query(word, 1000).map((hit) => hit.id)).toContain(String(at));
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('filtering', () => {
  const index = indexOf(
    document('1', 'INV-2026-1187', {
      text: 'Müller Handels AG Rechnung',
      accounts: ['DE89370400440532013000'],
      amounts: ['31000.00'],
      onAccount: 'GB29NWBK60161331926819',
    }),
    document('2', 'INV-2026-1190', { text: 'Müller Bau GmbH', amounts: ['31000.55'] }),
    document('3', 'CN-7', { text: 'Nguyễn RE20261187', amounts: ['310.00'] }),
    document('4', 'INV-2026-1187', { kind: 'bank-transaction' }),
  );

  it.each([
    ['a part of a name without marks', 'ulle', ['1', '2']],
    ['every word, in any order', 'bau müll', ['2']],
    ['a part of a number', '1187', ['1', '3']],
    ['a part of an IBAN in fours', '3704 0044 05', ['1']],
    ['the own account', 'GB29 NWBK', ['1']],
    ['an amount as the desk types it', '31.000,00', ['1']],
    ['an amount that is still being typed', '31,000.5', ['2']],
    ['no error, which a filter does not forgive', 'mueler', []],
    ['nothing that could be found', ' - ', []],
  ])('by %s', (_, text, ids) => expect(index.filter(text, 'open-item').sort()).toEqual(ids));

  it('answers all of many thousands, however short the text', () => {
    const many = Array.from({ length: 30_000 }, (_, at) => document(String(at), `Firm${at} GmbH`));
    expect(indexOf(...many).filter('f', 'open-item')).toHaveLength(30_000);
  });

  it('knows only the newest of a document', () => {
    const twice = indexOf(document('1', 'old name'), document('1', 'new name'));
    expect(twice.filter('old', 'open-item')).toEqual([]);
    expect(twice.filter('new', 'open-item')).toEqual(['1']);
  });
});
