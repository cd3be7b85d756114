import { Worker } from 'node:worker_threads';
import { isCountersignError, workerUrl } from '../base/index.ts';
import { asBuffer } from '../crypto/index.ts';
import { openSealingReader, type SealingReader } from '../sealing/index.ts';
import type { Connection, ReaderKey } from '../vault/index.ts';
import { detailPlace } from './log.ts';
import { createReadStore, type RecordRow } from './store.ts';
import { createCheckpointStore } from './store-checkpoints.ts';
import { type LogEvidence, type LogVerification, verifyChain } from './verify-chain.ts';

type Progress = (done: number, total: number) => void;

/** Records between two words of progress. */
const PROGRESS_EVERY = 1_000;

/** What the verifying thread says: how far it is, or its answer. */
export type VerifyWord = { readonly done: number; readonly total: number } | LogVerification;

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
export function verifyNow(
  request: VerifyRequest,
  connection?: Connection,
  onProgress: Progress = () => {},
): LogVerification {
  const reader = openSealingReader(request.key, connection);
  try {
    // One read transaction, so that all tables are seen as of one moment.
    if (!reader.db.inTransaction) reader.db.exec('BEGIN');
    return verifyChain(evidenceOf(reader, request, onProgress));
  } finally {
    reader.close();
  }
}

/** The records, telling of every thousandth as it is taken. */
function* counted(
  records: Iterable<RecordRow>,
  total: number,
  onProgress: Progress,
): IterableIterator<RecordRow> {
  let done = 0;
  for (const row of records) {
    yield row;
    done += 1;
    if (done % PROGRESS_EVERY === 0) onProgress(done, total);
  }
}

function evidenceOf(
  reader: SealingReader,
  { key, head, details }: VerifyRequest,
  onProgress: Progress,
): LogEvidence {
  const store = createReadStore(reader.db);
  const heads = createCheckpointStore(reader.db);
  const newest = store.last()?.seq ?? 0;
  // A log that grew since the question was asked is checked to its end; the head is an inner leaf then.
  const grew = newest > head.seq && (head.seq === 0 || store.leaf(head.seq)?.equals(head.leaf));
  return {
    vaultId: key.vaultId,
    records: { [Symbol.iterator]: () => counted(store.all(newest), newest, onProgress) },
    node: store.node,
    nodeCount: store.nodeCount(),
    hasSubject: store.hasSubject,
    subjectCount: store.subjectCount(),
    allSubjects: store.allSubjects,
    checkpoints: heads.all(),
    witnesses: heads.witnesses(),
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
export function verifyLog(request: VerifyRequest, onProgress?: Progress): Promise<LogVerification> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl(import.meta.url, './verify.worker.ts'), {
      workerData: request,
      execArgv: [],
    });
    worker.on('message', (word: VerifyWord) => {
      if ('done' in word) onProgress?.(word.done, word.total);
      else resolve(withBuffers(word));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the verifying worker ended with ${code} and no answer`)));
  });
}
