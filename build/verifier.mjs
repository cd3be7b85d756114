// Makes `out/verifier.html`: one file with script and style inside, allowed by their hashes alone.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fromRoot } from './lib/paths.mjs';

const source = (name) => fromRoot('src', 'verifier', name);

/** What a content security policy calls a text. */
const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The script in one piece, minified. */
async function bundle() {
  // Vite is a development package; it is loaded when the page is made, not with the tools.
  const { build } = await import('vite');
  const output = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: source('main.ts'), output: { format: 'iife' } },
    },
  });
  const [{ output: chunks }] = [output].flat();
  if (chunks.length !== 1) throw new Error(`the verifier is made of ${chunks.length} files, one is wanted`);
  return chunks[0].code.trim();
}

/** The page as one text. */
export async function verifierPage() {
  const script = await bundle();
  if (script.includes('</script')) throw new Error('the script would end its own element');
  const style = readFileSync(source('style.css'), 'utf8').trim();
  const policy =
    `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; ` +
    "base-uri 'none'; form-action 'none'";
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
  return readFileSync(source('index.html'), 'utf8')
    .replace('<!-- CSP -->', () => meta)
    .replace('/* STYLE */', () => style)
    .replace('/* SCRIPT */', () => script);
}

mkdirSync(fromRoot('out'), { recursive: true });
writeFileSync(fromRoot('out', 'verifier.html'), await verifierPage());
