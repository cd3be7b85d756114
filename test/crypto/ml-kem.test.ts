import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ML_KEM_512, mlKem512, nativeMlKem512, nobleMlKem512 } from '../../src/main/crypto/ml-kem-512.ts';
import { ML_KEM_768, mlKem768, nativeMlKem768, nobleMlKem768 } from '../../src/main/crypto/ml-kem-768.ts';
import {
  ML_KEM_1024,
  mlKem1024,
  nativeMlKem1024,
  nobleMlKem1024,
} from '../../src/main/crypto/ml-kem-1024.ts';
import { CryptoInputError } from '../../src/main/crypto/options.ts';
import { sha256 } from '../../src/main/crypto/sha256.ts';
import { fillRandom, flipped, hex, longer, mustHave, pairsOf, seededRandom } from './both.ts';

/** Seeds and the SHA-256 of their public keys: the first case a set of ACVP ML-KEM-keyGen-FIPS203. */
const SETS = [
  {
    parameters: ML_KEM_512,
    noble: nobleMlKem512,
    native: mustHave(nativeMlKem512, 'ML-KEM-512'),
    best: mlKem512,
    d: '2cb843a02ef02ee109305f39119fabf49ab90a57ffecb3a0e75e179450f52761',
    z: '84cc9121ae56fbf39e67adbd83ad2d3e3bb80843645206bdd9f2f629e3cc49b7',
    keyHash: 'f96920dc6766df52dca2428e7e751c0c27d537424c0a3f5c89153c2d5d28f898',
  },
  {
    parameters: ML_KEM_768,
    noble: nobleMlKem768,
    native: mustHave(nativeMlKem768, 'ML-KEM-768'),
    best: mlKem768,
    d: 'e34a701c4c87582f42264ee422d3c684d97611f2523efe0c998af05056d693dc',
    z: 'a85768f3486bd32a01bf9a8f21ea938e648eae4e5448c34c3eb88820b159eedd',
    keyHash: '7799c9d8eef172aa78c073514f2f039c240de8c5cb61bca82ba0bc46041ce279',
  },
  {
    parameters: ML_KEM_1024,
    noble: nobleMlKem1024,
    native: mustHave(nativeMlKem1024, 'ML-KEM-1024'),
    best: mlKem1024,
    d: '49ac8b99bb1e6a8ea818261f8be68bdeaa52897e7ec6c40b530bc760ab77dce3',
    z: '99e3246884181f8e1dd44e0c7629093330221fd67d9b7d6e1510b2dbad8762f7',
    keyHash: '62fccf5fdf805b110670b39cd5e25b1811172961ea4047bfbd589e323ce7cfbc',
  },
];

describe.each(SETS)('$parameters.algorithm', ({ parameters, noble, native, best, d, z, keyHash }) => {
  const seed = hex(d + z);

  test('the key of a published seed has the published hash, by either implementation', () => {
    for (const kem of [noble, native]) expect(sha256(kem.publicKey(seed)).toString('hex')).toBe(keyHash);
  });

  test('the console uses the native implementation where there is one', () => {
    expect(best.implementation).toBe('native');
    expect(best.algorithm).toBe(parameters.algorithm);
    expect(best.publicKey(seed)).toEqual(native.publicKey(seed));
  });

  test.each(pairsOf(noble, native))('what %s encapsulates, %s decapsulates', (_m, _t, maker, taker) => {
    const { ciphertext, sharedSecret } = maker.encapsulate(taker.publicKey(seed), fillRandom);
    expect(ciphertext).toHaveLength(parameters.ciphertextBytes);
    expect(sharedSecret).toHaveLength(32);
    expect(taker.decapsulate(seed, ciphertext)).toEqual(sharedSecret);
  });

  test('noble draws all its randomness from what it is given', () => {
    const once = noble.encapsulate(noble.publicKey(seed), seededRandom(7));
    expect(noble.encapsulate(noble.publicKey(seed), seededRandom(7))).toEqual(once);
    expect(noble.encapsulate(noble.publicKey(seed), seededRandom(8))).not.toEqual(once);
  });

  test('a flipped bit of the ciphertext yields another secret, the same by either implementation', () => {
    const { ciphertext, sharedSecret } = native.encapsulate(native.publicKey(seed), fillRandom);
    fc.assert(
      fc.property(fc.nat(ciphertext.length * 8 - 1), (bit) => {
        const rejected = native.decapsulate(seed, flipped(ciphertext, bit));
        expect(rejected).not.toEqual(sharedSecret);
        expect(noble.decapsulate(seed, flipped(ciphertext, bit))).toEqual(rejected);
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    ['noble', noble],
    ['native', native],
  ])('%s refuses keys that are not canonical, and every other length', (_, kem) => {
    const publicKey = kem.publicKey(seed);
    const { ciphertext } = kem.encapsulate(publicKey, fillRandom);
    const code = (work: () => unknown): unknown => {
      try {
        work();
      } catch (error) {
        return error instanceof CryptoInputError ? error.code : error;
      }
      return 'accepted';
    };
    // Two coefficients of 12 bits lie in three bytes; one of q = 3329 = 0xd01 is not reduced.
    const last = parameters.publicKeyBytes - 32 - 3;
    for (const at of [0, 3 * 50, last]) {
      const [first, second] = [Buffer.from(publicKey), Buffer.from(publicKey)];
      first[at] = 0x01;
      first[at + 1] = (first[at + 1]! & 0xf0) | 0x0d;
      second[at + 1] = (second[at + 1]! & 0x0f) | 0x10;
      second[at + 2] = 0xd0;
      expect(code(() => kem.encapsulate(first, fillRandom))).toBe('key_not_canonical');
      expect(code(() => kem.encapsulate(second, fillRandom))).toBe('key_not_canonical');
    }
    for (const wrong of [publicKey.subarray(1), longer(publicKey), Buffer.alloc(0)]) {
      expect(code(() => kem.encapsulate(wrong, fillRandom))).toBe('length_wrong');
    }
    for (const wrong of [ciphertext.subarray(1), longer(ciphertext)]) {
      expect(code(() => kem.decapsulate(seed, wrong))).toBe('length_wrong');
    }
    for (const wrong of [seed.subarray(1), longer(seed)]) {
      expect(code(() => kem.decapsulate(wrong, ciphertext))).toBe('length_wrong');
      expect(code(() => kem.publicKey(wrong))).toBe('length_wrong');
    }
    expect(code(() => kem.publicKey('00' as unknown as Uint8Array))).toBe('no_bytes');
  });
});
