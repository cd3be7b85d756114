import { Worker } from 'node:worker_threads';
import { isCountersignError, workerUrl } from '../base/index.ts';
import { asBuffer } from '../crypto/index.ts';
import { openSealingReader } from '../sealing/index.ts';
import type { ReaderKey } from '../vault/index.ts';
import { detailPlace } from './log.ts';
import { createReadStore, type RecordRow } from './store.ts';
import { type LogVerification, verifyChain } from './verify-chain.ts';

/** What the verifying thread is given. */
export interface VerifyRequest {
  readonly key: ReaderKey;
  /** The end of the log as the engine holds it in memory. */
  readonly head: { readonly seq: number; readonly leaf: Uint8Array; readonly root: Uint8Array };
  /** Whether sealed details are opened and held against their commitments. */
  readonly details: boolean;
}

/**
 * Verifies the whole log on a connection of its own, as it stood when it was asked for. Blocks its
 * thread; `verifyLog` runs it in a worker.
 */
export function verifyNow({ key, head, details }: VerifyRequest): LogVerification {
  const reader = openSealingReader(key);
  try {
    // One read transaction, so that all tables are seen as of one moment.
    reader.db.exec('BEGIN');
    const store = createReadStore(reader.db);
    const detail = (row: RecordRow) => {
      try {
        return reader.open({ id: BigInt(row.detailId), ...detailPlace(row.seq) });
      } catch (error) {
        if (isCountersignError(error, 'SEALED_VALUE_MISSING')) return 'erased' as const;
        if (isCountersignError(error, 'SEALING_KEY_MISSING')) return 'erased' as const;
        return 'unreadable' as const;
      }
    };
    const newest = store.last()?.seq ?? 0;
    const records = { [Symbol.iterator]: () => store.all(newest)[Symbol.iterator]() };
    const last = store.get(head.seq);
    // Records that came after the question was asked are checked too; the head then is an inner one.
    const expectedHead =
      newest > head.seq && last !== undefined && last.leaf.equals(head.leaf) ? undefined : head;
    return verifyChain({
      vaultId: key.vaultId,
      records,
      node: store.node,
      nodeCount: store.nodeCount(),
      hasSubject: store.hasSubject,
      subjectCount: store.subjectCount(),
      allSubjects: store.allSubjects,
      ...(expectedHead === undefined ? {} : { expectedHead }),
      ...(details ? { detail } : {}),
    });
  } finally {
    reader.close();
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
