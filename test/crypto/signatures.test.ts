import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SignatureScheme } from '../../src/main/crypto/algorithm.ts';
import { ed25519, nativeEd25519, nobleEd25519 } from '../../src/main/crypto/ed25519.ts';
import { FALCON_512, falcon512 } from '../../src/main/crypto/falcon-512.ts';
import { mlDsa44, nativeMlDsa44, nobleMlDsa44 } from '../../src/main/crypto/ml-dsa-44.ts';
import { mlDsa65, nativeMlDsa65, nobleMlDsa65 } from '../../src/main/crypto/ml-dsa-65.ts';
import { mlDsa87, nativeMlDsa87, nobleMlDsa87 } from '../../src/main/crypto/ml-dsa-87.ts';
import { sha256 } from '../../src/main/crypto/sha256.ts';
import { fillRandom, flipped, hex, longer, mustHave, pairsOf, seededRandom } from './both.ts';

const message = Buffer.from('pay 100.00 EUR');

/** What every scheme owes, whoever computes it. */
function owesWhatAllOwe(scheme: SignatureScheme, sampledBits: number): void {
  const { publicKey, secretKey } = scheme.keyPair(fillRandom);
  const { sizes } = scheme;
  expect([secretKey.length, publicKey.length]).toEqual([sizes.secretKeyBytes, sizes.publicKeyBytes]);
  expect(scheme.publicKey(secretKey)).toEqual(publicKey);
  const signer = scheme.signer(secretKey, fillRandom);
  const verifier = scheme.verifier(publicKey);
  const signature = signer.sign(message);
  expect(signature).toHaveLength(sizes.signatureBytes);
  expect(verifier.verify(message, signature)).toBe(true);

  fc.assert(
    fc.property(fc.nat(signature.length * 8 - 1), (bit) => {
      expect(verifier.verify(message, flipped(signature, bit))).toBe(false);
    }),
    { numRuns: sampledBits },
  );
  for (let bit = 0; bit < message.length * 8; bit += 5) {
    expect(verifier.verify(flipped(message, bit), signature)).toBe(false);
  }
  const other = scheme.keyPair(fillRandom);
  expect(scheme.verifier(other.publicKey).verify(message, signature)).toBe(false);

  for (const wrong of [signature.subarray(1), longer(signature), Buffer.alloc(0)]) {
    expect(() => verifier.verify(message, wrong)).toThrow('bytes expected');
  }
  for (const wrong of [publicKey.subarray(1), longer(publicKey)]) {
    expect(() => scheme.verifier(wrong)).toThrow('bytes expected');
  }
  for (const wrong of [secretKey.subarray(1), longer(secretKey)]) {
    expect(() => scheme.signer(wrong, fillRandom)).toThrow('bytes expected');
    expect(() => scheme.publicKey(wrong)).toThrow('bytes expected');
  }

  // A signer holds a copy of its own: the caller may overwrite the key at once, and does.
  secretKey.fill(0);
  publicKey.fill(0);
  expect(verifier.verify(message, signer.sign(message))).toBe(true);
  signer.destroy();
  expect(() => signer.sign(message)).toThrow('the signer is gone');
}

/** Seeds and the SHA-256 of their public keys: the first case a set of NIST's ACVP ML-DSA-keyGen-FIPS204. */
const ML_DSA = [
  {
    name: 'ML-DSA-44',
    noble: nobleMlDsa44,
    native: mustHave(nativeMlDsa44, 'ML-DSA-44'),
    best: mlDsa44,
    seed: '93ef2e6ef1fb08999d142abe0295482370d3f43bdb254a78e2b0d5168eca065f',
    keyHash: '6995b20ecd5cde41719035028a712ccf35b1adf53b913030423d9d6fa188d673',
  },
  {
    name: 'ML-DSA-65',
    noble: nobleMlDsa65,
    native: mustHave(nativeMlDsa65, 'ML-DSA-65'),
    best: mlDsa65,
    seed: '70cefb9aed5b68e018b079da8284b9d5cad5499ed9c265ff73588005d85c225c',
    keyHash: '646b26b8d09dbc9e865b6a006c693a3127b065e62fab5fbe8b159c416462feb6',
  },
  {
    name: 'ML-DSA-87',
    noble: nobleMlDsa87,
    native: mustHave(nativeMlDsa87, 'ML-DSA-87'),
    best: mlDsa87,
    seed: '38359fbcd79582cffe609e137ee2efe8a8dbcbad18ba92bb433ab4f09b49299d',
    keyHash: 'ea374a09356e5f89be784f28f4ef938e8976cb5c4db00fbacb257663491748d4',
  },
];

describe.each(ML_DSA)('$name (FIPS 204)', ({ name, noble, native, best, seed, keyHash }) => {
  test('the key of a published seed has the published hash, by either implementation', () => {
    for (const scheme of [noble, native]) {
      expect(sha256(scheme.publicKey(hex(seed))).toString('hex')).toBe(keyHash);
    }
  });

  test('the console uses the native implementation where there is one', () => {
    expect([best.algorithm, best.implementation]).toEqual([name, 'native']);
    const { publicKey, secretKey } = best.keyPair(fillRandom);
    const signature = best.signer(secretKey, fillRandom).sign(message);
    expect(best.publicKey(secretKey)).toEqual(publicKey);
    expect(best.verifier(publicKey).verify(message, signature)).toBe(true);
  });

  test.each(pairsOf(noble, native))('what %s signs, %s verifies', (_m, _t, maker, taker) => {
    const { publicKey, secretKey } = maker.keyPair(fillRandom);
    const signature = maker.signer(secretKey, fillRandom).sign(message);
    expect(taker.verifier(publicKey).verify(message, signature)).toBe(true);
    expect(taker.verifier(publicKey).verify(Buffer.from('another'), signature)).toBe(false);
  });

  test('noble signs with the randomness it is given; native with fresh randomness each time', () => {
    const signed = (scheme: SignatureScheme) => scheme.signer(hex(seed), seededRandom(3)).sign(message);
    expect(signed(noble)).toEqual(signed(noble));
    const other = noble.signer(hex(seed), seededRandom(4)).sign(message);
    expect(other).not.toEqual(signed(noble));
    expect(signed(native)).not.toEqual(signed(native));
  });

  test('noble owes what all owe', () => owesWhatAllOwe(noble, 25));
  test('native owes what all owe', () => owesWhatAllOwe(native, 200));
});

describe('Ed25519 (RFC 8032)', () => {
  const native = mustHave(nativeEd25519, 'Ed25519');
  const both = [
    ['noble', nobleEd25519],
    ['native', native],
  ] as const;

  /** Section 7.1, tests 1 to 3. */
  const VECTORS = [
    {
      secretKey: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      message: '',
      signature:
        'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd' +
        '25bf5f0595bbe24655141438e7a100b',
    },
    {
      secretKey: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      message: '72',
      signature:
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c3' +
        '87b2eaeb4302aeeb00d291612bb0c00',
    },
    {
      secretKey: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
      publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      message: 'af82',
      signature:
        '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594' +
        'a7c15e9716ed28dc027beceea1ec40a',
    },
  ];

  test.each(both)('%s signs and verifies the vectors', (_, scheme) => {
    for (const vector of VECTORS) {
      const secretKey = hex(vector.secretKey);
      expect(scheme.publicKey(secretKey).toString('hex')).toBe(vector.publicKey);
      const signature = scheme.signer(secretKey, fillRandom).sign(hex(vector.message));
      expect(signature.toString('hex')).toBe(vector.signature);
      expect(scheme.verifier(hex(vector.publicKey)).verify(hex(vector.message), signature)).toBe(true);
    }
  });

  test.each(both)('%s owes what all owe', (_, scheme) => owesWhatAllOwe(scheme, 120));

  test('the console uses the native implementation', () => {
    expect(ed25519.implementation).toBe('native');
    owesWhatAllOwe(ed25519, 10);
  });

  const BAD_KEYS = [
    ['the neutral element', `01${'00'.repeat(31)}`],
    ['order two', `ec${'ff'.repeat(30)}7f`],
    ['order four', '00'.repeat(32)],
    ['order eight', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    ['order eight, the other', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'],
    ['a second way to write the neutral element', `ee${'ff'.repeat(30)}7f`],
    ['zero with its sign set', `01${'00'.repeat(30)}80`],
    ['not reduced: p itself', `ed${'ff'.repeat(30)}7f`],
    ['off the curve', `02${'00'.repeat(31)}`],
  ] as const;

  test.each(both.flatMap(([name, scheme]) => BAD_KEYS.map(([key, bytes]) => [name, key, scheme, bytes])))(
    '%s refuses a public key: %s',
    (_name, _key, scheme, bytes) => {
      expect(() => (scheme as SignatureScheme).verifier(hex(bytes as string))).toThrow(
        expect.objectContaining({ code: 'point_invalid' }),
      );
    },
  );

  test.each(both)('%s refuses a signature whose S is not below the order of the group', (_, scheme) => {
    const [vector] = VECTORS;
    const signature = hex(vector!.signature);
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
    signature.set(hex(s.toString(16).padStart(64, '0')).reverse(), 32);
    expect(scheme.verifier(hex(vector!.publicKey)).verify(hex(vector!.message), signature)).toBe(false);
  });
});

describe('Falcon-512, a draft', () => {
  test('says that it is one', () => expect(FALCON_512.draft).toBe(true));

  test('owes what all owe', () => owesWhatAllOwe(falcon512, 25));

  test('keys and signatures follow from the randomness that is given', () => {
    const pair = falcon512.keyPair(seededRandom(1));
    expect(falcon512.keyPair(seededRandom(1))).toEqual(pair);
    const signed = (seed: number) =>
      falcon512.signer(pair.secretKey, seededRandom(seed)).sign(message).toString('hex');
    expect(signed(2)).toBe(signed(2));
    expect(signed(2)).not.toBe(signed(3));
  });

  test('refuses keys that are not canonical', () => {
    const { publicKey, secretKey } = falcon512.keyPair(seededRandom(1));
    const refused = expect.objectContaining({ code: 'key_not_canonical' });
    const anotherDegree = Buffer.from(publicKey);
    anotherDegree[0] = 10;
    expect(() => falcon512.verifier(anotherDegree)).toThrow(refused);
    // The first coefficient becomes 0x3fff, above q = 12289; then the last one does.
    const first = Buffer.from(publicKey);
    first[1] = 0xff;
    first[2]! |= 0xfc;
    expect(() => falcon512.verifier(first)).toThrow(refused);
    const last = Buffer.from(publicKey);
    last[895]! |= 0x3f;
    last[896] = 0xff;
    expect(() => falcon512.verifier(last)).toThrow(refused);
    secretKey[0] = 0;
    expect(() => falcon512.publicKey(secretKey)).toThrow(refused);
  });
});
