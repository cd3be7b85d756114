import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isIban,
  isRfReference,
  ocrDigits,
  referenceForms,
  shapeOf,
  structuredKey,
  withinOneEdit,
} from '../../src/main/reconciliation/normalise-references.ts';

describe('references', () => {
  test.each([
    ['INV-2026-00123', 'INV202600123', 'INV2026123', '202600123', '2026123', 'INV', ['123']],
    [
      'INV-2026-48123',
      'INV202648123',
      'INV202648123',
      '202648123',
      '202648123',
      'INV',
      ['48123', '8123', '48123'],
    ],
    ['4711', '4711', '4711', '4711', '4711', '', []],
    ['RE 007/26', 'RE00726', 'RE726', '00726', '726', 'RE', []],
    ['A-B', 'AB', 'AB', '', '', 'AB', []],
    ['fà 12', 'FA12', 'FA12', '12', '12', 'FA', []],
  ])('forms of %s', (number, full, fullPlain, digits, digitsPlain, prefix, ends) => {
    expect(referenceForms(number)).toMatchObject({ full, fullPlain, digits, digitsPlain, prefix, ends });
  });

  test('shape of a number', () => {
    expect(shapeOf('INV20261187')).toBe('A3D8');
    expect(shapeOf('12AB3')).toBe('D2A2D1');
  });

  test.each([
    ['RF18539007547034', true],
    ['RF19539007547034', false],
    ['RF18', false],
    ['XX18539007547034', false],
  ])('%s is an ISO 11649 reference: %s', (reference, valid) => {
    expect(isRfReference(reference)).toBe(valid);
  });

  test('a creditor reference is no account number though its check digits are made alike', () => {
    expect(isIban('DE89370400440532013000')).toBe(true);
    expect(isIban('RF18539007547034')).toBe(false);
  });

  test('look-alike letters are read as digits, others are not', () => {
    expect(ocrDigits('O')).toBe('0');
    expect(ocrDigits('IB')).toBe('18');
    expect(ocrDigits('X')).toBeUndefined();
  });

  test('a QR reference loses its padding', () => {
    expect(structuredKey('00 00000 00000 00000 00012 34567')).toBe('1234567');
    expect(structuredKey('RF18 5390 0754 7034')).toBe('RF18539007547034');
  });

  const digits = fc.stringMatching(/^[0-9]{2,12}$/);

  test('one change, loss, addition or swap stays within one edit, and the relation is symmetric', () => {
    fc.assert(
      fc.property(
        digits,
        fc.nat(),
        fc.nat(9),
        fc.constantFrom('change', 'lose', 'add', 'swap'),
        (text, seed, digit, kind) => {
          const at = seed % text.length;
          const put = (middle: string, length: number): string =>
            text.slice(0, at) + middle + text.slice(at + length);
          const damaged =
            kind === 'change'
              ? put(String(digit), 1)
              : kind === 'lose'
                ? put('', 1)
                : kind === 'add'
                  ? put(String(digit), 0)
                  : at + 1 < text.length
                    ? put(text[at + 1]! + text[at]!, 2)
                    : text;
          expect(withinOneEdit(text, damaged)).toBe(true);
          expect(withinOneEdit(damaged, text)).toBe(true);
        },
      ),
    );
  });

  test.each([
    ['1187', '1290', false],
    ['12345', '21354', false],
    ['1234', '123456', false],
    ['1234', '4321', false],
  ])('%s and %s: %s', (left, right, near) => {
    expect(withinOneEdit(left, right)).toBe(near);
  });
});
