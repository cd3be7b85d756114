import type { PassphraseVerdict } from '../../../contract/vault.ts';

/**
 * How hard a passphrase is to guess, as the screens say it. The judge is the engine, which refuses
 * by the same verdict; here it only gets its words.
 */
export type Strength =
  | { readonly kind: 'empty' }
  /** The engine has not answered yet. */
  | { readonly kind: 'judging' }
  /** The engine did not answer; it judges when the passphrase is sent. */
  | { readonly kind: 'unjudged' }
  | { readonly kind: 'weak'; readonly why: string }
  | { readonly kind: 'fair' }
  | { readonly kind: 'strong' };

const STRONG_SCORE = 4;

/** What to say of a passphrase. `verdict` is null while there is none. */
export function strengthOf(isEmpty: boolean, verdict: PassphraseVerdict | 'failed' | null): Strength {
  if (isEmpty) return { kind: 'empty' };
  if (verdict === null) return { kind: 'judging' };
  if (verdict === 'failed') return { kind: 'unjudged' };
  const { acceptable, score, warning, suggestions } = verdict;
  if (!acceptable) return { kind: 'weak', why: warning === '' ? (suggestions[0] ?? '') : warning };
  return { kind: score >= STRONG_SCORE ? 'strong' : 'fair' };
}

/** Whether it may be sent. One that is not judged yet may: the engine judges what it is sent. */
export function isAcceptable({ kind }: Strength): boolean {
  return kind !== 'empty' && kind !== 'weak';
}
