/**
 * The address of a worker's entry file: the source beside `importMetaUrl` when the program
 * runs from source, the bundled file under `workers/` when it runs from `out/main`.
 */
export function workerUrl(importMetaUrl: string, relative: string): URL {
  if (importMetaUrl.endsWith('.ts')) return new URL(relative, importMetaUrl);
  const name = relative.slice(relative.lastIndexOf('/') + 1).replace(/\.ts$/, '.js');
  const outMain = importMetaUrl.slice(0, importMetaUrl.lastIndexOf('/out/main/') + '/out/main/'.length);
  return new URL(`workers/${name}`, outMain);
}

/**
 * The address of a file under `resources/`, which lies beside `src` in a checkout and beside
 * `out` in the packaged program.
 */
export function resourceUrl(importMetaUrl: string, relative: string): URL {
  const home = importMetaUrl.endsWith('.ts') ? '/src/main/' : '/out/main/';
  return new URL(`resources/${relative}`, importMetaUrl.slice(0, importMetaUrl.lastIndexOf(home) + 1));
}
