import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** How the page is built, for every door: `out/renderer`. */
export default defineConfig({
  root: 'src/renderer',
  base: '/',
  plugins: [react()],
  build: {
    outDir: '../../out/renderer',
    emptyOutDir: true,
    target: 'chrome140',
    // The content security policy allows no inline resources, so fonts and images stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 3000,
  },
});
