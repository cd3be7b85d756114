import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isRfReference,
  looksLikeRfReference,
  makeRfReference,
  normaliseRfReference,
} from '../../src/main/messages/index.ts';

describe('ISO 11649 references', () => {
  it.each([
    ['RF18539007547034', true],
    ['RF18 5390 0754 7034', true],
    ['rf18539007547034', true],
    ['RF471234567890', true],
    ['RF19539007547034', false],
    ['RF18539007547043', false],
    ['RF18', false],
    ['RF1812345678901234567890123', false],
    ['18539007547034', false],
    ['RFAB539007547034', false],
  ])('%s is valid: %s', (text, valid) => {
    expect(isRfReference(text)).toBe(valid);
  });

  it('tells the form from the check digits', () => {
    expect(looksLikeRfReference('RF19 5390 0754 7034')).toBe(true);
    expect(looksLikeRfReference('RE-2025-1')).toBe(false);
  });

  it('accepts what it makes and finds one wrong character', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Z]{1,21}$/), fc.nat(), (body, place) => {
        const reference = makeRfReference(body);
        expect(isRfReference(reference)).toBe(true);
        expect(normaliseRfReference(reference.toLowerCase())).toBe(reference);
        const at = 4 + (place % body.length);
        const wrong = reference[at] === '7' ? '8' : '7';
        const digit = /\d/.test(reference[at] as string);
        // A letter counts as two digits, so only a digit for a digit is certain to be found.
        if (digit)
          expect(isRfReference(reference.slice(0, at) + wrong + reference.slice(at + 1))).toBe(false);
      }),
    );
  });
});
