import type { KeyRotation, KeyType } from '../../contract/keys.ts';
import { type Caller, CountersignError } from '../base/index.ts';
import { quarterOf, sealingPurposes } from '../sealing/index.ts';
import type { KeysContext } from './context.ts';
import { type KeyName, keyId, type RankedRow } from './inventory.ts';
import type { PairType } from './store-pairs.ts';

export interface Replaced {
  readonly from: string;
  readonly to: string;
}

/** What one command replaced, and the rotations that it began. */
export interface Replacement {
  readonly replaced: Replaced[];
  readonly rotations: number[];
}

type Reason = KeyRotation['reason'];

const subjectsOf = (ids: readonly string[]) => ids.slice(0, 50).map((id) => ({ kind: 'key', id }));

/** Tells of a replacement: one notice and one beat, whatever the number of keys. */
function tell(
  { options, notices }: KeysContext,
  type: KeyType,
  reason: Reason,
  replaced: readonly Replaced[],
): void {
  if (replaced.length === 0) return;
  notices.add('keys.replaced', { type, reason, keys: replaced.map(({ from, to }) => ({ from, to })) });
  options.beat?.({
    source: 'keys.life-cycle',
    ok: true,
    message: `${replaced.length} keys of type ${type} were replaced.`,
    facts: { type, reason, keys: replaced.length },
  });
}

/** A line that ended with its quarter and holds nothing needs no successor. */
const isSpent = (row: RankedRow, quarter: string) => row.protects === 0 && row.quarter !== quarter;

/**
 * The next version for lines of one purpose, and the re-sealing of what lies under them and under
 * those of `toMove`. In a vault transaction. `deks` are newest versions of their lines.
 */
export function replaceDeks(
  context: KeysContext,
  caller: Caller,
  reason: Reason,
  purpose: string,
  deks: readonly number[],
  toMove: () => number[] = () => [],
): Replacement {
  const { options, store, history, rotations } = context;
  const { audit, sealing, runtime } = options;
  const { control } = sealing;
  const ids = deks.map((number) => keyId('DEK', number));
  const record = audit.record({
    kind: 'keys.rotation-started',
    ...caller,
    subjects: subjectsOf(ids),
    detail: { purpose, reason, keyIds: ids },
  });
  const quarter = quarterOf(runtime.nowMs()).name;
  const replaced: Replaced[] = [];
  for (const number of deks) {
    const row = store.get({ type: 'DEK', number })!;
    const isOver = isSpent(row, quarter);
    if (isOver && row.state !== 'active') continue;
    history.during(caller, record, isOver ? 'other' : 'replace', () => {
      if (isOver) return control.endDek(number, 'retired');
      replaced.push({ from: keyId('DEK', number), to: keyId('DEK', control.rotateDek(number)) });
    });
  }
  const left = new Set([...toMove(), ...replaced.map(({ from }) => Number(from.slice('dek-'.length)))]);
  const keys = new Map([...left].map((number) => [number, control.newestOf(number)]));
  const total = [...left].reduce((sum, number) => sum + control.valueCount(number), 0);
  tell(context, 'DEK', reason, replaced);
  if (keys.size === 0) return { replaced, rotations: [] };
  const startedAtMs = runtime.nowMs();
  const { actor, traceId } = caller;
  const rotation = {
    kind: 're-seal',
    purpose,
    reason,
    actor,
    traceId,
    total,
    startedAtMs,
    record,
    keys,
  } as const;
  return { replaced, rotations: [rotations.start(rotation)] };
}

/** All lines of a purpose, and whatever still lies under earlier versions. Throws `KEY_UNKNOWN`. */
export function replacePurpose(
  context: KeysContext,
  caller: Caller,
  reason: Reason,
  purpose: string,
): Replacement {
  const { control } = context.options.sealing;
  const deks = control.newestOfPurpose(purpose);
  if (!(sealingPurposes as readonly string[]).includes(purpose) || deks.length === 0) {
    throw new CountersignError('KEY_UNKNOWN', 'No value of that purpose was ever sealed.', {
      path: 'purpose',
      expected: sealingPurposes.join(', '),
    });
  }
  return replaceDeks(context, caller, reason, purpose, deks, () => control.leftUnder(purpose));
}

/** One DEK, which is the newest of its line or whose line has a newer one. */
export function replaceDek(
  context: KeysContext,
  caller: Caller,
  reason: Reason,
  row: RankedRow,
): Replacement {
  const { control } = context.options.sealing;
  const isNewest = control.newestOf(row.number) === row.number;
  return replaceDeks(context, caller, reason, row.purpose!, isNewest ? [row.number] : [], () => [row.number]);
}

/** A new KEK; the DEKs under the old one are wrapped anew, and then its private half is erased. */
export function replaceKek(
  context: KeysContext,
  caller: Caller,
  reason: Reason,
  row: RankedRow,
): Replacement {
  const { options, history, rotations } = context;
  const { audit, sealing, runtime } = options;
  const { control } = sealing;
  const id = keyId('KEK', row.number);
  const record = audit.record({
    kind: 'keys.rotation-started',
    ...caller,
    subjects: subjectsOf([id]),
    detail: { reason, keyIds: [id] },
  });
  const total = control.deksUnder(row.number);
  const to = history.during(caller, record, 'replace', () => control.nextKek(row.number));
  const replaced = [{ from: id, to: keyId('KEK', to) }];
  tell(context, 'KEK', reason, replaced);
  const { actor, traceId } = caller;
  const rotation = rotations.start({
    ...{ kind: 're-wrap', purpose: null, reason, actor, traceId, total, record },
    startedAtMs: runtime.nowMs(),
    keys: new Map([[row.number, to]]),
  });
  return { replaced, rotations: [rotation] };
}

/** The next version of the vault's own key pair. What the old one opened, it still opens. */
export function replacePair(
  context: KeysContext,
  caller: Caller,
  reason: Reason,
  { type, number }: KeyName & { readonly type: PairType },
): Replacement {
  const { options, history, pairs } = context;
  const id = keyId(type, number);
  const record = options.audit.record({
    kind: 'keys.replace-pair',
    ...caller,
    subjects: subjectsOf([id]),
    detail: { reason, keyIds: [id] },
  });
  const made = history.during(caller, record, 'other', () => {
    if (pairs.active(type)?.id === number) {
      pairs.setState(number, 'retired');
    }
    return pairs.active(type) ?? pairs.make(type);
  });
  const replaced = [{ from: id, to: keyId(type, made.id) }];
  tell(context, type, reason, replaced);
  return { replaced, rotations: [] };
}
