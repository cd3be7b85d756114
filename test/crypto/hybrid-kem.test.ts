import { createHmac, randomFillSync } from 'node:crypto';
import { ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, test } from 'vitest';
import { nativeMlKem1024, nobleMlKem1024 } from '../../src/main/crypto/ml-kem-1024.ts';
import { x25519SharedSecret } from '../../src/main/crypto/x25519.ts';
import {
  hybridDecapsulate,
  hybridEncapsulate,
  hybridKeyPair,
  hybridPublicKey,
  X25519_MLKEM1024,
} from '../../src/main/crypto/x25519-mlkem1024.ts';

const fillRandom = (target: Uint8Array) => {
  randomFillSync(target);
};

/** The development runtime has ML-KEM; without it these tests would compare noble with itself. */
const native = nativeMlKem1024();
if (native === undefined) throw new Error('this runtime has no native ML-KEM, so nothing can be compared');
const implementations = [
  ['native', native],
  ['noble', nobleMlKem1024],
] as const;

describe('X25519 + ML-KEM-1024', () => {
  const pairs = implementations.flatMap(([maker, a]) =>
    implementations.map(([opener, b]) => [maker, opener, a, b] as const),
  );

  test.each(pairs)('what %s encapsulates, %s decapsulates', (_maker, _opener, maker, opener) => {
    const pair = hybridKeyPair(fillRandom, opener);
    const { ciphertext, sharedSecret } = hybridEncapsulate({
      publicKey: pair.publicKey,
      fillRandom,
      mlKem: maker,
    });
    const opened = hybridDecapsulate({ secretKey: pair.secretKey, ciphertext, mlKem: opener });
    expect(opened).toEqual(sharedSecret);
    expect(hybridPublicKey(pair.secretKey, maker)).toEqual(pair.publicKey);
  });

  test('the combiner is HKDF-SHA-256 over ss_M ‖ ss_X ‖ ct_M ‖ ct_X ‖ pk_M ‖ pk_X', () => {
    const { publicKey, secretKey } = hybridKeyPair(fillRandom);
    const { ciphertext, sharedSecret } = hybridEncapsulate({ publicKey, fillRandom });
    const mlKem = ml_kem1024.keygen(secretKey.subarray(32));
    const ssM = ml_kem1024.decapsulate(ciphertext.subarray(0, 1568), mlKem.secretKey);
    const ssX = x25519SharedSecret({
      secretKey: secretKey.subarray(0, 32),
      publicKey: ciphertext.subarray(1568),
    });
    const input = Buffer.concat([ssM, ssX, ciphertext, publicKey]);
    const extracted = createHmac('sha256', Buffer.alloc(32)).update(input).digest();
    const label = 'countersign X25519+ML-KEM-1024 v1';
    const expanded = createHmac('sha256', extracted).update(label).update(Buffer.of(1)).digest();
    expect(sharedSecret).toEqual(expanded);
  });

  test('a flipped bit anywhere in the ciphertext yields another secret or a refusal', () => {
    const { publicKey, secretKey } = hybridKeyPair(fillRandom);
    const { ciphertext, sharedSecret } = hybridEncapsulate({ publicKey, fillRandom });
    for (let at = 0; at < ciphertext.length; at += 13) {
      const changed = Buffer.from(ciphertext);
      changed[at]! ^= 1 << (at % 8);
      expect(hybridDecapsulate({ secretKey, publicKey, ciphertext: changed })).not.toEqual(sharedSecret);
    }
  });

  test('another public half yields another secret', () => {
    const { publicKey, secretKey } = hybridKeyPair(fillRandom);
    const { ciphertext, sharedSecret } = hybridEncapsulate({ publicKey, fillRandom });
    const other = Buffer.from(publicKey);
    other[1600 - 1]! ^= 1;
    expect(hybridDecapsulate({ secretKey, publicKey: other, ciphertext })).not.toEqual(sharedSecret);
  });

  test.each(implementations)('%s refuses a public key that is not canonical', (_, mlKem) => {
    const { publicKey } = hybridKeyPair(fillRandom);
    // A coefficient of 4095 is not below q = 3329 (FIPS 203, section 7.2).
    publicKey[0] = 0xff;
    publicKey[1]! |= 0x0f;
    expect(() => hybridEncapsulate({ publicKey, fillRandom, mlKem })).toThrow('not canonical');
  });

  test('refuses a low-order X25519 half', () => {
    const { publicKey, secretKey } = hybridKeyPair(fillRandom);
    publicKey.fill(0, 1568);
    expect(() => hybridEncapsulate({ publicKey, fillRandom })).toThrow('low order');
    const ciphertext = Buffer.alloc(X25519_MLKEM1024.ciphertextBytes);
    expect(() => hybridDecapsulate({ secretKey, ciphertext })).toThrow('low order');
  });

  test('refuses every length but the right one, and unknown options', () => {
    const { publicKey, secretKey } = hybridKeyPair(fillRandom);
    const { ciphertext } = hybridEncapsulate({ publicKey, fillRandom });
    const longer = (bytes: Buffer) => Buffer.concat([bytes, Buffer.of(0)]);
    for (const wrong of [publicKey.subarray(1), longer(publicKey)]) {
      expect(() => hybridEncapsulate({ publicKey: wrong, fillRandom })).toThrow(TypeError);
    }
    for (const wrong of [ciphertext.subarray(1), longer(ciphertext)]) {
      expect(() => hybridDecapsulate({ secretKey, ciphertext: wrong })).toThrow(TypeError);
    }
    for (const wrong of [secretKey.subarray(1), longer(secretKey)]) {
      expect(() => hybridDecapsulate({ secretKey: wrong, ciphertext })).toThrow(TypeError);
    }
    const misspelt = { publicKey, fillRandom, mlkem: nobleMlKem1024 };
    expect(() => hybridEncapsulate(misspelt)).toThrow('unknown option "mlkem"');
  });
});
