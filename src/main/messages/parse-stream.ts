/**
 * The parse of a file of any size, off the calling thread where it is large. Bytes go to the worker and
 * events come back with a bounded look-ahead both ways, so that neither a slow caller nor a fast disk
 * fills the memory.
 */
import { Worker } from 'node:worker_threads';
import { CountersignError, workerUrl } from '../base/index.ts';
import { type PackedEvent, packEvent } from './packing.ts';
import { FileParser } from './parser.ts';
import type { ParseEvent, ParseOptions } from './types.ts';
import { AHEAD_BYTES, type FromWorker, type ParseWorkerData, type ToWorker } from './worker-protocol.ts';

/** Files up to this size are parsed at once on the calling thread: some milliseconds, less than a worker's start. */
const SMALL_FILE_BYTES = 131_072;

/**
 * Parses `source`. Events come in file order; on a refusal the iteration throws and the caller
 * discards what came before.
 * @throws CountersignError with line and path where the file is refused; the signal's reason where aborted.
 */
export async function* parseStream(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ParseOptions,
): AsyncGenerator<ParseEvent, void, undefined> {
  // Without packing the worker sends the parser's own events.
  yield* parse(source, options, false) as AsyncGenerator<ParseEvent, void, undefined>;
}

/** As `parseStream`, with transactions as columns and bytes: for an import, which only stores the rest. */
export async function* parsePacked(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ParseOptions,
): AsyncGenerator<PackedEvent, void, undefined> {
  yield* parse(source, options, true) as AsyncGenerator<PackedEvent, void, undefined>;
}

async function* parse(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ParseOptions,
  packed: boolean,
): AsyncGenerator<ParseEvent | PackedEvent, void, undefined> {
  const iterator = iterate(source);
  try {
    const head: Uint8Array[] = [];
    let bytes = 0;
    while (bytes <= SMALL_FILE_BYTES) {
      options.signal?.throwIfAborted();
      const next = await iterator.next();
      if (next.done === true) {
        for (const event of parseSmall(head, options.fileName)) yield packed ? packEvent(event) : event;
        return;
      }
      head.push(next.value);
      bytes += next.value.length;
    }
    yield* new WorkerParse(head, iterator, options, packed).events();
  } finally {
    await iterator.return?.();
  }
}

function iterate(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncIterator<Uint8Array> {
  if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
  const inner = source[Symbol.iterator]();
  return {
    next: () => Promise.resolve(inner.next()),
    return: () => Promise.resolve(inner.return?.() ?? { done: true, value: undefined }),
  };
}

function* parseSmall(
  chunks: readonly Uint8Array[],
  fileName: string,
): Generator<ParseEvent, void, undefined> {
  const parser = new FileParser(fileName);
  for (const chunk of chunks) parser.write(chunk);
  parser.end();
  for (let event = parser.next(); event !== undefined; event = parser.next()) yield event;
}

type Received = readonly (ParseEvent | PackedEvent)[] | 'done';

/** One worker and what goes to and from it. */
class WorkerParse {
  readonly #head: readonly Uint8Array[];
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #options: ParseOptions;
  readonly #worker: Worker;
  readonly #received: Received[] = [];
  #failure: unknown;
  #failed = false;
  #stopped = false;
  #ahead = 0;
  #wakeReader: (() => void) | undefined;
  #wakeFeeder: (() => void) | undefined;

  constructor(
    head: readonly Uint8Array[],
    source: AsyncIterator<Uint8Array>,
    options: ParseOptions,
    packed: boolean,
  ) {
    this.#head = head;
    this.#source = source;
    this.#options = options;
    const data: ParseWorkerData = { fileName: options.fileName, packed };
    this.#worker = new Worker(workerUrl(import.meta.url, './parse.worker.ts'), {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 128 },
    });
    this.#worker.on('message', (message: FromWorker) => this.#take(message));
    this.#worker.on('error', (error) => this.#fail(this.#named(error)));
    this.#worker.on('exit', (code) =>
      this.#fail(new Error(`The parse worker ended early with exit code ${code}.`)),
    );
  }

  async *events(): AsyncGenerator<ParseEvent | PackedEvent, void, undefined> {
    const { signal } = this.#options;
    const abort = () => this.#fail(signal?.reason ?? new Error('The parse was cancelled.'));
    signal?.addEventListener('abort', abort, { once: true });
    const feeding = this.#feed();
    try {
      if (signal?.aborted === true) abort();
      for (;;) {
        const batch = await this.#next();
        if (batch === 'done') return;
        yield* batch;
        this.#post({ kind: 'taken' });
      }
    } finally {
      this.#stopped = true;
      signal?.removeEventListener('abort', abort);
      this.#wakeFeeder?.();
      await this.#worker.terminate();
      await feeding;
    }
  }

  #take(message: FromWorker): void {
    switch (message.kind) {
      case 'events':
        this.#received.push(message.events);
        break;
      case 'done':
        this.#received.push('done');
        break;
      case 'parsed':
        this.#ahead -= message.bytes;
        this.#wakeFeeder?.();
        return;
      case 'refused':
        this.#fail(new CountersignError(message.code, message.message, message.details));
        return;
      case 'failed':
        this.#fail(new Error(`The parse worker failed: ${message.message}`));
        return;
    }
    this.#wakeReader?.();
  }

  /** A file that takes more memory than the worker has is refused like any other. */
  #named(error: unknown): unknown {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
    const { fileName } = this.#options;
    const text = 'The file needs more memory to parse than any message may.';
    return new CountersignError('PARSE_OUT_OF_MEMORY', text, { file: fileName }, { cause: error });
  }

  /** The first failure counts: an abort or a refusal is followed by the worker's exit. */
  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#failure = error;
    this.#wakeReader?.();
    this.#wakeFeeder?.();
  }

  async #next(): Promise<Received> {
    for (;;) {
      const batch = this.#received.shift();
      if (batch !== undefined) return batch;
      if (this.#failed) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
      this.#wakeReader = undefined;
    }
  }

  /** Sends the source's bytes, never more than `AHEAD_BYTES` ahead. A failing source fails the parse. */
  async #feed(): Promise<void> {
    try {
      for (const chunk of this.#head) this.#send(chunk);
      for (;;) {
        while (this.#ahead > AHEAD_BYTES && !this.#failed && !this.#stopped) {
          await new Promise<void>((resolve) => {
            this.#wakeFeeder = resolve;
          });
          this.#wakeFeeder = undefined;
        }
        if (this.#failed || this.#stopped) return;
        const next = await this.#source.next();
        if (next.done === true) break;
        this.#send(next.value);
      }
      this.#post({ kind: 'end' });
    } catch (error) {
      this.#fail(error);
    }
  }

  #send(chunk: Uint8Array): void {
    // A copy of its own is handed over: the source may use its buffer again, and a view of a pool
    // would take the whole pool along.
    const bytes = new Uint8Array(chunk);
    this.#ahead += bytes.length;
    if (!this.#stopped) this.#worker.postMessage({ kind: 'chunk', bytes } satisfies ToWorker, [bytes.buffer]);
  }

  #post(message: ToWorker): void {
    if (!this.#stopped) this.#worker.postMessage(message);
  }
}
