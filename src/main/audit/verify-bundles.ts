import type { BundleRow } from './store.ts';
import type { WalkedBundle } from './store-verify.ts';
import type { Find } from './verify-chain.ts';

export interface BundleEvidence {
  /** Every bundle that has a record of the walk, or begins after the log's end, in order. */
  readonly bundles: Iterable<WalkedBundle>;
  /** The highest id that was ever given to a sealed value. */
  readonly lastSealedId: number;
}

/** Opens salt and detail of a record: the bytes, `erased`, or `unreadable`. */
export type OpenPart = (
  seq: number,
  detailId: number,
  bundle: BundleRow | undefined,
) => Buffer | 'erased' | 'unreadable';

/**
 * Holds the bundles of details against the records: each record without a detail of its own lies in
 * exactly one bundle, and each bundle has exactly such records.
 */
export function createBundleCheck(rows: Iterator<WalkedBundle>, lastSealedId: number, find: Find) {
  let current: BundleRow | undefined;
  let last = 0;

  function next(): void {
    const { value, done } = rows.next();
    if (done === true) {
      current = undefined;
      last = Number.POSITIVE_INFINITY;
      return;
    }
    const [firstSeq, count, sealedId] = value as WalkedBundle;
    if (current !== undefined && firstSeq <= last) {
      find(firstSeq, 'DETAILS_DIFFER', `the details of record ${firstSeq} are kept twice`);
    }
    // Ids are given in order and never again: one out of order points at what was never sealed there.
    if (sealedId > lastSealedId || sealedId <= Number(current?.sealedId ?? 0)) {
      find(firstSeq, 'DETAILS_DIFFER', `the details of record ${firstSeq} are kept under another number`);
    }
    current = { firstSeq, count, sealedId: BigInt(sealedId) };
    last = firstSeq + count - 1;
  }

  next();
  return {
    /** The bundle of a record; `undefined` where it has none. */
    record(seq: number, detailId: number): BundleRow | undefined {
      while (last < seq) next();
      const bundle = current !== undefined && current.firstSeq <= seq ? current : undefined;
      if ((bundle === undefined) === (detailId === 0)) {
        const message =
          bundle === undefined
            ? 'no sealed details are kept for the record'
            : 'details are kept for a record that has its own';
        find(seq, 'DETAILS_DIFFER', message);
      }
      return bundle;
    },
    ended(lastSeq: number): void {
      while (current !== undefined && last <= lastSeq) next();
      if (current === undefined) return;
      const seq = Math.max(current.firstSeq, lastSeq + 1);
      find(seq, 'DETAILS_DIFFER', `details are kept of record ${seq}, which is missing`);
    },
  };
}
