import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nobleEd25519 } from '../../src/main/crypto/ed25519.ts';
import {
  type HybridSignature,
  type HybridSuite,
  hybridSignatureBy,
  hybridSignatures,
} from '../../src/main/crypto/hybrid-signature.ts';
import { nobleMlDsa65 } from '../../src/main/crypto/ml-dsa-65.ts';
import { fillRandom, flipped, longer, mustHave, pairsOf } from './both.ts';

const purpose = 'settlement_instruction';
const message = Buffer.from('pay 100.00 EUR');
const suites = Object.keys(hybridSignatures) as HybridSuite[];

function ready(hybrid: HybridSignature) {
  const { publicKey, secretKey } = hybrid.keyPair(fillRandom);
  const signer = hybrid.signer({ secretKey, fillRandom });
  return { publicKey, secretKey, signer, verifier: hybrid.verifier(publicKey) };
}

describe.each(suites)('%s', (suite) => {
  const hybrid = hybridSignatures[suite];

  test('signs and verifies; keys and signatures are one part after the other', () => {
    const { publicKey, secretKey, signer, verifier } = ready(hybrid);
    const signature = signer.sign({ purpose, message });
    expect([secretKey.length, publicKey.length, signature.length]).toEqual([
      hybrid.sizes.secretKeyBytes,
      hybrid.sizes.publicKeyBytes,
      hybrid.sizes.signatureBytes,
    ]);
    expect(hybrid.publicKey(secretKey)).toEqual(publicKey);
    expect(verifier.verify({ purpose, message, signature })).toBe(true);
    expect(publicKey.subarray(0, 32)).toEqual(nobleEd25519.publicKey(secretKey.subarray(0, 32)));
    signer.destroy();
    expect(() => signer.sign({ purpose, message })).toThrow('the signer is gone');
  });

  test('both halves must verify: one good half beside another’s is refused, either way round', () => {
    const [a, b] = [ready(hybrid), ready(hybrid)];
    const [ours, theirs] = [a.signer.sign({ purpose, message }), b.signer.sign({ purpose, message })];
    for (const signature of [
      Buffer.concat([ours.subarray(0, 64), theirs.subarray(64)]),
      Buffer.concat([theirs.subarray(0, 64), ours.subarray(64)]),
    ]) {
      expect(a.verifier.verify({ purpose, message, signature })).toBe(false);
      expect(b.verifier.verify({ purpose, message, signature })).toBe(false);
    }
  });

  test('each flipped bit of signature and message is refused', () => {
    const { signer, verifier } = ready(hybrid);
    const signature = signer.sign({ purpose, message });
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        const changed = flipped(signature, a % (signature.length * 8));
        expect(verifier.verify({ purpose, message, signature: changed })).toBe(false);
        const other = flipped(message, b % (message.length * 8));
        expect(verifier.verify({ purpose, message: other, signature })).toBe(false);
      }),
      { numRuns: 25 },
    );
  });

  test('another purpose, another key and every other length are refused', () => {
    const { publicKey, secretKey, signer, verifier } = ready(hybrid);
    const signature = signer.sign({ purpose, message });
    expect(verifier.verify({ purpose: 'notice', message, signature })).toBe(false);
    expect(ready(hybrid).verifier.verify({ purpose, message, signature })).toBe(false);
    const wrongLength = expect.objectContaining({ code: 'length_wrong' });
    for (const wrong of [signature.subarray(1), longer(signature)]) {
      expect(() => verifier.verify({ purpose, message, signature: wrong })).toThrow(wrongLength);
    }
    expect(() => hybrid.verifier(longer(publicKey))).toThrow(wrongLength);
    expect(() => hybrid.signer({ secretKey: longer(secretKey), fillRandom })).toThrow(wrongLength);
  });
});

describe('hybrid signatures', () => {
  const suite = 'Ed25519+ML-DSA-65';
  const hybrid = hybridSignatures[suite];
  const noble = mustHave(() => hybridSignatureBy(suite, 'noble'), suite);
  const native = mustHave(() => hybridSignatureBy(suite, 'native'), suite);

  test.each(pairsOf(noble, native))('what %s signs, %s verifies', (_m, _t, maker, taker) => {
    const { publicKey, signer } = ready(maker);
    const signature = signer.sign({ purpose, message });
    expect(taker.verifier(publicKey).verify({ purpose, message, signature })).toBe(true);
  });

  test('Falcon has no native implementation', () => {
    expect(hybridSignatureBy('Ed25519+Falcon-512', 'native')).toBeUndefined();
    expect(hybridSignatures['Ed25519+Falcon-512'].implementation).toBe('noble');
  });

  test('what is signed is a prefix of suite and purpose, then the message', () => {
    const { publicKey, signer } = ready(hybrid);
    const signature = signer.sign({ purpose, message });
    const bytes = Buffer.from(`countersign signature v1\n${suite}\n${purpose}\n${message.toString()}`);
    const [first, second] = [publicKey.subarray(0, 32), publicKey.subarray(32)];
    expect(nobleEd25519.verifier(first).verify(bytes, signature.subarray(0, 64))).toBe(true);
    expect(nobleMlDsa65.verifier(second).verify(bytes, signature.subarray(64))).toBe(true);
    // Neither half says anything about the bare message.
    expect(nobleEd25519.verifier(first).verify(message, signature.subarray(0, 64))).toBe(false);
    expect(nobleMlDsa65.verifier(second).verify(message, signature.subarray(64))).toBe(false);
  });

  test.each(['', 'Wire', 'a b', 'a\nb', 'ä', '-a', 'other.a', 'batch.batch.a', 'a'.repeat(65)])(
    'refuses the purpose %j',
    (wrong) => {
      const { signer, verifier } = ready(hybrid);
      const refused = expect.objectContaining({ code: 'purpose_invalid' });
      expect(() => signer.sign({ purpose: wrong, message })).toThrow(refused);
      const signature = Buffer.alloc(hybrid.sizes.signatureBytes);
      expect(() => verifier.verify({ purpose: wrong, message, signature })).toThrow(refused);
    },
  );

  test('refuses unknown options and a message that is no bytes', () => {
    const { secretKey, signer } = ready(hybrid);
    const misspelt = { purpose, message, porpose: 'x' };
    expect(() => signer.sign(misspelt)).toThrow('unknown option "porpose"');
    const extra = { secretKey, fillRandom, seed: 1 };
    expect(() => hybrid.signer(extra)).toThrow('unknown option "seed"');
    const text = 'text' as unknown as Uint8Array;
    expect(() => signer.sign({ purpose, message: text })).toThrow('bytes expected');
  });

  test('a half that is no point of the curve is refused before anything is verified', () => {
    const { publicKey } = ready(hybrid);
    publicKey.fill(0, 0, 32);
    expect(() => hybrid.verifier(publicKey)).toThrow(expect.objectContaining({ code: 'point_invalid' }));
  });
});
