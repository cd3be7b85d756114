import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CountersignError, type Runtime, workerUrl } from '../base/index.ts';
import type { ReaderKey, Vault } from '../vault/index.ts';
import { CLOSED_FILE, writeClosedMark } from './chain.ts';
import { type LogPosition, manifestKey } from './container.ts';
import { type CrossedError, uncrossed } from './work.ts';

/** How often changes travel while there are any. */
export const SHIP_EVERY_MS = 20_000;
/** How often the log is looked at. */
const LOOK_EVERY_MS = 1_000;
/** A thread that has not answered for so long hangs in its target. */
const STALL_MS = 45_000;
/** Longest wait for the last shipping when the vault closes. */
const END_WAIT_MS = 15_000;

export interface ShipperData {
  readonly key: ReaderKey;
  readonly folder: string;
  readonly macKey: Uint8Array;
  readonly shipEveryMs: number;
}

/** `look` ships where it is time, `ship` at once, `end` at once and for the last time. */
export interface ShipCall {
  readonly do: 'look' | 'ship' | 'end';
  readonly nowMs: number;
}

interface Ended {
  readonly folder: string;
  readonly mac: string;
  readonly position: LogPosition;
}

export interface ShipAnswer {
  readonly idle?: true;
  readonly shipped?: { readonly record: number; readonly atMs: number };
  readonly failed?: CrossedError;
  readonly ended?: Ended | null;
}

export interface ShipperEvents {
  readonly onShipped: (shipped: { record: number; atMs: number }) => void;
  readonly onFailed: (error: CountersignError) => void;
}

export interface ShipperOptions extends ShipperEvents {
  readonly vault: Vault;
  readonly folder: string;
  readonly runtime: Runtime;
  readonly shipEveryMs?: number;
}

/** Ships the changes of an open vault from a thread of its own, until it is ended. */
export interface Shipper {
  readonly folder: string;
  /** Ships what there is now; settles when that is done or has failed. */
  ship(): Promise<void>;
  /**
   * Ships for the last time and ends the thread. `closeVault`, where it is given, is called behind it;
   * where nothing was written in between, the folder is marked, so that the next start goes on there.
   */
  end(closeVault?: () => void): Promise<void>;
}

export function startShipper(options: ShipperOptions): Shipper {
  const { vault, folder, runtime, onShipped, onFailed } = options;
  const macKey = manifestKey(vault.wrappingKey);
  const data: ShipperData = {
    key: vault.readerKey(),
    folder,
    macKey: Uint8Array.from(macKey),
    shipEveryMs: options.shipEveryMs ?? SHIP_EVERY_MS,
  };
  const worker = new Worker(workerUrl(import.meta.url, './ship.worker.ts'), {
    workerData: data,
    execArgv: [],
  });
  worker.unref();
  /** Calls that are not answered; the thread answers them in turn. */
  const waiting: ((answer: ShipAnswer) => void)[] = [];
  let broken: CrossedError | undefined;
  let ended = false;
  let askedMs = runtime.monotonicMs();

  const settleAll = (failed: CrossedError) => {
    broken = failed;
    for (const settle of waiting.splice(0)) settle({ failed, ended: null });
  };
  worker.on('message', (answer: ShipAnswer) => waiting.shift()?.(answer));
  worker.once('error', () =>
    settleAll({ code: 'INTERNAL', message: 'The thread that ships changes broke down.', details: {} }),
  );
  const exited = new Promise<null>((resolve) => {
    worker.once('exit', () => resolve(null));
  });
  worker.once('exit', () => {
    if (waiting.length > 0)
      settleAll({ code: 'INTERNAL', message: 'The thread that ships changes ended.', details: {} });
  });

  const ask = async (what: ShipCall['do']): Promise<ShipAnswer> => {
    if (broken) return { failed: broken, ended: null };
    const answer = await new Promise<ShipAnswer>((resolve) => {
      waiting.push(resolve);
      askedMs = runtime.monotonicMs();
      worker.postMessage({ do: what, nowMs: runtime.nowMs() } satisfies ShipCall);
    });
    if (answer.shipped) onShipped(answer.shipped);
    if (answer.failed) onFailed(uncrossed(answer.failed));
    return answer;
  };

  let cancelLook = () => {};
  const arm = () => {
    cancelLook = runtime.schedule(LOOK_EVERY_MS, () => {
      // A thread that is busy is not asked again before it has answered.
      if (waiting.length === 0) void ask('look');
      else if (runtime.monotonicMs() - askedMs > STALL_MS) onFailed(stalled());
      arm();
    });
  };
  // At once, while the log still holds all that was written since the vault was opened.
  void ask('ship');
  arm();

  /** The last answer, or none where the target takes too long. */
  const finish = async (): Promise<Ended | null> => {
    let cancel = () => {};
    const late = new Promise<null>((resolve) => {
      cancel = runtime.schedule(END_WAIT_MS, () => resolve(null));
    });
    const answer = await Promise.race([ask('end'), late]);
    // It ends by itself after its last answer. A thread that is ended in the middle of ending may take the
    // process along (docs/findings/0004), so only one that does not come to its end is ended from here.
    worker.ref();
    if (answer !== null) await Promise.race([exited, late]);
    cancel();
    await worker.terminate();
    return answer?.ended ?? null;
  };

  return {
    folder,
    ship: async () => {
      await ask('ship');
    },
    async end(closeVault) {
      if (ended) return closeVault?.();
      ended = true;
      cancelLook();
      const last = await finish();
      const isWhole = last !== null && closeVault !== undefined && everythingLiesIn(vault, last.position);
      const path = data.key.path;
      closeVault?.();
      if (isWhole) markClosed(path, last, macKey);
      macKey.fill(0);
    },
  };
}

function stalled(): CountersignError {
  const message = 'The second folder has not answered for a while.';
  return new CountersignError('BACKUP_TARGET_UNREACHABLE', message);
}

/** Whether the log still ends where the last shipping ended. Asked with nothing in between it and the closing. */
function everythingLiesIn(vault: Vault, position: LogPosition): boolean {
  const [row] = vault.db.pragma('wal_checkpoint(NOOP)') as { log: bigint }[];
  return row !== undefined && Math.max(0, Number(row.log)) === position.frames;
}

function markClosed(path: string, { folder, mac }: Ended, macKey: Uint8Array): void {
  try {
    const stat = statSync(path, { bigint: true });
    const mark = {
      manifest: mac,
      sizeBytes: String(stat.size),
      mtimeNs: String(stat.mtimeNs),
      inode: String(stat.ino),
    };
    writeClosedMark(join(folder, CLOSED_FILE), mark, macKey);
  } catch {
    // Without the mark the next start writes a new base, which costs time and nothing else.
  }
}
