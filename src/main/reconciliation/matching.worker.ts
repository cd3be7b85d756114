/** The engine on a thread of its own, for sets that would hold the event loop. */
import { parentPort, workerData } from 'node:worker_threads';
import { type EngineResult, matchSteps } from './engine.ts';
import type { FromWorker, ToWorker, WorkerStart } from './engine-host.ts';
import { OpenIndexes } from './open-indexes.ts';
import { type Outcome, outcomesOf } from './outcome.ts';
import type { MatchTransaction } from './types.ts';

const OUTCOMES_PER_MESSAGE = 250;
const PROGRESS_EVERY_MS = 200;

const port = parentPort;
if (!port) throw new Error('matching.worker is started as a worker thread');

/** Filled while the input comes in, so that both threads work meanwhile. */
const indexes = new OpenIndexes((workerData as WorkerStart).itemCount);
const transactions: MatchTransaction[] = [];
let outcomes: Iterator<Outcome> = [].values();
const send = (message: FromWorker): void => port.postMessage(message);

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'items':
      for (const item of message.rows) indexes.setItem(item);
      return;
    case 'customers':
      for (const customer of message.rows) indexes.setCustomer(customer);
      return;
    case 'transactions':
      transactions.push(...message.rows);
      return;
    case 'go':
      outcomes = outcomesOf(run(message));
      send({ kind: 'decided' });
      return;
    case 'more':
      sendNext();
      return;
  }
});

function run({ policy, rejected, learned }: Extract<ToWorker, { kind: 'go' }>): EngineResult {
  for (const learning of learned) indexes.learned.set(learning);
  const steps = matchSteps(indexes, { transactions, policy, rejected });
  let reportedMs = 0;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    const nowMs = performance.now();
    if (nowMs - reportedMs < PROGRESS_EVERY_MS) continue;
    reportedMs = nowMs;
    send({ kind: 'progress', progress: step.value });
  }
}

function sendNext(): void {
  const rows: Outcome[] = [];
  for (let step = outcomes.next(); !step.done; step = outcomes.next()) {
    rows.push(step.value);
    if (rows.length === OUTCOMES_PER_MESSAGE) break;
  }
  send(rows.length > 0 ? { kind: 'outcomes', rows } : { kind: 'done' });
}
