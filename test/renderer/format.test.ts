import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAmount } from '../../src/contract/money.ts';
import {
  daysUntil,
  maskIban,
  writeAmount,
  writeBytes,
  writeDuration,
  writeIban,
  writePercent,
  writeRelative,
} from '../../src/renderer/src/kit/format.ts';

describe('writeAmount', () => {
  it.each([
    [123456789n, 'EUR', '1,234,567.89'],
    [-5n, 'EUR', '-0.05'],
    [0n, 'EUR', '0.00'],
    [1234567n, 'JPY', '1,234,567'],
    [1234567n, 'BHD', '1,234.567'],
    [999_999_999_999_999_999n, 'EUR', '9,999,999,999,999,999.99'],
  ])('%s %s', (amountMinor, currency, expected) => {
    expect(writeAmount(amountMinor, currency, 'en')).toBe(expected);
  });

  it('keeps every digit of any amount a ledger can hold', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
        fc.constantFrom('EUR', 'JPY', 'BHD', 'CLF'),
        (amountMinor, currency) => {
          expect(writeAmount(amountMinor, currency, 'en').replaceAll(',', '')).toBe(
            formatAmount(amountMinor, currency),
          );
        },
      ),
    );
  });

  it('follows the locale', () => {
    expect(writeAmount(123456789n, 'EUR', 'de')).toBe('1.234.567,89');
  });
});

describe('accounts', () => {
  it.each([
    ['DE89370400440532013000', 'DE89 3704 0044 0532 0130 00'],
    ['de89 3704 0044 0532 0130 00', 'DE89 3704 0044 0532 0130 00'],
    ['12-345678-9', '12-345678-9'],
  ])('%s in fours', (account, expected) => expect(writeIban(account)).toBe(expected));

  it('hides the middle', () => {
    expect(maskIban('DE89370400440532013000')).toBe('DE89 •••• 3000');
    expect(maskIban('1234567')).toBe('•••• 4567');
  });
});

describe('times and sizes', () => {
  const now = Date.UTC(2026, 10, 21, 12);
  it.each([
    [now - 2 * 3_600_000, '2 hr. ago'],
    [now - 30_000, '30 sec. ago'],
    [now + 3 * 86_400_000, 'in 3 days'],
    [now - 400 * 86_400_000, 'last yr.'],
  ])('%d', (atMs, expected) => expect(writeRelative(atMs, now, 'en')).toBe(expected));

  it('counts days to a date on both sides of it', () => {
    const local = new Date(2026, 10, 21, 23, 30).getTime();
    expect(daysUntil('2026-11-24', local)).toBe(3);
    expect(daysUntil('2026-11-21', local)).toBe(0);
    expect(daysUntil('2026-11-20', local)).toBe(-1);
  });

  it('says 100 % only of everything', () => {
    expect(writePercent(9999 / 10000, 'en')).toBe('99.9%');
    expect(writePercent(1, 'en')).toBe('100%');
  });

  it('writes sizes and durations', () => {
    expect(writeBytes(412_345, 'en')).toBe('412.3 kB');
    expect(writeBytes(900, 'en')).toBe('900 byte');
    expect(writeDuration(340, 'en')).toBe('340 ms');
    expect(writeDuration(2_140, 'en')).toBe('2.1 sec');
  });
});
