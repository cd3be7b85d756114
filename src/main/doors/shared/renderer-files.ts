import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
};

export interface RendererFile {
  readonly body: Buffer;
  readonly type: string;
  /** The build puts a hash into the name, so the content under it never changes. */
  readonly immutable: boolean;
}

/**
 * The files of the built renderer by their path in the address (`/assets/x.js`). They are read
 * once and looked up by name, so no path that a page asks for ever reaches the file system.
 */
export function readRendererFiles(folder: string): ReadonlyMap<string, RendererFile> {
  const files = new Map<string, RendererFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const type = TYPES[extname(entry.name)];
    if (type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const name = `/${relative(folder, path).split(sep).join('/')}`;
    files.set(name, { body: readFileSync(path), type, immutable: name.startsWith('/assets/') });
  }
  return files;
}

/**
 * The file for the path of an address. A path without an extension is one of the page's own
 * routes and gets the page. `undefined` where there is nothing.
 */
export function findRendererFile(
  files: ReadonlyMap<string, RendererFile>,
  pathname: string,
): RendererFile | undefined {
  const found = files.get(pathname);
  if (found) return found;
  const isRoute = /^\/(?:[a-z0-9-]+\/?)*$/i.test(pathname);
  return isRoute ? files.get('/index.html') : undefined;
}

/** What a cache may do with the file. */
export function cacheControlOf(file: RendererFile): string {
  return file.immutable ? 'private, max-age=31536000, immutable' : 'no-store';
}
