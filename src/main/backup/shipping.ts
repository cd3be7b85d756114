import type { ShippingStatus } from '../../contract/backup.ts';
import type { CountersignError } from '../base/index.ts';
import { newestFolder, ownFolder } from './chain.ts';
import { SHIP_FOLDER } from './restore.ts';
import type { BackupOptions } from './service.ts';
import { type Shipper, startShipper } from './shipper.ts';

/** While all is well the heartbeat hears of it this often; each event is itself a change to ship. */
const BEAT_EVERY_MS = 600_000;

/** The shipping of a vault as the engine sees it: on or off, how far, and what is wrong with it. */
export function createShipping(options: Omit<BackupOptions, 'checkBooks'>) {
  const { vault, audit, runtime, feed, log, beat, raise, shipEveryMs } = options;
  let shipper: Shipper | undefined;
  let shipped: { record: number; atMs: number } | undefined;
  let problem: { code: string; message: string } | undefined;
  let beatAtMs = Number.NEGATIVE_INFINITY;
  /** Starting and ending wait for each other. */
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = turn.then(task);
    turn = result.catch(() => undefined);
    return result;
  };

  function onShipped(now: { record: number; atMs: number }): void {
    const wasFailing = problem !== undefined;
    const moved = shipped?.record !== now.record;
    shipped = now;
    problem = undefined;
    if (moved || wasFailing) feed.changed('backup');
    const nowMs = runtime.nowMs();
    if (closed || !vault.db.open || (!wasFailing && nowMs - beatAtMs < BEAT_EVERY_MS)) return;
    beatAtMs = nowMs;
    const facts = { record: now.record };
    const message = 'The second folder holds every change.';
    beat?.({ source: 'backup.ship', ok: true, message, facts, nextWithinMs: 2 * BEAT_EVERY_MS });
  }

  function onFailed({ code, message }: CountersignError): void {
    const isNews = problem?.code !== code;
    problem = { code, message };
    if (!isNews) return;
    log.error('backup.ship-failed', { code });
    feed.changed('backup');
    if (closed || !vault.db.open) return;
    const title = 'Changes do not reach the second folder; the desk works on.';
    vault.transaction(() => {
      beat?.({ source: 'backup.ship', ok: false, message: title, facts: { code } });
      const kind = 'backup.ship-failed';
      raise?.({ kind, dedupeKey: kind, severity: 'high', title, detail: { code } });
    });
  }

  const folder = () => vault.meta(SHIP_FOLDER) ?? '';

  function start(): void {
    shipped = undefined;
    problem = undefined;
    beatAtMs = Number.NEGATIVE_INFINITY;
    const place = folder();
    if (place === '' || closed) return;
    shipper = startShipper({
      vault,
      folder: place,
      runtime,
      onShipped,
      onFailed,
      ...(shipEveryMs === undefined ? {} : { shipEveryMs }),
    });
  }

  async function stop(closeVault?: () => void): Promise<void> {
    const ending = shipper;
    shipper = undefined;
    if (ending) await ending.end(closeVault);
    else closeVault?.();
  }

  function status(): ShippingStatus {
    const place = folder();
    const state = place === '' ? 'off' : problem ? 'failed' : shipped === undefined ? 'starting' : 'current';
    const record = shipped === undefined ? null : BigInt(shipped.record);
    const lagSeconds =
      shipped === undefined
        ? null
        : audit.lastSeq() <= record!
          ? 0
          : Math.max(0, Math.round((runtime.nowMs() - shipped.atMs) / 1000));
    return {
      folder: place === '' ? null : place,
      state,
      record,
      shippedAtMs: shipped?.atMs ?? null,
      lagSeconds,
      problem: problem ?? null,
    };
  }

  start();
  return {
    status,
    /** The folder that a drill may restore from, where it holds anything. */
    shippedFolder: () => {
      const own = ownFolder(folder(), vault.vaultId);
      return folder() !== '' && newestFolder(own) !== undefined ? own : undefined;
    },
    /** Begins with the folder that is set now; settles when it holds everything or has failed. */
    restart: () =>
      inTurn(async () => {
        await stop();
        start();
        await shipper?.ship();
      }),
    close: (closeVault: () => void) => {
      closed = true;
      return inTurn(() => stop(closeVault));
    },
  };
}
