import { type Checkpoint, parseCheckpoint, parseOrigin, verifyCheckpoint } from '../proof/index.ts';
import { primitives } from './primitives.ts';
import type { Subject } from './record-form.ts';
import { halvesOf } from './signer.ts';
import type { CheckpointRow, WitnessRow } from './store-checkpoints.ts';
import type { Find } from './verify-chain.ts';
import { witnessId } from './witness.ts';

/** Kind of the records that tell of heads that were shown. */
const WITNESS_KIND = 'audit.witness';

/** Signed heads that a log is held against. All of it is read, never trusted. */
export interface HeadEvidence {
  /** In the order of their sizes. */
  readonly checkpoints: readonly CheckpointRow[];
  readonly vaultId: string;
  readonly witnesses: readonly WitnessRow[];
}

/** Reads a stored checkpoint and checks its signatures; tells of what does not fit. */
function readSigned(row: CheckpointRow, vaultId: string, find: Find): Checkpoint | undefined {
  const changed = (message: string) => {
    find(row.size, 'CHECKPOINT_CHANGED', message);
    return undefined;
  };
  const checkpoint = parseCheckpoint(row.note);
  if (checkpoint === undefined) return changed('the stored checkpoint cannot be read');
  if (checkpoint.size !== row.size) return changed('the stored checkpoint is over another number of records');
  if (parseOrigin(checkpoint.origin)?.vaultId !== vaultId) {
    return changed('the stored checkpoint is of another log');
  }
  const verdict = verifyCheckpoint(checkpoint, halvesOf(row.publicKey), primitives);
  return verdict.ok ? checkpoint : changed(verdict.reason);
}

/**
 * Holds a log, as it is walked, against the heads of it that were signed. What was written anew is
 * told once, with the records between which it must lie.
 */
export function createHeadCheck(
  { checkpoints, witnesses, vaultId }: HeadEvidence,
  [fromSeq, toSeq]: readonly [number, number],
  find: Find,
) {
  const heads = checkpoints
    .filter(({ size }) => size > fromSeq && size <= toSeq)
    .flatMap((row) => readSigned(row, vaultId, find) ?? []);
  let next = 0;
  let lastGood = fromSeq;
  let differs = false;
  const kept = new Set(witnesses.map(({ seq }) => seq));
  return {
    /** A record that says a head was shown, which must still be there. */
    recorded(kind: string, seq: number): void {
      if (kind !== WITNESS_KIND || kept.has(seq)) return;
      find(seq, 'WITNESS_CHANGED', 'a head that was shown is not kept any more');
    },
    /** After each record; `root` is asked for only where a head was signed over so many. */
    passed(size: number, root: () => Buffer): void {
      while (heads[next] !== undefined && heads[next]!.size <= size) {
        const head = heads[next]!;
        next += 1;
        if (head.size !== size || differs) continue;
        if (root().equals(head.root)) {
          lastGood = size;
          continue;
        }
        differs = true;
        const first = lastGood + 1;
        find(first, 'CHECKPOINT_DIFFERS', `records ${first} to ${size} are not those that were signed`);
      }
    },
    /** At the end of the log: heads over more records than there are, and heads of others. */
    ended(size: number, hasSubject: (subject: Subject, seq: number) => boolean): void {
      const beyond = heads.at(-1);
      if (beyond !== undefined && beyond.size > size) {
        const message = `the log ends at record ${size}, but ${beyond.size} were signed`;
        find(size + 1, 'RECORD_MISSING', message);
      }
      for (const row of witnesses) {
        if (hasSubject({ kind: 'witness', id: witnessId(row) }, row.seq)) continue;
        find(row.seq, 'WITNESS_CHANGED', 'a head that was shown is kept as another than was recorded');
      }
    },
  };
}
