/**
 * The end of a ceremony before its last step. Administrator and witnesses sign it; where one of them was
 * disabled or has another key, the ceremony would stand for ever and its key with it, so that somebody
 * else signs in their place, which is entered as an exception.
 */
import type { Caller } from '../base/index.ts';
import {
  ABANDON,
  LEFT_OPEN,
  type StandIn,
  standInFact,
  toBase64,
  type UnsignedStep,
} from '../proof/index.ts';
import { type CeremoniesContext, refuse } from './context.ts';
import type { createRecords } from './records.ts';
import { canSign, leftLeaders, requireRunning, type Standing } from './standing.ts';

/** Steps that take something off the tokens, which cannot be taken back. */
const FOR_GOOD: ReadonlySet<string> = new Set(['retire', 'destroy']);

export interface Ending {
  readonly reason: string;
  /** One for each administrator or witness who can sign no more, in the order of the transcript. */
  readonly standIns: readonly string[];
}

export function createEnding(
  context: CeremoniesContext,
  record: ReturnType<typeof createRecords>['record'],
  putStep: (now: Standing, id: string, position: number, facts: UnsignedStep['facts']) => void,
) {
  const { store, people } = context;

  /** A ceremony that was abandoned is so again only where who was to sign that has left too. */
  function requireOpen(now: Standing): void {
    const { row, step, position, isDone, signed } = now;
    requireRunning(now);
    if (!isDone && row.begunPosition === position && FOR_GOOD.has(step!.act)) {
      refuse('CEREMONY_STEP_BEGUN', 'The tokens may hold the key no more; the step is done to its end.');
    }
    const isStuck = step!.signers.some(
      (one) => !signed.get(position)?.has(one) && !canSign(context, now, position, one),
    );
    if (step!.id === ABANDON && !isStuck)
      refuse('CEREMONY_STEP_UNSIGNED', 'That it is abandoned is signed now.');
  }

  function standInsFor(now: Standing, left: readonly string[], given: readonly string[]): StandIn[] {
    if (given.length !== left.length) {
      refuse('CEREMONY_PARTICIPANTS', 'Somebody signs in the place of each who can sign no more.', {
        ...{ path: 'standIns', expected: String(left.length), actual: String(given.length) },
      });
    }
    const staying = now.header.participants
      .filter(({ operatorId, role }) => role !== 'custodian' && !left.includes(operatorId))
      .map(({ operatorId }) => operatorId);
    if (new Set([...staying, ...given]).size !== staying.length + given.length) {
      refuse('CEREMONY_ROLES_CONFLICT', 'Each who signs the end of a ceremony signs it once.', {
        path: 'standIns',
      });
    }
    return given.map((operatorId, at) => {
      const person = people.mayLead(operatorId) ? people.person(operatorId) : undefined;
      if (person === undefined)
        return refuse('CEREMONY_PARTICIPANTS', 'Who signs in another’s place may lead ceremonies.', {
          path: 'standIns',
        });
      const { name, suite, publicKey } = person;
      return { inPlaceOf: left[at]!, operatorId, name, suite, publicKey: toBase64(publicKey) };
    });
  }

  function enterStandIns(now: Standing, standIns: readonly StandIn[]): void {
    const nameOf = (id: string) => now.header.participants.find((one) => one.operatorId === id)!.name;
    for (const { inPlaceOf, name } of standIns) {
      const reason = `${nameOf(inPlaceOf)} can sign no more; ${name} signs in their place.`;
      store.addException(now.row.id, 'leader-left', reason);
    }
  }

  return {
    /** Says that a ceremony ended; the signatures follow. In a transaction. */
    abandon(caller: Caller, now: Standing, { reason, standIns: given }: Ending): void {
      requireOpen(now);
      const { row, step, position, signed, isDone } = now;
      const standIns = standInsFor(now, leftLeaders(context, now), given);
      enterStandIns(now, standIns);
      store.addException(row.id, 'abandoned', reason);
      const facts = standIns.map(standInFact);
      const present = step!.signers.filter((one) => signed.get(position)?.has(one));
      if (isDone) putStep(now, ABANDON, position + 1, [[LEFT_OPEN, present.join(', ')], ...facts]);
      else putStep(now, ABANDON, position, facts);
      record(caller, 'abandon', row, {
        reason,
        ...(given.length === 0 ? {} : { standIns: given.join(', ') }),
      });
    },
  };
}
