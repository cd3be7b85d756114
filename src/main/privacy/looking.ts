/** Looking at one masked thing in the clear: who, at what and why is written down before anything is shown. */
import type { ClearValue, LookLine, UnmaskKind } from '../../contract/privacy.ts';
import { type Caller, CountersignError, isCountersignError } from '../base/index.ts';
import { maskOutput } from '../base/procedures.ts';
import { unlessErased } from '../sealing/index.ts';
import type { PrivacyContext } from './context.ts';
import type { LookRow } from './store.ts';

export interface Unmasked {
  readonly kind: UnmaskKind;
  readonly id: string;
  readonly record: bigint;
  readonly values: ClearValue[];
}

/** Every text that a mask changes, by where it stands. */
export function clearValues(
  clear: unknown,
  masked: unknown,
  path: readonly (string | number)[] = [],
): ClearValue[] {
  if (typeof clear === 'string') return clear === masked ? [] : [{ path: [...path], value: clear }];
  if (Array.isArray(clear)) {
    return clear.flatMap((item, at) => clearValues(item, (masked as unknown[])[at], [...path, at]));
  }
  if (typeof clear !== 'object' || clear === null) return [];
  return Object.entries(clear).flatMap(([key, item]) =>
    clearValues(item, (masked as Record<string, unknown>)[key], [...path, key]),
  );
}

const UNKNOWN_CODES = new Set([
  'TRANSACTION_UNKNOWN',
  'STATEMENT_UNKNOWN',
  'OPEN_ITEM_UNKNOWN',
  'CUSTOMER_UNKNOWN',
  'AUDIT_RECORD_MISSING',
  'INCIDENT_UNKNOWN',
]);

export function createLooking(context: PrivacyContext) {
  const { vault, sealing, audit, store, runtime } = context;

  const placeOf = (id: bigint) => ({ table: 'privacy_look', column: 'reason', applicationId: id.toString() });

  function thing(kind: UnmaskKind, id: string) {
    try {
      return context.things[kind](id);
    } catch (error) {
      if (!isCountersignError(error) || !UNKNOWN_CODES.has(error.code)) throw error;
      throw new CountersignError('PRIVACY_THING_UNKNOWN', 'There is nothing of that kind under that id.', {
        path: kind,
      });
    }
  }

  return {
    /** Throws `PRIVACY_THING_UNKNOWN`. */
    unmask(
      input: { readonly kind: UnmaskKind; readonly id: string; readonly reason: string },
      caller: Caller,
    ) {
      const { kind, id, reason } = input;
      const { schema, value } = thing(kind, id);
      const values = clearValues(value, maskOutput(schema, value));
      return vault.transaction((): Unmasked => {
        const lookId = store.nextLookId();
        const detail = { kind, reason, values: values.length };
        const record = audit.record({ kind: 'privacy.unmask', ...caller, subjects: [{ kind, id }], detail });
        const plaintext = reason;
        const reasonSealedId = sealing.seal({ purpose: 'compliance_vault', ...placeOf(lookId), plaintext });
        const at = { id: lookId, atMs: BigInt(runtime.nowMs()), actor: caller.actor, record };
        store.insertLook({ ...at, kind, thingId: id, reasonSealedId, valueCount: BigInt(values.length) });
        return { kind, id, record, values };
      });
    },
    shown: (row: LookRow): LookLine => ({
      id: row.id.toString(),
      atMs: Number(row.atMs),
      by: row.actor,
      kind: row.kind,
      thingId: row.thingId,
      reason: unlessErased(() => sealing.openText({ id: row.reasonSealedId, ...placeOf(row.id) })),
      values: Number(row.valueCount),
      record: row.record,
    }),
  };
}
