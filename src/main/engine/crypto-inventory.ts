/** The crypto inventory: what is declared of algorithms, joined with the keys that there are. */
import type { AlgorithmUse, CryptoInventory, InventoryAlgorithm } from '../../contract/inventory.ts';
import type { Key, KeyType } from '../../contract/keys.ts';
import { ALGORITHMS, findAlgorithm, type RegisteredAlgorithm, weaknessOf } from '../crypto/index.ts';
import { DECLARED_USES } from './crypto-inventory-data.ts';

export type InventoryKey = Pick<Key, 'id' | 'type' | 'algorithm' | 'state'>;

export interface InventorySources {
  readonly takenAtMs: number;
  /** The program's version. */
  readonly version: string;
  /** All keys of the life cycle. */
  readonly keys: readonly InventoryKey[];
}

/** The registered name of what a key calls its algorithm: some say in brackets what a name stands for. */
const registeredName = (algorithm: string): string => algorithm.replace(/ \(.*\)$/, '');

/** Takes the inventory. Pure: the same sources give the same answer. */
export function takeInventory({ takenAtMs, version, keys }: InventorySources): CryptoInventory {
  const inventoried = ALGORITHMS.map((algorithm) => entryOf(algorithm, keys));
  const unregistered = new Set(
    keys
      .map(({ algorithm }) => registeredName(algorithm))
      .filter((name) => findAlgorithm(name) === undefined),
  );
  return {
    takenAtMs,
    version,
    algorithms: inventoried,
    keyCount: keys.length,
    findings: [
      ...[...unregistered].map((name) => `Keys name the algorithm ${name}, which nobody registered.`),
      ...inventoried
        .filter(({ role, name }) => role === 'alone' && weaknessOf(name) !== undefined)
        .map(({ name }) => `${name} stands alone and is weak: ${weaknessOf(name)}`),
    ],
  };
}

function entryOf(algorithm: RegisteredAlgorithm, keys: readonly InventoryKey[]): InventoryAlgorithm {
  const { name, primitive, parameterSet, standard, oid, classicalBits, nistCategory } = algorithm;
  const partOf = ALGORITHMS.filter(({ parts }) => parts?.includes(name)).map((whole) => whole.name);
  const uses = DECLARED_USES.filter((use) => use.algorithm === name).map(
    ({ where, key, keyType }): AlgorithmUse => ({ where, key, keys: statesOf(keys, keyType, name) }),
  );
  const isPart = DECLARED_USES.some((use) => partOf.includes(use.algorithm));
  const stray = keys.some((key) => registeredName(key.algorithm) === name) && uses.length === 0;
  return {
    name,
    primitive,
    parameterSet: parameterSet ?? null,
    standard,
    oid: oid ?? null,
    implementation: algorithm.implementation(),
    classicalBits,
    nistCategory,
    quantumSafe: algorithm.quantumSafe,
    reason: algorithm.reason,
    horizonYears: algorithm.horizonYears,
    draft: algorithm.draft ?? false,
    role: uses.length > 0 || stray ? 'alone' : isPart ? 'in-hybrid' : 'offered',
    partOf,
    uses,
  };
}

/** How many keys stand behind a use, by state. The root key wraps KEKs whatever these are made for. */
function statesOf(keys: readonly InventoryKey[], type: KeyType | undefined, name: string) {
  const counts = new Map<string, number>();
  for (const key of keys) {
    const isBehind = key.type === type && (type === 'KEK' || registeredName(key.algorithm) === name);
    if (isBehind) counts.set(key.state, (counts.get(key.state) ?? 0) + 1);
  }
  return [...counts].map(([state, count]) => ({ state, count }));
}
