import { afterEach, describe, expect, it } from 'vitest';
import { addTranslation, catalogue, format, setLanguage } from '../../src/renderer/src/kit/catalogue.ts';

afterEach(() => setLanguage('en'));

describe('format', () => {
  it.each([
    ['plain text', 'Nothing waits.', {}, 'Nothing waits.'],
    ['a value', 'Vault {name}', { name: 'demo' }, 'Vault demo'],
    ['a value that is missing stays visible', 'Vault {name}', {}, 'Vault {name}'],
    ['a number is grouped', '{n} rows', { n: 12345 }, `${(12345).toLocaleString()} rows`],
    ['a bigint is grouped', '{n} rows', { n: 12345n }, `${(12345).toLocaleString()} rows`],
    ['one of a plural', '{n, plural, one {# row} other {# rows}}', { n: 1 }, '1 row'],
    ['other of a plural', '{n, plural, one {# row} other {# rows}}', { n: 4 }, '4 rows'],
    ['an exact arm wins', '{n, plural, =0 {no row} one {# row} other {# rows}}', { n: 0 }, 'no row'],
    [
      'text around a plural',
      'in {n, plural, one {# day} other {# days}}, at most',
      { n: 2 },
      'in 2 days, at most',
    ],
    ['a select', '{d, select, credit {Credit} other {Debit}} note', { d: 'credit' }, 'Credit note'],
    ['the other of a select', '{d, select, credit {Credit} other {Debit}} note', { d: 'x' }, 'Debit note'],
    ['values within an arm', '{k, select, a {No {n}} other {}}', { k: 'a', n: 'INV-1' }, 'No INV-1'],
    ['a hash outside a plural is text', 'entry #{n}', { n: 3 }, 'entry #3'],
  ])('%s', (_name, sentence, params, expected) => {
    expect(format(sentence, params)).toBe(expected);
  });

  it('refuses a form it does not know', () => {
    expect(() => format('{n, date, short}', { n: 1 })).toThrow(/date/);
  });
});

describe('catalogue', () => {
  const t = catalogue('test-room', { title: 'Ledger', rows: '{n, plural, one {# row} other {# rows}}' });

  it('falls back to English where a translation is missing', () => {
    addTranslation('vi', 'test-room', { title: 'Sổ cái' });
    setLanguage('vi');
    expect(t('title')).toBe('Sổ cái');
    expect(t('rows', { n: 2 })).toBe('2 rows');
  });

  it('keeps things that are not text in their place', () => {
    const link = { href: '#/' };
    const rich = catalogue('test-rich', { line: 'verified {time}, {count} things' });
    expect(rich.rich('line', { time: link, count: 'all' })).toEqual([
      'verified ',
      link,
      ', ',
      'all',
      ' things',
    ]);
  });

  it('knows its own keys', () => {
    expect(t.has('title')).toBe(true);
    expect(t.has('toString')).toBe(false);
  });
});
