import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../build/lib/page.mjs';

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  main: string;
  dependencies: Record<string, string>;
};

beforeAll(() => ensureBuilt('app'), 120_000);

const scripts = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.c?js$/.test(file))
    .map((file) => join(folder, file));

describe('the build', () => {
  it('has what the app starts from', () => {
    for (const file of [
      manifest.main,
      'out/main/engine-process.js',
      'out/preload/index.cjs',
      'out/renderer/index.html',
    ]) {
      expect(existsSync(file), file).toBe(true);
    }
  });

  it('has every worker under the name the sources look for', () => {
    const workers = readdirSync('src/main', { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(worker|process)\.ts$/.test(file))
      .map((file) => file.split(/[\\/]/).at(-1)!.replace(/\.ts$/, '.js'));
    expect(workers.length).toBeGreaterThan(2);
    expect(workers.filter((name) => !existsSync(join('out/main/workers', name)))).toEqual([]);
  });

  it('has every migration as it is in the sources', () => {
    const folder = 'src/main/vault/migrations';
    const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) {
      expect(readFileSync(join('out/main/migrations', name), 'utf8')).toBe(
        readFileSync(join(folder, name), 'utf8'),
      );
    }
  });

  it('imports nothing that is not installed with it', () => {
    const allowed = new Set([...Object.keys(manifest.dependencies), 'electron']);
    const imports = scripts('out/main').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s(?:[^;\n]*\sfrom\s)?"([^"]+)";$/gm)].map(
        (match) => ({ file, name: match[1]! }),
      ),
    );
    expect(imports.length).toBeGreaterThan(20);
    const foreign = imports
      .filter(({ name }) => !name.startsWith('.') && !builtinModules.includes(name.replace(/^node:/, '')))
      .filter(({ name }) => !allowed.has(/^(@[^/]+\/)?[^/]+/.exec(name)![0]));
    expect(foreign).toEqual([]);
  });

  it('has Electron in the shell alone; the engine gets its ports by the process', () => {
    const withElectron = scripts('out/main').filter((file) =>
      /^import\s.*from "electron";$/m.test(readFileSync(file, 'utf8')),
    );
    expect(withElectron).toEqual(['out/main/electron.js']);
  });

  it('has a preload that a sandbox can run: one CommonJS file that requires Electron alone', () => {
    expect(readdirSync('out/preload')).toEqual(['index.cjs']);
    const text = readFileSync('out/preload/index.cjs', 'utf8');
    expect([...text.matchAll(/require\(["']([^"']+)["']\)/g)].map((match) => match[1])).toEqual(['electron']);
    expect(text).not.toMatch(/^\s*(import|export)\s/m);
    expect(text).not.toContain('contextBridge');
  });

  it('has a page whose policy it keeps: no inline script, style or handler, nothing from elsewhere', () => {
    const html = readFileSync('out/renderer/index.html', 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>/);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    const css = readdirSync('out/renderer/assets').filter((file) => file.endsWith('.css'));
    expect(css.length).toBeGreaterThan(0);
    for (const file of css) {
      expect(readFileSync(join('out/renderer/assets', file), 'utf8')).not.toMatch(
        /url\(["']?(?:https?:)?\/\//,
      );
    }
  });
});
