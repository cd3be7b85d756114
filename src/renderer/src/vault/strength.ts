/**
 * How hard a passphrase is to guess, in words. It errs to the strict side: what looks like a
 * pattern counts for little, and nothing is promised for less than twelve characters.
 */

export type Strength =
  | { readonly kind: 'empty' }
  | { readonly kind: 'short'; readonly missing: number }
  | { readonly kind: 'common' }
  | { readonly kind: 'repeats' }
  | { readonly kind: 'weak'; readonly bits: number }
  | { readonly kind: 'fair'; readonly bits: number }
  | { readonly kind: 'strong'; readonly bits: number };

export const LEAST_CHARACTERS = 12;
const FAIR_BITS = 45;
const STRONG_BITS = 60;
/** A word of a list of 7,776, as dice choose them. */
const BITS_A_WORD = 12.9;

/** Stems of which most guessed passphrases are built. */
const COMMON =
  /passw[o0]rt?d?|qwert[yz]|asdf|letmein|welcome|admin|secret|geheim|iloveyou|dragon|monkey|football|master|countersign|treasury|123456|abcdef|111111|matkhau/i;

/** Judges a passphrase. Pure; nothing of the passphrase is kept. */
export function judge(passphrase: string): Strength {
  const length = [...passphrase].length;
  if (length === 0) return { kind: 'empty' };
  if (length < LEAST_CHARACTERS) return { kind: 'short', missing: LEAST_CHARACTERS - length };
  const bits = Math.min(byCharacters(passphrase), byWords(passphrase));
  if (repeatsItself(passphrase)) return { kind: 'repeats' };
  if (COMMON.test(passphrase) && bits - 25 < STRONG_BITS) return { kind: 'common' };
  if (bits < FAIR_BITS) return { kind: 'weak', bits };
  return { kind: bits < STRONG_BITS ? 'fair' : 'strong', bits };
}

/** Whether it may be used at all. */
export function isAcceptable(strength: Strength): boolean {
  return strength.kind === 'fair' || strength.kind === 'strong';
}

function byCharacters(text: string): number {
  const classes: readonly [RegExp, number][] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[0-9]/, 10],
    [/[^a-zA-Z0-9\s]/u, 30],
    [/\s/, 1],
  ];
  const alphabet = classes.reduce((sum, [pattern, size]) => sum + (pattern.test(text) ? size : 0), 0);
  // A character that only carries on from the one before adds next to nothing.
  let counted = 0;
  let previous = -1;
  let step = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    const delta = code - previous;
    counted += Math.abs(delta) <= 1 && delta === step ? 0.2 : 1;
    step = delta;
    previous = code;
  }
  return counted * Math.log2(Math.max(alphabet, 2));
}

/** Letters in words are guessed word by word; what is not letters counts by itself. */
function byWords(text: string): number {
  const words = text.match(/\p{L}{3,}/gu) ?? [];
  const rest = text.replace(/\p{L}{3,}/gu, '').replace(/\s/g, '');
  const distinct = new Set(words.map((word) => word.toLowerCase()));
  const wordBits = [...distinct].reduce(
    (sum, word) => sum + Math.min(word.length * 4.7, Math.max(BITS_A_WORD, (word.length - 8) * 4.7)),
    0,
  );
  return wordBits + [...rest].length * 5;
}

function repeatsItself(text: string): boolean {
  return new Set(text.toLowerCase()).size < 5 || /^(.{1,6})\1+.{0,5}$/u.test(text);
}
