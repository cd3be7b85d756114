import type { Protocol } from 'electron';
import { SECURITY_HEADERS } from '../shared/headers.ts';
import { cacheControlOf, findRendererFile, type RendererFile } from '../shared/renderer-files.ts';
import { PAGE_SCHEME, pagePathOf } from './page-address.ts';

/** Must run before the app is ready: the scheme counts as secure and as an origin of its own. */
export function registerPageScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Answers the page's requests from the files read at the start; no path reaches the file system. */
export function servePage(protocol: Protocol, files: ReadonlyMap<string, RendererFile>): void {
  protocol.handle(PAGE_SCHEME, (request) => answerPage(files, request));
}

export function answerPage(
  files: ReadonlyMap<string, RendererFile>,
  request: Pick<Request, 'method' | 'url'>,
): Response {
  const path = pagePathOf(request.url);
  const file = path === null ? undefined : findRendererFile(files, path);
  if (request.method !== 'GET' || file === undefined) {
    return new Response('Nothing here.', { status: 404, headers: { ...SECURITY_HEADERS } });
  }
  return new Response(new Uint8Array(file.body), {
    headers: { ...SECURITY_HEADERS, 'content-type': file.type, 'cache-control': cacheControlOf(file) },
  });
}
