import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CanonicalJson,
  canonicalJson,
  canonicalJsonBytes,
} from '../../src/main/crypto/canonical-json.ts';

describe('canonical JSON (RFC 8785)', () => {
  test('the example of section 3.2.3', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test('keys are ordered by UTF-16 code units, as the example of section 3.2.3 orders them', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(Object.values(JSON.parse(canonicalJson(value)))).toHaveLength(7);
    const order = [...canonicalJson(value).matchAll(/:"([^"]+)"/g)].map((match) => match[1]);
    expect(order).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  test.each<[string, CanonicalJson, string]>([
    [
      'a bigint as a string',
      { amountMinor: -12_345_678_901_234_567_890n },
      '{"amountMinor":"-12345678901234567890"}',
    ],
    ['minus zero as zero', -0, '0'],
    ['a member that is undefined left out', { a: undefined, b: 1 }, '{"b":1}'],
    ['nested values', [[], {}, [{ b: [1], a: null }]], '[[],{},[{"a":null,"b":[1]}]]'],
    ['the largest safe number', Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ])('%s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text);
    expect(canonicalJsonBytes(value).toString('utf8')).toBe(text);
  });

  test.each<[string, unknown]>([
    ['a number that is not finite', Number.NaN],
    ['infinity', [Number.POSITIVE_INFINITY]],
    ['a lone surrogate', { text: '\ud800' }],
    ['a lone surrogate in a key', { '\udc00': 1 }],
    ['a function', { f: () => 1 }],
    ['a date', { at: new Date(0) }],
    ['bytes', { bytes: Buffer.alloc(1) }],
    ['a map', new Map()],
    ['undefined in a list', [undefined]],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value as CanonicalJson)).toThrow(TypeError);
  });

  test('refuses what nests too deep', () => {
    let value: CanonicalJson = 1;
    for (let i = 0; i < 70; i += 1) value = [value];
    expect(() => canonicalJson(value)).toThrow('nested deeper');
  });

  test('says the same for any order of keys and reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value as CanonicalJson);
        expect(canonicalJson(JSON.parse(text) as CanonicalJson)).toBe(text);
        expect(canonicalJson(reversed(value) as CanonicalJson)).toBe(text);
      }),
      { numRuns: 200 },
    );
  });
});

/** The same value with the keys of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
