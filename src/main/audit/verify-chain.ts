import { Frontier } from '../crypto/index.ts';
import { commitmentOf, RECORD_FORM, recordLeaf, type Subject } from './record-form.ts';
import type { WalkedBundle, WalkedRow } from './store-verify.ts';
import { isStoredHeight } from './tree.ts';
import { type BundleEvidence, createBundleCheck, type OpenPart } from './verify-bundles.ts';
import { createHeadCheck, type HeadEvidence } from './verify-heads.ts';
import { createMarkCheck, type MarkEvidence } from './verify-marks.ts';
import { createSubjectCheck, type SubjectEvidence } from './verify-subjects.ts';

/** One place where the log does not verify. */
export interface AuditFinding {
  /** Number of the record; null where the finding is not about one record. */
  readonly seq: number | null;
  /** Stable word for programs. */
  readonly code: AuditFindingCode;
  readonly message: string;
}

export type AuditFindingCode =
  | 'RECORD_MISSING'
  | 'RECORD_FORM_UNKNOWN'
  | 'RECORD_CHANGED'
  | 'SUBJECTS_DIFFER'
  | 'MARKS_DIFFER'
  | 'NODE_DIFFERS'
  | 'HEAD_DIFFERS'
  | 'DETAILS_DIFFER'
  | 'DETAIL_CHANGED'
  | 'DETAIL_UNREADABLE'
  | 'CHECKPOINT_CHANGED'
  | 'CHECKPOINT_DIFFERS'
  | 'WITNESS_CHANGED';

/** How chain and tree stand after so many records: where a walk begins and ends. */
export interface ChainState {
  readonly seq: number;
  readonly leaf: Uint8Array;
  readonly peaks: readonly Uint8Array[];
}

/** What the records are checked against. All of it is read, never trusted. */
export interface LogEvidence extends HeadEvidence, SubjectEvidence, MarkEvidence, BundleEvidence {
  readonly vaultId: string;
  /** How things stand before the first of the records. */
  readonly from: ChainState;
  /** The last record of the walk, or a number beyond it. */
  readonly toSeq: number;
  /** The records in order. */
  readonly records: Iterable<WalkedRow>;
  /** The stored inner node; `undefined` where there is none. */
  readonly node: (height: number, position: number) => Buffer | undefined;
  readonly hasSubject: (subject: Subject, seq: number) => boolean;
  /** Left out where the records are a part of the log that others follow. */
  readonly end?: {
    /** Nodes of the tree that are stored. */
    readonly nodeCount: number;
    /** What somebody who stands outside the file says the end of the log is. */
    readonly expectedHead?: { readonly seq: number; readonly leaf: Uint8Array; readonly root: Uint8Array };
  };
  /** Opens salt and detail of a record. Left out where details are not to be opened. */
  readonly detail?: OpenPart;
}

export interface LogVerification {
  readonly records: number;
  readonly head: { readonly seq: number; readonly leaf: Buffer; readonly root: Buffer } | null;
  /** In the order of the log; cut off after `MOST_FINDINGS`. */
  readonly findings: readonly AuditFinding[];
  readonly detailsOpened: number;
  readonly detailsErased: number;
}

/** A verification of the records after `from`, and how things stand after them. */
export interface PartVerification extends LogVerification {
  readonly from: ChainState;
  readonly to: ChainState;
}

/** Findings that are listed; a log that was replaced as a whole would yield one a record. */
export const MOST_FINDINGS = 100;

const HASH_BYTES = 32;

export type Find = (seq: number | null, code: AuditFindingCode, message: string) => void;

/**
 * Verifies a log, or a part of it: numbers without a gap, each record's bytes under its leaf and the
 * leaf before, the tree's stored nodes, the search indexes, the bundles of details, the end of the
 * log, and, where asked, each detail under its commitment. Reads everything once and in order, and
 * goes on after a finding.
 */
export function verifyChain(evidence: LogEvidence): PartVerification {
  const bundles = evidence.bundles[Symbol.iterator]();
  try {
    return walk(evidence, bundles);
  } finally {
    // A reading that stands in the middle would keep its connection busy.
    bundles.return?.();
  }
}

function walk(evidence: LogEvidence, bundleRows: Iterator<WalkedBundle>): PartVerification {
  const findings: AuditFinding[] = [];
  const find: Find = (seq, code, message) => {
    if (findings.length < MOST_FINDINGS) findings.push({ seq, code, message });
  };
  const { from } = evidence;
  const frontier = new Frontier({ size: from.seq, peaks: from.peaks });
  const heads = createHeadCheck(evidence, [from.seq, evidence.toSeq], find);
  const subjects = createSubjectCheck(evidence, find);
  const marks = createMarkCheck(evidence, find);
  const bundles = createBundleCheck(bundleRows, evidence.lastSealedId, find);
  let previousLeaf: Uint8Array = from.leaf;
  let count = 0;
  let lastSeq = from.seq;
  let detailsOpened = 0;
  let detailsErased = 0;
  const onNode = ({ height, position, hash }: { height: number; position: number; hash: Buffer }) => {
    if (!isStoredHeight(height) || evidence.node(height, position)?.equals(hash)) return;
    const first = position * 2 ** height + 1;
    const message = `the tree over records ${first} to ${first + 2 ** height - 1} is another one`;
    find(first, 'NODE_DIFFERS', message);
  };

  for (const row of evidence.records) {
    const [seq, form, recordedAtMs, kind, actor, , text, detailId, hashes] = row;
    count += 1;
    const follows = seq === lastSeq + 1;
    if (!follows) {
      const gap = seq - lastSeq === 2 ? 'a record is' : 'records are';
      find(lastSeq + 1, 'RECORD_MISSING', `${gap} missing before record ${seq}`);
    }
    lastSeq = seq;
    const fits = form === RECORD_FORM && leafFits(row, previousLeaf);
    if (form !== RECORD_FORM)
      find(seq, 'RECORD_FORM_UNKNOWN', 'the record has a form this program does not know');
    else if (!fits) find(seq, 'RECORD_CHANGED', 'the record, or the one before it, is not what was written');
    // What has no leaf of the right length has been told of; the walk goes on from zeros.
    const leaf = hashes.length === 2 * HASH_BYTES ? hashes.subarray(HASH_BYTES) : Buffer.alloc(HASH_BYTES);
    previousLeaf = leaf;
    frontier.append(leaf, onNode);
    heads.recorded(kind, seq);
    heads.passed(seq, () => frontier.root());
    subjects.record(seq, text);
    marks.record({ seq, recordedAtMs, kind, actor }, follows && fits);
    const bundle = bundles.record(seq, detailId);
    if (evidence.detail !== undefined) {
      const outcome = checkDetail(seq, hashes, evidence.detail(seq, detailId, bundle), find);
      if (outcome === 'opened') detailsOpened += 1;
      else if (outcome === 'erased') detailsErased += 1;
    }
  }

  const head = count === 0 ? null : { seq: lastSeq, leaf: Buffer.from(previousLeaf), root: frontier.root() };
  subjects.ended(lastSeq);
  marks.ended();
  const { end } = evidence;
  if (end !== undefined) {
    if (end.nodeCount !== nodesOver(lastSeq)) {
      const message = `${end.nodeCount} nodes of the tree are stored, ${nodesOver(lastSeq)} belong to these records`;
      find(null, 'NODE_DIFFERS', message);
    }
    subjects.stray(lastSeq);
    marks.stray(lastSeq);
    heads.ended(lastSeq, evidence.hasSubject);
    checkHead(head, end.expectedHead, find);
    bundles.ended(lastSeq);
  }
  const to = { seq: lastSeq, leaf: previousLeaf, peaks: frontier.state().peaks };
  return { records: count, head, findings, detailsOpened, detailsErased, from, to };
}

/** How many inner nodes are stored over a log of so many records. */
function nodesOver(size: number): number {
  let nodes = 0;
  for (let height = 1; isStoredHeight(height) || height < 32; height += 1) {
    if (isStoredHeight(height)) nodes += Math.floor(size / 2 ** height);
  }
  return nodes;
}

/** A text too long for the record form makes the encoder throw: such a row was never written by us. */
function leafFits(row: WalkedRow, previousLeaf: Uint8Array): boolean {
  const [seq, , recordedAtMs, kind, actor, traceId, subjects, detailId, hashes] = row;
  if (hashes.length !== 2 * HASH_BYTES) return false;
  const commitment = hashes.subarray(0, HASH_BYTES);
  try {
    const fields = { seq, recordedAtMs, kind, actor, traceId, subjects, detailId, commitment };
    return recordLeaf(fields, previousLeaf).compare(hashes, HASH_BYTES) === 0;
  } catch {
    return false;
  }
}

function checkDetail(
  seq: number,
  hashes: Buffer,
  detail: Buffer | 'erased' | 'unreadable',
  find: Find,
): 'opened' | 'erased' | 'unreadable' {
  if (typeof detail === 'string') {
    if (detail === 'unreadable')
      find(seq, 'DETAIL_UNREADABLE', 'the sealed detail of the record does not open');
    return detail;
  }
  if (!commitmentOf(detail).equals(hashes.subarray(0, HASH_BYTES))) {
    find(seq, 'DETAIL_CHANGED', 'the detail is not the one the record commits to');
  }
  return 'opened';
}

function checkHead(
  head: LogVerification['head'],
  expected: { readonly seq: number; readonly leaf: Uint8Array; readonly root: Uint8Array } | undefined,
  find: Find,
): void {
  if (expected === undefined) return;
  const seq = head?.seq ?? 0;
  if (seq < expected.seq) {
    find(seq + 1, 'RECORD_MISSING', `the log ends at record ${seq}, but ${expected.seq} were written`);
  } else if (seq > expected.seq) {
    find(
      expected.seq + 1,
      'HEAD_DIFFERS',
      `the log goes on after record ${expected.seq}, which was its last`,
    );
  } else if (head !== null && !(head.leaf.equals(expected.leaf) && head.root.equals(expected.root))) {
    find(seq, 'HEAD_DIFFERS', 'the end of the log is not the one that was written');
  }
}
