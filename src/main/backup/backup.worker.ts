import { parentPort, workerData } from 'node:worker_threads';
import { createFile } from './create-file.ts';
import { backupFileError } from './file-errors.ts';
import { checkDatabase, materialise } from './materialise.ts';
import { crossed, type Order, type WorkMessage } from './work.ts';

const PROGRESS_STEP = 0.01;

const order = workerData as Order;
const say = (message: WorkMessage) => parentPort?.postMessage(message);
let said = -1;
const progress = (stage: string) => (share: number) => {
  if (share < said + PROGRESS_STEP && share >= said) return;
  said = share;
  say({ progress: share, stage });
};

function carryOut(): unknown {
  if (order.do === 'create') return createFile(order.order, progress);
  if (order.do === 'materialise') return materialise(order.order, progress('restoring'));
  return checkDatabase(order.key);
}

try {
  say({ answer: carryOut() });
} catch (error) {
  say({ error: crossed(backupFileError(error)) });
}
