import { parentPort } from 'node:worker_threads';
import type { SearchHit } from '../../contract/search.ts';
import { Shelves } from './shelves.ts';
import type { SearchDocument } from './word-index.ts';

/** What the service asks of its worker. */
export type SearchRequest =
  | {
      readonly type: 'add';
      readonly documents: readonly SearchDocument[];
      /** The source they are of, and how many of it are kept where not all are. */
      readonly source: number;
      readonly newest: number | undefined;
    }
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

let shelves = new Shelves();

parentPort!.on('message', (request: SearchRequest) => {
  if (request.type === 'add') {
    shelves.add(request.documents, request.source, request.newest);
    return;
  }
  if (request.type === 'forget') {
    shelves = new Shelves();
    return;
  }
  const found =
    request.type === 'query'
      ? shelves.query(request.text, request.limit)
      : shelves.filter(request.text, request.kind);
  const answer: SearchAnswer = { number: request.number, found };
  parentPort!.postMessage(answer);
});
