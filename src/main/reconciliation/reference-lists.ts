/** Numbers that only make sense beside the one before them: lists and ranges. Pure. */

import type { ReferenceForms } from './normalise-references.ts';
import type { TextSegment } from './normalise-remittance.ts';
import type { RawHit, ReferenceSlot } from './reference-text.ts';

/** Items whose digits are `digits`, of the series of the item `first`. */
export type SeriesLookUp = (digits: string, first: number, sameCustomer: boolean) => readonly number[];

export interface ListInput {
  readonly segment: TextSegment;
  /** Position of the segment in the payment. */
  readonly at: number;
  /** What was found in the segment so far. */
  readonly slots: readonly ReferenceSlot[];
  readonly formsOf: (itemIndex: number) => ReferenceForms;
  readonly inSeries: SeriesLookUp;
}

/** `2026-1187, 1188, 90` and `2026-1187 bis 1190` after a number that was found. */
export function listHits(input: ListInput, hits: RawHit[]): void {
  const { segment, at, slots, formsOf, inSeries } = input;
  const { runs, source } = segment;
  // Ids end in counters of their own; only running text lists further numbers.
  if (source === 'end-to-end' || source === 'other') return;
  for (const slot of slots) {
    if (slot.hits.length !== 1 || slot.hits[0]!.kind === 'edit') continue;
    const first = slot.hits[0]!;
    const series = formsOf(first.itemIndex);
    let last = series.digits;
    let position = runs.findIndex((run) => run.start >= slot.end);
    if (position < 0) continue;
    let isRange = false;
    for (; position < runs.length; position += 1) {
      const run = runs[position]!;
      if (!run.digits) {
        if (!/^(BIS|TO|THRU|THROUGH|UNTIL|A|AU|AL)$/.test(run.text) && run.text !== series.prefix) break;
        isRange ||= run.text !== series.prefix;
        continue;
      }
      if (run.dateLike) break;
      isRange ||= run.dash;
      const digits =
        run.text.length >= series.digits.length
          ? run.text
          : series.digits.slice(0, series.digits.length - run.text.length) + run.text;
      if (digits.length !== series.digits.length) break;
      const numbers = isRange ? numbersBetween(last, digits) : [digits];
      const added = numbers.flatMap((number) => inSeries(number, first.itemIndex, isRange));
      if (added.length === 0 || (isRange && numbers.length === 0)) break;
      for (const itemIndex of added) {
        hits.push({
          segment: at,
          source,
          itemIndex,
          kind: isRange ? 'range' : 'list',
          // A number after a slash may belong to the one before it, a short one after a blank to anything.
          prefix: isRange || run.gap === 'list' || run.text.length >= 5,
          digits: run.text.length,
          weak: false,
          start: run.start,
          end: run.end,
          together: isRange,
        });
      }
      last = digits;
      isRange = false;
    }
  }
}

/** Numbers after `from` up to `to`, at most fifty. */
function numbersBetween(from: string, to: string): string[] {
  const first = BigInt(from);
  const count = Number(BigInt(to) - first);
  if (count < 1 || count > 50) return [];
  return Array.from({ length: count }, (_, index) =>
    (first + BigInt(index + 1)).toString().padStart(from.length, '0'),
  );
}
