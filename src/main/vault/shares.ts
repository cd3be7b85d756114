import { CountersignError, type Runtime } from '../base/index.ts';
import { combine, type Share, sha256, split, zeroise } from '../crypto/index.ts';
import { type PrintedForm, print, printedSymbols, readBack } from './printed.ts';

/**
 * A recovery quorum on paper. Each share is 64 symbols in 16 groups of four: which slot of which
 * vault it belongs to (4 bytes of a hash), its number, its 30 bytes, and 40 check bits. So a share
 * of another vault, or of a slot that was replaced, is told from a mistyped one.
 */
export const QUORUM_SECRET_BYTES = 30;

/** More holders than can be brought into a room are no quorum. */
export const MOST_QUORUM_SHARES = 16;

const MARK_BYTES = 4;
const FORM: PrintedForm = {
  bytes: MARK_BYTES + 1 + QUORUM_SECRET_BYTES,
  checkSymbols: 8,
  label: 'countersign recovery share v1',
};

/** The slot that a share belongs to. */
export interface QuorumPlace {
  readonly vaultId: string;
  readonly slotId: string;
}

function markOf({ vaultId, slotId }: QuorumPlace): Buffer {
  return sha256(Buffer.from(`countersign share mark v1\n${vaultId}\n${slotId}`)).subarray(0, MARK_BYTES);
}

/** Splits a slot's secret and prints every share. Throws `RangeError` as `split` does. */
export function printShares(
  place: QuorumPlace,
  options: {
    readonly secret: Uint8Array;
    readonly threshold: number;
    readonly shares: number;
    readonly runtime: Runtime;
  },
): string[] {
  const { secret, threshold, shares, runtime } = options;
  const fillRandom = (target: Uint8Array) => runtime.randomFill(target);
  return split({ secret, threshold, shares, fillRandom }).map(({ x, y }) => {
    const bytes = Buffer.concat([markOf(place), Buffer.of(x), y]);
    const text = print(FORM, bytes);
    zeroise(bytes, y);
    return text;
  });
}

function invalid(position: number, actual: string): CountersignError {
  const message = 'A recovery share is mistyped, given twice, or belongs to another quorum.';
  const expected = `${printedSymbols(FORM)} letters and digits in groups of four, each share once`;
  return new CountersignError('VAULT_SHARE_INVALID', message, {
    path: `shares.${position}`,
    expected,
    actual,
  });
}

interface ReadShare extends Share {
  readonly mark: Buffer;
}

function readShares(texts: readonly string[]): ReadShare[] {
  return texts.map((text, position) => {
    const read = readBack(FORM, text);
    if ('problem' in read) throw invalid(position, read.problem);
    const { secret } = read;
    return {
      mark: secret.subarray(0, MARK_BYTES),
      x: secret[MARK_BYTES]!,
      y: secret.subarray(MARK_BYTES + 1),
    };
  });
}

/**
 * The secret behind typed shares, and the one of `places` that they belong to. Throws
 * `VAULT_SHARE_INVALID` with the position of the first share that is mistyped, foreign or there
 * twice, `VAULT_QUORUM_SHORT` where there are fewer than the slot asks for.
 */
export function joinShares<P extends QuorumPlace & { readonly threshold: number }>(
  places: readonly P[],
  texts: readonly string[],
): { place: P; secret: Buffer } {
  const shares = readShares(texts);
  const [first] = shares;
  const place = places.find((candidate) => first !== undefined && markOf(candidate).equals(first.mark));
  if (first === undefined) throw short(places[0]?.threshold ?? 2, 0);
  if (place === undefined) throw invalid(0, 'a share of another vault, or of a slot that was replaced');
  for (const [position, share] of shares.entries()) {
    if (!share.mark.equals(first.mark)) throw invalid(position, 'a share of another quorum than the first');
    if (share.x === 0) throw invalid(position, 'a share number that none has');
    const earlier = shares.findIndex((other) => other.x === share.x);
    if (earlier !== position) throw invalid(position, `share number ${share.x} for the second time`);
  }
  if (shares.length < place.threshold) throw short(place.threshold, shares.length);
  // All that were given are joined, more than enough too, so that a wrong one among them is noticed.
  const secret = Buffer.from(combine(shares));
  zeroise(...shares.map(({ y }) => y));
  return { place, secret };
}

function short(threshold: number, given: number): CountersignError {
  return new CountersignError('VAULT_QUORUM_SHORT', 'There are fewer shares than the quorum asks for.', {
    expected: `${threshold} shares or more`,
    actual: `${given}`,
  });
}
