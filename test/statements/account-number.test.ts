import { describe, expect, it } from 'vitest';
import { canonicalAccountNumber } from '../../src/main/statements/account-number.ts';

describe('the canonical number of an account', () => {
  it.each([
    ['an IBAN', { iban: 'DE02120300000000202051' }, 'DE02120300000000202051'],
    ['an IBAN in groups', { other: 'DE02 1203 0000 0000 2020 51' }, 'DE02120300000000202051'],
    ['an IBAN in small letters', { other: 'de02120300000000202051' }, 'DE02120300000000202051'],
    ['an IBAN with its currency', { other: 'NL91ABNA0417164300EUR' }, 'NL91ABNA0417164300'],
    ['a German bank code and account', { other: '12030000/202051' }, 'DE02120300000000202051'],
    ['the same with zeros in front', { other: '12030000/0000202051' }, 'DE02120300000000202051'],
    ['the same with its currency', { other: '12030000/202051EUR' }, 'DE02120300000000202051'],
    ['an account longer than German ones', { other: '50880050/0194774600888' }, '50880050/0194774600888'],
    ['a number of another form', { other: 'BPHKPLPK/320000546101 ' }, 'BPHKPLPK/320000546101'],
    ['an IBAN with wrong check digits', { other: 'DE03120300000000202051' }, 'DE03120300000000202051'],
    ['nothing', { other: ' ' }, null],
  ])('of %s', (_, account, expected) => {
    expect(canonicalAccountNumber(account)).toBe(expected);
  });
});
