import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Caller, type IncidentReport, silentLogger } from '../../src/main/base/index.ts';
import { forkHost } from '../../src/main/doors/shared/fork-host.ts';
import { createHsm, type Hsm, type HsmOptions, killable } from '../../src/main/hsm/index.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import { openTestVault, type TestVault } from '../support/vault.ts';
import { type Device, type DeviceToken, newToken, writeDevice } from './stand-in.ts';
import { PIN, STAND_IN } from './support.ts';

export const OFFICER: Caller = { actor: 'operator-1', traceId: 't' };

/** The room on a real vault. */
export interface Desk {
  /** Kills the process that was asked last. */
  readonly kill: () => boolean;
  hsm: Hsm;
  test: TestVault;
  readonly incidents: IncidentReport[];
  /** Kinds of the audit records of the room, oldest first. */
  records(): string[];
  /** Opens the vault again, as a restart does; closes it first where it is open. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Without spare processes, which most tests would start for nothing. */
export async function openDesk(
  options: Partial<Pick<HsmOptions, 'entry' | 'silentMs' | 'keepsSpare' | 'cardReading' | 'runtime'>> = {},
): Promise<Desk> {
  const incidents: IncidentReport[] = [];
  const victims = killable(forkHost);
  const wire = (test: TestVault): Hsm => {
    const { vault, sealing, audit, runtime } = test;
    const feed = createFeed();
    return createHsm({
      ...{ vault, sealing, audit, runtime, feed, log: silentLogger, jobs: createJobs({ runtime, feed }) },
      ...{ spawnHost: victims.spawnHost, beat: () => {}, raise: (report) => void incidents.push(report) },
      keepsSpare: false,
      ...options,
    });
  };
  const test = await openTestVault();
  const desk: Desk = {
    hsm: wire(test),
    test,
    incidents,
    kill: victims.kill,
    records: () =>
      desk.test.audit
        .list({ limit: 500 })
        .rows.map(({ kind }) => kind)
        .filter((kind) => kind.startsWith('hsm.'))
        .reverse(),
    async restart() {
      await desk.hsm.close();
      desk.test = await desk.test.reopen();
      desk.hsm = wire(desk.test);
    },
    async close() {
      await desk.hsm.close();
      desk.test.close();
    },
  };
  return desk;
}

/** A device for the stand-in, in a folder of its own. */
export function newDevice(...tokens: DeviceToken[]): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-device-'));
  const path = join(folder, 'device.json');
  const device: Device = { tokens: tokens.length > 0 ? tokens : [newToken('one', 'S1')], faults: {} };
  writeDevice(path, device);
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export const openStandInDesk = (silentMs = 2_000, more: Parameters<typeof openDesk>[0] = {}) =>
  openDesk({ entry: STAND_IN, silentMs, ...more });

/** Configures a token of the stand-in as one of hardware. */
export const addStandIn = (
  desk: Desk,
  path: string,
  name = 'One',
  more: { serial?: string; label?: string } = { label: 'one' },
) => desk.hsm.addToken({ name, profile: 'utimaco', library: path, pin: PIN, ...more }, OFFICER);

/** Waits until something holds; fails after some seconds. */
export async function until(holds: () => boolean, what: string, withinMs = 30_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
