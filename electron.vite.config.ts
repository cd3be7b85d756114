import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import renderer from './vite.config.ts';

const MIGRATIONS = 'src/main/vault/migrations';

/** Every worker and hosted process becomes `workers/NAME.js`; two of one name would overwrite each other. */
function workerEntries(): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const file of readdirSync('src/main', { recursive: true, encoding: 'utf8' })) {
    if (!/\.(worker|process)\.ts$/.test(file)) continue;
    const name = `workers/${basename(file, '.ts')}`;
    if (entries[name] !== undefined) throw new Error(`two workers have the name ${basename(file)}`);
    entries[name] = join('src/main', file);
  }
  return entries;
}

/** The migrations are read at run time, so they travel as they are. */
const migrations: Plugin = {
  name: 'countersign-migrations',
  generateBundle() {
    for (const name of readdirSync(MIGRATIONS).filter((file) => file.endsWith('.sql'))) {
      this.emitFile({
        type: 'asset',
        fileName: `migrations/${name}`,
        source: readFileSync(join(MIGRATIONS, name)),
      });
    }
  },
};

/** How the desktop app is built: `out/main`, `out/preload`, `out/renderer`. */
export default defineConfig({
  main: {
    plugins: [migrations],
    build: {
      outDir: 'out/main',
      emptyOutDir: true,
      sourcemap: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: {
          electron: 'src/main/doors/electron/main.ts',
          'engine-process': 'src/main/doors/electron/engine-process.ts',
          ...workerEntries(),
        },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          assetFileNames: '[name][extname]',
        },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      emptyOutDir: true,
      sourcemap: false,
      // A sandboxed preload can require Electron alone, so everything else is inside it.
      externalizeDeps: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: { index: 'src/preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    ...renderer,
    build: {
      ...renderer.build,
      // electron-vite reads this from the repository, Vite from the page's folder.
      outDir: resolve('out/renderer'),
      rolldownOptions: { input: resolve('src/renderer/index.html') },
    },
  },
});
