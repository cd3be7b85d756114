/** The engine on a thread of its own, for sets that would hold the event loop. */
import { parentPort } from 'node:worker_threads';
import { engineSteps } from './engine.ts';
import type { FromWorker, ToWorker } from './engine-host.ts';
import { outcomesOf } from './outcome.ts';
import type { MatchCustomer, MatchItem, MatchTransaction } from './types.ts';

const OUTCOMES_PER_MESSAGE = 250;
const PROGRESS_EVERY_MS = 200;

const port = parentPort;
if (!port) throw new Error('matching.worker is started as a worker thread');

const items: MatchItem[] = [];
const customers: MatchCustomer[] = [];
const transactions: MatchTransaction[] = [];
const send = (message: FromWorker): void => port.postMessage(message);

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'items':
      items.push(...message.rows);
      return;
    case 'customers':
      customers.push(...message.rows);
      return;
    case 'transactions':
      transactions.push(...message.rows);
      return;
    case 'go':
      run(message);
      return;
  }
});

function run({ policy, rejected, learned }: Extract<ToWorker, { kind: 'go' }>): void {
  const steps = engineSteps({ items, customers, transactions, policy, rejected, learned });
  let reportedMs = 0;
  for (;;) {
    const step = steps.next();
    if (step.done) {
      let batch = [];
      for (const outcome of outcomesOf(step.value)) {
        batch.push(outcome);
        if (batch.length < OUTCOMES_PER_MESSAGE) continue;
        send({ kind: 'outcomes', rows: batch });
        batch = [];
      }
      send({ kind: 'outcomes', rows: batch });
      send({ kind: 'done' });
      return;
    }
    const nowMs = performance.now();
    if (nowMs - reportedMs < PROGRESS_EVERY_MS) continue;
    reportedMs = nowMs;
    send({ kind: 'progress', progress: step.value });
  }
}
