/** One message inside the group's transaction: known already, taken down the road, or kept as a dead letter. */
import type { MessageAnswer } from '../../contract/connectors.ts';
import { CountersignError, dateOfMs, type Logger } from '../base/index.ts';
import type { Vault } from '../vault/index.ts';
import type { DeadLetters } from './dead-letters.ts';
import { type Failure, failureOf, ofSurroundings } from './failure.ts';
import { type Answered, railName } from './live.ts';
import type { Waiting } from './queue.ts';
import type { Store } from './store.ts';
import type { InstantRoad, RoadOutcome } from './types.ts';

export type Taken = Omit<Answered, 'latencyMs'>;

export interface TakingParts {
  readonly vault: Vault;
  readonly store: Store;
  readonly deadLetters: DeadLetters;
  readonly road: InstantRoad;
  readonly log: Logger;
}

const NOTHING = { received: 0, prePosted: 0, cleared: 0, reopened: 0, held: 0 } as const;
const NO_FAILURE = { deadLetterId: null, code: null, reason: null, path: null, line: null } as const;

function takenAnswer(outcome: RoadOutcome): MessageAnswer {
  const { result, received, prePosted, cleared, reopened, held, rail } = outcome;
  const counts = { received, prePosted, cleared, reopened, held };
  return { result, messageNumber: outcome.messageNumber.toString(), ...counts, rail, ...NO_FAILURE };
}

const deadAnswer = (id: number, { code, message, path, line }: Failure): MessageAnswer => ({
  ...{ result: 'dead-lettered', messageNumber: null, deadLetterId: String(id), ...NOTHING },
  ...{ rail: null, code, reason: message, path, line },
});

export interface Taking {
  /**
   * One message. Guarded, it is taken in a savepoint, and becomes a dead letter beside its neighbours where it is
   * refused; else a refusal is thrown, and the transaction must not outlive it.
   */
  take(waiting: Waiting, isGuarded: boolean): Taken | { readonly refusal: CountersignError };
  endGroup(taken: readonly Taken[]): void;
}

export function createTaking({ vault, store, deadLetters, road, log }: TakingParts): Taking {
  /** The first answer to a delivery, where its id was used before. */
  function answeredBefore({
    source,
    deliveryId,
    contentHash,
  }: Waiting): ReturnType<Taking['take']> | undefined {
    if (deliveryId === undefined) return undefined;
    const known = store.delivery(source, deliveryId);
    if (known === undefined) return undefined;
    if (!known.contentHash.equals(contentHash)) {
      const message = 'The delivery id was used before for a message with other content.';
      return { refusal: new CountersignError('CONNECTOR_DELIVERY_REUSED', message) };
    }
    const answer = JSON.parse(known.answer) as MessageAnswer;
    return { answer: answer.result === 'taken' ? { ...answer, result: 'duplicate' } : answer };
  }

  /** Down the road: what it wrote of a message that it then refuses is undone alone, or with all there is. */
  function downTheRoad(waiting: Waiting, isGuarded: boolean): Taken {
    const { read, bytes, source, receivedAtMs, caller, contentHash } = waiting;
    if (read === undefined) throw new TypeError('taking: the message was not read');
    if ('error' in read) throw read.error;
    const { message } = read;
    const within = isGuarded ? vault.transaction : vault.joined;
    return within(() => {
      const outcome = road.take({ message, raw: bytes, source, receivedAtMs }, caller);
      deadLetters.taken(contentHash, outcome.messageNumber, caller);
      const value = outcome.result === 'taken' ? outcome.valueMinor : undefined;
      return { answer: takenAnswer(outcome), value };
    });
  }

  function keep(waiting: Waiting, error: unknown): Taken {
    const { source, bytes, contentHash, caller, retried } = waiting;
    const failure = failureOf(error);
    if (failure.code === 'INTERNAL') {
      log.error('connectors.message-failed', { name: error instanceof Error ? error.name : typeof error });
    }
    const id = deadLetters.put({ source, bytes, contentHash, failure, caller, retried });
    return { answer: deadAnswer(id, failure) };
  }

  return {
    take(waiting, isGuarded) {
      const known = answeredBefore(waiting);
      if (known !== undefined) return known;
      let taken: Taken;
      try {
        taken = downTheRoad(waiting, isGuarded);
      } catch (error) {
        const surroundings = ofSurroundings(error);
        if (surroundings !== undefined) throw surroundings;
        if (!isGuarded) throw error;
        taken = keep(waiting, error);
      }
      const { source, deliveryId, contentHash } = waiting;
      if (deliveryId !== undefined) {
        store.insertDelivery(source, deliveryId, contentHash, JSON.stringify(taken.answer));
      }
      return taken;
    },
    /** Sums of the day: a few rows for a whole group. */
    endGroup(taken) {
      const day = dateOfMs(vault.runtime.nowMs());
      const sums = new Map<string, { rail: string; currency: string; amount: bigint; matched: bigint }>();
      for (const { answer, value = [] } of taken) {
        for (const { currency, amountMinor, matchedMinor, rail: told = answer.rail } of value) {
          const rail = railName(told);
          const sum = sums.get(`${rail} ${currency}`) ?? { rail, currency, amount: 0n, matched: 0n };
          sum.amount += amountMinor;
          sum.matched += matchedMinor;
          sums.set(`${rail} ${currency}`, sum);
        }
      }
      for (const { rail, currency, amount, matched } of sums.values()) {
        store.addToDay(day, rail, currency, amount, matched);
      }
    },
  };
}
