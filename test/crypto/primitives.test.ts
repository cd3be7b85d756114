import * as nodeCrypto from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { aesGcmOpen, aesGcmSeal } from '../../src/main/crypto/aes-gcm.ts';
import { ARGON2_DEFAULT, argon2CostProblem, argon2id } from '../../src/main/crypto/argon2id.ts';
import { hkdfSha256 } from '../../src/main/crypto/hkdf.ts';
import { sha256 } from '../../src/main/crypto/sha256.ts';
import { x25519PublicKey, x25519SharedSecret } from '../../src/main/crypto/x25519.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const counting = (from: number, length: number) => Buffer.from(Array.from({ length }, (_, i) => from + i));

describe('SHA-256 (FIPS 180-4)', () => {
  test.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('%j', (message, digest) => {
    expect(sha256(Buffer.from(message)).toString('hex')).toBe(digest);
  });
});

describe('HKDF-SHA-256 (RFC 5869, appendix A)', () => {
  test.each([
    {
      name: 'basic',
      secret: Buffer.alloc(22, 0x0b),
      salt: counting(0, 13),
      label: counting(0xf0, 10),
      output: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    },
    {
      name: 'longer inputs',
      secret: counting(0, 80),
      salt: counting(0x60, 80),
      label: counting(0xb0, 80),
      output:
        'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09' +
        'da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
    },
    {
      name: 'no salt and no label',
      secret: Buffer.alloc(22, 0x0b),
      salt: Buffer.alloc(0),
      label: Buffer.alloc(0),
      output: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    },
  ])('$name', ({ secret, salt, label, output }) => {
    const length = output.length / 2;
    expect(hkdfSha256({ secret, salt, label, length }).toString('hex')).toBe(output);
  });

  test('refuses an empty secret, a length out of range and an unknown option', () => {
    const secret = Buffer.alloc(32);
    expect(() => hkdfSha256({ secret: Buffer.alloc(0), label: 'x', length: 32 })).toThrow(TypeError);
    expect(() => hkdfSha256({ secret, label: 'x', length: 0 })).toThrow(TypeError);
    expect(() => hkdfSha256({ secret, label: 'x', length: 8161 })).toThrow(TypeError);
    const misspelt = { secret, label: 'x', length: 32, slat: Buffer.alloc(16) };
    expect(() => hkdfSha256(misspelt)).toThrow('unknown option "slat"');
  });
});

describe('AES-256-GCM (test case 16 of the GCM specification)', () => {
  const key = hex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308');
  const nonce = hex('cafebabefacedbaddecaf888');
  const aad = hex('feedfacedeadbeeffeedfacedeadbeefabaddad2');
  const plaintext = hex(
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525' +
      'b16aedf5aa0de657ba637b39',
  );
  const sealed = Buffer.concat([
    nonce,
    hex(
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838' +
        'c5f61e6393ba7a0abcc9f662',
    ),
    hex('76fc6ece0f4e1768cddf8853bb2d551b'),
  ]);

  test('seals and opens the vector', () => {
    expect(aesGcmSeal(key, nonce, aad, plaintext)).toEqual(sealed);
    expect(aesGcmOpen(key, aad, sealed)).toEqual(plaintext);
  });

  test('refuses each flipped bit of nonce, ciphertext and tag', () => {
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(aesGcmOpen(key, aad, flipped)).toBeUndefined();
    }
  });

  test('refuses another binding, another key and a value that is too short', () => {
    expect(aesGcmOpen(key, Buffer.concat([aad, Buffer.of(0)]), sealed)).toBeUndefined();
    expect(aesGcmOpen(Buffer.alloc(32), aad, sealed)).toBeUndefined();
    for (const length of [0, 12, 27])
      expect(aesGcmOpen(key, aad, sealed.subarray(0, length))).toBeUndefined();
  });

  test('checks lengths before use', () => {
    expect(() => aesGcmSeal(key.subarray(1), nonce, aad, plaintext)).toThrow('32 bytes expected, 31 given');
    expect(() => aesGcmSeal(key, nonce.subarray(1), aad, plaintext)).toThrow('12 bytes expected, 11 given');
    const short = nodeCrypto.createSecretKey(Buffer.alloc(16));
    expect(() => aesGcmOpen(short, aad, sealed)).toThrow('32-byte key');
  });
});

describe('X25519 (RFC 7748)', () => {
  test.each([
    {
      name: 'section 5.2, first vector',
      secretKey: 'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
      publicKey: 'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
      shared: 'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
    },
    {
      name: 'section 5.2, second vector, whose point has its highest bit set',
      secretKey: '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
      publicKey: 'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
      shared: '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
    },
    {
      name: "section 6.1, Bob's side",
      secretKey: '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb',
      publicKey: '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
      shared: '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
    },
  ])('$name', ({ secretKey, publicKey, shared }) => {
    const secret = x25519SharedSecret({ secretKey: hex(secretKey), publicKey: hex(publicKey) });
    expect(secret.toString('hex')).toBe(shared);
  });

  test('section 5.2, iterated once and a thousand times', () => {
    let [secretKey, publicKey]: [Buffer, Buffer] = [Buffer.alloc(32), Buffer.alloc(32)];
    secretKey[0] = 9;
    publicKey[0] = 9;
    for (let round = 1; round <= 1_000; round += 1) {
      [secretKey, publicKey] = [x25519SharedSecret({ secretKey, publicKey }), secretKey];
      if (round === 1) {
        expect(secretKey.toString('hex')).toBe(
          '422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079',
        );
      }
    }
    expect(secretKey.toString('hex')).toBe(
      '684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51',
    );
  });

  test('refuses unknown options', () => {
    const misspelt = { secretKey: Buffer.alloc(32, 7), publicKey: Buffer.alloc(32, 9), key: 1 };
    expect(() => x25519SharedSecret(misspelt)).toThrow('unknown option "key"');
  });

  test("Bob's public key", () => {
    const secretKey = hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');
    expect(x25519PublicKey(secretKey).toString('hex')).toBe(
      'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
    );
  });

  test.each([
    ['zero', '00'.repeat(32)],
    ['one', `01${'00'.repeat(31)}`],
    ['order eight', 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'],
  ])('refuses a point of low order: %s', (_, point) => {
    const secretKey = Buffer.alloc(32, 7);
    expect(() => x25519SharedSecret({ secretKey, publicKey: hex(point) })).toThrow('low order');
  });

  test('checks lengths before use', () => {
    const secretKey = Buffer.alloc(32, 7);
    expect(() => x25519SharedSecret({ secretKey, publicKey: Buffer.alloc(31) })).toThrow('32 bytes expected');
    expect(() => x25519PublicKey(Buffer.alloc(33))).toThrow('32 bytes expected');
  });
});

describe('Argon2id (RFC 9106)', () => {
  const salt = Buffer.alloc(16, 2);

  test('answers what the runtime’s own implementation does', async () => {
    const passphrase = Buffer.from('correct horse battery staple');
    const ours = await argon2id({ passphrase, salt, ...ARGON2_DEFAULT });
    const { argon2Sync } = nodeCrypto as unknown as { argon2Sync: (name: string, options: object) => Buffer };
    const theirs = argon2Sync('argon2id', {
      message: passphrase,
      nonce: salt,
      parallelism: ARGON2_DEFAULT.lanes,
      tagLength: 32,
      memory: ARGON2_DEFAULT.memoryKiB,
      passes: ARGON2_DEFAULT.passes,
    });
    expect(ours).toEqual(theirs);
  });

  test.each([
    ['memory too small', { ...ARGON2_DEFAULT, memoryKiB: 65_535 }, salt, 'memoryKiB'],
    ['memory too large', { ...ARGON2_DEFAULT, memoryKiB: 1_048_577 }, salt, 'memoryKiB'],
    ['memory no whole number', { ...ARGON2_DEFAULT, memoryKiB: 65_536.5 }, salt, 'memoryKiB'],
    ['too few passes', { ...ARGON2_DEFAULT, passes: 2 }, salt, 'passes'],
    ['too many passes', { ...ARGON2_DEFAULT, passes: 17 }, salt, 'passes'],
    ['no lane', { ...ARGON2_DEFAULT, lanes: 0 }, salt, 'lanes'],
    ['too many lanes', { ...ARGON2_DEFAULT, lanes: 17 }, salt, 'lanes'],
    ['a short salt', ARGON2_DEFAULT, Buffer.alloc(15), 'salt'],
    ['a long salt', ARGON2_DEFAULT, Buffer.alloc(65), 'salt'],
  ])('refuses %s before it computes', async (_, cost, givenSalt, problem) => {
    expect(argon2CostProblem(cost, givenSalt)).toBe(problem);
    await expect(argon2id({ passphrase: Buffer.from('x'), salt: givenSalt, ...cost })).rejects.toThrow(
      problem,
    );
  });
});
