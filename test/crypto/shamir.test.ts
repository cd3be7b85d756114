import { randomFillSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combine, inverse, multiply, type Share, split } from '../../src/main/crypto/shamir.ts';

const fillRandom = (target: Uint8Array) => {
  randomFillSync(target);
};
const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
/** Threshold and number of shares. */
const quorum = fc
  .integer({ min: 2, max: 12 })
  .chain((shares) => fc.tuple(fc.integer({ min: 2, max: shares }), fc.constant(shares)));

describe('GF(256) with the polynomial of AES', () => {
  // FIPS 197, sections 4.2 and 4.2.1.
  test.each([
    [0x57, 0x83, 0xc1],
    [0x57, 0x13, 0xfe],
    [0x57, 0x02, 0xae],
    [0x57, 0x04, 0x47],
    [0x57, 0x08, 0x8e],
    [0x57, 0x10, 0x07],
  ])('%i times %i is %i', (left, right, product) => {
    expect(multiply(left, right)).toBe(product);
    expect(multiply(right, left)).toBe(product);
  });

  test('every value but 0 has an inverse, and 1 is neutral', () => {
    for (let value = 1; value < 256; value += 1) {
      expect([value, multiply(value, inverse(value))]).toEqual([value, 1]);
      expect(multiply(value, 1)).toBe(value);
    }
    expect(inverse(0x53)).toBe(0xca);
    expect(inverse(0)).toBe(0);
  });

  test('multiplication distributes over addition, which is exclusive or', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(byte, byte, byte, (a, b, c) => {
        expect(multiply(a, b ^ c)).toBe(multiply(a, b) ^ multiply(a, c));
        expect(multiply(a, multiply(b, c))).toBe(multiply(multiply(a, b), c));
      }),
    );
  });
});

describe('sharing', () => {
  test('the polynomials are those that the coefficients say', () => {
    // f(x) = 0x42 + 0x01 x + 0x57 x², worked out by hand from the products of FIPS 197 above:
    // f(1) = 42 + 01 + 57, f(2) = 42 + 02 + 47, f(3) = 42 + 03 + (47 + 57).
    const coefficients = [0x01, 0x57];
    const shares = split({
      secret: Uint8Array.of(0x42),
      threshold: 3,
      shares: 3,
      fillRandom: (target) => target.fill(coefficients.shift()!),
    });
    expect(shares).toEqual([
      { x: 1, y: Uint8Array.of(0x14) },
      { x: 2, y: Uint8Array.of(0x07) },
      { x: 3, y: Uint8Array.of(0x51) },
    ]);
    expect(combine(shares)).toEqual(Uint8Array.of(0x42));
  });

  test('any threshold of the shares give the secret back, in any order, and more do too', () => {
    fc.assert(
      fc.property(bytes, quorum, fc.infiniteStream(fc.nat()), (secret, [threshold, count], picks) => {
        const shares = split({ secret, threshold, shares: count, fillRandom });
        const mixed = [...shares];
        for (let i = mixed.length - 1; i > 0; i -= 1) {
          const j = picks.next().value! % (i + 1);
          [mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!];
        }
        expect(combine(mixed.slice(0, threshold))).toEqual(secret);
        expect(combine(mixed)).toEqual(secret);
      }),
    );
  });

  test('fewer say nothing: they fit every secret equally', () => {
    // With one share short, each of the 256 secrets is met by exactly one value of the missing share.
    const [first] = split({ secret: Uint8Array.of(7), threshold: 2, shares: 2, fillRandom });
    const met = new Set<number>();
    for (let y = 0; y < 256; y += 1) met.add(combine([first!, { x: 2, y: Uint8Array.of(y) }])[0]!);
    expect(met.size).toBe(256);
  });

  test('a share that was changed gives another secret', () => {
    fc.assert(
      fc.property(bytes, quorum, fc.integer({ min: 1, max: 255 }), (secret, [threshold, count], flip) => {
        const shares = split({ secret, threshold, shares: count, fillRandom }).slice(0, threshold);
        shares[0]!.y[0]! ^= flip;
        expect(combine(shares)).not.toEqual(secret);
      }),
    );
  });

  test.each([
    [1, 3],
    [4, 3],
    [2, 256],
    [2.5, 3],
    [0, 0],
  ])('%d of %d is refused', (threshold, shares) => {
    expect(() => split({ secret: Uint8Array.of(1), threshold, shares, fillRandom })).toThrow(RangeError);
  });

  test.each<[string, Share[]]>([
    ['none', []],
    [
      'one twice',
      [
        { x: 1, y: Uint8Array.of(1) },
        { x: 1, y: Uint8Array.of(2) },
      ],
    ],
    [
      'one at 0',
      [
        { x: 0, y: Uint8Array.of(1) },
        { x: 1, y: Uint8Array.of(2) },
      ],
    ],
    [
      'different lengths',
      [
        { x: 1, y: Uint8Array.of(1) },
        { x: 2, y: Uint8Array.of(2, 3) },
      ],
    ],
  ])('shares that cannot be together are refused: %s', (_, shares) => {
    expect(() => combine(shares)).toThrow(RangeError);
  });
});
