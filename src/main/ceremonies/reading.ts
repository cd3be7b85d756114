/** A share that somebody typed or scanned, held against the one that is meant. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { zeroise } from '../crypto/index.ts';
import { refuse } from './context.ts';
import { commitmentOf, indicesOf, isSound, readWords, SHARE_WORDS, type WrittenShare } from './shares.ts';
import type { ShareRow } from './store.ts';

/**
 * Reads a share. Throws `CEREMONY_SHARE_MISTYPED` with the word that is wrong, `…_FOREIGN`,
 * `…_DUPLICATE`, `…_OTHER`, `…_DAMAGED`. `isTaken` says whether a share of the set was shown already.
 */
export async function readShare(
  typed: string,
  meant: ShareRow,
  isTaken: (x: number) => boolean,
): Promise<WrittenShare> {
  const share = await readRight(typed);
  const problem = problemOf(share, meant, isTaken);
  if (problem === null) return share;
  zeroise(share.y);
  return refuse(...problem);
}

async function readRight(typed: string): Promise<WrittenShare> {
  const read = readWords(typed);
  if ('share' in read) return read.share;
  const wrong = read.word === null ? await wrongWords(typed) : [read.word];
  const where = wrong.length === 0 ? 'share' : `share, word ${wrong.join(' and ')}`;
  return refuse('CEREMONY_SHARE_MISTYPED', mistyped(wrong, read.problem), {
    path: where,
    expected: 'the thirty words of the sheet, in their order',
    actual: read.problem,
  });
}

function mistyped(wrong: readonly number[], problem: string): string {
  if (wrong.length === 2) return `Words ${wrong.join(' and ')} of the share stand in each other’s place.`;
  if (wrong.length === 1) return `Word ${wrong[0]} of the share is not the one on the sheet.`;
  return `The share is mistyped: ${problem}.`;
}

type Problem = Parameters<typeof refuse>;

function problemOf(share: WrittenShare, meant: ShareRow, isTaken: (x: number) => boolean): Problem | null {
  const path = 'share';
  if (!share.mark.equals(meant.mark)) {
    return ['CEREMONY_SHARE_FOREIGN', 'The share belongs to another ceremony, or was replaced.', { path }];
  }
  if (share.x !== meant.x) {
    const numbers = { path, expected: `share ${meant.x}`, actual: `share ${share.x}` };
    return isTaken(share.x)
      ? ['CEREMONY_SHARE_DUPLICATE', 'This share was brought already.', numbers]
      : ['CEREMONY_SHARE_OTHER', 'This is another custodian’s share.', numbers];
  }
  if (commitmentOf(share).equals(meant.commitment)) return null;
  return ['CEREMONY_SHARE_DAMAGED', 'The share is not the one that was handed out.', { path }];
}

const WORDS = 2_048;

/**
 * Which words of a share are wrong, where one alone or two in each other's place would explain it: the
 * check bits tell, so nothing is learnt of a share that who types does not have. Empty where neither
 * explains it. It takes a tenth of a second of work, with a breath after each word.
 */
async function wrongWords(text: string): Promise<number[]> {
  const words = indicesOf(text);
  if (words.length !== SHARE_WORDS) return [];
  for (let at = 0; at < SHARE_WORDS; at += 1) {
    const tried = [...words];
    for (let word = 0; word < WORDS; word += 1) {
      tried[at] = word;
      if (isSound(tried)) return [at + 1];
    }
    await nextTurn();
  }
  for (let a = 0; a < SHARE_WORDS; a += 1) {
    for (let b = a + 1; b < SHARE_WORDS; b += 1) {
      const tried = [...words];
      [tried[a], tried[b]] = [words[b]!, words[a]!];
      if (isSound(tried)) return [a + 1, b + 1];
    }
  }
  return [];
}
