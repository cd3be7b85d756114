/** Worker entry: parses one file off the engine's thread. Started by `parse-stream.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { isCountersignError } from '../base/index.ts';
import { packEvent } from './packing.ts';
import { FileParser } from './parser.ts';
import type { ParseEvent } from './types.ts';
import { AHEAD_BATCHES, type FromWorker, type ParseWorkerData, type ToWorker } from './worker-protocol.ts';

const port = parentPort;
if (port === null) throw new Error('parse.worker.ts runs as a worker thread only.');

const { fileName, packed } = workerData as ParseWorkerData;
const parser = new FileParser(fileName);
const inbox: Exclude<ToWorker, { kind: 'taken' }>[] = [];
let credit = AHEAD_BATCHES;
let wake: (() => void) | undefined;

port.on('message', (message: ToWorker) => {
  if (message.kind === 'taken') credit++;
  else inbox.push(message);
  wake?.();
});

function send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  (port as NonNullable<typeof port>).postMessage(message, transfer);
}

/** Waits for the next message. */
function woken(): Promise<void> {
  return new Promise((resolve) => {
    wake = () => {
      wake = undefined;
      resolve();
    };
  });
}

async function sendEvents(events: readonly ParseEvent[]): Promise<void> {
  while (credit === 0) await woken();
  credit--;
  if (!packed) return send({ kind: 'events', events });
  const packedEvents = events.map(packEvent);
  const contents = packedEvents.flatMap((event) =>
    event.kind === 'packed-transactions' ? [event.packed.contents.buffer as ArrayBuffer] : [],
  );
  send({ kind: 'events', events: packedEvents }, contents);
}

/** Sends what the parser has ready: each batch of rows on its own, small events gathered. */
async function drain(): Promise<void> {
  let small: ParseEvent[] = [];
  for (let event = parser.next(); event !== undefined; event = parser.next()) {
    small.push(event);
    if (
      event.kind === 'transactions' ||
      event.kind === 'customers' ||
      event.kind === 'invoices' ||
      small.length >= 500
    ) {
      await sendEvents(small);
      small = [];
    }
  }
  if (small.length > 0) await sendEvents(small);
}

async function run(): Promise<void> {
  for (;;) {
    const message = inbox.shift();
    if (message === undefined) {
      await woken();
    } else if (message.kind === 'chunk') {
      parser.write(message.bytes);
      await drain();
      send({ kind: 'parsed', bytes: message.bytes.length });
    } else {
      parser.end();
      await drain();
      send({ kind: 'done' });
      return;
    }
  }
}

run()
  .catch((error: unknown) => {
    if (isCountersignError(error)) {
      send({ kind: 'refused', code: error.code, message: error.message, details: error.details });
    } else {
      send({
        kind: 'failed',
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  })
  .finally(() => port.close());
