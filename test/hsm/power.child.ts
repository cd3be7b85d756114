/**
 * An engine that makes a key on the stand-in's token, for a test that takes its power away. The words
 * of its command line: the vault's folder, the device's file.
 */
import { createAudit } from '../../src/main/audit/index.ts';
import { silentLogger, systemRuntime } from '../../src/main/base/index.ts';
import { forkHost } from '../../src/main/doors/shared/fork-host.ts';
import { createHsm } from '../../src/main/hsm/index.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import { createSealing } from '../../src/main/sealing/index.ts';
import { openVault } from '../../src/main/vault/index.ts';
import { PIN, STAND_IN } from './support.ts';

const [directory, device] = process.argv.slice(2) as [string, string];
const CALLER = { actor: 'operator-1', traceId: 't' };
const runtime = systemRuntime;
const rootKey = Buffer.alloc(32, 0x5a);
const vault = await openVault({ directory, rootKey, runtime, checkpoints: 'commit' });
const sealing = createSealing(vault, runtime);
const feed = createFeed();
const hsm = createHsm({
  ...{ vault, sealing, runtime, feed, log: silentLogger, jobs: createJobs({ runtime, feed }) },
  ...{ audit: createAudit(vault, sealing, runtime), beat: () => {}, raise: () => {}, keepsSpare: false },
  ...{ spawnHost: forkHost, entry: STAND_IN },
});
const [known] = hsm.status().tokens;
const token =
  known === undefined
    ? await hsm.addToken({ name: 'One', profile: 'utimaco', library: device, label: 'one', pin: PIN }, CALLER)
    : await hsm.openSession(known.id, PIN, CALLER);
await hsm.generateKey({ tokenId: token.id, name: 'Desk', algorithm: 'P-256', mayMigrate: false }, CALLER);
await hsm.close();
vault.close();
