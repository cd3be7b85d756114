import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { CountersignError } from '../base/index.ts';

/**
 * How hard a passphrase is to guess, by zxcvbn: what a cracker would try, counted. The screens ask
 * here too, so that there is one verdict.
 */
export interface PassphraseVerdict {
  /** 0 (guessed at once) to 4 (out of reach), as zxcvbn has it. */
  readonly score: number;
  readonly acceptable: boolean;
  /** What is wrong with it, in a sentence; empty where nothing is. */
  readonly warning: string;
  readonly suggestions: string[];
}

export const LEAST_PASSPHRASE_CHARACTERS = 12;
export const LEAST_PASSPHRASE_SCORE = 3;

/** Beyond this a text is judged by its beginning, because the search grows with its length. */
const LONGEST_JUDGED = 128;

/** Words that everybody would try first at this console. */
const HOUSE_WORDS = ['countersign', 'vault', 'treasury', 'custody', 'bank'];

let factory: Promise<ZxcvbnFactory> | undefined;

/** The dictionaries are large and few runs of the program need them, so they are loaded when asked for. */
async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  return new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
    maxLength: LONGEST_JUDGED,
  });
}

/** Judges a passphrase. `words` are what somebody who knows the holder would try, such as the vault's name. */
export async function judgePassphrase(
  passphrase: string,
  words: readonly string[] = [],
): Promise<PassphraseVerdict> {
  factory ??= load();
  const text = passphrase.normalize('NFKC');
  const { score, feedback } = (await factory).check(text, [...HOUSE_WORDS, ...words]);
  const characters = [...text].length;
  const isLong = characters >= LEAST_PASSPHRASE_CHARACTERS;
  return {
    score,
    acceptable: isLong && score >= LEAST_PASSPHRASE_SCORE,
    warning: isLong
      ? (feedback.warning ?? '')
      : `Use ${LEAST_PASSPHRASE_CHARACTERS} characters or more; these are ${characters}.`,
    suggestions: feedback.suggestions,
  };
}

/** Throws `VAULT_PASSPHRASE_WEAK` with the verdict where a passphrase is too easy to guess. */
export async function requireStrongPassphrase(passphrase: string, words: readonly string[]): Promise<void> {
  const { score, acceptable, warning, suggestions } = await judgePassphrase(passphrase, words);
  if (acceptable) return;
  const sentences = ['The passphrase is too easy to guess.', warning, ...suggestions];
  throw new CountersignError('VAULT_PASSPHRASE_WEAK', sentences.filter((one) => one !== '').join(' '), {
    expected: `${LEAST_PASSPHRASE_CHARACTERS} characters or more, score ${LEAST_PASSPHRASE_SCORE} or 4`,
    actual: `score ${score}`,
    suggestions,
  });
}
