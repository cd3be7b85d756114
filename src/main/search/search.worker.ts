import { parentPort } from 'node:worker_threads';
import type { SearchHit } from '../../contract/search.ts';
import { type SearchDocument, WordIndex } from './word-index.ts';

/** What the service asks of its worker. */
export type SearchRequest =
  | { readonly type: 'add'; readonly documents: readonly SearchDocument[] }
  | { readonly type: 'query'; readonly number: number; readonly text: string; readonly limit: number };
/** What the worker answers. */
export type SearchAnswer = { readonly number: number; readonly hits: readonly SearchHit[] };

const index = new WordIndex();

parentPort!.on('message', (request: SearchRequest) => {
  if (request.type === 'add') {
    for (const document of request.documents) index.add(document);
    return;
  }
  const answer: SearchAnswer = { number: request.number, hits: index.query(request.text, request.limit) };
  parentPort!.postMessage(answer);
});
