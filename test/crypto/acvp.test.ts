/**
 * NIST's ACVP sets, every case. They are read where they lie beside the checkout; vectors typed in by
 * us stand in the tests of each algorithm. What NIST calls the internal interface (expanded keys, the
 * randomness handed in, the message without its prefix) is noble's only.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import { ml_kem512, ml_kem768, ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, test } from 'vitest';
import { nativeMlDsa44, nobleMlDsa44 } from '../../src/main/crypto/ml-dsa-44.ts';
import { nativeMlDsa65, nobleMlDsa65 } from '../../src/main/crypto/ml-dsa-65.ts';
import { nativeMlDsa87, nobleMlDsa87 } from '../../src/main/crypto/ml-dsa-87.ts';
import { nativeMlKem512, nobleMlKem512 } from '../../src/main/crypto/ml-kem-512.ts';
import { nativeMlKem768, nobleMlKem768 } from '../../src/main/crypto/ml-kem-768.ts';
import { nativeMlKem1024, nobleMlKem1024 } from '../../src/main/crypto/ml-kem-1024.ts';
import { hex, mustHave } from './both.ts';

const ROOT = join(import.meta.dirname, '../../../shared/samples/pqc');
const present = existsSync(ROOT);
if (!present) console.warn(`The ACVP sets are absent (${ROOT}); their tests are left out.`);

type Case = { readonly tcId: number } & Readonly<Record<string, string>>;
interface Group {
  readonly tgId: number;
  readonly parameterSet?: string;
  readonly function?: string;
  readonly deterministic?: boolean;
  readonly dk?: string;
  readonly pk?: string;
  readonly tests: readonly Case[];
}

const KEMS = {
  'ML-KEM-512': { raw: ml_kem512, ours: [nobleMlKem512, mustHave(nativeMlKem512, 'ML-KEM')] },
  'ML-KEM-768': { raw: ml_kem768, ours: [nobleMlKem768, mustHave(nativeMlKem768, 'ML-KEM')] },
  'ML-KEM-1024': { raw: ml_kem1024, ours: [nobleMlKem1024, mustHave(nativeMlKem1024, 'ML-KEM')] },
};
const SIGNATURES = {
  'ML-DSA-44': { raw: ml_dsa44, ours: [nobleMlDsa44, mustHave(nativeMlDsa44, 'ML-DSA')] },
  'ML-DSA-65': { raw: ml_dsa65, ours: [nobleMlDsa65, mustHave(nativeMlDsa65, 'ML-DSA')] },
  'ML-DSA-87': { raw: ml_dsa87, ours: [nobleMlDsa87, mustHave(nativeMlDsa87, 'ML-DSA')] },
};
const kems = Object.entries(KEMS);
const signatures = Object.entries(SIGNATURES);

function groupsOf(set: string, name: 'prompt' | 'expectedResults'): Group[] {
  const bytes = gunzipSync(readFileSync(join(ROOT, set, `${name}.json.gz`)));
  return (JSON.parse(bytes.toString()) as { testGroups: Group[] }).testGroups;
}

/** Calls `check` with each prompt of a parameter set beside its expected result. Zero cases fail. */
function eachCase(
  set: string,
  parameterSet: string,
  check: (prompt: Case, expected: Case, group: Group) => void,
  wanted?: string,
): void {
  const answers = new Map(groupsOf(set, 'expectedResults').map((group) => [group.tgId, group.tests]));
  let checked = 0;
  for (const group of groupsOf(set, 'prompt')) {
    if (group.parameterSet !== parameterSet || group.function !== wanted) continue;
    for (const prompt of group.tests) {
      const expected = answers.get(group.tgId)?.find(({ tcId }) => tcId === prompt.tcId);
      if (expected === undefined) throw new Error(`${set}: case ${prompt.tcId} has no expected result`);
      check(prompt, expected, group);
      checked += 1;
    }
  }
  expect(checked, `${set}: cases of ${parameterSet}`).toBeGreaterThan(0);
}

describe.skipIf(!present)('ML-KEM (FIPS 203, ACVP)', () => {
  test.each(kems)('%s: key generation, noble and native', (name, { raw, ours }) => {
    eachCase('ML-KEM-keyGen-FIPS203', name, (prompt, expected) => {
      const seed = hex(prompt.d! + prompt.z!);
      for (const kem of ours) expect(kem.publicKey(seed).equals(hex(expected.ek!))).toBe(true);
      expect(hex(expected.dk!).equals(raw.keygen(seed).secretKey)).toBe(true);
    });
  });

  test.each(kems)('%s: encapsulation', (name, { raw }) => {
    const check = (prompt: Case, expected: Case) => {
      const { cipherText, sharedSecret } = raw.encapsulate(hex(prompt.ek!), hex(prompt.m!));
      expect(hex(expected.c!).equals(cipherText)).toBe(true);
      expect(hex(expected.k!).equals(sharedSecret)).toBe(true);
    };
    eachCase('ML-KEM-encapDecap-FIPS203', name, check, 'encapsulation');
  });

  test.each(kems)('%s: encapsulation takes its randomness from `fillRandom`', (name, { ours }) => {
    const check = (prompt: Case, expected: Case) => {
      const made = ours[0]!.encapsulate(hex(prompt.ek!), (target) => target.set(hex(prompt.m!)));
      expect(made.ciphertext.equals(hex(expected.c!))).toBe(true);
      expect(made.sharedSecret.equals(hex(expected.k!))).toBe(true);
    };
    eachCase('ML-KEM-encapDecap-FIPS203', name, check, 'encapsulation');
  });

  test.each(kems)('%s: decapsulation, implicit rejection among it', (name, { raw }) => {
    const check = (prompt: Case, expected: Case, group: Group) =>
      expect(hex(expected.k!).equals(raw.decapsulate(hex(prompt.c!), hex(group.dk!)))).toBe(true);
    eachCase('ML-KEM-encapDecap-FIPS203', name, check, 'decapsulation');
  });
});

describe.skipIf(!present)('ML-DSA (FIPS 204, ACVP)', () => {
  test.each(signatures)('%s: key generation, noble and native', (name, { raw, ours }) => {
    eachCase('ML-DSA-keyGen-FIPS204', name, (prompt, expected) => {
      const seed = hex(prompt.seed!);
      for (const scheme of ours) expect(scheme.publicKey(seed).equals(hex(expected.pk!))).toBe(true);
      expect(hex(expected.sk!).equals(raw.keygen(seed).secretKey)).toBe(true);
    });
  });

  test.each(signatures)('%s: signing, deterministic and hedged', (name, { raw }) => {
    eachCase('ML-DSA-sigGen-FIPS204', name, (prompt, expected, { deterministic }) => {
      const extraEntropy = deterministic ? (false as const) : hex(prompt.rnd!);
      const made = raw.internal.sign(hex(prompt.message!), hex(prompt.sk!), { extraEntropy });
      expect(hex(expected.signature!).equals(made)).toBe(true);
    });
  });

  test.each(signatures)('%s: verifying, forgeries among it', (name, { raw }) => {
    const outcomes = new Set<unknown>();
    eachCase('ML-DSA-sigVer-FIPS204', name, (prompt, expected, { pk }) => {
      const passed = raw.internal.verify(hex(prompt.signature!), hex(prompt.message!), hex(pk!));
      expect(passed).toBe(expected.testPassed);
      outcomes.add(passed);
    });
    expect(outcomes.size, 'both outcomes occur').toBe(2);
  });
});
