import { Worker } from 'node:worker_threads';
import { isCountersignError, workerUrl } from '../base/index.ts';
import { asBuffer } from '../crypto/index.ts';
import { openSealingReader, type SealingReader } from '../sealing/index.ts';
import type { Connection, ReaderKey } from '../vault/index.ts';
import { detailPlace } from './log.ts';
import { createReadStore, type RecordRow } from './store.ts';
import { type LogEvidence, type LogVerification, verifyChain } from './verify-chain.ts';

/** What the verifying thread is given. */
export interface VerifyRequest {
  readonly key: ReaderKey;
  /** The end of the log as the engine holds it in memory. */
  readonly head: { readonly seq: number; readonly leaf: Uint8Array; readonly root: Uint8Array };
  /** Whether sealed details are opened and held against their commitments. */
  readonly details: boolean;
}

/**
 * Verifies the whole log as it stands at this moment. Blocks its thread; `verifyLog` runs it in a
 * worker. It opens a connection of its own, unless one is handed in, which then stays open.
 */
export function verifyNow(request: VerifyRequest, connection?: Connection): LogVerification {
  const reader = openSealingReader(request.key, connection);
  try {
    // One read transaction, so that all tables are seen as of one moment.
    if (!reader.db.inTransaction) reader.db.exec('BEGIN');
    return verifyChain(evidenceOf(reader, request));
  } finally {
    reader.close();
  }
}

function evidenceOf(reader: SealingReader, { key, head, details }: VerifyRequest): LogEvidence {
  const store = createReadStore(reader.db);
  const newest = store.last()?.seq ?? 0;
  // A log that grew since the question was asked is checked to its end; the head is an inner leaf then.
  const grew = newest > head.seq && (head.seq === 0 || store.leaf(head.seq)?.equals(head.leaf));
  return {
    vaultId: key.vaultId,
    records: { [Symbol.iterator]: () => store.all(newest) },
    node: store.node,
    nodeCount: store.nodeCount(),
    hasSubject: store.hasSubject,
    subjectCount: store.subjectCount(),
    allSubjects: store.allSubjects,
    ...(grew ? {} : { expectedHead: head }),
    ...(details ? { detail: (row: RecordRow) => openDetail(reader, row) } : {}),
  };
}

function openDetail(reader: SealingReader, row: RecordRow): Buffer | 'erased' | 'unreadable' {
  try {
    return reader.open({ id: BigInt(row.detailId), ...detailPlace(row.seq) });
  } catch (error) {
    if (isCountersignError(error, 'SEALED_VALUE_MISSING')) return 'erased';
    if (isCountersignError(error, 'SEALING_KEY_MISSING')) return 'erased';
    return 'unreadable';
  }
}

/** Buffers cross between threads as plain byte arrays. */
function withBuffers(answer: LogVerification): LogVerification {
  if (answer.head === null) return answer;
  const { seq, leaf, root } = answer.head;
  return { ...answer, head: { seq, leaf: asBuffer(leaf), root: asBuffer(root) } };
}

/** `verifyNow` in a worker thread. */
export function verifyLog(request: VerifyRequest): Promise<LogVerification> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl(import.meta.url, './verify.worker.ts'), {
      workerData: request,
      execArgv: [],
    });
    worker.once('message', (answer: LogVerification) => resolve(withBuffers(answer)));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the verifying worker ended with ${code} and no answer`)));
  });
}
