import { CountersignError } from '../base/index.ts';
import { judgePassphrase } from '../vault/index.ts';

/** Characters of a passphrase that must remain once the name is taken out of it. */
const LEAST_BESIDES_NAME = 8;

/** Throws `OPERATOR_PASSPHRASE_WEAK` for a passphrase that its holder's name helps to guess, or anything. */
export async function requireStrong(passphrase: string, name: string): Promise<void> {
  const words = name.toLowerCase().split(' ');
  const besides = words.reduce((text, word) => text.replaceAll(word, ''), passphrase.toLowerCase());
  const { acceptable, score, warning, suggestions } = await judgePassphrase(passphrase, [name, ...words]);
  if (acceptable && besides.replace(/\s/g, '').length >= LEAST_BESIDES_NAME) return;
  const sentences = ['The passphrase is too easy to guess.', warning, ...suggestions];
  throw new CountersignError('OPERATOR_PASSPHRASE_WEAK', sentences.filter((one) => one !== '').join(' '), {
    path: 'passphrase',
    expected: 'words that have nothing to do with each other, nor with the name',
    actual: `score ${score}`,
  });
}
