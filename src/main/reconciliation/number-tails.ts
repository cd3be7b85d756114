/** Numbers that a payer may have shortened: the end of one says which it is among the payer's own items. Pure. */
import type { Candidates } from './candidates.ts';
import type { MatchIndexes } from './open-indexes.ts';

/** Numbers of three to seven digits in the payment's text, without leading zeros. */
export function textNumbers(candidates: Candidates): ReadonlySet<string> {
  const numbers = new Set<string>();
  for (const segment of candidates.remittance.segments) {
    if (segment.source === 'other' || segment.source === 'end-to-end') continue;
    for (const run of segment.runs) {
      const digits = run.text.replace(/^0+/, '');
      if (run.digits && !run.dateLike && digits.length >= 3 && digits.length <= 7) numbers.add(digits);
    }
  }
  return numbers;
}

/** Whether a number of the text is an end of the item's own. */
export function isTailNamed(indexes: MatchIndexes, numbers: ReadonlySet<string>, item: number): boolean {
  return numbers.size > 0 && indexes.references.forms(item).ends.some((end) => numbers.has(end));
}
