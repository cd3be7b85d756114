import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalJson,
  inclusionProof,
  leafHash,
  merkleRoot,
  verifyInclusion,
} from '../../src/main/crypto/index.ts';
import { type AccountState, balanceProblem, NO_TERMS, Undo } from '../../src/main/ledger/balances.ts';
import { canonicalEntry } from '../../src/main/ledger/canonical.ts';
import { dateOfDay, dayOf } from '../../src/main/ledger/days.ts';
import { visibleRanges } from '../../src/main/ledger/listing.ts';
import { leafOf, packedRoot, unpackLeaves, writeLeaf } from '../../src/main/ledger/proof.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));

describe('proofs', () => {
  test('the packed root is that of RFC 9162, for every size', () => {
    fc.assert(
      fc.property(fc.array(hash, { minLength: 0, maxLength: 70 }), (leaves) => {
        expect(packedRoot(Buffer.concat(leaves))).toEqual(merkleRoot(leaves));
      }),
      { numRuns: 60 },
    );
  });

  test('a leaf is the hash of the canonical text behind a zero byte, and has its proof', () => {
    const texts = ['{"a":"ü"}', '{"b":"€"}', '{}'];
    const packed = Buffer.alloc(96);
    for (const [index, text] of texts.entries()) {
      writeLeaf(packed, index, text);
      expect(leafOf(text)).toEqual(leafHash(Buffer.from(text, 'utf8')));
    }
    const leaves = unpackLeaves(packed);
    expect(leaves).toEqual(texts.map((text) => leafOf(text)));
    const proof = inclusionProof(leaves, 1);
    expect(verifyInclusion({ leaf: leaves[1]!, index: 1, size: 3, proof, root: packedRoot(packed) })).toBe(
      true,
    );
  });
});

describe('the canonical entry', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  const entry = fc.record({
    id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
    day: fc.integer({ min: -1_000, max: 40_000 }),
    reason: text,
    memo: fc.option(text),
    source: fc.option(fc.record({ kind: text, id: text })),
    reverses: fc.option(fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes))),
    pending: fc.boolean(),
    expiresAtMs: fc.option(fc.nat()),
    debitAccount: fc.bigInt({ min: 1n, max: 10n ** 12n }),
    creditAccount: fc.bigInt({ min: 1n, max: 10n ** 12n }),
    amountMinor: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
    lines: fc.option(
      fc.array(
        fc.record({
          accountId: fc.bigInt({ min: 1n, max: 99n }),
          amountMinor: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    ),
  });

  test('is what canonical JSON writes', () => {
    fc.assert(
      fc.property(entry, (e) => {
        const { amountMinor } = e;
        const lines = e.lines ?? [
          { accountId: e.debitAccount, amountMinor },
          { accountId: e.creditAccount, amountMinor: -amountMinor },
        ];
        const expected = canonicalJson({
          effectiveDate: dateOfDay(e.day),
          expiresAtMs: e.expiresAtMs === null ? undefined : BigInt(e.expiresAtMs),
          id: e.id.toString('hex'),
          memo: e.memo ?? undefined,
          pending: e.pending ? true : undefined,
          postings: lines.map((line) => [line.accountId, line.amountMinor]),
          reason: e.reason,
          reverses: e.reverses?.toString('hex'),
          source: e.source ?? undefined,
        });
        expect(canonicalEntry(e)).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe('days', () => {
  test('every date has a day and every day its date', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), (day) => {
        expect(dayOf(dateOfDay(day))).toBe(day);
      }),
    );
    expect(dayOf('1970-01-02')).toBe(1);
    for (const none of ['2026-02-29', '2026-13-01', '26-01-01', '2026-1-1', ''])
      expect(dayOf(none)).toBeUndefined();
  });
});

describe('limits', () => {
  const state = (
    normalSide: 'debit' | 'credit',
    amounts: readonly bigint[],
    limits: readonly (bigint | null)[],
  ): AccountState => ({
    info: {
      id: 1n,
      code: 'x',
      name: 'x',
      parentId: null,
      kind: 'asset',
      normalSide,
      currency: 'EUR',
      postable: true,
      role: null,
    },
    terms: { ...NO_TERMS, minMinor: limits[0] ?? null, maxMinor: limits[1] ?? null },
    debitMinor: amounts[0]!,
    creditMinor: amounts[1]!,
    pendingDebitMinor: amounts[2]!,
    pendingCreditMinor: amounts[3]!,
    mark: 0,
  });
  // normal side, [debit, credit, pending debit, pending credit], [min, max], moved (debit positive)
  const rows: [string, 'debit' | 'credit', bigint[], (bigint | null)[], bigint, string | undefined][] = [
    ['no limits', 'debit', [900n, 0n, 0n, 0n], [null, null], 900n, undefined],
    ['at the upper limit', 'debit', [100n, 0n, 0n, 0n], [null, 100n], 10n, undefined],
    ['above the upper limit', 'debit', [101n, 0n, 0n, 0n], [null, 100n], 10n, 'limit'],
    ['above it and going down', 'debit', [101n, 0n, 0n, 0n], [null, 100n], -10n, undefined],
    ['above it with pending', 'debit', [60n, 0n, 41n, 0n], [null, 100n], 10n, 'limit'],
    ['pending on the other side makes no room', 'debit', [101n, 0n, 0n, 50n], [null, 100n], 10n, 'limit'],
    ['at the lower limit', 'debit', [0n, 0n, 0n, 0n], [0n, null], -10n, undefined],
    ['below the lower limit', 'debit', [0n, 1n, 0n, 0n], [0n, null], -1n, 'limit'],
    ['below it with pending', 'debit', [10n, 0n, 0n, 11n], [0n, null], -1n, 'limit'],
    ['below it and going up', 'debit', [0n, 5n, 0n, 0n], [0n, null], 1n, undefined],
    ['a credit account above its limit', 'credit', [0n, 101n, 0n, 0n], [null, 100n], -1n, 'limit'],
    ['a credit account below its limit', 'credit', [1n, 0n, 0n, 0n], [0n, null], 1n, 'limit'],
    ['turnover that does not fit', 'debit', [2n ** 63n, 0n, 0n, 0n], [null, null], 1n, 'too-large'],
    [
      'turnover that does not fit with pending',
      'debit',
      [0n, 2n ** 63n - 1n, 0n, 1n],
      [null, null],
      -1n,
      'too-large',
    ],
  ];
  test.each(rows)('%s', (_name, side, amounts, limits, moved, problem) => {
    expect(balanceProblem(state(side, amounts, limits), moved)).toBe(problem);
  });

  test('an undone batch leaves accounts as they were', () => {
    const account = state('debit', [1n, 2n, 3n, 4n], []);
    const undo = new Undo();
    undo.touch(account);
    account.debitMinor = 50n;
    undo.touch(account);
    account.pendingCreditMinor = 60n;
    undo.restore();
    expect(account).toEqual(state('debit', [1n, 2n, 3n, 4n], []));
  });
});

describe('visible ranges', () => {
  test('are what hidden ranges leave, the greatest first', () => {
    const flags = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(flags, fc.nat(45), fc.nat(45), (hiddenFlags, a, b) => {
        const hidden = hiddenFlags.flatMap((is, number) => (is ? [{ first: number, last: number }] : []));
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        const numbers = [...visibleRanges(hidden, first, last)].flatMap((range) =>
          Array.from({ length: range.last - range.first + 1 }, (_, i) => range.last - i),
        );
        const expected = Array.from({ length: last - first + 1 }, (_, i) => last - i).filter(
          (number) => hiddenFlags[number] !== true,
        );
        expect(numbers).toEqual(expected);
      }),
    );
  });
});
