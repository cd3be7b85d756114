import { describe, expect, it } from 'vitest';
import { ALGORITHMS, findAlgorithm, weaknessOf } from '../../src/main/crypto/index.ts';
import { cbomOf } from '../../src/main/engine/cbom.ts';
import { type InventoryKey, takeInventory } from '../../src/main/engine/crypto-inventory.ts';
import { DECLARED_USES } from '../../src/main/engine/crypto-inventory-data.ts';
import { filesUnder } from '../house/files.ts';
import { cryptoCalls } from './crypto-scan.ts';

const sources = filesUnder(['src'], /\.tsx?$/);
const calls = sources.flatMap(({ path, text }) => cryptoCalls(path, text));
const shown = ({ path, line, algorithm }: (typeof calls)[number]) => `${path}:${line}: ${algorithm}`;
const CRYPTO_ROOM = 'src/main/crypto/';
/** The static verifier is outside every room, and asks for both halves of the log's signature. */
const BUILDS_HYBRIDS = [CRYPTO_ROOM, 'src/verifier/'];

/** Whether a use is declared of an algorithm, or of a hybrid that holds it, in a place. */
const isDeclared = (algorithm: string, path: string): boolean =>
  DECLARED_USES.some((use) => {
    const parts = findAlgorithm(use.algorithm)?.parts ?? [];
    const isIt = use.algorithm === algorithm || parts.includes(algorithm);
    return isIt && use.calledIn.some((place) => path === place || path.startsWith(`${place}/`));
  });

describe('the calls of cryptography in the sources', () => {
  it('are found', () => {
    expect(sources.length).toBeGreaterThan(200);
    const found = new Set(calls.map(({ algorithm }) => algorithm));
    for (const name of ['AES-256-GCM', 'SHA-256', 'HMAC-SHA-256', 'HKDF-SHA-256', 'Argon2id', 'ML-KEM-1024'])
      expect(found, name).toContain(name);
    expect(found).toContain('ChaCha20-Poly1305');
  });

  it('are all of registered algorithms', () => {
    expect(calls.filter(({ algorithm }) => findAlgorithm(algorithm) === undefined).map(shown)).toEqual([]);
  });

  it('are of no weak one outside the room that builds the hybrids', () => {
    const weak = calls.filter(
      ({ path, algorithm }) =>
        !BUILDS_HYBRIDS.some((place) => path.startsWith(place)) && weaknessOf(algorithm) !== undefined,
    );
    expect(weak.map(shown)).toEqual([]);
  });

  it('are all told in the inventory, in the place where they stand', () => {
    const untold = calls.filter(
      ({ path, algorithm }) => !path.startsWith(CRYPTO_ROOM) && !isDeclared(algorithm, path),
    );
    expect(untold.map(shown)).toEqual([]);
  });

  it.each([
    ["import { createHash } from 'node:crypto';\ncreateHash('md5');", 'hash md5'],
    ["import { createHash } from 'node:crypto';\ncreateHash('SHA1');", 'hash sha1'],
    ["import { hash } from 'node:crypto';\nhash('sha1', x);", 'hash sha1'],
    ["import { createHash } from 'node:crypto';\nconst name = 'md5';\ncreateHash(name);", 'hash ?'],
    ["import { createHmac } from 'node:crypto';\ncreateHmac('md5', k);", 'hmac md5'],
    [
      "import * as crypto from 'node:crypto';\ncrypto.createCipheriv('des-ede3-cbc', k, i);",
      'cipher des-ede3-cbc',
    ],
    [
      "import { createCipheriv } from 'node:crypto';\ncreateCipheriv('aes-256-cbc', k, i);",
      'cipher aes-256-cbc',
    ],
    ["import { generateKeyPairSync } from 'node:crypto';\ngenerateKeyPairSync('rsa', {});", 'key pair rsa'],
    ["import { createSign } from 'node:crypto';\ncreateSign('RSA-SHA256');", 'sign rsa-sha256'],
    ["import { createECDH } from 'node:crypto';\ncreateECDH('secp256k1');", 'curve secp256k1'],
    ["import { publicEncrypt } from 'node:crypto';\npublicEncrypt(k, x);", 'rsa publicEncrypt'],
    ["import { pbkdf2Sync } from 'node:crypto';\npbkdf2Sync('x', s, 1, 32, 'sha1');", 'kdf pbkdf2Sync'],
    ['const id = Math.random();', 'weak random random'],
    ["await crypto.subtle.digest('SHA-1', x);", 'web crypto subtle'],
    ["import { secp256k1 } from '@noble/curves/secp256k1.js';", 'noble secp256k1'],
    ['db.pragma("cipher = \'rc4\'");', 'pragma rc4'],
    ["import tls from 'node:tls';", 'module node:tls'],
  ])('would fail for %j', (text, algorithm) => {
    const found = cryptoCalls('src/main/ledger/bad.ts', text);
    expect(found.map((one) => one.algorithm)).toContain(algorithm);
    expect(found.every((one) => weaknessOf(one.algorithm) !== undefined)).toBe(true);
  });

  it.each([
    ["import { ed25519 } from '@noble/curves/ed25519.js';", 'Ed25519'],
    ["import { x25519 as noble } from '@noble/curves/ed25519.js';", 'X25519'],
  ])('would fail outside the crypto room for %j', (text, algorithm) => {
    const [found] = cryptoCalls('src/main/ledger/bad.ts', text);
    expect(found?.algorithm).toBe(algorithm);
    expect(weaknessOf(algorithm)).toBeDefined();
  });

  it.each([
    "// createHash('md5') was used before",
    'readonly randomBytes(length: number): Buffer;',
    'const nonce = runtime.randomBytes(12);',
    "const hash = rowHash('md5');",
  ])('are not seen in %j', (text) => {
    expect(cryptoCalls('src/main/ledger/good.ts', text)).toEqual([]);
  });
});

const key = (id: string, type: InventoryKey['type'], algorithm: string, state: InventoryKey['state']) =>
  ({ id, type, algorithm, state }) satisfies InventoryKey;
const KEYS: readonly InventoryKey[] = [
  key('kek-1', 'KEK', 'X25519+ML-KEM-1024', 'active'),
  key('dek-1', 'DEK', 'AES-256-GCM', 'active'),
  key('dek-2', 'DEK', 'AES-256-GCM', 'retired'),
  key('dek-3', 'DEK', 'AES-256-GCM', 'destroyed'),
  key('signing-1', 'signing', 'Ed25519+ML-DSA-65', 'expiring'),
  key('transport-1', 'transport', 'X-Wing (X25519+ML-KEM-768)', 'active'),
];
const take = (keys = KEYS) => takeInventory({ takenAtMs: 1_800_000_000_000, version: '1.2.3', keys });
const named = (name: string) => take().algorithms.find((one) => one.name === name)!;

describe('the inventory', () => {
  it('names every registered algorithm, with where and which key', () => {
    expect(take().algorithms.map(({ name }) => name)).toEqual(ALGORITHMS.map(({ name }) => name));
    expect(take().findings).toEqual([]);
    for (const { name, role, uses } of take().algorithms) {
      if (role === 'alone') expect(uses.length, name).toBeGreaterThan(0);
      for (const use of uses) expect([use.where, use.key].every((text) => text.length > 5)).toBe(true);
    }
  });

  it('declares uses of registered algorithms alone, in places that are there', () => {
    for (const { algorithm, calledIn } of DECLARED_USES) {
      expect(findAlgorithm(algorithm), algorithm).toBeDefined();
      expect(calledIn.length).toBeGreaterThan(0);
    }
  });

  it('tells what stands alone from what stands inside a hybrid and what is only offered', () => {
    expect(named('AES-256-GCM').role).toBe('alone');
    expect(named('X25519')).toMatchObject({ role: 'in-hybrid', quantumSafe: false, horizonYears: 0 });
    expect(named('X25519').partOf).toEqual(['X-Wing', 'X25519+ML-KEM-1024']);
    expect(named('Falcon-512')).toMatchObject({ role: 'offered', draft: true });
    const weakAlone = take().algorithms.filter(({ role, quantumSafe }) => role === 'alone' && !quantumSafe);
    expect(weakAlone).toEqual([]);
  });

  it('joins each use with its keys by state', () => {
    expect(named('AES-256-GCM').uses[0]!.keys).toEqual([
      { state: 'active', count: 1 },
      { state: 'retired', count: 1 },
      { state: 'destroyed', count: 1 },
    ]);
    expect(named('X-Wing').uses[0]!.keys).toEqual([{ state: 'active', count: 1 }]);
    expect(named('Ed25519+ML-DSA-65').uses[0]!.keys).toEqual([{ state: 'expiring', count: 1 }]);
  });

  it('finds keys of algorithms that are weak or unknown', () => {
    const { findings } = take([
      key('signing-2', 'signing', 'RSA-2048', 'active'),
      key('signing-3', 'signing', 'Ed25519', 'active'),
    ]);
    expect(findings).toHaveLength(2);
    expect(findings[0]).toContain('RSA-2048');
    expect(findings[1]).toMatch(/^Ed25519 stands alone and is weak/);
  });
});

/** Enumerations of the CycloneDX 1.6 schema, ECMA-424. */
const PRIMITIVES =
  'drbg mac block-cipher stream-cipher signature hash pke xof kdf key-agree kem ae combiner other unknown';
const FUNCTIONS =
  'generate keygen encrypt decrypt digest tag keyderive sign verify encapsulate decapsulate other unknown';
const ALGORITHM_PROPERTIES =
  'primitive parameterSetIdentifier curve executionEnvironment implementationPlatform certificationLevel mode ' +
  'padding cryptoFunctions classicalSecurityLevel nistQuantumSecurityLevel';
const MATERIAL_PROPERTIES =
  'type id state algorithmRef creationDate activationDate updateDate expirationDate value size format securedBy';
const KEY_STATES = 'pre-activation active suspended deactivated compromised destroyed';
const words = (text: string) => text.split(' ');

interface Component {
  readonly type: string;
  readonly name: string;
  readonly 'bom-ref': string;
  readonly cryptoProperties: {
    readonly assetType: string;
    readonly oid?: string;
    readonly algorithmProperties?: Readonly<Record<string, unknown>>;
    readonly relatedCryptoMaterialProperties?: Readonly<Record<string, unknown>>;
  };
}

describe('the bill of materials', () => {
  const text = cbomOf(take(), KEYS);
  const bom = JSON.parse(text) as {
    bomFormat: string;
    specVersion: string;
    serialNumber: string;
    version: number;
    metadata: { timestamp: string };
    components: Component[];
    dependencies: { ref: string; dependsOn: string[] }[];
  };
  const refs = bom.components.map((component) => component['bom-ref']);

  it('is a CycloneDX 1.6 document', () => {
    expect([bom.bomFormat, bom.specVersion, bom.version]).toEqual(['CycloneDX', '1.6', 1]);
    expect(bom.serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    );
    expect(new Date(bom.metadata.timestamp).getTime()).toBe(1_800_000_000_000);
    expect(Object.keys(bom).sort()).toEqual(
      words('bomFormat components dependencies metadata serialNumber specVersion version'),
    );
  });

  it('holds every algorithm and every key once', () => {
    expect(bom.components).toHaveLength(ALGORITHMS.length + KEYS.length);
    expect(new Set(refs).size).toBe(refs.length);
  });

  it.each(bom.components.map((component) => [component.name, component] as const))(
    'describes %s as the schema asks',
    (_, { type, cryptoProperties }) => {
      expect(type).toBe('cryptographic-asset');
      const {
        assetType,
        oid,
        algorithmProperties: algorithm,
        relatedCryptoMaterialProperties: material,
      } = cryptoProperties;
      if (oid !== undefined) expect(oid).toMatch(/^\d+(\.\d+)+$/);
      if (assetType === 'algorithm') {
        expect(words(ALGORITHM_PROPERTIES)).toEqual(expect.arrayContaining(Object.keys(algorithm!)));
        expect(words(PRIMITIVES)).toContain(algorithm!.primitive);
        expect(words(FUNCTIONS)).toEqual(expect.arrayContaining(algorithm!.cryptoFunctions as string[]));
        expect(algorithm!.nistQuantumSecurityLevel).toBeGreaterThanOrEqual(0);
        expect(algorithm!.nistQuantumSecurityLevel).toBeLessThanOrEqual(6);
        expect(Number.isInteger(algorithm!.classicalSecurityLevel)).toBe(true);
      } else {
        expect(assetType).toBe('related-crypto-material');
        expect(words(MATERIAL_PROPERTIES)).toEqual(expect.arrayContaining(Object.keys(material!)));
        expect(words(KEY_STATES)).toContain(material!.state);
        expect(refs).toContain(material!.algorithmRef);
        expect(refs).toContain((material!.securedBy as { algorithmRef: string }).algorithmRef);
        expect(material).not.toHaveProperty('value');
      }
    },
  );

  it('refers to nothing that is not in it', () => {
    const known = new Set([...refs, 'countersign']);
    for (const { ref, dependsOn } of bom.dependencies) {
      expect(known).toContain(ref);
      for (const other of dependsOn) expect(known).toContain(other);
    }
    const wing = bom.dependencies.find(({ ref }) => ref === 'crypto/algorithm/x-wing');
    expect(wing?.dependsOn.sort()).toEqual(['crypto/algorithm/ml-kem-768', 'crypto/algorithm/x25519']);
  });

  it('is the same for the same state, and another for another', () => {
    expect(cbomOf(take(), KEYS)).toBe(text);
    expect(cbomOf(take(KEYS.slice(1)), KEYS.slice(1))).not.toContain(bom.serialNumber);
  });
});
