import type { IncomingMessage, ServerResponse } from 'node:http';
import { SECURITY_HEADERS } from '../shared/headers.ts';
import { cacheControlOf, findRendererFile, type RendererFile } from '../shared/renderer-files.ts';
import type { Gate } from './gate.ts';

const MAX_BODY_BYTES = 1024;

export interface RequestContext {
  /** `127.0.0.1:PORT`, the only Host that is answered. */
  readonly authority: string;
  readonly files: ReadonlyMap<string, RendererFile>;
  readonly gate: Gate;
}

/**
 * Whether a request was made by our own page or typed by a person. A foreign name that resolves
 * to 127.0.0.1 has another Host; a foreign page has another Origin. `mustNameOrigin` is for
 * requests where a browser always sends one.
 */
export function isOwnRequest(
  request: IncomingMessage,
  authority: string,
  { mustNameOrigin }: { mustNameOrigin: boolean },
): boolean {
  if (request.headers.host !== authority) return false;
  const { origin } = request.headers;
  if (origin !== undefined && origin !== `http://${authority}`) return false;
  if (origin === undefined && mustNameOrigin) return false;
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  // A link from elsewhere may open the page: the page alone holds nothing, and nobody may frame it.
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = request.headers;
  return request.method === 'GET' && mode === 'navigate' && destination === 'document';
}

export async function handleRequest(
  context: RequestContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isPost = request.method === 'POST';
  if (!isOwnRequest(request, context.authority, { mustNameOrigin: isPost })) {
    return answer(response, 403, 'This address answers its own page only.');
  }
  const pathname = (request.url ?? '/').split(/[?#]/, 1)[0]!;
  if (isPost && pathname === '/session') return exchangeToken(context, request, response);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return answer(response, 405, 'Not a method of this address.');
  }
  const file = findRendererFile(context.files, pathname);
  if (file === undefined) return answer(response, 404, 'Nothing here.');
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    'content-type': file.type,
    'content-length': file.body.length,
    'cache-control': cacheControlOf(file),
  });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

async function exchangeToken(
  { gate }: RequestContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    return answer(response, 415, 'Send JSON.');
  }
  const body = await readBody(request);
  if (body === null) return answer(response, 413, 'Too long.');
  const token = tokenOf(body);
  const secret = token === null ? null : gate.exchange(token);
  if (secret === null) return answer(response, 401, 'The token is used or wrong; take a new address.');
  const text = JSON.stringify({ secret });
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
  response.end(text);
}

function tokenOf(body: string): string | null {
  try {
    const value: unknown = JSON.parse(body);
    if (value === null || typeof value !== 'object') return null;
    const token: unknown = Reflect.get(value, 'token');
    return typeof token === 'string' && token.length <= 100 ? token : null;
  } catch {
    return null;
  }
}

/** The body as text, or null where it is longer than any token. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function answer(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return;
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(`${text}\n`);
}
