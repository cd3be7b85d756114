/** A bounded pipe in memory: a writer waits while the reader is behind, so no upload fills the memory. */

/** Bytes that may wait for the reader. */
const CAPACITY_BYTES = 4 * 1024 * 1024;

export interface BytePipe extends AsyncIterable<Uint8Array> {
  /** Takes a chunk; settles when there is room for the next. Bytes are dropped once the reader has gone. */
  write(chunk: Uint8Array): Promise<void>;
  /** No more bytes follow. */
  end(): void;
  /** The reader gets this error instead of further bytes. */
  fail(error: unknown): void;
}

export function createBytePipe(capacityBytes = CAPACITY_BYTES): BytePipe {
  const chunks: Uint8Array[] = [];
  let waitingBytes = 0;
  let ended = false;
  let gone = false;
  let failure: { readonly error: unknown } | undefined;
  let wakeReader: (() => void) | undefined;
  let wakeWriters: (() => void)[] = [];
  const letWritersOn = () => {
    const waiting = wakeWriters;
    wakeWriters = [];
    for (const wake of waiting) wake();
  };

  async function* read(): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (;;) {
        if (failure !== undefined) throw failure.error;
        const chunk = chunks.shift();
        if (chunk !== undefined) {
          waitingBytes -= chunk.byteLength;
          if (waitingBytes < capacityBytes) letWritersOn();
          yield chunk;
          continue;
        }
        if (ended) return;
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
        wakeReader = undefined;
      }
    } finally {
      gone = true;
      chunks.length = 0;
      letWritersOn();
    }
  }

  return {
    async write(chunk) {
      if (gone || ended || chunk.byteLength === 0) return;
      chunks.push(chunk);
      waitingBytes += chunk.byteLength;
      wakeReader?.();
      if (waitingBytes < capacityBytes) return;
      await new Promise<void>((resolve) => wakeWriters.push(resolve));
    },
    end() {
      ended = true;
      wakeReader?.();
    },
    fail(error) {
      failure ??= { error };
      wakeReader?.();
      letWritersOn();
    },
    [Symbol.asyncIterator]: read,
  };
}
