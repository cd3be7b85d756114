import type { Key, KeyFinding, KeyType } from '../../contract/keys.ts';
import { CountersignError } from '../base/index.ts';
import { isInUse, stateAt } from './life-cycle.ts';
import { DAY_MS, expiryOf, policyOf } from './policies.ts';

/** A key as the tables tell of it. */
export interface InventoryRow {
  readonly type: KeyType;
  readonly number: number;
  readonly algorithm: string;
  readonly purpose: string | null;
  readonly retentionClass: string | null;
  readonly quarter: string | null;
  readonly version: number;
  readonly state: 'pre-active' | 'active' | 'retired' | 'compromised' | 'destroyed';
  readonly createdAtMs: number;
  readonly activatedAtMs: number | null;
  readonly protects: number;
  /** Time of the event that took it out of use. */
  readonly endedAtMs: number | null;
  /** 1 where a rotation under way leaves it. */
  readonly isLeft: number;
  /** 1 where a newer key of its kind is active. */
  readonly hasSuccessor: number;
}

/** A row with the rank of its type, which lists are ordered by. */
export type RankedRow = InventoryRow & { readonly rank: number };

export const keyId = (type: KeyType, number: number): string => `${type.toLowerCase()}-${number}`;

const types: Readonly<Record<string, KeyType>> = {
  kek: 'KEK',
  dek: 'DEK',
  signing: 'signing',
  transport: 'transport',
  log: 'log',
};

export interface KeyName {
  readonly type: KeyType;
  readonly number: number;
}

/** Type and number of a key's id. Throws `KEY_UNKNOWN`. */
export function parseKeyId(id: string): KeyName {
  const parts = /^(kek|dek|signing|transport|log)-([1-9]\d{0,14})$/.exec(id);
  if (parts === null) throw keyUnknown(id);
  return { type: types[parts[1]!]!, number: Number(parts[2]) };
}

export function keyUnknown(id: string): CountersignError {
  const message = 'There is no such key.';
  return new CountersignError('KEY_UNKNOWN', message, /^[\w-]{1,64}$/.test(id) ? { path: id } : {});
}

const protectsWhat = {
  KEK: 'keys',
  DEK: 'values',
  signing: 'notices',
  transport: 'transfers',
  log: 'checkpoints',
} as const;

/** When a key counts as expiring. */
export function warnFrom(type: KeyType, activatedAtMs: number): number {
  return expiryOf(type, activatedAtMs) - policyOf(type).warnDays * DAY_MS;
}

/** A key as it is shown at an instant. */
export function toKey(row: InventoryRow, nowMs: number): Key {
  const { type, activatedAtMs } = row;
  const expiresAtMs = activatedAtMs === null ? null : expiryOf(type, activatedAtMs);
  const warnFromMs = activatedAtMs === null ? null : warnFrom(type, activatedAtMs);
  const { state: stored } = row;
  const state = stateAt({ state: stored, expiresAtMs, warnFromMs, isLeft: row.isLeft !== 0 }, nowMs);
  const policy = policyOf(type);
  const key: Key = {
    id: keyId(type, row.number),
    type,
    algorithm: row.algorithm,
    purpose: row.purpose,
    retentionClass: row.retentionClass,
    quarter: row.quarter,
    version: row.version,
    state,
    owner: policy.owner,
    policy: policy.name,
    custody: 'vault',
    createdAtMs: row.createdAtMs,
    activatedAtMs,
    expiresAtMs,
    nextRotationAtMs: isInUse(state) ? expiresAtMs : null,
    endedAtMs: row.endedAtMs,
    protects: row.protects,
    protectsWhat: protectsWhat[type],
    findings: [],
  };
  return { ...key, findings: findingsOf(key, row, nowMs) };
}

/** Whether a key in use is past its policy's time. */
export const isDue = (key: Key, nowMs: number): boolean =>
  isInUse(key.state) && key.expiresAtMs !== null && nowMs >= key.expiresAtMs;

function findingsOf(key: Key, { hasSuccessor, isLeft }: InventoryRow, nowMs: number): KeyFinding[] {
  const policy = policyOf(key.type);
  const findings: KeyFinding[] = [];
  const isLive = isInUse(key.state) || key.state === 'pre-active';
  if (policy.hsmRequired && key.custody !== 'hsm' && isLive) {
    const message = 'The policy asks for a token; the vault has none, so the key lies in the vault.';
    findings.push({ code: 'HSM_REQUIRED', message });
  }
  if (isDue(key, nowMs)) {
    const message = policy.unattended
      ? 'Its time is over; the next hourly check replaces it.'
      : 'Its time is over; two people must agree before it is replaced.';
    findings.push({ code: policy.unattended ? 'ROTATION_DUE' : 'DUAL_CONTROL_DUE', message });
  }
  if (isUrgent(key, hasSuccessor !== 0)) {
    const message = 'It is compromised and not replaced yet; two people must agree at once.';
    findings.push({ code: 'REPLACEMENT_URGENT', message });
  }
  const isOut = key.state === 'retired' || key.state === 'compromised';
  if (isOut && (key.type === 'DEK' || key.type === 'KEK') && key.protects > 0 && isLeft === 0) {
    const message = `Out of use, and ${key.protects} ${key.protectsWhat} still lie under it.`;
    findings.push({ code: 'STILL_PROTECTS', message });
  }
  return findings;
}

/** A compromised key under dual control that still has something under it, or no successor. */
function isUrgent(key: Key, hasSuccessor: boolean): boolean {
  if (key.state !== 'compromised' || policyOf(key.type).unattended) return false;
  return !hasSuccessor || (key.type === 'KEK' && key.protects > 0);
}
