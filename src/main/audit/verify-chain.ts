import { Frontier } from '../crypto/index.ts';
import {
  commitmentOf,
  genesisLeaf,
  parseSubjects,
  RECORD_FORM,
  recordLeaf,
  type Subject,
} from './record-form.ts';
import type { RecordRow } from './store.ts';
import { isStoredHeight } from './tree.ts';
import { createHeadCheck, type HeadEvidence } from './verify-heads.ts';

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
  | 'NODE_DIFFERS'
  | 'HEAD_DIFFERS'
  | 'DETAIL_CHANGED'
  | 'DETAIL_UNREADABLE'
  | 'CHECKPOINT_CHANGED'
  | 'CHECKPOINT_DIFFERS'
  | 'WITNESS_CHANGED';

/** What the records are checked against. All of it is read, never trusted. */
export interface LogEvidence extends HeadEvidence {
  readonly vaultId: string;
  /** The records in order. */
  readonly records: Iterable<RecordRow>;
  /** The stored inner node; `undefined` where there is none. */
  readonly node: (height: number, position: number) => Buffer | undefined;
  readonly nodeCount: number;
  readonly hasSubject: (subject: Subject, seq: number) => boolean;
  readonly subjectCount: number;
  /** All rows of the subject index; read only where their number is wrong. */
  readonly allSubjects: () => Iterable<Subject & { seq: number }>;
  /** What somebody who stands outside the file says the end of the log is. */
  readonly expectedHead?: { readonly seq: number; readonly leaf: Uint8Array; readonly root: Uint8Array };
  /**
   * Opens salt and detail of a record: the bytes, `erased`, or `unreadable`. Left out where details
   * are not to be opened.
   */
  readonly detail?: (row: RecordRow) => Buffer | 'erased' | 'unreadable';
}

export interface LogVerification {
  readonly records: number;
  readonly head: { readonly seq: number; readonly leaf: Buffer; readonly root: Buffer } | null;
  /** In the order of the log; cut off after `MOST_FINDINGS`. */
  readonly findings: readonly AuditFinding[];
  readonly detailsOpened: number;
  readonly detailsErased: number;
}

/** Findings that are listed; a log that was replaced as a whole would yield one a record. */
export const MOST_FINDINGS = 100;

/**
 * Verifies a log: numbers without a gap, each record's bytes under its leaf and the leaf before,
 * the tree's stored nodes, the subject index, the end of the log, and, where asked, each detail
 * under its commitment. Reads everything once and in order, and goes on after a finding.
 */
export function verifyChain(evidence: LogEvidence): LogVerification {
  const findings: AuditFinding[] = [];
  const find = (seq: number | null, code: AuditFindingCode, message: string) => {
    if (findings.length < MOST_FINDINGS) findings.push({ seq, code, message });
  };
  const frontier = new Frontier();
  const heads = createHeadCheck(evidence, evidence.vaultId, find);
  let previousLeaf = genesisLeaf(evidence.vaultId);
  let count = 0;
  let expectedSeq = 1;
  let nodes = 0;
  let subjects = 0;
  let detailsOpened = 0;
  let detailsErased = 0;

  for (const row of evidence.records) {
    count += 1;
    if (row.seq !== expectedSeq) {
      const gap = row.seq - expectedSeq === 1 ? 'a record is' : 'records are';
      find(expectedSeq, 'RECORD_MISSING', `${gap} missing before record ${row.seq}`);
    }
    expectedSeq = row.seq + 1;
    if (row.form !== RECORD_FORM)
      find(row.seq, 'RECORD_FORM_UNKNOWN', 'the record has a form this program does not know');
    else if (!leafFits(row, previousLeaf)) {
      find(row.seq, 'RECORD_CHANGED', 'the record, or the one before it, is not what was written');
    }
    previousLeaf = row.leaf;
    frontier.append(row.leaf, ({ height, position, hash }) => {
      if (!isStoredHeight(height)) return;
      nodes += 1;
      const stored = evidence.node(height, position);
      if (stored?.equals(hash)) return;
      const first = position * 2 ** height + 1;
      find(
        first,
        'NODE_DIFFERS',
        `the tree over records ${first} to ${first + 2 ** height - 1} is another one`,
      );
    });
    heads.recorded(row.kind, row.seq);
    heads.passed(row.seq, () => frontier.root());
    subjects += checkSubjects(row, evidence, find);
    if (evidence.detail !== undefined) {
      const outcome = checkDetail(row, evidence.detail(row), find);
      if (outcome === 'opened') detailsOpened += 1;
      else if (outcome === 'erased') detailsErased += 1;
    }
  }

  const head = count === 0 ? null : { seq: expectedSeq - 1, leaf: previousLeaf, root: frontier.root() };
  if (nodes !== evidence.nodeCount) {
    find(
      null,
      'NODE_DIFFERS',
      `${evidence.nodeCount} nodes of the tree are stored, ${nodes} belong to these records`,
    );
  }
  if (subjects !== evidence.subjectCount) findStraySubjects(evidence, expectedSeq - 1, find);
  heads.ended(expectedSeq - 1, evidence.hasSubject);
  checkHead(head, evidence.expectedHead, find);
  return { records: count, head, findings, detailsOpened, detailsErased };
}

export type Find = (seq: number | null, code: AuditFindingCode, message: string) => void;

/** A text too long for the record form makes the encoder throw: such a row was never written by us. */
function leafFits(row: RecordRow, previousLeaf: Buffer): boolean {
  try {
    return recordLeaf(row, previousLeaf).equals(row.leaf);
  } catch {
    return false;
  }
}

/** Answers how many rows of the index belong to the record. */
function checkSubjects(row: RecordRow, evidence: LogEvidence, find: Find): number {
  let subjects: Subject[];
  try {
    subjects = parseSubjects(row.subjects);
  } catch {
    // The text is not what was written, which the leaf has shown already.
    return 0;
  }
  for (const subject of subjects) {
    if (evidence.hasSubject(subject, row.seq)) continue;
    find(row.seq, 'SUBJECTS_DIFFER', 'the search index lacks a subject of the record');
  }
  return subjects.length;
}

function checkDetail(
  row: RecordRow,
  detail: Buffer | 'erased' | 'unreadable',
  find: Find,
): 'opened' | 'erased' | 'unreadable' {
  if (typeof detail === 'string') {
    if (detail === 'unreadable')
      find(row.seq, 'DETAIL_UNREADABLE', 'the sealed detail of the record does not open');
    return detail;
  }
  if (!commitmentOf(detail).equals(row.commitment)) {
    find(row.seq, 'DETAIL_CHANGED', 'the detail is not the one the record commits to');
  }
  return 'opened';
}

function findStraySubjects(evidence: LogEvidence, lastSeq: number, find: Find): void {
  const bySeq = new Map<number, Subject[]>();
  for (const { kind, id, seq } of evidence.allSubjects()) {
    const list = bySeq.get(seq);
    if (list === undefined) bySeq.set(seq, [{ kind, id }]);
    else list.push({ kind, id });
  }
  for (const row of evidence.records) {
    const indexed = bySeq.get(row.seq)?.length ?? 0;
    bySeq.delete(row.seq);
    if (indexed > subjectCountOf(row)) {
      find(row.seq, 'SUBJECTS_DIFFER', 'the search index has a subject that the record lacks');
    }
  }
  for (const seq of bySeq.keys()) {
    find(
      seq,
      seq > lastSeq ? 'RECORD_MISSING' : 'SUBJECTS_DIFFER',
      'the search index names a record that is missing',
    );
  }
}

function subjectCountOf(row: RecordRow): number {
  try {
    return parseSubjects(row.subjects).length;
  } catch {
    return 0;
  }
}

function checkHead(head: LogVerification['head'], expected: LogEvidence['expectedHead'], find: Find): void {
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
