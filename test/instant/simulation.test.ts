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
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openVault } from '../../src/main/vault/index.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';
import { watchSteps } from './cutting.ts';
import { atOnce, dice, inOrder, makeWorld, NOON, openWorld, prepare, standing, wrong } from './world.ts';

// Each of the lives starts a console, and a machine may be busy.
vi.setConfig({ testTimeout: 180_000 });

const CHILD = fileURLToPath(new URL('./simulation.child.ts', import.meta.url));
/** The vault of a day is prepared once, and each test has a copy. */
describe.each([7, 104])('the day %i', (day) => {
  const world = makeWorld(day);
  let prepared: TestVault;
  let quiet: unknown;
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-simulation-'));
    prepared = await openTestVault({ runtime: fixedClockRuntime(NOON) });
    const console = await openWorld(prepared.vault);
    await prepare(console, world);
    await console.close();
    quiet = await onCopy('in order', async (directory) => {
      const one = await opened(directory);
      await inOrder(one, world);
      expect(await wrong(one, world)).toEqual([]);
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
    return openWorld(
      await openVault({ directory, rootKey: prepared.rootKey, runtime, checkpoints: 'commit' }),
    );
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

  test('brings something of everything', () => {
    expect(quiet).toMatchObject({
      counts: expect.stringContaining('"confirmed":2'),
      payments: expect.arrayContaining([
        expect.stringContaining(' rejected'),
        expect.stringContaining(' recalled'),
        expect.stringContaining(' returned'),
        expect.stringContaining(' cleared'),
      ]),
    });
  });

  test.each([1, 2, 3, 4])('all at once on a disk that is full now and then, seed %i', async (seed) =>
    onCopy(`full-${seed}`, async (directory) => {
      const next = dice(day * 100 + seed);
      const console = await opened(directory);
      // From one cut to the next about as many steps as some messages have.
      let left = Math.floor(next() * 100);
      let cuts = 0;
      const end = watchSteps(console.vault, {
        before() {
          left -= 1;
          if (left > 0) return;
          left = 3 + Math.floor(next() * 100);
          cuts += 1;
          throw full();
        },
      });
      try {
        await atOnce(console, world, next);
      } finally {
        end();
      }
      expect(cuts).toBeGreaterThan(10);
      expect(await wrong(console, world)).toEqual([]);
      expect(standing(console)).toEqual(quiet);
      await console.close();
    }),
  );

  test.each([11, 12])('all at once in lives that are killed, seed %i', async (seed) =>
    onCopy(`killed-${seed}`, async (directory) => {
      const next = dice(day * 100 + seed);
      const deaths = [1, 2].map(() => 20 + Math.floor(next() * 400));
      for (const dieAt of deaths) {
        const { signal } = await life(directory, { day, seed: seed + dieAt, dieAt });
        expect(signal).toBe('SIGKILL');
      }
      const { told, code } = await life(directory, { day, seed, dieAt: 0 });
      expect(code).toBe(0);
      expect(told).toMatchObject({ wrong: [], standing: quiet });
    }),
  );
});

/** What a full disk says. */
const full = () => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });

interface Life {
  readonly told: unknown;
  readonly code: number | null;
  readonly signal: string | null;
}

/** One life in a process of its own; what it tells comes with its last breath, if it has one. */
function life(
  directory: string,
  { day, seed, dieAt }: { day: number; seed: number; dieAt: number },
): Promise<Life> {
  const env = { VAULT: directory, WORLD: String(day), LIFE: String(seed), DIE_AT: String(dieAt) };
  const child = fork(CHILD, { env: { ...process.env, ...env }, stdio: 'inherit' });
  let told: unknown;
  child.on('message', (message) => {
    told = message;
  });
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ told, code, signal })));
}
