import { createHash } from 'node:crypto';
import type { VaultDump } from './protocol.ts';
import { contentOf, type PlannedEvidence } from './vault-plan.ts';

/** What was acknowledged of the trust rooms. */
export class VaultModel {
  readonly evidence = new Map<string, PlannedEvidence>();
  /** Standing holds by title, where they are known for certain. */
  readonly holds = new Map<string, number>();
  readonly compromised = new Set<string>();
  readonly resolved = new Set<string>();
}

type Complain = (text: string) => void;

function checkEvidence(model: VaultModel, dump: VaultDump, complain: Complain): void {
  if (dump.evidence.length !== model.evidence.size) {
    complain(`${dump.evidence.length} pieces of evidence instead of ${model.evidence.size}`);
  }
  for (const { title, holds, contentHash, readHash } of dump.evidence) {
    const planned = model.evidence.get(title);
    if (!planned) {
      complain(`${title} was never acknowledged`);
      continue;
    }
    const expected = createHash('sha256').update(contentOf(planned)).digest('hex');
    if (contentHash !== expected || (readHash !== null && readHash !== expected)) {
      complain(`${title} is not what was kept`);
    }
    const known = model.holds.get(title);
    if (known !== undefined && known !== holds) complain(`${title} has ${holds} holds instead of ${known}`);
  }
}

function checkKeys(model: VaultModel, dump: VaultDump, complain: Complain): void {
  const states = new Map(dump.keys.map((key) => [key.id, key.state]));
  for (const id of model.compromised) {
    const state = states.get(id);
    if (state !== 'compromised' && state !== 'destroyed') complain(`${id} was compromised and is ${state}`);
  }
  const inUse = dump.keys.filter(({ state }) => state === 'active' || state === 'expiring');
  const lines = inUse.map(({ type, line }) => `${type} ${line}`);
  for (const line of new Set(lines.filter((one, at) => lines.indexOf(one) !== at))) {
    complain(`two keys are in use for ${line}`);
  }
}

/** The laws of keys, sealed values, evidence, incidents and the heartbeat; each breach is a sentence. */
export function vaultBreaches(model: VaultModel, dump: VaultDump, atRest: boolean): string[] {
  const found = [...dump.values, ...dump.heartbeat];
  const complain: Complain = (text) => found.push(text);
  checkEvidence(model, dump, complain);
  checkKeys(model, dump, complain);
  const resolved = new Set(dump.resolved);
  for (const id of model.resolved) if (!resolved.has(id)) complain(`incident ${id} was resolved and is not`);
  if (!atRest) return found;
  for (const { id, state } of dump.rotations) {
    if (state !== 'done') complain(`rotation ${id} is ${state} at the end`);
  }
  for (const { id, type, state, protects } of dump.keys) {
    if (type === 'DEK' && (state === 'rotating' || (state === 'retired' && protects > 0))) {
      complain(`${id} is ${state} and still protects ${protects} values at the end`);
    }
  }
  return found;
}
