import { parentPort, workerData } from 'node:worker_threads';
import { CountersignError } from '../base/index.ts';
import { type CopyNews, type CopyOrder, copyUnderNewKey } from './rekey-copy.ts';
import { storageError } from './sqlite-errors.ts';

const tell = (news: CopyNews) => parentPort?.postMessage(news);

try {
  copyUnderNewKey(workerData as CopyOrder, tell);
} catch (error) {
  const mapped = storageError(error);
  if (!(mapped instanceof CountersignError)) throw error;
  const { code, message, details } = mapped;
  tell({ failure: { code, message, details } });
}
