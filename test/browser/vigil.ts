/** A vault with incidents and a heartbeat in it, as a night on which things went wrong leaves it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createAudit } from '../../src/main/audit/index.ts';
import { type IncidentReport, type Runtime, systemRuntime } from '../../src/main/base/index.ts';
import { createHeartbeat } from '../../src/main/heartbeat/index.ts';
import { createIncidents } from '../../src/main/incidents/index.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import { createSealing } from '../../src/main/sealing/index.ts';
import { createVault } from '../../src/main/vault/index.ts';

const MINUTE = 60_000;
export const NIGHT_VAULT = 'Night desk';
export const NIGHT_PASSPHRASE = 'gravel Orchid 7 window Tuba lantern';
/** The clock of the oldest incident runs out this long after the vault was made. */
const RUNS_OUT_MS = 30_000;

/** What was raised, the first first. The facts of the first are such that a title may never hold. */
export const NIGHT: readonly IncidentReport[] = [
  {
    kind: 'hsm.unreachable',
    dedupeKey: 'hsm/1',
    severity: 'high',
    title: 'The HSM of the wire desk does not answer.',
    detail: { slot: 1, custodian: 'Muster GmbH', lastAnswerMs: 4_210 },
  },
  {
    kind: 'backup.failed',
    dedupeKey: 'backup/second',
    severity: 'medium',
    title: 'Changes could not be shipped to the second folder.',
    detail: { code: 'BACKUP_TARGET_UNREACHABLE', pendingRecords: 1_204 },
  },
  {
    kind: 'keys.compromised',
    dedupeKey: 'keys/dek-7',
    severity: 'critical',
    title: 'A data-encryption key was marked as compromised.',
    detail: { purpose: 'customer_pii', version: 7, sealedValues: 18_220 },
  },
  {
    kind: 'keys.due',
    dedupeKey: 'keys/kek-1',
    severity: 'low',
    title: 'A key-encryption key is due and waits for two people.',
    detail: { ageDays: 366 },
  },
];

/** Makes the vault in a data folder, its events in the past by the clock of this machine. */
export async function makeNightVault(dataFolder: string): Promise<void> {
  const folder = join(dataFolder, 'countersign', 'vaults');
  mkdirSync(folder, { recursive: true });
  let backMs = 9 * 60 * MINUTE;
  const runtime: Runtime = { ...systemRuntime, nowMs: () => systemRuntime.nowMs() - backMs };
  const directory = join(folder, `${NIGHT_VAULT}.vault`);
  const { vault } = await createVault({
    directory,
    passphrase: NIGHT_PASSPHRASE,
    runtime,
    checkpoints: 'commit',
  });
  const sealing = createSealing(vault, runtime);
  const audit = createAudit(vault, sealing, runtime);
  const feed = createFeed();
  const incidents = createIncidents({ vault, sealing, audit, feed, runtime });
  const jobs = createJobs({ runtime, feed });
  const heartbeat = createHeartbeat({ vault, jobs, feed, runtime, raise: incidents.raise });
  for (; backMs > 20 * MINUTE; backMs -= 15 * MINUTE) {
    heartbeat.watch();
    const facts = { rotated: 0, due: 1 };
    heartbeat.beat({ source: 'keys.rotation-check', ok: true, message: 'Nothing was due.', facts });
  }
  const late = { source: 'backup.ship', ok: false, message: 'The second folder could not be written to.' };
  heartbeat.beat({ ...late, facts: { pendingRecords: 1_204 }, nextWithinMs: MINUTE });
  const [hsm, backup, compromised, due] = NIGHT as [
    IncidentReport,
    IncidentReport,
    IncidentReport,
    IncidentReport,
  ];
  incidents.raise(backup);
  incidents.raise(backup);
  incidents.acknowledge('1', { actor: 'ada', traceId: 'night' });
  incidents.raise(due);
  backMs = 3 * MINUTE;
  incidents.raise(compromised);
  backMs = 5 * MINUTE - RUNS_OUT_MS;
  incidents.raise(hsm);
  vault.close();
}
