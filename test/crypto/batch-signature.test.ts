import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_BATCH_ITEMS } from '../../src/main/crypto/batch-evidence.ts';
import { batchVerifier, signBatch, verifyBatchItem } from '../../src/main/crypto/batch-signature.ts';
import { type HybridSuite, hybridSignatures } from '../../src/main/crypto/hybrid-signature.ts';
import { inclusionProof, leafHash, merkleRoot } from '../../src/main/crypto/merkle.ts';
import { MerkleLevels } from '../../src/main/crypto/merkle-levels.ts';
import { fillRandom, flipped } from './both.ts';

const someItems = (count: number) => Array.from({ length: count }, (_, at) => Buffer.from(`payment ${at}`));

function party(suite: HybridSuite) {
  const hybrid = hybridSignatures[suite];
  const { publicKey, secretKey } = hybrid.keyPair(fillRandom);
  return { signer: hybrid.signer({ secretKey, fillRandom }), verifier: hybrid.verifier(publicKey) };
}

const purpose = 'instant_payment';
const { signer, verifier } = party('Ed25519+ML-DSA-65');
const sign = (items: readonly Uint8Array[], batchId = 'batch:2026-11-21.1') =>
  signBatch({ signer, purpose, batchId, items });

describe('the levels of a tree', () => {
  test('give the root and the proofs of RFC 9162 at every size', () => {
    for (let size = 1; size <= 70; size += 1) {
      const items = someItems(size);
      const leaves = items.map((item) => leafHash(item));
      const levels = new MerkleLevels(items);
      expect(levels.root).toEqual(merkleRoot(leaves));
      for (let index = 0; index < size; index += 1) {
        expect(levels.proof(index)).toEqual(Buffer.concat(inclusionProof(leaves, index)));
      }
    }
  });

  test('the empty tree has a root and no proof', () => {
    const empty = new MerkleLevels([]);
    expect(empty.root).toEqual(merkleRoot([]));
    for (const index of [0, -1, 0.5]) expect(() => empty.proof(index)).toThrow(RangeError);
  });
});

describe('batch signatures', () => {
  test('each item of a batch stands alone', () => {
    for (const size of [1, 2, 3, 5, 8, 33]) {
      const items = someItems(size);
      const batch = sign(items);
      expect(batch.head).toMatchObject({ purpose, size, batchId: 'batch:2026-11-21.1' });
      items.forEach((item, index) => {
        const verdict = verifyBatchItem({ verifier, purpose, item, evidence: batch.evidence(index) });
        expect(verdict).toEqual({ ok: true, batchId: 'batch:2026-11-21.1', index, size });
      });
    }
  });

  test('what is signed is the canonical JSON of purpose, batch id, size and root', () => {
    const batch = sign(someItems(3), 'b1');
    const root = Buffer.from(batch.head.root).toString('hex');
    const message = Buffer.from(`{"batchId":"b1","purpose":"${purpose}","root":"${root}","size":3}`);
    const given = { purpose: `batch.${purpose}`, message, signature: batch.signature };
    expect(verifier.verify(given)).toBe(true);
    // A batch's signature is no signature of a message with the same purpose.
    expect(verifier.verify({ ...given, purpose })).toBe(false);
  });

  test.each([
    ['Ed25519+ML-DSA-44', 4_500],
    ['Ed25519+ML-DSA-65', 4_500],
    ['Ed25519+ML-DSA-87', 5_600],
    ['Ed25519+Falcon-512', 4_500],
  ] as const)('%s: proof and signatures of one item lie within %i bytes at every size', (suite, limit) => {
    const own = party(suite);
    // The longest names that are taken, so that nothing is saved on them.
    const longest = { purpose: 'p'.repeat(64), batchId: 'b'.repeat(64) };
    for (const size of [1, 2, 10, 1_000, 65_537, 100_000]) {
      const items = someItems(size);
      const batch = signBatch({ signer: own.signer, ...longest, items });
      const receiver = batchVerifier({ verifier: own.verifier, purpose: longest.purpose });
      for (const index of [0, size >> 1, size - 1]) {
        const evidence = batch.evidence(index);
        expect(evidence.length).toBeLessThanOrEqual(limit);
        expect(receiver.verify(items[index]!, evidence).ok).toBe(true);
      }
    }
    // The deepest proof of the largest batch, whatever the suite.
    const { signatureBytes } = hybridSignatures[suite].sizes;
    expect(13 + 64 + 64 + 17 * 32 + signatureBytes).toBeLessThanOrEqual(limit);
  });

  test('each flipped bit of an item or its evidence is refused', () => {
    const items = someItems(11);
    const batch = sign(items);
    const receiver = batchVerifier({ verifier, purpose });
    const evidence = batch.evidence(6);
    // The verifier has seen the true head, so that nothing it remembers lets a false one pass.
    expect(receiver.verify(items[6]!, evidence).ok).toBe(true);
    fc.assert(
      fc.property(fc.nat(evidence.length * 8 - 1), fc.nat(items[6]!.length * 8 - 1), (a, b) => {
        expect(receiver.verify(items[6]!, flipped(evidence, a)).ok).toBe(false);
        expect(receiver.verify(flipped(items[6]!, b), evidence)).toMatchObject({
          ok: false,
          reason: 'signature_invalid',
        });
      }),
      { numRuns: 150 },
    );
    for (let bit = 0; bit < 60 * 8; bit += 1) {
      expect(receiver.verify(items[6]!, flipped(evidence, bit)).ok).toBe(false);
    }
  });

  test('evidence of another item, batch, key, suite or purpose is refused', () => {
    const items = someItems(8);
    const batch = sign(items);
    const receiver = batchVerifier({ verifier, purpose });
    const reasonOf = (item: Uint8Array, evidence: Uint8Array, by = receiver) => {
      const verdict = by.verify(item, evidence);
      return verdict.ok ? 'accepted' : verdict.reason;
    };
    expect(reasonOf(items[1]!, batch.evidence(2))).toBe('signature_invalid');
    const others = sign(someItems(9));
    const grafted = Buffer.concat([batch.evidence(2).subarray(0, -3373), others.signature]);
    expect(reasonOf(items[2]!, grafted)).toBe('signature_invalid');
    const stranger = batchVerifier({ verifier: party('Ed25519+ML-DSA-65').verifier, purpose });
    expect(reasonOf(items[0]!, batch.evidence(0), stranger)).toBe('signature_invalid');
    const otherSuite = batchVerifier({ verifier: party('Ed25519+ML-DSA-44').verifier, purpose });
    expect(reasonOf(items[0]!, batch.evidence(0), otherSuite)).toBe('suite_differs');
    const otherPurpose = batchVerifier({ verifier, purpose: 'wire' });
    expect(reasonOf(items[0]!, batch.evidence(0), otherPurpose)).toBe('purpose_differs');
  });

  test('a truncated, prolonged or invented encoding is refused with what was expected', () => {
    const items = someItems(5);
    const evidence = sign(items, 'b1').evidence(1);
    const verdictOf = (bytes: Uint8Array) =>
      verifyBatchItem({ verifier, purpose, item: items[1]!, evidence: bytes });
    for (let length = 0; length < evidence.length; length += length < 200 ? 1 : 97) {
      expect(verdictOf(evidence.subarray(0, length))).toMatchObject({ reason: 'evidence_malformed' });
    }
    expect(verdictOf(Buffer.concat([evidence, Buffer.of(0)]))).toMatchObject({
      reason: 'evidence_malformed',
      expected: 'a signature of 3373 bytes at the end',
    });
    const changed = (at: number, byte: number) => {
      const copy = Buffer.from(evidence);
      copy[at] = byte;
      return verdictOf(copy);
    };
    const sizeAt = 2 + 1 + purpose.length + 1 + 2;
    expect(changed(0, 2)).toMatchObject({ expected: 'version 1' });
    expect(changed(1, 9)).toMatchObject({ expected: 'a suite of hybrid signatures' });
    expect(changed(3, 0x20)).toMatchObject({ expected: 'a purpose of 1 to 64 of a-z, 0-9, _ and -' });
    expect(changed(sizeAt, 0x80)).toMatchObject({ expected: 'a size from 1 to 131072' });
    expect(changed(sizeAt + 7, 5)).toMatchObject({ expected: 'an index below the size' });
    expect(changed(sizeAt + 8, 18)).toMatchObject({ expected: 'at most 17 proof nodes' });
    // A proof one node short, with the signature moved up: the form fits, the place does not.
    const short = Buffer.concat([evidence.subarray(0, sizeAt + 9), evidence.subarray(sizeAt + 9 + 32)]);
    short[sizeAt + 8]! -= 1;
    expect(verdictOf(short)).toMatchObject({ expected: 'a proof of the length of its place' });
  });

  test('a verifier remembers some heads and still checks the ones it forgot', () => {
    const receiver = batchVerifier({ verifier, purpose });
    const items = someItems(2);
    const batches = Array.from({ length: 70 }, (_, at) => sign(items, `b${at}`));
    // The same items give the same root each time; only batch id and signature tell the heads apart.
    for (const batch of [...batches, ...batches]) {
      expect(receiver.verify(items[1]!, batch.evidence(1)).ok).toBe(true);
    }
    const mixed = Buffer.concat([batches[69]!.evidence(1).subarray(0, -3373), batches[68]!.signature]);
    expect(receiver.verify(items[1]!, mixed)).toMatchObject({ reason: 'signature_invalid' });
  });

  test('refuses an empty batch, one too large, bad names and unknown options', () => {
    const refused = expect.objectContaining({ code: 'batch_invalid' });
    const items = someItems(1);
    expect(() => sign([])).toThrow(refused);
    expect(() => sign(new Array<Uint8Array>(MAX_BATCH_ITEMS + 1).fill(items[0]!))).toThrow(refused);
    for (const batchId of ['', ' ', 'a\n', '.a', 'ä', 'b'.repeat(65)]) {
      expect(() => sign(items, batchId)).toThrow(refused);
    }
    for (const wrong of ['', 'batch.x', 'A']) {
      expect(() => signBatch({ signer, purpose: wrong, batchId: 'b', items })).toThrow(refused);
    }
    const misspelt = { signer, purpose, batchId: 'b', items, item: 1 };
    expect(() => signBatch(misspelt)).toThrow('unknown option "item"');
    const extra = { verifier, purpose, size: 1 };
    expect(() => batchVerifier(extra)).toThrow('unknown option "size"');
  });
});
