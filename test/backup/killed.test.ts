import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CALLER, openBackupTest } from './support.ts';

/** Lets a child ship and kills it after a while, in the middle of whatever it does. */
async function shipAndKill(
  directory: string,
  folder: string,
  rootKey: Buffer,
  afterMs: number,
): Promise<void> {
  const script = fileURLToPath(new URL('./ship.child.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--no-warnings', script, directory, folder, rootKey.toString('hex')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error('the child ended before it shipped')));
  });
  await new Promise((done) => setTimeout(done, afterMs));
  child.kill('SIGKILL');
  await ended;
}

describe('a process that is killed while it ships', () => {
  it('leaves changes that restore, and the next one goes on', async () => {
    const bench = await openBackupTest({ shipEveryMs: 20 });
    const folder = join(bench.folder, 'second');
    let test = bench.test;
    try {
      bench.write(10);
      test.vault.close();
      let before = 0n;
      for (const afterMs of [350, 1_250]) {
        await shipAndKill(test.directory, folder, test.rootKey, afterMs);
        const restored = await bench.restoreTo(`after-${afterMs}`, folder);
        expect(restored.record).toBeGreaterThan(before);
        expect(restored.checks.every((check) => check.ok)).toBe(true);
        before = restored.record;
      }
      test = await test.reopen();
      expect(test.audit.lastSeq()).toBeGreaterThanOrEqual(before);
      const room = bench.room(test);
      const last = test.audit.lastSeq();
      await expect.poll(() => room.status().shipping.record, { timeout: 8_000 }).toBe(last);
      expect((await room.drill(CALLER)).verified).toBe(true);
      const own = join(folder, readdirSync(folder)[0]!);
      for (const chain of readdirSync(own)) {
        expect(readdirSync(join(own, chain)).filter((name) => name.endsWith('.part'))).toEqual([]);
      }
      await room.close(() => test.vault.close());
    } finally {
      test.close();
      await bench.close();
    }
  }, 60_000);
});
