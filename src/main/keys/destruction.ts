import type { KeyLoss } from '../../contract/keys.ts';
import { type Caller, CountersignError, isCountersignError } from '../base/index.ts';
import type { SealingPurpose } from '../sealing/index.ts';
import type { KeysContext } from './context.ts';
import { keyId, keyUnknown, parseKeyId, toKey } from './inventory.ts';
import { step } from './life-cycle.ts';
import { lossRefusal, retentionEndMs } from './retention.ts';

/** What is to go: the DEKs of a retention class and quarter, or one key that is out of use. */
export type Destruction =
  /** `purpose` narrows it to the keys of one purpose, where each has a time of its own. */
  | { readonly retentionClass: string; readonly quarter: string; readonly purpose?: SealingPurpose }
  | { readonly keyId: string };

interface LineKey {
  readonly number: number;
  readonly purpose: string;
  readonly state: string;
  readonly count: number;
}

function lossOfLine(
  context: KeysContext,
  retentionClass: string,
  quarter: string,
  purpose?: SealingPurpose,
): KeyLoss & { deks: LineKey[] } {
  const { options, store } = context;
  const deks = store
    .deksOfLine(retentionClass, quarter)
    .filter((dek) => purpose === undefined || dek.purpose === purpose);
  if (deks.length === 0) {
    throw new CountersignError('KEY_UNKNOWN', 'There is no key of that class and quarter.', {
      path: `${retentionClass} ${quarter}`,
    });
  }
  const values = new Map<string, number>();
  for (const dek of deks) values.set(dek.purpose, (values.get(dek.purpose) ?? 0) + dek.count);
  const nowMs = options.runtime.nowMs();
  const endMs = retentionEndMs(retentionClass, quarter);
  return {
    deks,
    keyIds: deks.map(({ number }) => keyId('DEK', number)),
    values: [...values].map(([of, count]) => ({ purpose: of, count })),
    allowedFromMs: endMs !== null && nowMs < endMs ? endMs : null,
    refusal: lossRefusal(
      retentionClass,
      quarter,
      nowMs,
      options.isHeld?.(retentionClass, quarter, purpose) ?? false,
    ),
    confirmation: `destroy ${retentionClass} ${quarter}`,
  };
}

function lossOfKey({ store, options }: KeysContext, id: string): KeyLoss {
  const name = parseKeyId(id);
  const row = store.get(name);
  if (row === undefined) throw keyUnknown(id);
  return {
    keyIds: [id],
    values: [],
    allowedFromMs: null,
    refusal: refusalOfKey(id, name.type, () => {
      step(id, toKey(row, options.runtime.nowMs()).state, 'destroy');
    }),
    confirmation: `destroy ${id}`,
  };
}

function refusalOfKey(id: string, type: string, check: () => void): KeyLoss['refusal'] {
  if (type === 'DEK') {
    const message = 'DEKs are destroyed with their retention class and quarter.';
    return { code: 'KEY_STATE_REFUSED', message };
  }
  if (type === 'KEK') {
    const message = 'A KEK is destroyed by its rotation, once no DEK lies under it.';
    return { code: 'KEY_STATE_REFUSED', message };
  }
  try {
    check();
    return null;
  } catch (error) {
    if (!isCountersignError(error)) throw error;
    return { code: error.code, message: `${id}: ${error.message}` };
  }
}

/** What a destruction would lose. Throws `KEY_UNKNOWN`. */
export function lossOf(context: KeysContext, what: Destruction): KeyLoss {
  if ('keyId' in what) return lossOfKey(context, what.keyId);
  const { deks: _, ...loss } = lossOfLine(context, what.retentionClass, what.quarter, what.purpose);
  return loss;
}

/** Throws what `lossOf` tells, and `KEY_CONFIRMATION_WRONG`. */
function requireAllowed(loss: KeyLoss, confirm: string): void {
  if (loss.refusal !== null) {
    const { code, message } = loss.refusal;
    const expected =
      loss.allowedFromMs === null ? {} : { expected: `from ${new Date(loss.allowedFromMs).toISOString()}` };
    throw new CountersignError(code as 'KEY_RETENTION_RUNS', message, expected);
  }
  if (confirm !== loss.confirmation) {
    throw new CountersignError('KEY_CONFIRMATION_WRONG', 'The confirmation was not typed as asked for.', {
      path: 'confirm',
      expected: loss.confirmation,
    });
  }
}

/** Destroys for good: bytes of keys are overwritten, and what lay under them opens nowhere. */
export function destroy(
  context: KeysContext,
  caller: Caller,
  what: Destruction,
  confirm: string,
): Pick<KeyLoss, 'keyIds' | 'values'> {
  const { options, history, notices, pairs, rotations } = context;
  const { vault, audit, sealing } = options;
  return vault.transaction(() => {
    const loss = lossOf(context, what);
    requireAllowed(loss, confirm);
    const { keyIds, values } = loss;
    const subjects = keyIds.slice(0, 50).map((id) => ({ kind: 'key', id }));
    const record = audit.record({ kind: 'keys.destroy', ...caller, subjects, detail: { keyIds, values } });
    history.during(caller, record, 'other', () => {
      if ('keyId' in what) return pairs.destroy(parseKeyId(what.keyId).number);
      for (const { number, state } of lossOfLine(context, what.retentionClass, what.quarter, what.purpose)
        .deks) {
        rotations.leave(number);
        if (state === 'active') sealing.control.endDek(number, 'retired');
        sealing.control.destroyDek(number);
      }
    });
    notices.add('keys.destroyed', { keyIds, values });
    const lost = values.reduce((sum, { count }) => sum + count, 0);
    options.beat?.({
      source: 'keys.life-cycle',
      ok: true,
      message: `${keyIds.length} keys were destroyed.`,
      facts: { keys: keyIds.length, values: lost },
    });
    return { keyIds, values };
  });
}
