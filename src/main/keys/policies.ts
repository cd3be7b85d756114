import type { KeyPolicy, KeyType } from '../../contract/keys.ts';

/**
 * How long keys of each type live, where they must lie, and whether the calendar may replace them
 * alone. Data, so that a bank's own rules can take their place.
 */
export const keyPolicies: readonly KeyPolicy[] = [
  {
    name: 'KEK 365 days',
    type: 'KEK',
    algorithm: 'ML-KEM-1024, hybrid X25519+ML-KEM-1024',
    rotateEveryDays: 365,
    warnDays: 30,
    hsmRequired: true,
    unattended: false,
    owner: 'custody officers',
  },
  {
    name: 'DEK 90 days',
    type: 'DEK',
    algorithm: 'AES-256-GCM',
    rotateEveryDays: 90,
    warnDays: 7,
    hsmRequired: false,
    unattended: true,
    owner: 'console',
  },
  {
    name: 'signing 365 days',
    type: 'signing',
    algorithm: 'ML-DSA-65, hybrid Ed25519+ML-DSA-65',
    rotateEveryDays: 365,
    warnDays: 30,
    hsmRequired: true,
    unattended: false,
    owner: 'custody officers',
  },
  {
    name: 'transport 90 days',
    type: 'transport',
    algorithm: 'ML-KEM-768, hybrid X-Wing',
    rotateEveryDays: 90,
    warnDays: 7,
    hsmRequired: true,
    unattended: true,
    owner: 'console',
  },
  {
    // Trust files name the key, so people agree before another one takes its place.
    name: 'log 365 days',
    type: 'log',
    algorithm: 'Ed25519 and ML-DSA-44, as C2SP checkpoints ask',
    rotateEveryDays: 365,
    warnDays: 30,
    hsmRequired: true,
    unattended: false,
    owner: 'custody officers',
  },
];

export const DAY_MS = 86_400_000;

const byType = new Map(keyPolicies.map((policy) => [policy.type, policy]));

export const policyOf = (type: KeyType): KeyPolicy => byType.get(type)!;

/** End of a key's time, counted from its activation. */
export function expiryOf(type: KeyType, activatedAtMs: number): number {
  return activatedAtMs + policyOf(type).rotateEveryDays * DAY_MS;
}
