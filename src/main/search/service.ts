import { Worker } from 'node:worker_threads';
import type { SearchHit } from '../../contract/search.ts';
import { CountersignError, type Logger, type Runtime, workerUrl, yieldToLoop } from '../base/index.ts';
import type { SearchAnswer, SearchRequest } from './search.worker.ts';
import type { SearchDocument } from './word-index.ts';

/** Where documents come from; the engine makes one of each room that can be found in. */
export interface SearchSource {
  /**
   * The next documents after `cursor`, opened. An empty page says that all were read for now; so does `isLast`,
   * without which a source that grows all the time would be read one document at a time, and without end.
   */
  next(
    cursor: bigint,
    limit: number,
  ): { readonly documents: readonly SearchDocument[]; readonly cursor: bigint; readonly isLast?: boolean };
  /** About how many of the newest documents are kept, of a source that never ends; all where it is left out. */
  readonly newest?: number;
  /** Everything is read again from the start: what the source remembers of what it handed on goes. */
  forget?(): void;
}

export interface Search {
  /** `ready` is false while the index is still being built; what is indexed so far is searched. */
  query(text: string, limit: number): Promise<{ ready: boolean; hits: readonly SearchHit[] }>;
  /** Row ids of everything of a kind that holds the text; undefined while the index is behind its sources. */
  filter(text: string, kind: SearchHit['kind']): Promise<readonly bigint[] | undefined>;
  /** Reads what the sources hold that the index does not have yet. */
  refresh(): Promise<void>;
  /** Forgets all that is indexed, at once, and reads the sources anew: something of them was erased. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

/** Documents opened on the engine's thread between two turns of its loop: two milliseconds that others wait. */
const SLICE = 40;

/**
 * Creates the search room. The sealed values are opened in short slices on the engine's
 * thread, which alone holds keys; a worker folds, splits and indexes them.
 */
export function createSearch(options: {
  sources: readonly SearchSource[];
  runtime: Runtime;
  log: Logger;
}): Search {
  const worker = new Worker(workerUrl(import.meta.url, './search.worker.ts'));
  worker.unref();
  const waiting = new Map<
    number,
    { resolve: (found: SearchAnswer['found']) => void; reject: (error: Error) => void }
  >();
  const cursors = options.sources.map(() => 0n);
  let nextNumber = 0;
  let ready = false;
  let closed = false;
  let refreshing: Promise<void> | undefined;
  let again = false;

  worker.on('message', (answer: SearchAnswer) => {
    waiting.get(answer.number)?.resolve(answer.found);
    waiting.delete(answer.number);
  });
  worker.on('error', (error) => {
    options.log.error('search.worker-failed', { message: error.name });
    for (const { reject } of waiting.values()) reject(notReady());
    waiting.clear();
  });

  const post = (request: SearchRequest) => worker.postMessage(request);

  const readAll = async () => {
    for (const [at, source] of options.sources.entries()) {
      for (;;) {
        if (closed) return;
        const page = source.next(cursors[at]!, SLICE);
        const { documents } = page;
        if (documents.length > 0) post({ type: 'add', documents, source: at, newest: source.newest });
        const isEnd = page.isLast === true || page.cursor === cursors[at];
        cursors[at] = page.cursor;
        if (isEnd) break;
        await yieldToLoop();
      }
    }
    ready = true;
  };

  const refresh = async (): Promise<void> => {
    if (refreshing) {
      again = true;
      return refreshing;
    }
    refreshing = (async () => {
      do {
        again = false;
        await readAll();
      } while (again && !closed);
    })().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };

  const ask = (requestOf: (number: number) => SearchRequest): Promise<SearchAnswer['found']> => {
    if (closed) return Promise.reject(notReady());
    nextNumber += 1;
    const number = nextNumber;
    return new Promise((resolve, reject) => {
      waiting.set(number, { resolve, reject });
      post(requestOf(number));
    });
  };

  const forget = (): Promise<void> => {
    ready = false;
    if (!closed) post({ type: 'forget' });
    for (const [at, source] of options.sources.entries()) {
      cursors[at] = 0n;
      source.forget?.();
    }
    return refresh();
  };

  return {
    refresh,
    forget,
    query: async (text, limit) => {
      const hits = (await ask((number) => ({ type: 'query', number, text, limit }))) as readonly SearchHit[];
      return { ready, hits };
    },
    filter: async (text, kind) => {
      if (closed || !ready || refreshing) return undefined;
      const ids = (await ask((number) => ({ type: 'filter', number, text, kind }))) as readonly string[];
      return ids.map(BigInt);
    },
    close: async () => {
      closed = true;
      await refreshing?.catch(() => undefined);
      await worker.terminate();
      for (const { reject } of waiting.values()) reject(notReady());
    },
  };
}

function notReady(): CountersignError {
  return new CountersignError(
    'SEARCH_NOT_READY',
    'The search index is not there yet. Try again in a moment.',
  );
}
