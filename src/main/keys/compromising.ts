import { type Caller, CountersignError } from '../base/index.ts';
import type { KeysContext } from './context.ts';
import { keyId, type RankedRow, toKey } from './inventory.ts';
import { step } from './life-cycle.ts';
import { policyOf } from './policies.ts';
import { type Replacement, replaceDek, replacePair } from './replacing.ts';

/**
 * Stops the use of a key at once and opens an incident. DEK and transport keys are replaced on the
 * spot; a KEK or signing key waits for people, urgently. What lies under a compromised DEK still
 * opens, because it could not be moved to its successor otherwise. In a vault transaction.
 */
export function markCompromised(
  context: KeysContext,
  caller: Caller,
  row: RankedRow,
  reason: string,
): Replacement {
  const { options, history, notices } = context;
  const { runtime, audit } = options;
  const id = keyId(row.type, row.number);
  step(id, toKey(row, runtime.nowMs()).state, 'compromise');
  const record = audit.record({
    kind: 'keys.mark-compromised',
    ...caller,
    subjects: [{ kind: 'key', id }],
    detail: { keyId: id, reason },
  });
  history.during(caller, record, 'other', () => stopUse(context, row));
  notices.add('keys.compromised', { keyIds: [id] });
  options.beat?.({
    source: 'keys.life-cycle',
    ok: false,
    message: `The key ${id} was marked compromised.`,
    facts: { keyId: id, record: Number(record) },
  });
  options.raiseIncident?.({
    kind: 'keys.compromised',
    dedupeKey: `keys.compromised/${id}`,
    severity: 'critical',
    title: `The key ${id} is compromised.`,
    detail: { keyId: id, reason, protects: row.protects },
  });
  if (!policyOf(row.type).unattended) {
    options.onDualControlDue?.({ keyId: id, urgent: true });
    return { replaced: [], rotations: [] };
  }
  return replaceAtOnce(context, caller, row);
}

function stopUse({ options, pairs }: KeysContext, { type, number }: RankedRow): void {
  const { control } = options.sealing;
  if (type === 'DEK') control.endDek(number, 'compromised');
  else if (type === 'KEK') control.endKek(number, 'compromised');
  else pairs.setState(number, 'compromised');
}

function replaceAtOnce(context: KeysContext, caller: Caller, row: RankedRow): Replacement {
  if (row.type === 'DEK') {
    const isNewest = context.options.sealing.control.newestOf(row.number) === row.number;
    // An older version whose values are all gone, or are on their way already, needs nothing more.
    if (!isNewest && (row.protects === 0 || row.isLeft !== 0)) return { replaced: [], rotations: [] };
    return replaceDek(context, caller, 'compromised', row);
  }
  if (row.type !== 'transport') throw new CountersignError('INTERNAL', 'Only data and transport keys.');
  if (row.hasSuccessor !== 0) return { replaced: [], rotations: [] };
  return replacePair(context, caller, 'compromised', { type: row.type, number: row.number });
}
