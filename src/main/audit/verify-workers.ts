import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { workerUrl } from '../base/index.ts';
import { asBuffer } from '../crypto/index.ts';
import { RUN_RECORDS } from './store.ts';
import type { ChainState, LogVerification, PartVerification } from './verify-chain.ts';
import type { Progress, VerifyRequest, VerifyWord } from './verify-log.ts';

/** Logs shorter than that are verified by one worker: a second takes longer to start than it saves. */
const SPLIT_FROM = 100_000;

const sameHash = (a: Uint8Array, b: Uint8Array) => asBuffer(a).equals(b);

function sameState(a: ChainState, b: ChainState): boolean {
  const { length } = a.peaks;
  if (a.seq !== b.seq || length !== b.peaks.length || !sameHash(a.leaf, b.leaf)) return false;
  return a.peaks.every((peak, at) => sameHash(peak, b.peaks[at]!));
}

/** Buffers cross between threads as plain byte arrays. */
function withBuffers({ from, to, ...answer }: PartVerification): LogVerification {
  if (answer.head === null) return answer;
  const { seq, leaf, root } = answer.head;
  return { ...answer, head: { seq, leaf: asBuffer(leaf), root: asBuffer(root) } };
}

/** `verifyNow` in a worker thread. */
function verifyPart(request: VerifyRequest, onProgress: Progress): Promise<PartVerification> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl(import.meta.url, './verify.worker.ts'), {
      workerData: request,
      execArgv: [],
    });
    worker.on('message', (word: VerifyWord) => {
      if ('done' in word) onProgress(word.done, word.total);
      else resolve(word);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the verifying worker ended with ${code} and no answer`)));
  });
}

/**
 * Two halves at once. The second begins from what the file says of the end of the first, which the
 * first then proves or refutes. Answers undefined where anything does not fit: to say where, the log
 * must be walked as a whole.
 */
async function verifyHalves(
  request: VerifyRequest,
  onProgress: Progress,
): Promise<LogVerification | undefined> {
  const total = request.head.seq;
  const middle = Math.floor(total / 2 / RUN_RECORDS) * RUN_RECORDS;
  const done = [0, 0];
  const tell = (at: number) => (part: number) => {
    done[at] = part;
    onProgress(done[0]! + done[1]!, total);
  };
  const [first, second] = await Promise.all([
    verifyPart({ ...request, toSeq: middle }, tell(0)),
    verifyPart({ ...request, afterSeq: middle }, tell(1)),
  ]);
  if (first.findings.length + second.findings.length > 0) return undefined;
  if (!sameState(first.to, second.from)) return undefined;
  return {
    ...withBuffers(second),
    records: first.records + second.records,
    detailsOpened: first.detailsOpened + second.detailsOpened,
    detailsErased: first.detailsErased + second.detailsErased,
  };
}

/** Verifies the whole log in worker threads. */
export async function verifyLog(
  request: VerifyRequest,
  onProgress: Progress = () => {},
): Promise<LogVerification> {
  if (request.head.seq >= SPLIT_FROM && availableParallelism() > 1) {
    const answer = await verifyHalves(request, onProgress);
    if (answer !== undefined) return answer;
  }
  return withBuffers(await verifyPart(request, onProgress));
}
