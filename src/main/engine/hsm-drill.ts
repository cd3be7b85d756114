/**
 * A drill of the HSM on a vault and a token of its own: requests come without a break while the
 * process of the HSM is killed again and again, and every one of them must be answered once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAudit } from '../audit/index.ts';
import { type Logger, type Runtime, type SpawnHost, silentLogger, systemRuntime } from '../base/index.ts';
import { createHsm, type Hsm, killable, verifySigned } from '../hsm/index.ts';
import { createFeed, createJobs } from '../jobs/index.ts';
import { createSealing } from '../sealing/index.ts';
import { createVault } from '../vault/index.ts';

export interface DrillOptions {
  readonly spawnHost: SpawnHost;
  readonly seconds: number;
  readonly inFlight?: number;
  readonly killEveryMs?: number;
  readonly runtime?: Runtime;
  readonly log?: Logger;
}

export interface DrillResult {
  readonly asked: number;
  /** With a signature that verifies. */
  readonly answered: number;
  /** For which the vault knows another answer than the one that left. */
  readonly doubled: number;
  readonly lost: number;
  readonly kills: number;
  /** From the kill to the next answer, at worst. */
  readonly slowestReturnMs: number;
}

const DRILL = { actor: 'drill', traceId: '' };

/** A room of the HSM on a vault in the temp folder; `work` has it to itself, and it is removed afterwards. */
export async function withDrillHsm<T>(
  options: Pick<DrillOptions, 'spawnHost' | 'runtime' | 'log'>,
  work: (hsm: Hsm) => Promise<T>,
): Promise<T> {
  const { spawnHost, runtime = systemRuntime, log = silentLogger } = options;
  const folder = mkdtempSync(join(tmpdir(), 'countersign-drill-'));
  const rootKey = runtime.randomBytes(32);
  const { vault } = await createVault({ directory: join(folder, 'drill.vault'), rootKey, runtime });
  const feed = createFeed();
  const sealing = createSealing(vault, runtime);
  const audit = createAudit(vault, sealing, runtime);
  const hsm = createHsm({
    ...{ vault, sealing, audit, runtime, log, feed, spawnHost, jobs: createJobs({ runtime, feed }) },
    raise: () => {},
    beat: () => {},
  });
  try {
    return await work(hsm);
  } finally {
    await hsm.close();
    feed.close();
    vault.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the drill. Errors: `HSM_SOFTWARE_MISSING`, `HSM_BINDING_MISSING`. */
export function drillHsm(options: DrillOptions): Promise<DrillResult> {
  const { seconds, inFlight = 256, killEveryMs = 1_000, runtime = systemRuntime } = options;
  const victims = killable(options.spawnHost);
  return withDrillHsm({ ...options, spawnHost: victims.spawnHost }, async (hsm) => {
    const key = await hsm.generateKey({ name: 'Drill', algorithm: 'P-256', mayMigrate: false }, DRILL);
    const startedMs = runtime.monotonicMs();
    const isOver = () => runtime.monotonicMs() - startedMs > seconds * 1_000;
    const answers = new Map<string, { readonly message: Buffer; readonly signature: Buffer }>();
    const returnsMs: number[] = [];
    let asked = 0;
    let kills = 0;
    let killedAtMs: number | undefined;

    async function load(): Promise<void> {
      while (!isOver()) {
        asked += 1;
        const id = `drill-${asked}`;
        const message = Buffer.from(`payment ${asked}`);
        const { signature } = await hsm.sign({ keyId: key.keyId, message, id });
        answers.set(id, { message, signature });
        if (killedAtMs === undefined) continue;
        returnsMs.push(runtime.monotonicMs() - killedAtMs);
        killedAtMs = undefined;
      }
    }

    async function strike(): Promise<void> {
      while (!isOver()) {
        await new Promise<void>((resolve) => {
          setTimeout(resolve, killEveryMs);
        });
        // The next blow waits until the last one is overcome.
        if (isOver() || killedAtMs !== undefined || !victims.kill()) continue;
        kills += 1;
        // Answers of the process that were on their way still arrive; the clock starts with its death.
        await new Promise<void>((resolve) => {
          setTimeout(resolve, 5);
        });
        killedAtMs = runtime.monotonicMs() - 5;
      }
    }

    await Promise.all([strike(), ...Array.from({ length: inFlight }, load)]);
    let answered = 0;
    let doubled = 0;
    for (const [id, { message, signature }] of answers) {
      if (verifySigned(key.algorithm, Buffer.from(key.publicKey, 'base64'), message, signature))
        answered += 1;
      // Every signature of this algorithm differs, so a second one for the same id would be seen.
      if (hsm.request(id).signature !== signature.toString('base64')) doubled += 1;
    }
    const slowestReturnMs = Math.max(0, ...returnsMs);
    return { asked, answered, doubled, lost: asked - answered, kills, slowestReturnMs };
  });
}
