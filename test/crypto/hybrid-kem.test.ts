import { createHmac, randomFillSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, test } from 'vitest';
import { nativeMlKem1024IfAny, nobleMlKem1024 } from '../../src/main/crypto/ml-kem-1024.ts';
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
const native = nativeMlKem1024IfAny;
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

interface KeyGenPrompt {
  readonly tcId: number;
  readonly d: string;
  readonly z: string;
}
interface EncapsulationPrompt {
  readonly tcId: number;
  readonly ek: string;
  readonly m: string;
}
interface DecapsulationPrompt {
  readonly tcId: number;
  readonly c: string;
}
type Expected = { readonly tcId: number } & Readonly<Record<string, string>>;
interface Group {
  readonly tgId: number;
  readonly parameterSet?: string;
  readonly function?: string;
  readonly dk?: string;
  readonly tests: readonly unknown[];
}

/** NIST's ACVP sets, where they lie beside the checkout. */
const ACVP = new URL('../../../shared/samples/pqc/', import.meta.url);
const hex = (text: string) => Buffer.from(text, 'hex');

/** Prompts of ML-KEM-1024 beside their expected results; throws where a file holds no case. */
function cases<T extends { tcId: number }>(
  set: string,
  wanted?: string,
): { group: Group; prompt: T; expected: Expected }[] {
  const read = (name: string) =>
    JSON.parse(gunzipSync(readFileSync(new URL(`${set}/${name}.json.gz`, ACVP))).toString()) as {
      testGroups: Group[];
    };
  const answers = new Map(
    read('expectedResults').testGroups.map((group) => [group.tgId, group.tests as Expected[]]),
  );
  const found = read('prompt')
    .testGroups.filter((group) => group.parameterSet === 'ML-KEM-1024' && group.function === wanted)
    .flatMap((group) =>
      (group.tests as T[]).map((prompt) => ({
        group,
        prompt,
        expected: answers.get(group.tgId)!.find((answer) => answer.tcId === prompt.tcId)!,
      })),
    );
  if (found.length === 0) throw new Error(`${set}: no case of ML-KEM-1024`);
  return found;
}

describe('ML-KEM-1024 (FIPS 203, NIST ACVP)', () => {
  if (!existsSync(ACVP)) {
    test('the ACVP sets are not beside this checkout, so native and noble are compared instead', () => {
      expect(nobleMlKem1024.publicKey(Buffer.alloc(64, 9))).toEqual(native.publicKey(Buffer.alloc(64, 9)));
    });
    return;
  }

  test.each(implementations)('key generation by %s', (_, mlKem) => {
    for (const { prompt, expected } of cases<KeyGenPrompt>('ML-KEM-keyGen-FIPS203')) {
      expect(mlKem.publicKey(hex(prompt.d + prompt.z))).toEqual(hex(expected.ek!));
    }
  });

  test('encapsulation, whose randomness only noble lets in', () => {
    for (const { prompt, expected } of cases<EncapsulationPrompt>(
      'ML-KEM-encapDecap-FIPS203',
      'encapsulation',
    )) {
      const { cipherText, sharedSecret } = ml_kem1024.encapsulate(hex(prompt.ek), hex(prompt.m));
      expect(Buffer.from(cipherText)).toEqual(hex(expected.c!));
      expect(Buffer.from(sharedSecret)).toEqual(hex(expected.k!));
    }
  });

  test('decapsulation, implicit rejection among it', () => {
    for (const { group, prompt, expected } of cases<DecapsulationPrompt>(
      'ML-KEM-encapDecap-FIPS203',
      'decapsulation',
    )) {
      expect(Buffer.from(ml_kem1024.decapsulate(hex(prompt.c), hex(group.dk!)))).toEqual(hex(expected.k!));
    }
  });

  test.each(implementations)(
    '%s rejects a changed ciphertext implicitly, with the same secret',
    (_, mlKem) => {
      const seed = Buffer.alloc(64, 5);
      const { ciphertext, sharedSecret } = mlKem.encapsulate(mlKem.publicKey(seed));
      expect(native.decapsulate(seed, ciphertext)).toEqual(sharedSecret);
      ciphertext[100]! ^= 1;
      const rejected = native.decapsulate(seed, ciphertext);
      expect(rejected).not.toEqual(sharedSecret);
      expect(nobleMlKem1024.decapsulate(seed, ciphertext)).toEqual(rejected);
    },
  );
});
