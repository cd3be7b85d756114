/** How much a place in the text that names an item is worth. Pure. */
import type { EvidenceCode } from './evidence.ts';
import type { RawHit } from './reference-text.ts';

/** What agreement on a number of that many digits is worth, with and without its own prefix. */
const BY_DIGITS: readonly (readonly [digits: number, withPrefix: number, bare: number])[] = [
  [8, 9, 7.5],
  [7, 9, 7],
  [6, 8.5, 6.2],
  [5, 8, 4.5],
  [4, 6.5, 2.5],
  [3, 5.5, 1],
];

/** Natural-log weight of a hit; 0 or less where it says nothing. */
export function hitWeight(hit: RawHit): number {
  const [, withPrefix, bare] = BY_DIGITS.find(([digits]) => hit.digits >= digits) ?? [0, 3, 0];
  const number = hit.prefix ? withPrefix : bare;
  return kindWeight(hit, number) - (hit.weak ? 4 : 0);
}

function kindWeight(hit: RawHit, number: number): number {
  switch (hit.kind) {
    case 'structured':
      return hit.digits >= 8 ? 11 : 7;
    case 'full':
      // A number without any letters is exact too; its length alone speaks for it.
      return hit.prefix ? number : number + 0.5;
    case 'number':
      return number;
    case 'ocr':
      return number - 2;
    case 'list':
    case 'range':
      return hit.prefix ? 7 : 4;
    case 'structured-edit':
      return 7;
    case 'edit':
      return hit.digits >= 7 ? (hit.prefix ? 5.5 : 4) : hit.prefix ? 3.5 : 1.5;
  }
}

/** Strong hits identify their item by themselves; the engine leaves none of them out lightly. */
export function isStrong(hit: RawHit): boolean {
  return hit.kind !== 'edit' && hit.kind !== 'structured-edit' && hitWeight(hit) >= 6;
}

const CODES: Readonly<Record<RawHit['kind'], EvidenceCode>> = {
  structured: 'reference-structured',
  full: 'reference-exact',
  number: 'reference-number',
  ocr: 'reference-ocr',
  list: 'reference-list',
  range: 'reference-list',
  'structured-edit': 'reference-structured-edit',
  edit: 'reference-edit',
};

export function hitCode(hit: RawHit): EvidenceCode {
  return CODES[hit.kind];
}
