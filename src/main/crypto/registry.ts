import { ed25519 } from './ed25519.ts';
import { mlDsa44 } from './ml-dsa-44.ts';
import { mlDsa65 } from './ml-dsa-65.ts';
import { mlDsa87 } from './ml-dsa-87.ts';
import { mlKem512 } from './ml-kem-512.ts';
import { mlKem768 } from './ml-kem-768.ts';
import { mlKem1024 } from './ml-kem-1024.ts';

/** What kind of algorithm it is, in the words of CycloneDX 1.6 (`algorithmProperties.primitive`). */
export type Primitive =
  | 'ae'
  | 'combiner'
  | 'drbg'
  | 'hash'
  | 'kdf'
  | 'kem'
  | 'key-agree'
  | 'mac'
  | 'other'
  | 'signature'
  | 'xof';

/** One algorithm that the console may use, and what is known of it. */
export interface RegisteredAlgorithm {
  readonly name: string;
  readonly primitive: Primitive;
  readonly parameterSet?: string;
  /** Bits of strength against a classical attacker. */
  readonly classicalBits: number;
  /** NIST's security category against a quantum attacker, 1 to 5; 0 where such a computer breaks it. */
  readonly nistCategory: 0 | 1 | 2 | 3 | 4 | 5;
  /** Whether a large quantum computer leaves it standing, by itself. */
  readonly quantumSafe: boolean;
  readonly reason: string;
  /**
   * For how many years from today the console relies on it. Planning figures: category 5 for 30
   * years, 3 for 20, below it for 10; 2 where the standard to come will differ.
   */
  readonly horizonYears: number;
  readonly standard: string;
  readonly oid?: string;
  /** What computes it in this process: `node:crypto`, `@noble/…`, a library's name. */
  readonly implementation: () => string;
  /** Not yet a standard, so keys and values made with it may not outlive it. */
  readonly draft?: true;
  /** The algorithms it is put together from; each is registered too. */
  readonly parts?: readonly string[];
}

const always = (name: string) => () => name;
const NODE = always('node:crypto');
const chosen = (by: { readonly implementation: 'native' | 'noble' }, noble: string) => () =>
  by.implementation === 'native' ? 'node:crypto' : noble;

const LATTICE = 'Rests on module lattices, for which no quantum algorithm is known that helps enough.';
const SYMMETRIC =
  'A 256-bit key leaves 2^128 steps to Grover’s search, which cannot be run in parallel well.';
const HASH = 'Quantum search and collision finding leave a 256-bit hash beyond reach.';
const SHOR = 'Shor’s algorithm solves the discrete logarithm of its curve;';
const HYBRID = 'Holds as long as either part holds, and the lattice part withstands a quantum computer.';

const kem = (
  set: '512' | '768' | '1024',
  nistCategory: 1 | 3 | 5,
  horizonYears: number,
  oidEnd: number,
  by: { readonly implementation: 'native' | 'noble' },
): RegisteredAlgorithm => ({
  name: `ML-KEM-${set}`,
  primitive: 'kem',
  parameterSet: set,
  classicalBits: { 1: 128, 3: 192, 5: 256 }[nistCategory],
  nistCategory,
  quantumSafe: true,
  reason: LATTICE,
  horizonYears,
  standard: 'FIPS 203',
  oid: `2.16.840.1.101.3.4.4.${oidEnd}`,
  implementation: chosen(by, '@noble/post-quantum'),
});

const signature = (
  set: '44' | '65' | '87',
  nistCategory: 2 | 3 | 5,
  horizonYears: number,
  oidEnd: number,
  by: { readonly implementation: 'native' | 'noble' },
): RegisteredAlgorithm => ({
  name: `ML-DSA-${set}`,
  primitive: 'signature',
  parameterSet: set,
  classicalBits: { 2: 128, 3: 192, 5: 256 }[nistCategory],
  nistCategory,
  quantumSafe: true,
  reason: LATTICE,
  horizonYears,
  standard: 'FIPS 204',
  oid: `2.16.840.1.101.3.4.3.${oidEnd}`,
  implementation: chosen(by, '@noble/post-quantum'),
});

const hybrid = (
  part: RegisteredAlgorithm,
  name: string,
  classical: 'X25519' | 'Ed25519',
  standard: string,
  rest: Partial<RegisteredAlgorithm> = {},
): RegisteredAlgorithm => ({
  name,
  primitive: part.primitive,
  parameterSet: `${classical}, ${part.name}`,
  classicalBits: part.classicalBits,
  nistCategory: part.nistCategory,
  quantumSafe: true,
  reason: HYBRID,
  horizonYears: part.horizonYears,
  standard,
  implementation: part.implementation,
  parts: [classical, part.name],
  ...rest,
});

const ML_KEM = {
  512: kem('512', 1, 10, 1, mlKem512),
  768: kem('768', 3, 20, 2, mlKem768),
  1024: kem('1024', 5, 30, 3, mlKem1024),
};
const ML_DSA = {
  44: signature('44', 2, 10, 17, mlDsa44),
  65: signature('65', 3, 20, 18, mlDsa65),
  87: signature('87', 5, 30, 19, mlDsa87),
};
const FALCON: RegisteredAlgorithm = {
  name: 'Falcon-512',
  primitive: 'signature',
  parameterSet: '512, padded',
  classicalBits: 128,
  nistCategory: 1,
  quantumSafe: true,
  reason: 'Rests on NTRU lattices; a draft, whose standard (FIPS 206) will differ.',
  horizonYears: 2,
  standard: 'Falcon, round 3 of NIST’s competition; FIPS 206 in draft',
  implementation: always('@noble/post-quantum'),
  draft: true,
};

const OWN_SIGNATURE = 'Countersign, DESIGN: both over a prefix of suite and purpose';
const symmetric = { classicalBits: 256, nistCategory: 5, quantumSafe: true, horizonYears: 30 } as const;
const hash = {
  classicalBits: 128,
  nistCategory: 2,
  quantumSafe: true,
  reason: HASH,
  horizonYears: 30,
} as const;

/** Every algorithm of the console. The inventory says where each is used and with which key. */
export const ALGORITHMS: readonly RegisteredAlgorithm[] = [
  ...Object.values(ML_KEM),
  ...Object.values(ML_DSA),
  FALCON,
  {
    name: 'X25519',
    primitive: 'key-agree',
    parameterSet: 'Curve25519',
    classicalBits: 128,
    nistCategory: 0,
    quantumSafe: false,
    reason: `${SHOR} what is recorded today is read then. Only inside a hybrid.`,
    horizonYears: 0,
    standard: 'RFC 7748',
    oid: '1.3.101.110',
    implementation: NODE,
  },
  {
    name: 'Ed25519',
    primitive: 'signature',
    parameterSet: 'edwards25519',
    classicalBits: 128,
    nistCategory: 0,
    quantumSafe: false,
    reason: `${SHOR} signatures can be forged from then on. Only inside a hybrid.`,
    horizonYears: 0,
    standard: 'RFC 8032, FIPS 186-5',
    oid: '1.3.101.112',
    implementation: chosen(ed25519, '@noble/curves'),
  },
  hybrid(ML_KEM[768], 'X-Wing', 'X25519', 'draft-connolly-cfrg-xwing-kem', {
    oid: '1.3.6.1.4.1.62253.25722',
    draft: true,
  }),
  hybrid(ML_KEM[1024], 'X25519+ML-KEM-1024', 'X25519', 'Countersign, DESIGN: combined by HKDF-SHA-256'),
  hybrid(ML_DSA[44], 'Ed25519+ML-DSA-44', 'Ed25519', OWN_SIGNATURE),
  hybrid(ML_DSA[65], 'Ed25519+ML-DSA-65', 'Ed25519', OWN_SIGNATURE),
  hybrid(ML_DSA[87], 'Ed25519+ML-DSA-87', 'Ed25519', OWN_SIGNATURE),
  hybrid(FALCON, 'Ed25519+Falcon-512', 'Ed25519', OWN_SIGNATURE, { draft: true }),
  {
    name: 'AES-256-GCM',
    primitive: 'ae',
    parameterSet: '256',
    ...symmetric,
    reason: SYMMETRIC,
    standard: 'FIPS 197, NIST SP 800-38D',
    oid: '2.16.840.1.101.3.4.1.46',
    implementation: NODE,
  },
  {
    name: 'ChaCha20-Poly1305',
    primitive: 'ae',
    parameterSet: '256',
    ...symmetric,
    reason: SYMMETRIC,
    standard: 'RFC 8439',
    oid: '1.2.840.113549.1.9.16.3.18',
    implementation: always('SQLite3 Multiple Ciphers'),
  },
  {
    name: 'HMAC-SHA-256',
    primitive: 'mac',
    parameterSet: '256',
    ...symmetric,
    reason: SYMMETRIC,
    standard: 'FIPS 198-1, RFC 2104',
    oid: '1.2.840.113549.2.9',
    implementation: NODE,
  },
  {
    name: 'HMAC-SHA-1',
    primitive: 'mac',
    parameterSet: '160',
    classicalBits: 160,
    nistCategory: 1,
    quantumSafe: true,
    reason:
      'Only for one-time codes that count for half a minute. Collisions of SHA-1 do not reach HMAC, and a ' +
      '160-bit key leaves 2^80 steps to Grover’s search.',
    horizonYears: 10,
    standard: 'RFC 6238, RFC 4226, RFC 2104',
    oid: '1.2.840.113549.2.7',
    implementation: NODE,
  },
  {
    name: 'HKDF-SHA-256',
    primitive: 'kdf',
    parameterSet: '256',
    ...symmetric,
    reason: SYMMETRIC,
    standard: 'RFC 5869',
    oid: '1.2.840.113549.1.9.16.3.28',
    implementation: NODE,
  },
  {
    name: 'Argon2id',
    primitive: 'kdf',
    parameterSet: '64 MiB, 3 passes, 4 lanes or more',
    ...symmetric,
    reason: 'Each guess costs a quantum computer its memory too; the passphrase stays what bounds it.',
    standard: 'RFC 9106',
    implementation: always('@node-rs/argon2'),
  },
  {
    name: 'SHA-256',
    primitive: 'hash',
    parameterSet: '256',
    ...hash,
    standard: 'FIPS 180-4',
    oid: '2.16.840.1.101.3.4.2.1',
    implementation: NODE,
  },
  {
    name: 'SHA3-256',
    primitive: 'hash',
    parameterSet: '256',
    ...hash,
    standard: 'FIPS 202',
    oid: '2.16.840.1.101.3.4.2.8',
    implementation: chosen(mlKem768, '@noble/hashes'),
  },
  {
    name: 'SHAKE256',
    primitive: 'xof',
    parameterSet: '256',
    ...hash,
    standard: 'FIPS 202',
    oid: '2.16.840.1.101.3.4.2.12',
    implementation: chosen(mlKem768, '@noble/hashes'),
  },
  {
    name: 'Shamir secret sharing',
    primitive: 'other',
    parameterSet: 'GF(2^8)',
    ...symmetric,
    reason: 'Too few shares say nothing at all about the secret, whatever computes on them.',
    standard: 'Shamir 1979',
    implementation: always('Countersign'),
  },
  {
    name: 'Random bytes of the system',
    primitive: 'drbg',
    parameterSet: '256',
    ...symmetric,
    reason: SYMMETRIC,
    standard: 'NIST SP 800-90A',
    implementation: NODE,
  },
];

const byName = new Map(ALGORITHMS.map((algorithm) => [algorithm.name, algorithm]));

/** What is registered under a name; `undefined` where there is nothing. */
export function findAlgorithm(name: string): RegisteredAlgorithm | undefined {
  return byName.get(name);
}

/**
 * Why an algorithm must not be used, in a sentence; `undefined` where it may. What is not registered
 * must not; what a quantum computer breaks may stand only inside a hybrid, which is registered itself.
 */
export function weaknessOf(name: string): string | undefined {
  const algorithm = byName.get(name);
  if (algorithm === undefined) return 'It is not in the registry of algorithms.';
  return algorithm.quantumSafe ? undefined : algorithm.reason;
}
