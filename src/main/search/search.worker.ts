import { parentPort } from 'node:worker_threads';
import type { SearchHit } from '../../contract/search.ts';
import { type SearchDocument, WordIndex } from './word-index.ts';

/** What the service asks of its worker. */
export type SearchRequest =
  | { readonly type: 'add'; readonly documents: readonly SearchDocument[] }
  | { readonly type: 'forget' }
  | { readonly type: 'query'; readonly number: number; readonly text: string; readonly limit: number }
  | {
      readonly type: 'filter';
      readonly number: number;
      readonly text: string;
      readonly kind: SearchHit['kind'];
    };
/** What the worker answers: hits to a query, ids to a filter. */
export type SearchAnswer = { readonly number: number; readonly found: readonly (SearchHit | string)[] };

let index = new WordIndex();

parentPort!.on('message', (request: SearchRequest) => {
  if (request.type === 'add') {
    for (const document of request.documents) index.add(document);
    return;
  }
  if (request.type === 'forget') {
    index = new WordIndex();
    return;
  }
  const found =
    request.type === 'query'
      ? index.query(request.text, request.limit)
      : index.filter(request.text, request.kind);
  const answer: SearchAnswer = { number: request.number, found };
  parentPort!.postMessage(answer);
});
