/** Opens a vault, ships its changes and writes without end, until somebody kills the process. */
import { createAudit } from '../../src/main/audit/index.ts';
import { createBackup } from '../../src/main/backup/index.ts';
import { silentLogger, systemRuntime } from '../../src/main/base/index.ts';
import { createMetrics } from '../../src/main/base/metrics.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import { createSealing } from '../../src/main/sealing/index.ts';
import { openVault } from '../../src/main/vault/index.ts';

const [directory = '', folder = '', rootKey = ''] = process.argv.slice(2);
const runtime = systemRuntime;
const vault = await openVault({ directory, rootKey: Buffer.from(rootKey, 'hex'), runtime });
const audit = createAudit(vault, createSealing(vault, runtime), runtime);
const feed = createFeed();
const jobs = createJobs({ runtime, feed, metrics: createMetrics() });
const backup = createBackup({ vault, audit, runtime, jobs, feed, log: silentLogger, shipEveryMs: 1 });
await backup.ship(folder, { actor: 'child', traceId: '' });
process.stdout.write('shipping\n');
for (;;) {
  vault.transaction(() => {
    for (let at = 0; at < 5; at += 1) {
      audit.record({ kind: 'test.write', actor: 'child', detail: { text: 'x'.repeat(300) } });
    }
  });
  await new Promise((done) => setTimeout(done, 10));
}
