/** The engine's decisions as values that cross threads and go into tables: ids, integers, text. Pure. */
import { sha256 } from '../crypto/index.ts';
import type { Booking } from './booking.ts';
import type { EngineResult } from './engine.ts';
import { itemsKey } from './keys.ts';
import type { Certificate, Decision, Evidence, MatchExchange, MatchItem } from './types.ts';

/** Items of another explanation that a certificate names. */
const TOLD_ITEMS = 12;

export interface OutcomeAllocation {
  readonly openItemId: bigint;
  readonly allocatedMinor: bigint;
  readonly discountMinor: bigint;
  readonly chargesMinor: bigint;
  /** What is left open of the item once all automatic matches are written, unsigned. */
  readonly openMinor: bigint;
}

export interface OutcomeExplanation {
  readonly probabilityPpm: number;
  readonly rivals: number;
  readonly evidence: readonly Evidence[];
  readonly remainderMinor: bigint;
  readonly allocations: readonly OutcomeAllocation[];
  /** Of items in another currency than the transaction's. */
  readonly exchange?: MatchExchange;
}

export interface Outcome {
  readonly transactionId: bigint;
  readonly status: 'auto' | 'suggested' | 'unmatched' | 'quarantined';
  /** Best first; the first is the match where the status is `auto`. */
  readonly explanations: readonly OutcomeExplanation[];
  /** Why there is none. */
  readonly notes: readonly Evidence[];
  /** Where a rule books the money of an `auto` line that settles nothing. */
  readonly booking?: Booking;
}

/** Millionths, so that equal beliefs are equal on every machine. */
export function toPpm(probability: number): number {
  return Math.round(probability * 1_000_000);
}

/** Turns decisions into outcomes. */
export function* outcomesOf(result: EngineResult): Generator<Outcome> {
  for (const decision of result.decisions) {
    yield outcomeOf(decision, (itemIndex) => result.items[itemIndex]!, result.leftMinor);
  }
}

/** One decision as an outcome. */
export function outcomeOf(
  decision: Decision,
  item: (itemIndex: number) => Pick<MatchItem, 'id'>,
  leftMinor: (itemIndex: number) => bigint,
): Outcome {
  return {
    transactionId: decision.transactionId,
    status: decision.status,
    explanations: decision.explanations.map(({ explanation, probability, rivals, certificate }) => ({
      probabilityPpm: toPpm(probability),
      rivals,
      evidence: [...explanation.evidence, certificateEvidence(certificate, rivals, item)].map(
        ({ code, weight, values }) => ({
          code,
          weight: Math.round(weight * 100) / 100,
          ...(values === undefined ? {} : { values }),
        }),
      ),
      remainderMinor: explanation.remainderMinor,
      ...(explanation.exchange === undefined ? {} : { exchange: explanation.exchange }),
      allocations: explanation.allocations.map(({ itemIndex, ...amounts }) => ({
        openItemId: item(itemIndex).id,
        ...amounts,
        openMinor: leftMinor(itemIndex),
      })),
    })),
    notes: decision.notes,
  };
}

/**
 * The certificate among the reasons, where it is kept and shown with them: how many other explanations lie within
 * tolerance, and which, by the ids of their items.
 */
function certificateEvidence(
  { considered, others, complete }: Certificate,
  rivals: number,
  item: (itemIndex: number) => Pick<MatchItem, 'id'>,
): Evidence {
  const which = others.map(({ allocations }) =>
    itemsKey(allocations.slice(0, TOLD_ITEMS).map(({ itemIndex }) => item(itemIndex).id)),
  );
  return {
    code: complete ? 'certificate' : 'certificate-open',
    weight: 0,
    values: {
      considered: `${considered}`,
      rivals: `${rivals}`,
      ...(rivals > 0 ? { which: which.join('; ') } : {}),
    },
  };
}

/** What a run compares to know whether a decision is the one that is written already. */
export function outcomeDigest(outcome: Outcome): Buffer {
  const text = JSON.stringify(outcome, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return sha256(Buffer.from(text)).subarray(0, 16);
}

/** What a suggestion rests on: the transaction, its items, and what was open of each. */
export function fingerprintOf(
  transactionId: bigint,
  rests: readonly { readonly openItemId: bigint; readonly openMinor: bigint }[],
): Buffer {
  const parts = rests.map(({ openItemId, openMinor }) => `${openItemId}=${openMinor}`).sort();
  return sha256(Buffer.from(`${transactionId} ${parts.join(' ')}`)).subarray(0, 16);
}
