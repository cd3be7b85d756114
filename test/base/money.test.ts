import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyScale, formatAmount, knownCurrencies, parseAmount } from '../../src/contract/money.ts';

describe('reading amounts', () => {
  it.each([
    ['1234.50', 'EUR', 123450n],
    ['1234.5', 'EUR', 123450n],
    ['1234', 'EUR', 123400n],
    ['.5', 'EUR', 50n],
    ['5.', 'EUR', 500n],
    ['18.15000', 'EUR', 1815n],
    ['2700', 'JPY', 2700n],
    ['2700.000', 'JPY', 2700n],
    ['1.234', 'KWD', 1234n],
    ['0.0001', 'CLF', 1n],
    ['999999999999999.99', 'EUR', 99999999999999999n],
  ])('%s %s is %s minor units', (text, currency, amountMinor) => {
    expect(parseAmount(text, currency)).toEqual({ ok: true, amountMinor });
  });

  it.each([
    ['1.005', 'EUR', 'digits-beyond-scale'],
    ['0.5', 'JPY', 'digits-beyond-scale'],
    ['1', 'XXX', 'currency-unknown'],
    ['1', 'eur', 'currency-unknown'],
    ['', 'EUR', 'not-a-number'],
    ['.', 'EUR', 'not-a-number'],
    ['-1', 'EUR', 'not-a-number'],
    ['+1', 'EUR', 'not-a-number'],
    ['1,50', 'EUR', 'not-a-number'],
    ['1e3', 'EUR', 'not-a-number'],
    ['0x10', 'EUR', 'not-a-number'],
    ['1.2.3', 'EUR', 'not-a-number'],
    ['١٢', 'EUR', 'not-a-number'],
    [' 1', 'EUR', 'not-a-number'],
    ['10000000000000000.00', 'EUR', 'too-large'],
    ['9'.repeat(400), 'EUR', 'too-large'],
  ])('%s %s is refused as %s', (text, currency, reason) => {
    expect(parseAmount(text, currency)).toEqual({ ok: false, reason });
  });

  it('takes a decimal comma where the format has one', () => {
    expect(parseAmount('380115,', 'EUR', ',')).toEqual({ ok: true, amountMinor: 38011500n });
    expect(parseAmount('1.5', 'EUR', ',')).toEqual({ ok: false, reason: 'not-a-number' });
  });
});

describe('writing amounts', () => {
  it.each([
    [0n, 'EUR', '0.00'],
    [-5n, 'EUR', '-0.05'],
    [123450n, 'EUR', '1234.50'],
    [2700n, 'JPY', '2700'],
    [1n, 'CLF', '0.0001'],
  ])('%s %s is %s', (amountMinor, currency, text) => expect(formatAmount(amountMinor, currency)).toBe(text));

  it('reads back what it wrote, for every currency', () => {
    const currency = fc.constantFrom(...knownCurrencies());
    fc.assert(
      fc.property(currency, fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), (code, amountMinor) => {
        expect(parseAmount(formatAmount(amountMinor, code), code)).toEqual({ ok: true, amountMinor });
      }),
    );
  });

  it('gives every known currency a scale of 0, 2, 3 or 4', () => {
    expect(knownCurrencies().length).toBeGreaterThan(160);
    for (const code of knownCurrencies()) expect([0, 2, 3, 4]).toContain(currencyScale(code));
  });
});
