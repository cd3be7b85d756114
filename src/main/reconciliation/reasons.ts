/** Reasons as they are kept, and as a person reads them. */
import type { Suggestion } from '../../contract/reconciliation.ts';
import type { CanonicalJson } from '../crypto/index.ts';
import type { Booking } from './booking.ts';
import { ENGINE_VERSION, type ReconciliationContext } from './context.ts';
import { evidenceText, evidenceWords } from './evidence.ts';
import type { Evidence } from './types.ts';

/** Reasons as they are kept. Codes of older versions that are not known any more are left out. */
export function parseEvidence(text: string): Evidence[] {
  return (JSON.parse(text) as Evidence[]).filter(({ code }) => Object.hasOwn(evidenceWords, code));
}

/** One of the reasons of a decision as it is kept, or a code alone as older versions wrote it. */
export type Reason = string | Pick<Evidence, 'code' | 'values'>;

/** Reasons as they are kept, whatever their codes. */
export const parseReasons = (evidence: string): Reason[] => JSON.parse(evidence) as Reason[];

/** Codes of the evidence of a match, or of what was noted where there is none; of a rule which one it is. */
export function codesOf(reasons: readonly Reason[]): string[] {
  return reasons.map((one) => {
    if (typeof one === 'string') return one;
    const { code, values } = one;
    return code.startsWith('desk-rule') ? `${code} ${values?.rule} version ${values?.version}` : code;
  });
}

/** By which rule a match was made: what a receipt of it says. Codes alone, which name nobody. */
export const whyOf = (match: {
  readonly decidedBy: 'machine' | 'person';
  readonly evidence: string;
  readonly reasons?: readonly Reason[] | undefined;
  readonly probabilityPpm: bigint | null;
  readonly booking?: Booking | undefined;
}): { [name: string]: CanonicalJson } => ({
  by: match.decidedBy,
  ...(match.decidedBy === 'machine' ? { engine: ENGINE_VERSION } : {}),
  ...(match.probabilityPpm === null ? {} : { probabilityPpm: match.probabilityPpm }),
  ...(match.booking === undefined ? {} : { bookedTo: match.booking.accountId }),
  reasons: codesOf(match.reasons ?? parseReasons(match.evidence)),
});

/** Reasons in words; of what was learned also the decision it was learned from, while that stands. */
export function createReasons({ learning }: Pick<ReconciliationContext, 'learning'>) {
  return (evidence: readonly Evidence[]): Suggestion['reasons'] =>
    evidence.map((each) => {
      const said = { code: each.code, text: evidenceText(each), weight: each.weight };
      const isRule = each.code.startsWith('desk-rule');
      const reason = isRule ? { ...said, rule: Number(each.values?.rule) } : said;
      const source = each.code.startsWith('learned-') ? each.values?.source : undefined;
      const lesson = source === undefined ? undefined : learning.lesson(BigInt(source));
      if (lesson === undefined) return reason;
      const { transactionId, actor, decidedAtMs } = lesson;
      const learnedFrom = { bankTransactionId: transactionId.toString(), actor, atMs: Number(decidedAtMs) };
      return { ...reason, learnedFrom };
    });
}
