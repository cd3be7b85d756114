/** Reasons as they are kept, and as a person reads them. */
import type { Suggestion } from '../../contract/reconciliation.ts';
import type { ReconciliationContext } from './context.ts';
import { evidenceText, evidenceWords } from './evidence.ts';
import type { Evidence } from './types.ts';

/** Reasons as they are kept. Codes of older versions that are not known any more are left out. */
export function parseEvidence(text: string): Evidence[] {
  return (JSON.parse(text) as Evidence[]).filter(({ code }) => Object.hasOwn(evidenceWords, code));
}

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
