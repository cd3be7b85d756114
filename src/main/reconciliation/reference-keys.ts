/** The keys under which an item is found by what a payment says of its numbers. Pure. */
import { eachHashWithout, hashText } from './hash-index.ts';
import type { ReferenceForms } from './normalise-references.ts';

export const KIND = {
  full: 1,
  fullPlain: 2,
  digits: 3,
  digitsPlain: 4,
  edit: 5,
  structured: 6,
  structuredEdit: 7,
} as const;
/** Shorter numbers than this have too many neighbours for a look-up with one edit. */
export const LEAST_EDIT_LENGTH = 5;
/** Fewer digits than this are no number of an invoice. */
export const LEAST_DIGITS = 3;
const LONGEST_STRUCTURED_EDIT = 32;

export interface KeyListener {
  readonly onHash: (hash: number) => void;
  /** How long a key of this kind is, so that nothing of another length is looked up. */
  readonly onLength: (kind: number, length: number) => void;
}

/** Tells every key of an item; `structured` is empty where it has no structured reference. */
export function eachKey(forms: ReferenceForms, structured: string, listener: KeyListener): void {
  const tell = (kind: number, key: string): void => {
    listener.onHash(hashText(kind, key));
    listener.onLength(kind, key.length);
  };
  tell(KIND.full, forms.full);
  if (forms.fullPlain !== forms.full) tell(KIND.fullPlain, forms.fullPlain);
  if (forms.digits.length >= LEAST_DIGITS) {
    tell(KIND.digits, forms.digits);
    if (forms.digitsPlain !== forms.digits) tell(KIND.digitsPlain, forms.digitsPlain);
  }
  eachEdit(KIND.edit, editKey(forms), listener.onHash);
  if (structured === '') return;
  tell(KIND.structured, structured);
  eachEdit(KIND.structuredEdit, structured.slice(0, LONGEST_STRUCTURED_EDIT), listener.onHash);
}

/** The hashes of a text and of each that lacks one of its characters. */
function eachEdit(kind: number, key: string, onHash: (hash: number) => void): void {
  if (key.length < LEAST_EDIT_LENGTH) return;
  onHash(hashText(kind, key));
  eachHashWithout(kind, key, onHash);
}

/** The text that the one-edit neighbourhood is taken of: the digits where they are long enough. */
export function editKey(forms: ReferenceForms): string {
  return forms.digits.length >= LEAST_EDIT_LENGTH ? forms.digits : forms.full;
}

/** How often each length occurs. */
export class Counts {
  /** By length, which is small. */
  readonly #counts: number[] = [];

  add(length: number): void {
    while (this.#counts.length <= length) this.#counts.push(0);
    this.#counts[length]! += 1;
  }

  remove(length: number): void {
    this.#counts[length]! -= 1;
  }

  has(length: number): boolean {
    return (this.#counts[length] ?? 0) > 0;
  }

  *keys(): Iterable<number> {
    for (let length = 0; length < this.#counts.length; length += 1) if (this.has(length)) yield length;
  }
}
