import { describe, expect, test } from 'vitest';
import {
  bestKem,
  bestScheme,
  lazily,
  nativeIfAny,
  type SignatureScheme,
  signsAndVerifies,
} from '../../src/main/crypto/algorithm.ts';
import { nobleMlDsa44 } from '../../src/main/crypto/ml-dsa-44.ts';
import { nativeMlKem512, nobleMlKem512 } from '../../src/main/crypto/ml-kem-512.ts';
import { fillRandom } from './both.ts';

describe('choosing an implementation by feature test', () => {
  test('noble serves where the runtime has nothing', () => {
    const kem = bestKem(() => undefined, nobleMlKem512);
    expect(kem.implementation).toBe('noble');
    const seed = Buffer.alloc(64, 3);
    const { ciphertext, sharedSecret } = kem.encapsulate(kem.publicKey(seed), fillRandom);
    expect(nativeMlKem512()!.decapsulate(seed, ciphertext)).toEqual(sharedSecret);
    const scheme = bestScheme(() => undefined, nobleMlDsa44);
    expect(scheme.implementation).toBe('noble');
    expect(signsAndVerifies(scheme)).toBe(true);
  });

  test('a native algorithm that is missing, throws or answers wrongly counts as none', () => {
    expect(nativeIfAny(() => undefined, signsAndVerifies)()).toBeUndefined();
    const throwing = nativeIfAny<SignatureScheme>(() => {
      throw new Error('unsupported');
    }, signsAndVerifies);
    expect(throwing()).toBeUndefined();
    // One that takes every signature, and one that takes none.
    for (const answer of [true, false]) {
      const wrong: SignatureScheme = { ...nobleMlDsa44, verifier: () => ({ verify: () => answer }) };
      expect(nativeIfAny(() => wrong, signsAndVerifies)()).toBeUndefined();
    }
    expect(nativeIfAny(() => nobleMlDsa44, signsAndVerifies)()).toBe(nobleMlDsa44);
  });

  test('is asked once, at the first use', () => {
    let asked = 0;
    const value = lazily(() => {
      asked += 1;
      return undefined;
    });
    expect(asked).toBe(0);
    value();
    value();
    expect(asked).toBe(1);
  });
});
