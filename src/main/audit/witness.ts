import { type Caller, CountersignError } from '../base/index.ts';
import { asBuffer, sha256 } from '../crypto/index.ts';
import {
  type Checkpoint,
  fromBase64,
  isConsistent,
  keysOf,
  type LogKeys,
  originOf,
  parseCheckpoint,
  parseOrigin,
  parseTrust,
  parseWitnessRequest,
  verifyCheckpoint,
  withLines,
} from '../proof/index.ts';
import { cosign } from './cosigning.ts';
import { primitives } from './primitives.ts';
import { epochOf, halvesOf, type TransparencyOptions } from './signer.ts';
import type { createCheckpointStore, WitnessRow } from './store-checkpoints.ts';

/** What somebody shows of a log. */
export interface Shown {
  /** The C2SP signed note. */
  readonly note: string;
  /** The trust file of a log that is not this vault's. */
  readonly trust?: string | undefined;
  /** Base 64 nodes of a consistency proof from the head that was shown last to this one. */
  readonly proof?: readonly string[] | undefined;
}

export interface Witnessed {
  readonly outcome: 'consistent' | 'inconsistent';
  readonly origin: string;
  readonly size: number;
  /** Size of the head that it was held against; null where this is the first one of that log. */
  readonly comparedWith: number | null;
  readonly reason: string;
  /**
   * The shown checkpoint with this console's own lines below it, to be handed back: null for a head of
   * this log, one that is not consistent, and one that is older than another that was seen.
   */
  readonly cosigned: string | null;
}

interface WitnessContext extends TransparencyOptions {
  readonly store: ReturnType<typeof createCheckpointStore>;
}

type Verdict = Omit<Witnessed, 'origin' | 'size' | 'cosigned'>;

/** What a row of `audit_witness` is known by in the audit log. */
export function witnessId(
  row: Pick<WitnessRow, 'origin' | 'size' | 'outcome' | 'note' | 'publicKey'>,
): string {
  const { origin, size, outcome, note, publicKey } = row;
  const head = Buffer.from(`${outcome}\n${size}\n${origin}\n${note}`, 'utf8');
  return sha256(Buffer.concat([publicKey, head])).toString('hex');
}

/** The keys that may have signed: this log's own, or those that a trust file names. */
function candidateKeys(
  { vault, signer }: WitnessContext,
  checkpoint: Checkpoint,
  trust: string | undefined,
): LogKeys[] {
  const log = parseOrigin(checkpoint.origin);
  if (log?.vaultId === vault.vaultId) return signer.logKeys().map(({ publicKey }) => halvesOf(publicKey));
  if (trust === undefined) {
    throw new CountersignError(
      'AUDIT_SIGNER_UNKNOWN',
      'The checkpoint is of another log; bring its trust file.',
      {
        path: 'trust',
      },
    );
  }
  try {
    const file = parseTrust(trust);
    if (file.vaultId === log?.vaultId) return file.keys.map(keysOf);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    throw new CountersignError('AUDIT_SIGNER_UNKNOWN', 'This is no trust file.', { path: 'trust' });
  }
  throw new CountersignError('AUDIT_SIGNER_UNKNOWN', 'The trust file is of another log.', { path: 'trust' });
}

/** This log's own head, as somebody else holds it: the records are here, so nothing need be proved. */
function compareWithOwn({ audit, vault }: WitnessContext, { origin, size, root }: Checkpoint): Verdict {
  const own = audit.head()?.seq ?? 0;
  const comparedWith = Math.min(own, size);
  if (size > own) {
    const reason = `${size} records were signed, and the log ends at record ${own}: it was cut off.`;
    return { outcome: 'inconsistent', comparedWith, reason };
  }
  if (!audit.proofs.rootAt(size).equals(root)) {
    const reason = `The first ${size} records are other ones than those that were signed.`;
    return { outcome: 'inconsistent', comparedWith, reason };
  }
  const isThisEpoch = origin === originOf(vault.vaultId, epochOf(vault));
  const reason = isThisEpoch ? 'It is a head of this log.' : 'It is a head of this log, before its restore.';
  return { outcome: 'consistent', comparedWith, reason };
}

function proofNodes(proof: readonly string[]): Uint8Array[] {
  return proof.map((node) => {
    const bytes = fromBase64(node);
    if (bytes?.length === 32) return bytes;
    throw new CountersignError('INPUT_INVALID', 'A node of the proof is no 32 bytes in Base 64.', {
      path: 'proof',
    });
  });
}

/** Another log's head against the largest of it that was seen before. */
function compareWithSeen(
  { store }: WitnessContext,
  shown: Checkpoint,
  proof: Shown['proof'],
  oldSize?: number,
): Verdict {
  const seen = store.latestWitness(shown.origin);
  if (seen === undefined) {
    return { outcome: 'consistent', comparedWith: null, reason: 'It is the first head of that log.' };
  }
  const known = parseCheckpoint(seen.note);
  if (known === undefined) {
    throw new CountersignError('AUDIT_CHAIN_BROKEN', 'A stored checkpoint cannot be read.');
  }
  const comparedWith = seen.size;
  const [from, to] = shown.size < known.size ? [shown, known] : [known, shown];
  const isOfAnother = oldSize !== undefined && oldSize !== from.size;
  if (from.size !== to.size && (proof === undefined || isOfAnother)) {
    throw new CountersignError(
      'AUDIT_PROOF_NEEDED',
      'Bring the proof that leads from one head to the other.',
      {
        path: 'proof',
        expected: `a consistency proof from ${from.size} to ${to.size} records`,
      },
    );
  }
  const claim = { fromSize: from.size, fromRoot: from.root, toSize: to.size, toRoot: to.root };
  const path = from.size === to.size ? [] : proofNodes(proof ?? []);
  if (isConsistent({ ...claim, path }, primitives.sha256)) {
    return { outcome: 'consistent', comparedWith, reason: 'It goes on from the head that was seen last.' };
  }
  const reason =
    from.size === to.size
      ? `Two heads over ${to.size} records have different roots: somebody is shown another log.`
      : `Nothing leads from ${from.size} to ${to.size} records: the log was written anew, or the proof is not its.`;
  return { outcome: 'inconsistent', comparedWith, reason };
}

/** Holds a shown checkpoint against what is known of its log, and keeps it. */
export function witness(context: WitnessContext, caller: Caller, shown: Shown): Witnessed {
  const { vault, audit, store, raiseIncident } = context;
  const { note, oldSize, proof = shown.proof } = parseWitnessRequest(shown.note);
  const checkpoint = parseCheckpoint(note);
  if (checkpoint === undefined) {
    throw new CountersignError('AUDIT_CHECKPOINT_INVALID', 'This is no checkpoint.', {
      path: 'note',
      expected: 'a C2SP signed note without extension lines',
    });
  }
  const keys = candidateKeys(context, checkpoint, shown.trust).find(
    (each) => verifyCheckpoint(checkpoint, each, primitives).ok,
  );
  if (keys === undefined) {
    throw new CountersignError('AUDIT_CHECKPOINT_INVALID', 'The checkpoint is not signed by its log.', {
      path: 'note',
    });
  }
  const isOwn = parseOrigin(checkpoint.origin)?.vaultId === vault.vaultId;
  const verdict = isOwn
    ? compareWithOwn(context, checkpoint)
    : compareWithSeen(context, checkpoint, proof, oldSize);
  const { origin, size } = checkpoint;
  const { outcome, reason } = verdict;
  const publicKey = Buffer.concat([asBuffer(keys.ed25519), asBuffer(keys.mlDsa44)]);
  const row = { origin, size, outcome, note, publicKey };
  // A witness signs heads in their order, so that whoever holds its newest one holds all it vouches for.
  const isNewest = size >= (store.latestWitness(origin)?.size ?? 0);
  const lines = !isOwn && isNewest && outcome === 'consistent' ? cosign(context, checkpoint) : null;
  vault.transaction(() => {
    const seq = audit.record({
      kind: 'audit.witness',
      ...caller,
      subjects: [{ kind: 'witness', id: witnessId(row) }],
      detail: { origin, size, outcome, reason, comparedWith: verdict.comparedWith, cosigned: lines !== null },
    });
    store.insertWitness({ ...row, seq: Number(seq) });
    if (outcome === 'consistent') return;
    raiseIncident?.({
      kind: 'audit.head-inconsistent',
      dedupeKey: `audit.head-inconsistent/${witnessId(row).slice(0, 16)}`,
      severity: 'critical',
      title: 'A head of an audit log does not fit one that was seen before.',
      detail: { origin, size, comparedWith: verdict.comparedWith, reason },
    });
  });
  return { origin, size, ...verdict, cosigned: lines === null ? null : (withLines(note, lines) ?? null) };
}
