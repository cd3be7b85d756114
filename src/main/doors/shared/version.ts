import { readFileSync } from 'node:fs';

/** The program's version, from the package beside the sources or the bundle. */
export function programVersion(): string {
  const marker = import.meta.url.includes('/out/main/') ? '/out/main/' : '/src/main/';
  const root = import.meta.url.slice(0, import.meta.url.lastIndexOf(marker) + 1);
  const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  const version: unknown =
    manifest !== null && typeof manifest === 'object' && Reflect.get(manifest, 'version');
  return typeof version === 'string' ? version : '0.0.0';
}
