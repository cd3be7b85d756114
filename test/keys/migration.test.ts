import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createAudit } from '../../src/main/audit/index.ts';
import { silentLogger, systemRuntime } from '../../src/main/base/index.ts';
import { createKeys } from '../../src/main/keys/index.ts';
import { createSealing } from '../../src/main/sealing/index.ts';
import { createVault, openVault } from '../../src/main/vault/index.ts';
import { readMigrations } from '../../src/main/vault/migrations.ts';

const KEYS_MIGRATION = 9;
const settings = { rootKey: Buffer.alloc(32, 0x5a), runtime: systemRuntime, checkpoints: 'commit' } as const;

test('a vault that is older than the life cycle of keys shows all of its keys, with their history', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'countersign-test-'));
  const directory = join(parent, 'old.vault');
  try {
    const migrations = readMigrations().filter(({ number }) => number < KEYS_MIGRATION);
    const old = await createVault({ directory, ...settings, migrations });
    old.vault.db.exec(`
      INSERT INTO sealing_kek VALUES (1, 'active', 1000, x'01', x'02');
      INSERT INTO sealing_dek VALUES
        (1, 'invoice', '7y', '2025Q4', 1, 'retired', 2000, 1, x'01', x'02', 9),
        (2, 'invoice', '7y', '2025Q4', 2, 'active', 3000, 1, x'01', x'02', 5),
        (3, 'customer_pii', 'relationship', '2025Q4', 1, 'active', 4000, 1, x'01', x'02', 0);
      INSERT INTO sealed_value (dek_id, sealed) VALUES (1, x'00'), (2, x'00'), (2, x'00');`);
    old.vault.close();

    const vault = await openVault({ directory, ...settings });
    const sealing = createSealing(vault);
    const audit = createAudit(vault, sealing);
    vault.transaction(() => sealing.control.nextKek(1));
    const keys = createKeys({
      ...{ vault, sealing, audit, runtime: systemRuntime, log: silentLogger, sealedColumns: [] },
    });
    const rows = keys.list({ limit: 100, type: 'DEK' }).rows.filter(({ quarter }) => quarter === '2025Q4');
    expect(rows.map(({ id, state, protects }) => [id, state, protects])).toEqual([
      ['dek-3', 'expiring', 0],
      ['dek-2', 'expiring', 2],
      ['dek-1', 'retired', 1],
    ]);
    const events = (id: string) => keys.get(id).history.map(({ event, atMs }) => [event, atMs]);
    expect(events('dek-2')).toEqual([
      ['created', 3000],
      ['activated', 3000],
    ]);
    expect(events('dek-1').map(([event]) => event)).toEqual(['created', 'activated', 'retired']);
    expect(events('kek-1').slice(0, 2)).toEqual([
      ['created', 1000],
      ['activated', 1000],
    ]);
    await keys.close();
    vault.close();
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
});
