import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Backup,
  type BackupOptions,
  createBackup,
  type Restored,
  restore,
} from '../../src/main/backup/index.ts';
import { type HeartbeatEvent, type IncidentReport, silentLogger } from '../../src/main/base/index.ts';
import { createMetrics } from '../../src/main/base/metrics.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import { openVault } from '../../src/main/vault/index.ts';
import { openTestVault, type TestVault } from '../support/vault.ts';

export const CALLER = { actor: 'tester', traceId: 'trace' };

export interface BackupTest {
  readonly test: TestVault;
  readonly backup: Backup;
  /** A folder of its own, outside the vault. */
  readonly folder: string;
  readonly beats: HeartbeatEvent[];
  readonly incidents: IncidentReport[];
  /** Writes `count` audit records, each in a transaction of its own; answers the last number. */
  write(count: number, perTransaction?: number): bigint;
  /** A second room on the same vault, after it was opened again. */
  room(test: TestVault, options?: Partial<BackupOptions>): Backup;
  restoreTo(name: string, source: string, record?: bigint): Promise<Restored>;
  close(): Promise<void>;
}

/** A vault with its backup room, and a folder for what comes out of it. */
export async function openBackupTest(
  options: Partial<BackupOptions> = {},
  another = false,
): Promise<BackupTest> {
  const test = await openTestVault({ checkpoints: 'worker', another });
  const folder = mkdtempSync(join(tmpdir(), 'countersign-backup-'));
  mkdirSync(join(folder, 'second'));
  const beats: HeartbeatEvent[] = [];
  const incidents: IncidentReport[] = [];
  const room = (of: TestVault, more: Partial<BackupOptions> = {}) =>
    createBackup({
      vault: of.vault,
      audit: of.audit,
      runtime: of.runtime,
      jobs: createJobs({ runtime: of.runtime, feed: createFeed(), metrics: createMetrics() }),
      feed: createFeed(),
      log: silentLogger,
      beat: (event) => beats.push(event),
      raise: (report) => incidents.push(report),
      ...options,
      ...more,
    });
  const backup = room(test);
  return {
    test,
    backup,
    folder,
    beats,
    incidents,
    room,
    write(count, perTransaction = 1) {
      return writeRecords(test, count, perTransaction);
    },
    restoreTo: (name, source, record) =>
      restore({
        source,
        target: join(folder, name),
        secret: { rootKey: test.rootKey },
        runtime: test.runtime,
        caller: CALLER,
        ...(record === undefined ? {} : { record }),
      }),
    async close() {
      await backup.close(() => test.vault.close());
      test.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function writeRecords(test: TestVault, count: number, perTransaction = 1): bigint {
  let seq = 0n;
  for (let at = 0; at < count; at += perTransaction) {
    test.vault.transaction(() => {
      for (let one = 0; one < perTransaction; one += 1) {
        seq = test.audit.record({
          kind: 'test.write',
          actor: 'tester',
          subjects: [{ kind: 'thing', id: String(at + one) }],
          detail: { at: at + one, text: 'x'.repeat(((at + one) * 37) % 900) },
        });
      }
    });
  }
  return seq;
}

/** Opens a restored vault, verifies its log and answers its last record. */
export async function readRestored(test: TestVault, directory: string) {
  const vault = await openVault({
    directory,
    rootKey: test.rootKey,
    runtime: test.runtime,
    checkpoints: 'commit',
  });
  try {
    const { createAudit } = await import('../../src/main/audit/index.ts');
    const { createSealing } = await import('../../src/main/sealing/index.ts');
    const audit = createAudit(vault, createSealing(vault, test.runtime), test.runtime);
    const verification = await audit.verify();
    const findings = [...(await vault.checkIntegrity()), ...verification.findings];
    const last = audit.lastSeq();
    const end = audit.get(last);
    return { findings, last, end, shipFolder: vault.meta('backup.ship-folder') };
  } finally {
    vault.close();
  }
}

/** A copy of the shipped folder as it lies there now. */
export function copyOf(folder: string, name: string): string {
  const copy = join(folder, name);
  cpSync(join(folder, 'second'), copy, { recursive: true });
  return copy;
}

/** The chain folders below a shipped folder. */
export function chainsIn(shipped: string): string[] {
  const own = join(shipped, readdirSync(shipped).find((name) => name.startsWith('countersign-'))!);
  return readdirSync(own)
    .sort()
    .map((name) => join(own, name));
}
