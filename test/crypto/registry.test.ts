import { describe, expect, test } from 'vitest';
import { ML_DSA_44 } from '../../src/main/crypto/ml-dsa-44.ts';
import { ML_DSA_65 } from '../../src/main/crypto/ml-dsa-65.ts';
import { ML_DSA_87 } from '../../src/main/crypto/ml-dsa-87.ts';
import { ML_KEM_512 } from '../../src/main/crypto/ml-kem-512.ts';
import { ML_KEM_768 } from '../../src/main/crypto/ml-kem-768.ts';
import { ML_KEM_1024 } from '../../src/main/crypto/ml-kem-1024.ts';
import { PARTNERS } from '../../src/main/crypto/profiles.ts';
import { ALGORITHMS, findAlgorithm, weaknessOf } from '../../src/main/crypto/registry.ts';

/** The dotted form of an OBJECT IDENTIFIER's content (X.690, section 8.19). */
function dotted(content: string): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of Buffer.from(content, 'hex')) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [first = 0, ...rest] = arcs;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join('.');
}

describe('the registry of algorithms', () => {
  test('names each algorithm once, with its reason, standard and implementation', () => {
    expect(ALGORITHMS.length).toBeGreaterThan(20);
    expect(new Set(ALGORITHMS.map(({ name }) => name)).size).toBe(ALGORITHMS.length);
    for (const algorithm of ALGORITHMS) {
      expect(findAlgorithm(algorithm.name)).toBe(algorithm);
      expect(algorithm.reason, algorithm.name).toMatch(/\.$/);
      expect(algorithm.standard.length, algorithm.name).toBeGreaterThan(5);
      expect(algorithm.implementation().length, algorithm.name).toBeGreaterThan(5);
      if (algorithm.oid) expect(algorithm.oid).toMatch(/^[0-2](\.\d+)+$/);
    }
  });

  test('an algorithm is quantum-safe exactly where it has a category, and only then has a horizon', () => {
    for (const { name, nistCategory, quantumSafe, horizonYears } of ALGORITHMS) {
      expect(quantumSafe, name).toBe(nistCategory > 0);
      expect(quantumSafe, name).toBe(horizonYears > 0);
    }
    expect(ALGORITHMS.filter(({ quantumSafe }) => !quantumSafe).map(({ name }) => name)).toEqual([
      'X25519',
      'Ed25519',
    ]);
  });

  test('a hybrid is as safe as its safe part, and all its parts are registered', () => {
    const hybrids = ALGORITHMS.filter(({ parts }) => parts !== undefined);
    expect(hybrids).toHaveLength(6);
    for (const hybrid of hybrids) {
      const parts = hybrid.parts!.map((name) => findAlgorithm(name)!);
      expect(parts.map(({ quantumSafe }) => quantumSafe)).toEqual([false, true]);
      expect(hybrid).toMatchObject({ quantumSafe: true, nistCategory: parts[1]!.nistCategory });
      expect(hybrid.horizonYears).toBe(parts[1]!.horizonYears);
    }
  });

  test('whatever a profile runs as is registered', () => {
    for (const name of [...Object.values(PARTNERS.kem), ...Object.values(PARTNERS.signature)]) {
      expect(weaknessOf(name), name).toBeUndefined();
    }
  });

  test('drafts say that they are drafts', () => {
    expect(ALGORITHMS.filter(({ draft }) => draft).map(({ name }) => name)).toEqual([
      'Falcon-512',
      'X-Wing',
      'Ed25519+Falcon-512',
    ]);
  });

  test.each([ML_KEM_512, ML_KEM_768, ML_KEM_1024, ML_DSA_44, ML_DSA_65, ML_DSA_87])(
    '$algorithm has the identifier that its keys carry',
    ({ algorithm, oid }) => expect(findAlgorithm(algorithm)?.oid).toBe(dotted(oid)),
  );

  test('says what is weak: what a quantum computer breaks, and what nobody registered', () => {
    expect(weaknessOf('X25519')).toContain('Only inside a hybrid');
    expect(weaknessOf('Ed25519')).toContain('forged');
    expect(weaknessOf('AES-256-GCM')).toBeUndefined();
    for (const name of ['MD5', 'SHA-1', 'RSA-2048', 'AES-128-CBC', '']) {
      expect(weaknessOf(name)).toBe('It is not in the registry of algorithms.');
    }
  });

  test('names the implementation that is in use', () => {
    expect(findAlgorithm('ML-KEM-1024')?.implementation()).toBe('node:crypto');
    expect(findAlgorithm('Falcon-512')?.implementation()).toBe('@noble/post-quantum');
    expect(findAlgorithm('Ed25519+ML-DSA-65')?.implementation()).toBe('node:crypto');
  });
});
