import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runQuietly } from '../../build/lib/child.mjs';
import { ensureBuilt } from '../../build/lib/page.mjs';
import { temporaryFolder } from './support.ts';

const folder = temporaryFolder();
beforeAll(() => ensureBuilt('app'), 120_000);
afterAll(() => folder.remove());

describe("the engine's process, as it is bundled", () => {
  it('serves a port: makes a vault, verifies it in a worker, locks and opens it, and ends', async () => {
    const { code, output } = await runQuietly(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        resolve('test/doors/utility-stand-in.mjs'),
        resolve('out/main/engine-process.js'),
        folder.path,
      ],
      { timeoutMs: 60_000, env: { ...process.env, XDG_DATA_HOME: folder.path } },
    );
    const migrations = readdirSync('src/main/vault/migrations').filter((name) => name.endsWith('.sql'));
    expect(output.trim().split('\n').at(-1)).toBe(
      JSON.stringify({
        before: 'closed',
        created: 'open',
        schemaVersion: Number(migrations.sort().at(-1)!.slice(0, 4)),
        verified: true,
        balanced: true,
        unknown: 'NOT_FOUND',
        reopened: 'open',
      }),
    );
    expect(code).toBe(0);
    // The socket it laid for the command line is gone with it.
    expect(readdirSync(join(folder.path, 'countersign', 'run'))).toEqual([]);
  }, 90_000);
});
