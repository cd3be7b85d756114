/**
 * Every known invoice number and structured reference, found from what a payment says: exactly,
 * in look-alike letters, one edit away, in lists and ranges, run together. Never a scan of items. Pure.
 */
import { eachHashWithout, HashIndex, hashText } from './hash-index.ts';
import { compareItems } from './item-order.ts';
import {
  type ReferenceForms,
  referenceForms,
  stripZeros,
  structuredKey,
  withinOneEdit,
} from './normalise-references.ts';
import type { ReadRemittance, TextSegment, TextSource } from './normalise-remittance.ts';
import { Counts, eachKey, editKey, KIND, LEAST_DIGITS, LEAST_EDIT_LENGTH } from './reference-keys.ts';
import { listHits, type SeriesLookUp } from './reference-lists.ts';
import {
  accept,
  type DigitSequence,
  digitSequences,
  isOtherLabel,
  type RawHit,
  type ReferenceSlot,
} from './reference-text.ts';
import type { MatchItem } from './types.ts';

const LONGEST_REFERENCE = 40;
/** A key that more items share than this names none of them. */
const HITS_PER_KEY = 256;
const NEAR_PER_KEY = 64;
const NEAR_LIMIT = 128;
const NOTHING: readonly number[] = [];
const NO_SLOTS: readonly ReferenceSlot[] = [];

export interface NamedReferences {
  /** Places of the payment's text that name an item, strongest first; a place may fit several items. */
  readonly slots: readonly ReferenceSlot[];
  /** Numbers in the text that name no item that we know, with the letters before them. */
  readonly unknownNumbers: readonly { digits: string; letters: string; source: TextSource }[];
}

export class ReferenceIndex {
  readonly #items: readonly MatchItem[];
  readonly #forms: ReferenceForms[] = [];
  readonly #structured: string[] = [];
  readonly #index: HashIndex;
  readonly #digitLengths = new Counts();
  /** Lengths that occur, by kind of key: what is longer or shorter need not be looked up. */
  readonly #lengths = Array.from({ length: 8 }, () => new Counts());
  /** Filled anew by each look-up. */
  readonly #found = new Set<number>();

  /** `items` may grow and change after construction; each counts from `add` to `remove`. */
  constructor(items: readonly MatchItem[], expected = items.length) {
    this.#items = items;
    this.#index = new HashIndex(expected * 16);
  }

  forms(itemIndex: number): ReferenceForms {
    return this.#forms[itemIndex]!;
  }

  /** Enters the item at `itemIndex`. */
  add(itemIndex: number): void {
    const { invoiceNumber, structuredReference } = this.#items[itemIndex]!;
    const forms = referenceForms(invoiceNumber);
    this.#forms[itemIndex] = forms;
    this.#structured[itemIndex] = structuredReference === undefined ? '' : structuredKey(structuredReference);
    if (forms.digits.length >= LEAST_DIGITS) this.#digitLengths.add(forms.digits.length);
    eachKey(forms, this.#structured[itemIndex]!, {
      onHash: (hash) => this.#index.add(hash, itemIndex),
      onLength: (kind, length) => this.#lengths[kind]!.add(length),
    });
  }

  /** Takes the item at `itemIndex` out again; it must not have changed since it was added. */
  remove(itemIndex: number): void {
    const forms = this.#forms[itemIndex]!;
    if (forms.digits.length >= LEAST_DIGITS) this.#digitLengths.remove(forms.digits.length);
    eachKey(forms, this.#structured[itemIndex]!, {
      onHash: (hash) => this.#index.remove(hash, itemIndex),
      onLength: (kind, length) => this.#lengths[kind]!.remove(length),
    });
  }

  /** What the payment's text names. */
  find(remittance: ReadRemittance): NamedReferences {
    const hits: RawHit[] = [];
    for (const reference of remittance.structuredReferences) this.#structuredHits(reference, hits);
    const sequences = remittance.segments.map(digitSequences);
    remittance.segments.forEach((segment, at) => {
      this.#exactHits(segment, sequences[at]!, at, hits);
    });
    let slots = accept(hits, [], this.#compare);
    const extended: RawHit[] = [];
    const exact = Map.groupBy(slots, (slot) => slot.segment);
    remittance.segments.forEach((segment, at) => {
      const beside = exact.get(at) ?? NO_SLOTS;
      listHits(
        { segment, at, slots: beside, formsOf: (item) => this.#forms[item]!, inSeries: this.#inSeries },
        extended,
      );
      this.#editHits(segment, sequences[at]!, at, beside, extended);
    });
    if (extended.length > 0) slots = accept(extended, slots, this.#compare);
    return {
      slots: slots.filter((slot) => slot.hits.length > 0),
      unknownNumbers: this.#unknown(remittance, sequences, slots),
    };
  }

  /** Items under an exact key, in canonical order. */
  #exact(kind: number, key: string, verify: (itemIndex: number) => boolean): readonly number[] {
    return this.#lengths[kind]!.has(key.length) ? this.#lookUp(hashText(kind, key), verify) : NOTHING;
  }

  /** Items under a hash that are what was looked for, in canonical order. */
  #lookUp(hash: number, verify: (itemIndex: number) => boolean): readonly number[] {
    this.#found.clear();
    this.#index.collect(hash, this.#found, HITS_PER_KEY);
    if (this.#found.size === 0) return NOTHING;
    return [...this.#found].filter(verify).sort(this.#compare);
  }

  #compare = (left: number, right: number): number => compareItems(this.#items[left]!, this.#items[right]!);

  #structuredHits(reference: string, hits: RawHit[]): void {
    const key = structuredKey(reference);
    if (key.length < 4) return;
    const place = { segment: -1 - hits.length, start: 0, end: key.length, source: 'structured' as const };
    const exact = this.#exact(KIND.structured, key, (at) => this.#structured[at] === key);
    for (const itemIndex of exact) {
      hits.push({ ...place, itemIndex, kind: 'structured', prefix: true, digits: key.length, weak: false });
    }
    if (exact.length > 0 || key.length < LEAST_EDIT_LENGTH) return;
    for (const itemIndex of this.#withinEdit(KIND.structuredEdit, key, (at) => this.#structured[at]!)) {
      hits.push({
        ...place,
        itemIndex,
        kind: 'structured-edit',
        prefix: true,
        digits: key.length,
        weak: false,
      });
    }
  }

  #exactHits(segment: TextSegment, sequences: readonly DigitSequence[], at: number, hits: RawHit[]): void {
    const { runs, source } = segment;
    for (let first = 0; first < runs.length; first += 1) {
      let text = '';
      let plain = '';
      let digits = 0;
      for (let last = first; last < Math.min(runs.length, first + 8); last += 1) {
        const run = runs[last]!;
        if (last > first && run.gap === 'list') break;
        text += run.text;
        plain += run.digits ? stripZeros(run.text) : run.text;
        if (text.length > LONGEST_REFERENCE) break;
        if (run.digits) digits += run.text.length;
        if (digits === 0 || text.length < 3) continue;
        const place = { segment: at, start: runs[first]!.start, end: run.end, source, digits };
        const found = this.#byFull(text, plain);
        if (text.length >= 8) this.#structuredInText(stripZeros(text), place, hits);
        if (found.length === 0) continue;
        const bare = runs[first]!.digits && digits === text.length;
        const weak = bare && (runs[first]!.dateLike || isOtherLabel(runs[first - 1]?.text));
        for (const itemIndex of found) hits.push({ ...place, itemIndex, kind: 'full', prefix: !bare, weak });
      }
    }
    for (const sequence of sequences) {
      const plain = sequence.plain;
      const found = this.#byDigits(sequence.digits, plain);
      for (const itemIndex of found) {
        const forms = this.#forms[itemIndex]!;
        const prefix = forms.prefix !== '' && sequence.letters.endsWith(forms.prefix);
        const kind = sequence.ocr ? 'ocr' : prefix || forms.prefix === '' ? 'full' : 'number';
        hits.push({
          segment: at,
          source,
          itemIndex,
          kind,
          prefix,
          digits: sequence.digits.length,
          weak: sequence.dateLike || isOtherLabel(sequence.letters),
          start: prefix && kind === 'full' ? sequence.start - forms.prefix.length : sequence.start,
          end: sequence.end,
        });
      }
    }
    this.#runTogetherHits(segment, at, hits);
  }

  #byFull(text: string, plain: string): readonly number[] {
    const exact = this.#exact(KIND.full, text, (item) => this.#forms[item]!.full === text);
    const padded = this.#exact(KIND.fullPlain, plain, (item) => this.#forms[item]!.fullPlain === plain);
    const bare =
      plain === text ? NOTHING : this.#exact(KIND.full, plain, (item) => this.#forms[item]!.full === plain);
    return union(exact, padded, bare);
  }

  #byDigits(digits: string, plain: string): readonly number[] {
    const exact = this.#exact(KIND.digits, digits, (item) => this.#forms[item]!.digits === digits);
    const padded = this.#exact(KIND.digitsPlain, plain, (item) => this.#forms[item]!.digitsPlain === plain);
    const bare =
      plain === digits
        ? NOTHING
        : this.#exact(KIND.digits, plain, (item) => this.#forms[item]!.digits === plain);
    return union(exact, padded, bare);
  }

  /** A structured reference that stands in running text, perhaps without the mark that makes it one. */
  #structuredInText(
    key: string,
    place: Omit<RawHit, 'itemIndex' | 'kind' | 'prefix' | 'weak'>,
    hits: RawHit[],
  ): void {
    for (const itemIndex of this.#exact(KIND.structured, key, (at) => this.#structured[at] === key)) {
      hits.push({ ...place, itemIndex, kind: 'structured', prefix: true, digits: key.length, weak: false });
    }
  }

  /** Numbers run together without a break, `2026118720261190`; and a number at the end of a structured one. */
  #runTogetherHits(segment: TextSegment, at: number, hits: RawHit[]): void {
    for (const [position, run] of segment.runs.entries()) {
      if (!run.digits || run.text.length < 10) continue;
      for (const length of this.#digitLengths.keys()) {
        if (length < 5 || length >= run.text.length) continue;
        const chunks =
          run.text.length % length === 0 && run.text.length / length <= 20
            ? Array.from({ length: run.text.length / length }, (_, index) => index * length)
            : segment.source === 'structured'
              ? [run.text.length - length]
              : [];
        const found = chunks.map((start) => {
          const digits = run.text.slice(start, start + length);
          return {
            start,
            items: this.#exact(KIND.digits, digits, (item) => this.#forms[item]!.digits === digits),
          };
        });
        if (found.length === 0 || found.some((chunk) => chunk.items.length === 0)) continue;
        const letters = segment.runs[position - 1]?.text ?? '';
        for (const chunk of found) {
          for (const itemIndex of chunk.items) {
            const start = run.start + chunk.start;
            const prefix = letters.endsWith(this.#forms[itemIndex]!.prefix);
            hits.push({
              segment: at,
              source: segment.source,
              itemIndex,
              kind: 'number',
              prefix,
              digits: length,
              weak: false,
              start,
              end: start + length,
            });
          }
        }
      }
    }
  }

  /** Items of one series by their digits; of one customer alone where a range is filled up. */
  #inSeries: SeriesLookUp = (digits, first, sameCustomer) => {
    const series = this.#forms[first]!;
    return this.#exact(
      KIND.digits,
      digits,
      (item) =>
        this.#forms[item]!.digits === digits &&
        this.#forms[item]!.prefix === series.prefix &&
        (!sameCustomer || this.#items[item]!.customerId === this.#items[first]!.customerId),
    );
  };

  #editHits(
    segment: TextSegment,
    sequences: readonly DigitSequence[],
    at: number,
    slots: readonly ReferenceSlot[],
    hits: RawHit[],
  ): void {
    this.#damagedStructuredHits(segment, at, slots, hits);
    for (const sequence of sequences) {
      if (sequence.ocr || sequence.digits.length < LEAST_EDIT_LENGTH) continue;
      if (slots.some((slot) => slot.start < sequence.end && sequence.start < slot.end)) continue;
      const near = this.#withinEdit(KIND.edit, sequence.digits, (item) => editKey(this.#forms[item]!));
      for (const itemIndex of near) {
        const forms = this.#forms[itemIndex]!;
        if (forms.digits.length < LEAST_EDIT_LENGTH) continue;
        hits.push({
          segment: at,
          source: segment.source,
          itemIndex,
          kind: 'edit',
          prefix: forms.prefix !== '' && sequence.letters.endsWith(forms.prefix),
          digits: sequence.digits.length,
          weak: sequence.dateLike || isOtherLabel(sequence.letters),
          start: sequence.start,
          end: sequence.end,
        });
      }
    }
  }

  /** `RF` and digits whose check digits are wrong: one character of a structured reference was lost or changed. */
  #damagedStructuredHits(
    segment: TextSegment,
    at: number,
    slots: readonly ReferenceSlot[],
    hits: RawHit[],
  ): void {
    const { runs, source } = segment;
    for (const [first, run] of runs.entries()) {
      if (run.text !== 'RF') continue;
      let key = run.text;
      for (
        let last = first + 1;
        last < Math.min(runs.length, first + 9) && runs[last]!.gap !== 'list';
        last += 1
      ) {
        key += runs[last]!.text;
        const end = runs[last]!.end;
        if (key.length < 9 || key.length > 26) continue;
        if (slots.some((slot) => slot.start < end && run.start < slot.end)) break;
        for (const itemIndex of this.#withinEdit(
          KIND.structuredEdit,
          key,
          (item) => this.#structured[item]!,
        )) {
          const place = { segment: at, source, start: run.start, end };
          hits.push({
            ...place,
            itemIndex,
            kind: 'structured-edit',
            prefix: true,
            digits: key.length,
            weak: false,
          });
        }
      }
    }
  }

  #withinEdit(kind: number, key: string, keyOf: (itemIndex: number) => string): number[] {
    const found = new Set<number>();
    this.#index.collect(hashText(kind, key), found, NEAR_PER_KEY);
    eachHashWithout(kind, key, (hash) => this.#index.collect(hash, found, NEAR_PER_KEY));
    return [...found]
      .filter((item) => withinOneEdit(keyOf(item), key))
      .sort(this.#compare)
      .slice(0, NEAR_LIMIT);
  }

  #unknown(
    remittance: ReadRemittance,
    sequences: readonly (readonly DigitSequence[])[],
    slots: readonly ReferenceSlot[],
  ): NamedReferences['unknownNumbers'] {
    const unknown: { digits: string; letters: string; source: TextSource }[] = [];
    const accepted = Map.groupBy(slots, (slot) => slot.segment);
    remittance.segments.forEach((segment, at) => {
      if (segment.source === 'other' || segment.source === 'end-to-end') return;
      for (const sequence of sequences[at]!) {
        if (sequence.digits.length < 4 || !this.#digitLengths.has(sequence.digits.length)) continue;
        if (sequence.dateLike || isOtherLabel(sequence.letters)) continue;
        const covered = accepted
          .get(at)
          ?.some(
            (slot) =>
              slot.start < sequence.end &&
              sequence.start < slot.end &&
              slot.hits.every((hit) => hit.kind !== 'edit'),
          );
        if (!covered) {
          unknown.push({ digits: sequence.digits, letters: sequence.letters, source: segment.source });
        }
      }
    });
    return unknown.slice(0, 40);
  }
}

/** All of three short lists, each once; without a new one where two of them are empty. */
function union(
  first: readonly number[],
  second: readonly number[],
  third: readonly number[],
): readonly number[] {
  if (second.length === 0 && third.length === 0) return first;
  if (first.length === 0 && third.length === 0) return second;
  return [...new Set([...first, ...second, ...third])];
}
