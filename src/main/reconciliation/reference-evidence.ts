/** What the payment's text says for and against the items of an explanation. Pure. */

import type { EvidenceCode } from './evidence.ts';
import { withinOneEdit } from './normalise-references.ts';
import { isTailNamed } from './number-tails.ts';
import type { MatchIndexes } from './open-indexes.ts';
import { hitCode, hitWeight } from './reference-weight.ts';
import type { Scoring } from './scoring.ts';
import type { Evidence } from './types.ts';

const TAIL_WEIGHT = 3;
const LEFT_OUT_WEIGHT = -5;

/** The text's hits, averaged over the items. */
export function referenceEvidence(
  scoring: Scoring,
  items: readonly number[],
): { weight: number; evidence: Evidence[] } {
  const { candidates, indexes } = scoring;
  let total = 0;
  let named = 0;
  let weakest: { weight: number; code: EvidenceCode } | undefined;
  for (const item of items) {
    const hit = candidates.named.get(item);
    const near = !hit && isNearLeftOut(scoring, items, item);
    const tail = !hit && !near && isTailNamed(indexes, scoring.numbers, item);
    if (!hit && !near && !tail) continue;
    const weight = hit ? Math.max(0, hitWeight(hit)) : TAIL_WEIGHT;
    named += 1;
    total += weight;
    const code = hit ? hitCode(hit) : near ? 'reference-near' : 'reference-tail';
    if (!weakest || weight < weakest.weight) weakest = { weight, code };
  }
  if (!weakest) return { weight: 0, evidence: [] };
  // What one name says of the others that complete the sum is less than a name, and more than nothing.
  const carried = named < items.length ? 0.75 * weakest.weight : 0;
  const weight = Math.max(carried, total / items.length) + Math.min(2, 0.5 * (named - 1));
  const evidence: Evidence[] =
    named === items.length
      ? [{ code: weakest.code, weight }]
      : [{ code: 'reference-some', weight, values: { named: `${named}`, items: `${items.length}` } }];
  return { weight, evidence };
}

/** Numbers in the text that this explanation does not account for. */
export function contradictionEvidence(
  scoring: Scoring,
  items: readonly number[],
  allNamed: boolean,
): Evidence[] {
  const found: Evidence[] = [];
  const leftOut = leftOutCount(scoring, items);
  if (leftOut > 0) {
    found.push({ code: 'leaves-named-out', weight: LEFT_OUT_WEIGHT * Math.min(2, leftOut) });
  }
  if (!allNamed && namesAnother(scoring, items)) found.push({ code: 'names-other-invoice', weight: -3 });
  return found;
}

/**
 * How many items the text names beyond doubt that the explanation leaves out. One that is settled
 * already counts too: who names it pays it again, and nothing else.
 */
function leftOutCount(scoring: Scoring, items: readonly number[]): number {
  return leftOut(scoring, items).filter((named) => !isMistakenFor(scoring, named, items)).length;
}

/** Items that the text names beyond doubt and the explanation does not settle, one for each place. */
function leftOut({ candidates }: Scoring, items: readonly number[]): number[] {
  const settled = new Set(items);
  return candidates.certainPlaces
    .filter((named) => !named.some((item) => settled.has(item)))
    .map((named) => named[0]!);
}

/** One wrong digit can turn a number into that of another item: the text then names the wrong one. */
function isNearLeftOut(scoring: Scoring, items: readonly number[], item: number): boolean {
  return leftOut(scoring, items).some((named) => isOneDigitAway(scoring.indexes, named, item));
}

function isMistakenFor(scoring: Scoring, named: number, items: readonly number[]): boolean {
  return items.some(
    (item) => !scoring.candidates.named.has(item) && isOneDigitAway(scoring.indexes, named, item),
  );
}

function isOneDigitAway(indexes: MatchIndexes, left: number, right: number): boolean {
  const [a, b] = [indexes.references.forms(left), indexes.references.forms(right)];
  return (
    a.digits.length >= 5 &&
    a.prefix === b.prefix &&
    a.digits !== b.digits &&
    // A digit that was lost can look like a leading zero that was left out.
    (withinOneEdit(a.digits, b.digits) || withinOneEdit(a.digitsPlain, b.digits))
  );
}

/** The text has a number of the same form as these items' numbers, and it is none of them nor near. */
function namesAnother(scoring: Scoring, items: readonly number[]): boolean {
  const { candidates, indexes } = scoring;
  return candidates.references.unknownNumbers.some(({ digits, letters }) =>
    items.some((item) => {
      const forms = indexes.references.forms(item);
      const sameForm =
        digits.length === forms.digits.length &&
        (digits.length >= 6 || (forms.prefix !== '' && letters.endsWith(forms.prefix)));
      return (
        sameForm && !items.some((other) => withinOneEdit(indexes.references.forms(other).digits, digits))
      );
    }),
  );
}
