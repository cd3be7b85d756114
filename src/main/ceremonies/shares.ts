import { wordlist } from '@scure/bip39/wordlists/english.js';
import { combine, type Share, sha256 } from '../crypto/index.ts';

/**
 * A custodian's share on paper: thirty words of the English list of BIP 39, eleven bits each. They
 * hold which set the share belongs to (4 bytes of a hash over the ceremony's nonce), its number, its
 * 32 bytes, and 34 check bits. The encoding is our own; only the words are borrowed, since they are
 * chosen so that no two are mistaken for each other.
 */
export const SHARE_SECRET_BYTES = 32;
export const SHARE_WORDS = 30;

const MARK_BYTES = 4;
const DATA_BYTES = MARK_BYTES + 1 + SHARE_SECRET_BYTES;
const BITS_A_WORD = 11n;
const CHECK_BITS = BigInt(SHARE_WORDS) * BITS_A_WORD - BigInt(DATA_BYTES * 8);
/** Letters by which every word of the list differs from every other. */
const LETTERS = 4;

export interface WrittenShare extends Share {
  readonly mark: Buffer;
}

/** The mark of the shares that a ceremony makes. */
export const markOf = (nonce: Uint8Array): Buffer =>
  sha256(Buffer.concat([Buffer.from('countersign ceremony mark v1\n'), nonce])).subarray(0, MARK_BYTES);

const dataOf = ({ mark, x, y }: WrittenShare): Buffer => Buffer.concat([mark, Buffer.of(x), y]);

const CHECK_LABEL = Buffer.from('countersign ceremony share v1\n');
/** The label and the bits of thirty words, written anew for each try. */
const packed = Buffer.concat([CHECK_LABEL, Buffer.alloc(Math.ceil((SHARE_WORDS * 11) / 8))]);

function checkOf(data: Uint8Array): bigint {
  const digest = sha256(Buffer.concat([CHECK_LABEL, data]));
  return BigInt(`0x${digest.toString('hex')}`) >> (256n - CHECK_BITS);
}

/** What the transcript says of a share: a hash that tells it, and that tells nothing of it. */
export const commitmentOf = (share: WrittenShare): Buffer =>
  sha256(Buffer.concat([Buffer.from('countersign ceremony commitment v1\n'), dataOf(share)]));

/** The words of a share. */
export function wordsOf(share: WrittenShare): string[] {
  const data = dataOf(share);
  let bits = (BigInt(`0x${data.toString('hex')}`) << CHECK_BITS) | checkOf(data);
  const words: string[] = [];
  for (let i = 0; i < SHARE_WORDS; i += 1, bits >>= BITS_A_WORD) {
    words.unshift(wordlist[Number(bits & 2047n)]!);
  }
  return words;
}

const byStart = new Map(wordlist.map((word, at) => [word.slice(0, LETTERS), at]));

/** What was typed, or in words what is wrong with it and at which word, from 1. */
export type ReadShare =
  | { readonly share: WrittenShare }
  | { readonly problem: string; readonly word: number | null };

/** Reads typed or scanned words; case, numbering and anything but letters between them do not matter. */
export function readWords(text: string): ReadShare {
  const typed = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const unknown = typed.findIndex((word) => !wordlist.includes(word) && !isStart(word));
  if (unknown !== -1) return { problem: 'a word that is not in the list', word: unknown + 1 };
  if (typed.length !== SHARE_WORDS) return { problem: `${typed.length} words`, word: null };
  let bits = 0n;
  for (const word of typed) bits = (bits << BITS_A_WORD) | BigInt(byStart.get(word.slice(0, LETTERS))!);
  const check = bits & ((1n << CHECK_BITS) - 1n);
  const data = Buffer.from((bits >> CHECK_BITS).toString(16).padStart(DATA_BYTES * 2, '0'), 'hex');
  if (checkOf(data) !== check) {
    data.fill(0);
    return { problem: 'a check that does not fit: a word is another, or in another place', word: null };
  }
  const share = {
    mark: data.subarray(0, MARK_BYTES),
    x: data[MARK_BYTES]!,
    y: data.subarray(MARK_BYTES + 1),
  };
  return { share };
}

/** Numbers of the words in a text; empty where one is in no list. */
export function indicesOf(text: string): number[] {
  const typed = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const found = typed.map((word) => byStart.get(word.slice(0, LETTERS)));
  return found.some((one) => one === undefined) ? [] : (found as number[]);
}

/** Whether the check at the end of thirty words, given by their numbers, fits what stands before it. */
export function isSound(words: readonly number[]): boolean {
  let waiting = 0;
  let bits = 0;
  let at = CHECK_LABEL.length;
  for (const word of words) {
    waiting = (waiting << 11) | word;
    for (bits += 11; bits >= 8; bits -= 8) packed[at++] = (waiting >> (bits - 8)) & 0xff;
    waiting &= (1 << bits) - 1;
  }
  packed[at] = (waiting << (8 - bits)) & 0xff;
  const digest = sha256(packed.subarray(0, CHECK_LABEL.length + DATA_BYTES));
  const check = packed.subarray(CHECK_LABEL.length + DATA_BYTES);
  // Thirty-four bits: four bytes, and two bits of the next.
  const fits = digest.readUInt32BE(0) === check.readUInt32BE(0) && digest[4]! >> 6 === check[4]! >> 6;
  packed.fill(0, CHECK_LABEL.length);
  return fits;
}

/** Whether the first letters name a word, as who copies by hand may write only these. */
const isStart = (word: string): boolean => word.length === LETTERS && byStart.has(word);

/** Quorums that are tried before a key is installed; all of them where there are no more. */
export const MOST_QUORUMS = 1_000;

/** Sets of `size` out of `count` places, in order; at most `most`. */
export function* subsets(count: number, size: number, most = MOST_QUORUMS): Generator<number[]> {
  const chosen = Array.from({ length: size }, (_, at) => at);
  for (let made = 0; made < most; made += 1) {
    yield [...chosen];
    let at = size - 1;
    while (at >= 0 && chosen[at] === count - size + at) at -= 1;
    if (at < 0) return;
    chosen[at]! += 1;
    for (let next = at + 1; next < size; next += 1) chosen[next] = chosen[next - 1]! + 1;
  }
}

/** Whether every quorum out of the shares gives this secret; answers how many were tried. */
export function proveQuorums(
  shares: readonly Share[],
  threshold: number,
  secret: Uint8Array,
): { readonly tried: number; readonly holds: boolean } {
  let tried = 0;
  for (const places of subsets(shares.length, threshold)) {
    const joined = Buffer.from(combine(places.map((at) => shares[at]!)));
    tried += 1;
    const isRight = joined.equals(secret);
    joined.fill(0);
    if (!isRight) return { tried, holds: false };
  }
  return { tried, holds: true };
}
