/**
 * Messages on four ways in, statements, people, runs of the machine and the sweep of breaks go on at once, and
 * are cut: by a disk that is full at any step, or by the end of the process. Whatever happens, nothing is lost,
 * nothing is there twice, and the books end as on a day on which one thing came after the other.
 */
import { fork } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openVault } from '../../src/main/vault/index.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';
import { watchSteps } from './cutting.ts';
import { atOnce, dice, inOrder, makeWorld, NOON, openWorld, prepare, standing, wrong } from './world.ts';

const CHILD = fileURLToPath(new URL('./simulation.child.ts', import.meta.url));
/** One day for all: its vault is prepared once, and each test has a copy. */
const WORLD = makeWorld(7);

let prepared: TestVault;
let quiet: unknown;
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-simulation-'));
  prepared = await openTestVault({ runtime: fixedClockRuntime(NOON) });
  const console = await openWorld(prepared.vault);
  await prepare(console, WORLD);
  await console.close();
  quiet = await onCopy('in order', async (directory) => {
    const one = await opened(directory);
    await inOrder(one, WORLD);
    expect(await wrong(one, WORLD)).toEqual([]);
    const end = standing(one);
    await one.close();
    return end;
  });
}, 120_000);
afterAll(() => {
  prepared?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function opened(directory: string) {
  const runtime = fixedClockRuntime(NOON);
  return openWorld(await openVault({ directory, rootKey: prepared.rootKey, runtime, checkpoints: 'commit' }));
}

async function onCopy<T>(name: string, work: (directory: string) => Promise<T>): Promise<T> {
  const directory = join(folder, `${name}.vault`);
  cpSync(prepared.directory, directory, { recursive: true });
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What a full disk says. */
const full = () => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });

describe('everything at once', () => {
  test('ends as in order, and the order holds what the day brought', () => {
    expect(quiet).toMatchObject({
      counts: expect.stringContaining('"confirmed":2'),
      payments: expect.arrayContaining([
        expect.stringContaining(' rejected'),
        expect.stringContaining(' recalled'),
      ]),
    });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'with a disk that is full now and then, seed %i',
    { timeout: 120_000 },
    (seed) =>
      onCopy(`full-${seed}`, async (directory) => {
        const next = dice(seed);
        const console = await opened(directory);
        // From one cut to the next about as many steps as some messages have.
        let left = Math.floor(next() * 100);
        let cuts = 0;
        const end = watchSteps(console.vault, {
          before() {
            left -= 1;
            if (left > 0) return;
            left = 5 + Math.floor(next() * 150);
            cuts += 1;
            throw full();
          },
        });
        try {
          await atOnce(console, WORLD, next);
        } finally {
          end();
        }
        expect(cuts).toBeGreaterThan(3);
        expect(await wrong(console, WORLD)).toEqual([]);
        expect(standing(console)).toEqual(quiet);
        await console.close();
      }),
  );

  test.each([11, 12, 13])('in lives that are killed, seed %i', { timeout: 180_000 }, (seed) =>
    onCopy(`killed-${seed}`, async (directory) => {
      const next = dice(seed);
      const deaths = [1, 2].map(() => 20 + Math.floor(next() * 400));
      for (const dieAt of deaths) {
        const { signal } = await life(directory, { seed: seed + dieAt, dieAt });
        expect(signal).toBe('SIGKILL');
      }
      const { told, code } = await life(directory, { seed, dieAt: 0 });
      expect(code).toBe(0);
      expect(told).toMatchObject({ wrong: [], standing: quiet });
    }),
  );
});

interface Life {
  readonly told: unknown;
  readonly code: number | null;
  readonly signal: string | null;
}

/** One life in a process of its own; what it tells comes with its last breath, if it has one. */
function life(directory: string, { seed, dieAt }: { seed: number; dieAt: number }): Promise<Life> {
  const env = { VAULT: directory, WORLD: String(WORLD.seed), LIFE: String(seed), DIE_AT: String(dieAt) };
  const child = fork(CHILD, { env: { ...process.env, ...env }, stdio: 'inherit' });
  let told: unknown;
  child.on('message', (message) => {
    told = message;
  });
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ told, code, signal })));
}
