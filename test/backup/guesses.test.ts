import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BackupTest, CALLER, openBackupTest } from './support.ts';

let bench: BackupTest;
beforeAll(async () => {
  bench = await openBackupTest();
  bench.write(5);
  await bench.backup.create(join(bench.folder, 'one.bkup'), CALLER);
});
afterAll(() => bench.close());

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'restored',
    (error: unknown) => (error as { code: string }).code,
  );

const guess = (source: string) =>
  codeOf(
    bench.backup.restore(
      {
        source,
        target: join(bench.folder, 'guessed.vault'),
        secret: { passphrase: 'somebody guesses here' },
      },
      CALLER,
    ),
  );

it('guesses at a backup of this vault pass the brake of this vault', async () => {
  const source = join(bench.folder, 'one.bkup');
  const { directory } = bench.test.vault;
  const codes = [await guess(source), await guess(source), await guess(source), await guess(source)];
  expect(codes).toEqual([...Array(3).fill('VAULT_PASSPHRASE_WRONG'), 'VAULT_BACKING_OFF']);
  expect(existsSync(join(directory, 'attempts.json'))).toBe(true);
  expect(readdirSync(bench.folder).sort()).toEqual(['one.bkup', 'second']);
});

it('guesses at a backup of another vault take nothing off that brake', async () => {
  const brake = join(bench.test.vault.directory, 'attempts.json');
  const before = readFileSync(brake);
  const other = await openBackupTest({}, true);
  try {
    await other.backup.create(join(other.folder, 'other.bkup'), CALLER);
    const source = join(bench.folder, 'other.bkup');
    copyFileSync(join(other.folder, 'other.bkup'), source);
    expect(await guess(source)).toBe('VAULT_PASSPHRASE_WRONG');
    expect(readFileSync(brake)).toEqual(before);
    expect(existsSync(join(dirname(bench.test.vault.directory), 'attempts.json'))).toBe(true);
    rmSync(source);
  } finally {
    await other.close();
  }
});
