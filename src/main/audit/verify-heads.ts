import { type Checkpoint, parseCheckpoint, parseOrigin, verifyCheckpoint } from '../proof/index.ts';
import { primitives } from './primitives.ts';
import type { Subject } from './record-form.ts';
import { halvesOf } from './signer.ts';
import type { CheckpointRow, WitnessRow } from './store-checkpoints.ts';
import { COSIGNED_KIND, ENROL_KIND, EPOCH_KIND, type ToldRow } from './store-witnesses.ts';
import type { Find } from './verify-chain.ts';
import { witnessId } from './witness.ts';

/** Kind of the records that tell of heads that were shown. */
const WITNESS_KIND = 'audit.witness';
const TOLD_KINDS = new Set([WITNESS_KIND, ENROL_KIND, COSIGNED_KIND, EPOCH_KIND]);

/** Signed heads that a log is held against. All of it is read, never trusted. */
export interface HeadEvidence {
  /** In the order of their sizes. */
  readonly checkpoints: readonly CheckpointRow[];
  readonly vaultId: string;
  readonly witnesses: readonly WitnessRow[];
  /** Rows of other tables that a record names by their hash. */
  readonly told: readonly ToldRow[];
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
  { checkpoints, witnesses, told, vaultId }: HeadEvidence,
  [fromSeq, toSeq]: readonly [number, number],
  find: Find,
) {
  const heads = checkpoints
    .filter(({ size }) => size > fromSeq && size <= toSeq)
    .flatMap((row) => readSigned(row, vaultId, find) ?? []);
  let next = 0;
  let lastGood = fromSeq;
  let differs = false;
  const shown: ToldRow[] = witnesses.map((row) => {
    return { seq: row.seq, kind: WITNESS_KIND, subject: 'witness', id: witnessId(row) };
  });
  const rows = [...shown, ...told];
  const kept = new Set(rows.map(({ kind, seq }) => `${kind} ${seq}`));
  return {
    /** A record that says a head was shown or signed, which must still be there. */
    recorded(kind: string, seq: number): void {
      if (!TOLD_KINDS.has(kind) || kept.has(`${kind} ${seq}`)) return;
      find(seq, 'WITNESS_CHANGED', 'what was shown or signed then is not kept any more');
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
      for (const { seq, subject, id } of rows) {
        if (hasSubject({ kind: subject, id }, seq)) continue;
        find(seq, 'WITNESS_CHANGED', 'what was shown or signed is kept as another than was recorded');
      }
      // Their own numbers say nothing that a record commits to, but that none is missing.
      const strays = witnesses.filter(({ id }, at) => id !== at + 1);
      for (const { seq } of strays)
        find(seq, 'WITNESS_CHANGED', 'the heads that were shown are numbered anew');
    },
  };
}
