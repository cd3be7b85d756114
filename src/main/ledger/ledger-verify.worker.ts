import { parentPort, workerData } from 'node:worker_threads';
import { openReaderFromKey, type ReaderKey } from '../vault/index.ts';
import type { LedgerCheck } from './findings.ts';
import { checkBooks } from './verify-books.ts';

/** What the verifying thread is given. */
export interface VerifyData {
  readonly key: ReaderKey;
  readonly nowMs: number;
}

/** What it says: how far it is, and in the end what it found. */
export type VerifyMessage = { readonly progress: number } | { readonly checks: LedgerCheck[] };

const PROGRESS_STEP = 0.01;

const { key, nowMs } = workerData as VerifyData;
const reader = openReaderFromKey(key);
let said = 0;
const checks = await checkBooks(reader, {
  nowMs,
  breathe: () => {},
  onProgress(share) {
    if (share < said + PROGRESS_STEP) return;
    said = share;
    parentPort?.postMessage({ progress: share } satisfies VerifyMessage);
  },
});
reader.close();
parentPort?.postMessage({ checks } satisfies VerifyMessage);
