import type { KeyEvent, KeyRotation } from '../../contract/keys.ts';
import type { Audit } from '../audit/index.ts';
import { isCountersignError } from '../base/index.ts';
import type { EventLine } from './store.ts';

const REASONS: readonly KeyRotation['reason'][] = ['command', 'due', 'compromised'];
/** Records whose reason is kept at hand; one record tells of all keys of a rotation. */
const MOST_KEPT = 1_000;

/** Why a key was replaced, as the audit record behind an event says; a record never changes. */
export function createReasons(
  audit: Pick<Audit, 'get'>,
  reasonOfRotation: (id: number) => KeyRotation['reason'],
): (event: EventLine) => KeyEvent {
  const kept = new Map<bigint, KeyEvent['reason']>();

  function reasonIn(record: bigint): KeyEvent['reason'] {
    const known = kept.get(record);
    if (known !== undefined) return known;
    const reason = read(record);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(record, reason);
    return reason;
  }

  function read(seq: bigint): KeyEvent['reason'] {
    try {
      const { record, detail } = audit.get(seq);
      // A person's own words on what was compromised stand under the same name in other records.
      if (detail === null || !/^keys\.(rotation|replace)-/.test(record.kind)) return null;
      const { reason, rotation } = JSON.parse(detail) as { reason?: unknown; rotation?: unknown };
      if (typeof rotation === 'number' && reason === undefined) return reasonOfRotation(rotation);
      return REASONS.find((each) => each === reason) ?? null;
    } catch (error) {
      // A detail that was erased, or cannot be opened, must not take the history with it.
      if (isCountersignError(error)) return null;
      throw error;
    }
  }

  // What came in the place of a replaced key was made for the same reason.
  return (line) => ({ ...line, reason: line.record === null ? null : reasonIn(line.record) });
}
