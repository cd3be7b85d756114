/**
 * The inventory as a cryptography bill of materials, CycloneDX 1.6 (ECMA-424): each algorithm a
 * component of type `cryptographic-asset`, each key `related-crypto-material` that refers to its own.
 */
import type { CryptoInventory, InventoryAlgorithm } from '../../contract/inventory.ts';
import { sha256 } from '../crypto/index.ts';
import type { InventoryKey } from './crypto-inventory.ts';

const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  ae: ['encrypt', 'decrypt', 'tag'],
  hash: ['digest'],
  xof: ['digest'],
  kdf: ['keyderive'],
  kem: ['keygen', 'encapsulate', 'decapsulate'],
  'key-agree': ['keygen', 'keyderive'],
  mac: ['tag'],
  signature: ['keygen', 'sign', 'verify'],
  drbg: ['generate'],
};

/** Our states in the words of NIST SP 800-57, which CycloneDX takes. */
const STATES: Readonly<Record<InventoryKey['state'], string>> = {
  'pre-active': 'pre-activation',
  active: 'active',
  expiring: 'active',
  rotating: 'active',
  retired: 'deactivated',
  compromised: 'compromised',
  destroyed: 'destroyed',
};

const CURVES: Readonly<Record<string, string>> = { X25519: 'Curve25519', Ed25519: 'Ed25519' };

const refOf = (name: string): string =>
  `crypto/algorithm/${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
const registeredName = (algorithm: string): string => algorithm.replace(/ \(.*\)$/, '');
const property = (name: string, value: string) => ({ name: `countersign:${name}`, value });

function algorithmComponent(entry: InventoryAlgorithm) {
  const { name, primitive, parameterSet, oid, classicalBits, nistCategory, uses } = entry;
  const curve = CURVES[name];
  return {
    type: 'cryptographic-asset',
    'bom-ref': refOf(name),
    name,
    cryptoProperties: {
      assetType: 'algorithm',
      algorithmProperties: {
        primitive: entry.partOf.length === 0 && name.includes('+') ? 'combiner' : primitive,
        ...(parameterSet === null ? {} : { parameterSetIdentifier: parameterSet }),
        ...(curve === undefined ? {} : { curve }),
        executionEnvironment: 'software-plain-ram',
        implementationPlatform: 'generic',
        certificationLevel: ['none'],
        ...(name.endsWith('-GCM') ? { mode: 'gcm' } : {}),
        cryptoFunctions: FUNCTIONS[primitive] ?? ['other'],
        classicalSecurityLevel: classicalBits,
        nistQuantumSecurityLevel: nistCategory,
      },
      ...(oid === null ? {} : { oid }),
    },
    properties: [
      property('quantum-safe', String(entry.quantumSafe)),
      property('quantum-safe-reason', entry.reason),
      property('horizon-years', String(entry.horizonYears)),
      property('role', entry.role),
      property('standard', entry.standard),
      property('draft', String(entry.draft)),
      property('implementation', entry.implementation),
      ...uses.map(({ where, key }) => property('use', `${where}. Key: ${key}.`)),
    ],
  };
}

function keyComponent({ id, type, algorithm, state }: InventoryKey) {
  return {
    type: 'cryptographic-asset',
    'bom-ref': `crypto/key/${id}`,
    name: id,
    cryptoProperties: {
      assetType: 'related-crypto-material',
      relatedCryptoMaterialProperties: {
        type: type === 'DEK' ? 'secret-key' : 'private-key',
        id,
        state: STATES[state],
        algorithmRef: refOf(registeredName(algorithm)),
        ...(type === 'DEK' ? { size: 256 } : {}),
        securedBy: { mechanism: 'Software', algorithmRef: securedBy(type) },
      },
    },
  };
}

const securedBy = (type: InventoryKey['type']): string =>
  refOf(type === 'DEK' ? 'X25519+ML-KEM-1024' : 'AES-256-GCM');

/** A name-based UUID (version 8) of the content, so that the same state gives the same document. */
function serialOf(content: string): string {
  const hex = sha256(Buffer.from(content)).toString('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The bill of materials as JSON text. */
export function cbomOf(inventory: CryptoInventory, keys: readonly InventoryKey[]): string {
  const known = new Set(inventory.algorithms.map(({ name }) => name));
  const listedKeys = keys.filter(({ algorithm }) => known.has(registeredName(algorithm)));
  const components = [...inventory.algorithms.map(algorithmComponent), ...listedKeys.map(keyComponent)];
  const body = {
    version: 1,
    metadata: {
      timestamp: new Date(inventory.takenAtMs).toISOString(),
      component: {
        type: 'application',
        'bom-ref': 'countersign',
        name: 'Countersign',
        version: inventory.version,
      },
    },
    components,
    dependencies: [
      {
        ref: 'countersign',
        dependsOn: inventory.algorithms.filter(({ role }) => role === 'alone').map(({ name }) => refOf(name)),
      },
      ...inventory.algorithms.map(({ name }) => ({
        ref: refOf(name),
        dependsOn: inventory.algorithms
          .filter(({ partOf }) => partOf.includes(name))
          .map((part) => refOf(part.name)),
      })),
      ...listedKeys.map(({ id, algorithm }) => ({
        ref: `crypto/key/${id}`,
        dependsOn: [refOf(registeredName(algorithm))],
      })),
    ],
  };
  const serialNumber = serialOf(JSON.stringify(body));
  return `${JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber, ...body }, null, 2)}\n`;
}
