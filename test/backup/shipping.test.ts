import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSource, planRestore } from '../../src/main/backup/chain.ts';
import {
  type BackupTest,
  CALLER,
  chainsIn,
  copyOf,
  openBackupTest,
  readRestored,
  writeRecords,
} from './support.ts';

const second = (bench: BackupTest) => join(bench.folder, 'second');
const shippedRecord = (bench: BackupTest) => bench.backup.status().shipping.record;

async function shipped(bench: BackupTest, record: bigint): Promise<void> {
  await expect.poll(() => shippedRecord(bench), { timeout: 15_000, interval: 20 }).toBe(record);
}

describe('shipping changes', () => {
  it('ships a base and then what changed, and restores to the last record', async () => {
    const bench = await openBackupTest({ shipEveryMs: 50 });
    try {
      bench.write(20);
      const status = await bench.backup.ship(second(bench), CALLER);
      expect(status).toMatchObject({ state: 'current', lagSeconds: 0, problem: null });
      const last = bench.write(40);
      await shipped(bench, last);
      const restored = await bench.restoreTo('again.vault', second(bench));
      expect(restored.record).toBe(last);
      const read = await readRestored(bench.test, restored.directory);
      expect(read.findings).toEqual([]);
      expect(read.last).toBe(last + 1n);
      expect(read.end.record.kind).toBe('backup.restore');
      expect(read.shipFolder).toBe('');
    } finally {
      await bench.close();
    }
  });

  it('restores every prefix of what was shipped to a vault whose log verifies', async () => {
    const bench = await openBackupTest({ shipEveryMs: 1 });
    try {
      await bench.backup.ship(second(bench), CALLER);
      for (let round = 0; round < 3; round += 1) await shipped(bench, bench.write(5 + round * 9));
      const folder = chainsIn(copyOf(bench.folder, 'copy'))[0]!;
      const segments = readdirSync(folder)
        .filter((name) => name.endsWith('.seg'))
        .sort();
      expect(segments.length).toBeGreaterThan(2);
      for (let kept = segments.length; kept >= 0; kept -= 1) {
        if (kept < segments.length) rmSync(join(folder, segments[kept]!));
        const plan = planRestore(openSource(folder), undefined);
        const promised = BigInt((plan.segments.at(-1) ?? plan.base).manifest.record);
        const restored = await bench.restoreTo(`prefix-${kept}`, folder);
        expect(restored.record).toBe(promised);
        // The pages, the structure and the whole log were checked before it got its name.
        expect(restored.checks.map(({ name, ok }) => [name, ok])).toEqual([
          ['pages and structure', true],
          ['audit log', true],
        ]);
      }
    } finally {
      await bench.close();
    }
  }, 60_000);

  it('restores to exactly the record asked for, and names the nearest where it lies inside a commit', async () => {
    const bench = await openBackupTest({ shipEveryMs: 100_000 });
    try {
      await bench.backup.ship(second(bench), CALLER);
      const first = shippedRecord(bench)!;
      const alone = bench.write(30);
      const together = bench.write(3, 3);
      const last = bench.write(6);
      // The command itself is one record more.
      await bench.backup.ship(second(bench), CALLER);
      expect(shippedRecord(bench)).toBe(last + 1n);
      for (const record of [first + 17n, together]) {
        const restored = await bench.restoreTo(`at-${record}`, second(bench), record);
        expect(restored.record).toBe(record);
        const read = await readRestored(bench.test, restored.directory);
        expect(read.findings).toEqual([]);
        expect(read.last).toBe(record + 1n);
      }
      const inside = bench.restoreTo('inside', second(bench), together - 1n);
      await expect(inside).rejects.toMatchObject({
        code: 'BACKUP_RECORD_UNREACHABLE',
        details: { before: Number(alone), after: Number(together) },
      });
      const later = bench.restoreTo('later', second(bench), last + 5n);
      await expect(later).rejects.toMatchObject({
        code: 'BACKUP_RECORD_UNREACHABLE',
        details: { before: Number(last) + 1 },
      });
      expect(readdirSync(bench.folder).filter((name) => /inside|later/.test(name))).toEqual([]);
    } finally {
      await bench.close();
    }
  }, 60_000);

  it('loses nothing while the log starts over again and again', async () => {
    const bench = await openBackupTest({ shipEveryMs: 1 });
    try {
      await bench.backup.ship(second(bench), CALLER);
      const log = join(bench.test.directory, 'vault.db-wal');
      let last = 0n;
      let largestBytes = 0;
      const seen = new Set<string>();
      for (let round = 0; round < 60 && seen.size < 2; round += 1) {
        last = bench.write(2_400, 300);
        largestBytes = Math.max(largestBytes, statSync(log).size);
        await new Promise((done) => setTimeout(done, 60));
        // The salts change when the log begins anew.
        seen.add(readFileSync(log).toString('hex', 16, 24));
      }
      await shipped(bench, last);
      // Nothing was lost on the way: another base comes only where the changes have grown large.
      expect(bench.incidents).toEqual([]);
      expect(seen.size).toBeGreaterThan(1);
      const plan = planRestore(openSource(second(bench)), undefined);
      expect(largestBytes).toBeLessThan(64 * 1024 * 1024);
      const restored = await bench.restoreTo('again.vault', second(bench));
      expect(restored.record).toBe(last);
      expect(restored.checks.every((check) => check.ok)).toBe(true);
      const middle = BigInt(plan.segments[Math.floor(plan.segments.length / 2)]!.manifest.record);
      expect((await bench.restoreTo('middle.vault', second(bench), middle)).record).toBe(middle);
    } finally {
      await bench.close();
    }
  }, 60_000);

  it('goes on with the same chain after the vault was closed and opened again', async () => {
    const bench = await openBackupTest({ shipEveryMs: 20 });
    let again = bench.test;
    try {
      await bench.backup.ship(second(bench), CALLER);
      bench.write(12);
      await bench.backup.close(() => bench.test.vault.close());
      again = await bench.test.reopen();
      const room = bench.room(again);
      const last = writeRecords(again, 9);
      await expect.poll(() => room.status().shipping.record, { timeout: 8_000 }).toBe(last);
      expect(chainsIn(second(bench))).toHaveLength(1);
      const restored = await bench.restoreTo('again.vault', second(bench));
      expect(restored.record).toBe(last);
      await room.close(() => again.vault.close());
    } finally {
      again.close();
      await bench.close();
    }
  });

  it('begins a new base where somebody wrote without shipping', async () => {
    const bench = await openBackupTest({ shipEveryMs: 20 });
    let again = bench.test;
    try {
      await bench.backup.ship(second(bench), CALLER);
      bench.write(12);
      await bench.backup.close(() => bench.test.vault.close());
      again = await bench.test.reopen();
      writeRecords(again, 4);
      again = await again.reopen();
      const room = bench.room(again);
      const last = again.audit.lastSeq();
      await expect.poll(() => room.status().shipping.record, { timeout: 8_000 }).toBe(last);
      expect(chainsIn(second(bench))).toHaveLength(2);
      expect((await bench.restoreTo('again.vault', second(bench))).record).toBe(last);
      // The chain before still has what it had, and says what lies between the two.
      const gap = bench.restoreTo('gap.vault', second(bench), last - 2n);
      await expect(gap).rejects.toMatchObject({
        code: 'BACKUP_RECORD_UNREACHABLE',
        details: { after: Number(last) },
      });
      await room.close(() => again.vault.close());
    } finally {
      again.close();
      await bench.close();
    }
  });

  it('says when the second folder is gone, lets the desk work, and catches up', async () => {
    const bench = await openBackupTest({ shipEveryMs: 20 });
    try {
      await bench.backup.ship(second(bench), CALLER);
      const away = join(bench.folder, 'away');
      renameSync(second(bench), away);
      bench.write(10);
      const state = () => bench.backup.status().shipping.state;
      await expect.poll(state, { timeout: 8_000 }).toBe('failed');
      expect(bench.backup.status().shipping.problem?.code).toBe('BACKUP_TARGET_UNREACHABLE');
      expect(bench.incidents.map(({ kind }) => kind)).toEqual(['backup.ship-failed']);
      expect(bench.beats.at(-1)).toMatchObject({ source: 'backup.ship', ok: false });
      const last = bench.write(10);
      renameSync(away, second(bench));
      await shipped(bench, last);
      expect(bench.backup.status().shipping).toMatchObject({ state: 'current', problem: null });
      expect(bench.beats.at(-1)).toMatchObject({ source: 'backup.ship', ok: true });
      expect(chainsIn(second(bench))).toHaveLength(1);
      expect((await bench.restoreTo('again.vault', second(bench))).record).toBe(last);
    } finally {
      await bench.close();
    }
  });
});
