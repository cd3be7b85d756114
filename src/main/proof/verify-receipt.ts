import { APPROVAL_KIND, type ApprovedBy, checkApproval } from './approval.ts';
import { concat, equal, utf8 } from './bytes.ts';
import { type Checkpoint, fingerprintOf, originOf, parseCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import { verifyCosignature, witnessNameOf } from './cosignature.ts';
import type { Primitives } from './primitives.ts';
import {
  bytesOf,
  keysOf,
  parseReceipt,
  parseTrust,
  type Receipt,
  sameKeys,
  type WitnessKeys,
} from './receipt.ts';
import { genesisOf, leafOfRecord } from './record.ts';
import { rootOfInclusion } from './tree.ts';

export type ReceiptVerdict =
  | 'verified'
  | 'not-verified'
  /** All of it fits together, but nobody said whose keys these are. */
  | 'signer-unknown';

export interface ReceiptAnswer {
  readonly verdict: ReceiptVerdict;
  /** One sentence for people. */
  readonly reason: string;
  /** What the receipt says; only to be shown beside the verdict. Null where it could not be read. */
  readonly receipt: Receipt | null;
  /** When the checkpoint was signed; null where that is not known for sure. */
  readonly signedAtMs: number | null;
  /** Who countersigned the checkpoint, and when; `known` where what is trusted names them too. */
  readonly witnesses: readonly WitnessedBy[];
  /** Who asked and who agreed, where the record tells of an approval; null elsewhere. */
  readonly approval: readonly ApprovedBy[] | null;
  /** Fingerprint of the keys that signed; null where they could not be read. */
  readonly fingerprint: string | null;
}

export interface WitnessedBy {
  readonly vaultId: string;
  readonly atMs: number;
  readonly known: boolean;
}

/** Why a receipt is refused. */
class Refused extends Error {}

const HASH_BYTES = 32;
const SALT_BYTES = 32;

/** Record, detail, inclusion and signatures, one after another. Throws what does not fit. */
function checkParts(
  receipt: Receipt,
  primitives: Primitives,
): { signedAtMs: number; witnesses: WitnessedBy[] } {
  const { record, detail, inclusion, vaultId, epoch } = receipt;
  const { sha256 } = primitives;
  const commitment = bytesOf(record.commitment, HASH_BYTES);
  const previousLeaf = bytesOf(record.previousLeaf, HASH_BYTES);
  if (detail !== null) {
    const salted = concat(bytesOf(detail.salt, SALT_BYTES), utf8(detail.text));
    if (!equal(sha256(salted), commitment)) throw new Refused('The detail is not the one that was recorded.');
  }
  if (record.seq === 1 && !equal(previousLeaf, genesisOf(vaultId, sha256))) {
    throw new Refused('The first record of the log belongs to another vault.');
  }
  const leaf = leafOfRecord({ ...record, commitment, previousLeaf }, sha256);
  const path = inclusion.path.map((node) => bytesOf(node, HASH_BYTES));
  const root = rootOfInclusion({ leaf, index: record.seq - 1, size: inclusion.treeSize, path }, sha256);
  const checkpoint = parseCheckpoint(receipt.checkpoint);
  if (checkpoint === undefined) throw new Refused('The checkpoint cannot be read.');
  if (checkpoint.origin !== originOf(vaultId, epoch)) {
    throw new Refused('The checkpoint is of another vault or epoch than the receipt says.');
  }
  if (checkpoint.size !== inclusion.treeSize) {
    throw new Refused('The checkpoint is over another number of records than the proof.');
  }
  if (root === undefined || !equal(root, checkpoint.root)) {
    throw new Refused('The record is not in the log that the checkpoint is a head of.');
  }
  const verdict = verifyCheckpoint(checkpoint, keysOf(receipt.keys), primitives);
  if (!verdict.ok) throw new Refused(`Not signed by the log: ${verdict.reason}.`);
  return { signedAtMs: verdict.timeS * 1000, witnesses: checkWitnesses(receipt, checkpoint, primitives) };
}

/** Every line below the checkpoint is the log's or that of a witness whose keys the receipt names. */
function checkWitnesses(
  { witnesses = [] }: Receipt,
  checkpoint: Checkpoint,
  primitives: Primitives,
): WitnessedBy[] {
  const names = new Set(witnesses.map(({ vaultId }) => vaultId));
  if (names.size !== witnesses.length || checkpoint.lines.length !== 2 + 2 * witnesses.length) {
    throw new Refused('The checkpoint has lines of somebody whom the receipt does not name.');
  }
  return witnesses.map((each) => {
    const { vaultId } = each;
    const verdict = verifyCosignature(checkpoint, witnessNameOf(vaultId), keysOf(each), primitives);
    if (!verdict.ok) throw new Refused(`Not countersigned by its witness: ${verdict.reason}.`);
    return { vaultId, atMs: verdict.timeS * 1000, known: false };
  });
}

/** The people of an approval. Throws where one of their signatures does not fit. */
function approvalOf(
  { record, detail, vaultId }: Receipt,
  primitives: Primitives,
): readonly ApprovedBy[] | null {
  if (record.kind !== APPROVAL_KIND || detail === null) return null;
  const people = checkApproval(detail.text, vaultId, primitives);
  if (typeof people === 'string') throw new Refused(people);
  return people ?? null;
}

/** Which of the witnesses a trust file names, by their keys. */
function recognised(witnesses: readonly WitnessedBy[], receipt: Receipt, trust: string): WitnessedBy[] {
  let enrolled: readonly WitnessKeys[] = [];
  try {
    enrolled = parseTrust(trust).witnesses ?? [];
  } catch {
    // A fingerprint names the log alone.
  }
  return witnesses.map((witness, at) => {
    const keys = keysOf(receipt.witnesses![at]!);
    const isNamed = (each: WitnessKeys) => each.vaultId === witness.vaultId && sameKeys(keysOf(each), keys);
    return { ...witness, known: enrolled.some(isNamed) };
  });
}

const FINGERPRINT = /^[0-9a-f]{64}$/;

/** Holds the signer against what is trusted: a trust file, or the log's fingerprint alone. */
function checkTrust(receipt: Receipt, fingerprint: string, trust: string): void {
  const typed = trust.replaceAll(/[\s:]/g, '').toLowerCase();
  if (FINGERPRINT.test(typed)) {
    if (typed !== fingerprint) throw new Refused('The log that signed has another fingerprint.');
    return;
  }
  let file: ReturnType<typeof parseTrust>;
  try {
    file = parseTrust(trust);
  } catch {
    throw new Refused('What was given as trust is neither a trust file nor a fingerprint.');
  }
  if (file.vaultId !== receipt.vaultId) throw new Refused('The trust file is of another vault.');
  const keys = keysOf(receipt.keys);
  if (file.keys.some((each) => sameKeys(keysOf(each), keys))) return;
  throw new Refused('The trust file does not name the keys that signed.');
}

const sentenceOf = (error: unknown) =>
  error instanceof Refused
    ? error.message
    : `This is no receipt as Countersign writes them${error instanceof TypeError ? `: ${error.message}` : ''}.`;

/**
 * Checks a receipt. Pure: no file, clock or network. `trust` is the text of a trust file, or the
 * log's fingerprint, either obtained on a way of its own; without it the best answer is that the
 * receipt is consistent and its signer unknown. Never throws.
 */
export function verifyReceipt(file: string, primitives: Primitives, trust?: string): ReceiptAnswer {
  let receipt: Receipt | null = null;
  let signedAtMs: number | null = null;
  let fingerprint: string | null = null;
  let witnesses: readonly WitnessedBy[] = [];
  let approval: readonly ApprovedBy[] | null = null;
  const answer = (verdict: ReceiptVerdict, reason: string): ReceiptAnswer => {
    return { verdict, reason, receipt, signedAtMs, fingerprint, witnesses, approval };
  };
  try {
    receipt = parseReceipt(file);
    fingerprint = fingerprintOf(receipt.vaultId, keysOf(receipt.keys), primitives.sha256);
    ({ signedAtMs, witnesses } = checkParts(receipt, primitives));
    approval = approvalOf(receipt, primitives);
    if (trust === undefined || trust.trim() === '') {
      return answer('signer-unknown', 'Consistent, signer unknown: no trust file or fingerprint was given.');
    }
    checkTrust(receipt, fingerprint, trust);
    witnesses = recognised(witnesses, receipt, trust);
    return answer(
      'verified',
      'The record stands in the log, as it is shown, and the log is the trusted one.',
    );
  } catch (error) {
    return answer('not-verified', sentenceOf(error));
  }
}
