/** How numbers stand in a payment's text, and which of overlapping readings is taken. Pure. */

import { ocrDigits, stripZeros } from './normalise-references.ts';
import type { TextRun, TextSegment, TextSource } from './normalise-remittance.ts';

/**
 * How a place in the text names an item: `structured` (the structured reference), `full` (prefix and
 * number), `number` (the number without or with another prefix), `ocr` (letters read as digits),
 * `list` and `range` (told by the number before), `edit` (one edit away).
 */
export type HitKind =
  | 'structured'
  | 'full'
  | 'number'
  | 'ocr'
  | 'list'
  | 'range'
  | 'structured-edit'
  | 'edit';

export interface RawHit {
  readonly itemIndex: number;
  readonly kind: HitKind;
  /** The letters before the number are the item's own. */
  readonly prefix: boolean;
  /** How many digits agree. */
  readonly digits: number;
  /** Could be a date, or is labelled as a number of another kind. */
  readonly weak: boolean;
  readonly source: TextSource;
  readonly segment: number;
  readonly start: number;
  readonly end: number;
  /** The hits of this place all hold together (a range) instead of being alternatives. */
  readonly together?: boolean;
}

/** One place of the text; its hits are alternatives unless `together`. */
export interface ReferenceSlot {
  readonly segment: number;
  readonly start: number;
  readonly end: number;
  readonly source: TextSource;
  readonly together: boolean;
  readonly hits: readonly RawHit[];
}

const RANK: Readonly<Record<HitKind, number>> = {
  structured: 8,
  full: 7,
  number: 6,
  list: 5,
  range: 5,
  ocr: 4,
  'structured-edit': 3,
  edit: 2,
};

function rank(hit: RawHit): number {
  return RANK[hit.kind] * 100 + (hit.prefix ? 20 : 0) - (hit.weak ? 150 : 0) + Math.min(hit.digits, 15);
}

/**
 * Keeps the strongest reading of each place: a hit that overlaps a stronger one falls away, equal
 * ones of the same place stay as alternatives in the order of `compare`. An item that is named twice
 * keeps its strongest place.
 */
export function accept(
  hits: readonly RawHit[],
  taken: readonly ReferenceSlot[],
  compare: (left: number, right: number) => number,
): ReferenceSlot[] {
  const slots: OpenSlot[] = [];
  const bySegment = new Map<number, OpenSlot[]>();
  const open = (slot: OpenSlot): void => {
    slots.push(slot);
    const beside = bySegment.get(slot.segment);
    if (beside) beside.push(slot);
    else bySegment.set(slot.segment, [slot]);
  };
  for (const slot of taken) open({ ...slot, hits: [...slot.hits] });
  const named = new Set(slots.flatMap((slot) => slot.hits.map((hit) => hit.itemIndex)));
  const ordered = [...hits].sort(
    (left, right) =>
      rank(right) - rank(left) ||
      left.segment - right.segment ||
      left.start - right.start ||
      compare(left.itemIndex, right.itemIndex),
  );
  for (const hit of ordered) {
    const beside = bySegment.get(hit.segment) ?? [];
    const same = beside.find((slot) => slot.end === hit.end && overlaps(slot, hit));
    if (same) {
      const first = same.hits[0];
      if (first === undefined) continue;
      const equal = first.kind === hit.kind && rank(first) === rank(hit);
      const alone = !same.hits.some((other) => other.itemIndex === hit.itemIndex);
      if ((equal || same.together) && alone && !named.has(hit.itemIndex)) {
        same.hits.push(hit);
        named.add(hit.itemIndex);
      }
      continue;
    }
    if (beside.some((slot) => overlaps(slot, hit))) continue;
    const { segment, start, end, source } = hit;
    // A place that repeats an item named already names nothing new; it is closed to weaker hits.
    const repeats = named.has(hit.itemIndex);
    const together = !repeats && hit.together === true;
    open({ segment, start, end, source, together, hits: repeats ? [] : [hit] });
    named.add(hit.itemIndex);
  }
  return slots;
}

type OpenSlot = Omit<ReferenceSlot, 'hits'> & { readonly hits: RawHit[] };

function overlaps(slot: { start: number; end: number }, hit: { start: number; end: number }): boolean {
  return slot.start < hit.end && hit.start < slot.end;
}

/** Digits that stand together, perhaps over separators, blanks or a line's end. */
export interface DigitSequence {
  readonly digits: string;
  /** The digits with each run's leading zeros gone. */
  readonly plain: string;
  /** Some of the digits are letters that look like digits. */
  readonly ocr: boolean;
  readonly dateLike: boolean;
  /** The letters before the first digit where nothing but marks or blanks stands between. */
  readonly letters: string;
  readonly start: number;
  readonly end: number;
}

const LONGEST_SEQUENCE = 30;
const PARTS_IN_SEQUENCE = 4;

/** Every sequence of up to four neighbouring groups of digits, the longer ones first. */
export function digitSequences(segment: TextSegment): DigitSequence[] {
  const { runs } = segment;
  const sequences: DigitSequence[] = [];
  for (let first = 0; first < runs.length; first += 1) {
    const start = readDigits(runs, first);
    if (!start) continue;
    const before = first > 0 && runs[first]!.gap !== 'list' ? runs[first - 1] : undefined;
    const letters = before && !before.digits ? before.text : '';
    let digits = '';
    let plain = '';
    let ocr = false;
    let parts = 1;
    for (let last = first; last < Math.min(runs.length, first + 12); last += 1) {
      const read = readDigits(runs, last);
      if (!read || (last > first && runs[last]!.gap === 'list')) break;
      if (last > first && runs[last]!.gap !== 'none') parts += 1;
      if (parts > PARTS_IN_SEQUENCE) break;
      digits += read.digits;
      plain += stripZeros(read.digits);
      ocr ||= read.ocr;
      if (digits.length > LONGEST_SEQUENCE) break;
      if (digits.length < 3) continue;
      sequences.push({
        digits,
        plain,
        ocr,
        dateLike: runs[first]!.dateLike || looksLikeDate(digits, letters),
        letters,
        start: runs[first]!.start,
        end: runs[last]!.end,
      });
    }
  }
  return sequences.sort(
    (left, right) => right.digits.length - left.digits.length || left.start - right.start,
  );
}

/** Eight digits that are a calendar date, with no letters of a number before them. */
function looksLikeDate(digits: string, letters: string): boolean {
  return (
    digits.length === 8 &&
    letters.length < 2 &&
    (/^20\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(digits) ||
      /^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])20\d\d$/.test(digits))
  );
}

/** The digits of a run; of letters only where they stand right beside digits and all look like some. */
function readDigits(runs: readonly TextRun[], at: number): { digits: string; ocr: boolean } | undefined {
  const run = runs[at]!;
  if (run.digits) return { digits: run.text, ocr: false };
  if (run.text.length > 2) return undefined;
  const touchesBefore = at > 0 && run.gap === 'none' && runs[at - 1]!.digits;
  const after = runs[at + 1];
  const touchesAfter = after?.digits === true && after.gap === 'none';
  if (!touchesBefore && !touchesAfter) return undefined;
  const digits = ocrDigits(run.text);
  return digits === undefined ? undefined : { digits, ocr: true };
}

/** Labels of numbers that are no invoice: customer, order, mandate, account, telephone … */
export function isOtherLabel(letters: string | undefined): boolean {
  return (
    letters !== undefined &&
    /(KD|KDNR|KUNDE|KUNDENNR|KUNDENNUMMER|CUSTOMER|CUST|AUFTRAG|ORDER|MANDAT|MANDATE|BLZ|KTO|TEL|FAX|PLZ|VERTRAG|CONTRACT|PO|USTID|STEUERNR|DATUM|DATE|VOM)$/.test(
      letters,
    )
  );
}
