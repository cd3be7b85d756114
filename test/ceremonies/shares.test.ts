import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  commitmentOf,
  markOf,
  proveQuorums,
  readWords,
  SHARE_WORDS,
  subsets,
  wordsOf,
} from '../../src/main/ceremonies/shares.ts';
import { plainLetters, sheetPdf } from '../../src/main/ceremonies/sheet-pdf.ts';
import { combine, split } from '../../src/main/crypto/index.ts';
import { readPdf } from './pdf.ts';

const fillRandom = (target: Uint8Array) => void crypto.getRandomValues(target);
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const shape = fc
  .integer({ min: 2, max: 6 })
  .chain((threshold) => fc.tuple(fc.constant(threshold), fc.integer({ min: threshold, max: 8 })));

describe('shares', () => {
  test('any quorum gives the secret, and one fewer gives another', () => {
    fc.assert(
      fc.property(bytes(32), shape, (secret, [threshold, shares]) => {
        const made = split({ secret, threshold, shares, fillRandom });
        expect(proveQuorums(made, threshold, secret).holds).toBe(true);
        if (threshold === 2) return;
        for (const places of subsets(shares, threshold - 1, 20)) {
          const joined = combine(places.map((at) => made[at]!));
          expect(Buffer.from(joined).equals(Buffer.from(secret))).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('one fewer than a quorum fits every secret alike', () => {
    // Over one byte: with two of three shares given, each of the 256 secrets has exactly one third share.
    const secret = Uint8Array.of(77);
    const made = split({ secret, threshold: 3, shares: 3, fillRandom });
    const reached = new Set<number>();
    for (let y = 0; y < 256; y += 1) {
      reached.add(combine([made[0]!, made[1]!, { x: 3, y: Uint8Array.of(y) }])[0]!);
    }
    expect(reached.size).toBe(256);
  });

  test('a share that is not of the set is found by its quorums', () => {
    const secret = new Uint8Array(32).fill(5);
    const made = split({ secret, threshold: 3, shares: 5, fillRandom });
    made[4]!.y[0]! ^= 1;
    expect(proveQuorums(made, 3, secret)).toMatchObject({ holds: false });
  });

  test('every subset is met once, and no more than are asked for', () => {
    expect([...subsets(4, 2)]).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
    expect([...subsets(5, 3)]).toHaveLength(10);
    expect([...subsets(16, 8, 100)]).toHaveLength(100);
    expect([...subsets(3, 3)]).toEqual([[0, 1, 2]]);
  });

  test('words are read back, and a single changed word never is', () => {
    fc.assert(
      fc.property(
        bytes(4),
        fc.integer({ min: 1, max: 16 }),
        bytes(32),
        fc.nat(SHARE_WORDS - 1),
        (m, x, y, at) => {
          const share = { mark: Buffer.from(m), x, y };
          const words = wordsOf(share);
          expect(words).toHaveLength(SHARE_WORDS);
          const read = readWords(words.join('  '));
          if (!('share' in read)) throw new Error(read.problem);
          expect(commitmentOf(read.share).equals(commitmentOf(share))).toBe(true);
          const other = words[at] === 'zoo' ? 'abandon' : 'zoo';
          expect(readWords(words.with(at, other).join(' '))).toHaveProperty('problem');
        },
      ),
      { numRuns: 100 },
    );
  });

  test('a word that none has is named by its place', () => {
    const words = wordsOf({ mark: markOf(new Uint8Array(32)), x: 1, y: new Uint8Array(32) });
    expect(readWords(words.with(4, 'xylophon').join(' '))).toMatchObject({ word: 5 });
  });
});

describe('a custodian’s sheet', () => {
  const words = wordsOf({ mark: markOf(new Uint8Array(32)), x: 2, y: new Uint8Array(32).fill(9) });
  const facts = {
    ...{ words, share: 2, shares: 5, threshold: 3, keyLabel: 'root kek' },
    ...{ custodian: 'Nguyễn Thị Đào', ceremonyId: '12', rehearsal: true, madeAtMs: Date.UTC(2026, 10, 21) },
  };

  test('opened, says its words in order, its number, and that it is a rehearsal; its code says the words', async () => {
    const { texts, code } = readPdf(await sheetPdf(facts));
    expect(texts.filter((one) => words.includes(one))).toEqual(words);
    expect(texts.join('\n')).toMatch(/REHEARSAL/);
    expect(texts).toContain('Share 2 of 5; any 3 of them give the key.');
    expect(texts).toContain('Custodian: Nguyen Thi Dao');
    expect(plainLetters('漢')).toBe('?');
    expect(code).toBe(words.join(' '));
  });

  test('of a real key does not say rehearsal, and warns of what it is', async () => {
    const { texts } = readPdf(await sheetPdf({ ...facts, rehearsal: false }));
    expect(texts.join('\n')).not.toMatch(/rehearsal/i);
    expect(texts.join(' ')).toContain('Whoever holds enough of these sheets holds the key.');
  });
});
