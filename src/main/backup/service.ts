import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BackupRun, BackupStatus, DrillResult, ShippingStatus } from '../../contract/backup.ts';
import type { Audit } from '../audit/index.ts';
import {
  type Beat,
  CountersignError,
  isCountersignError,
  type Logger,
  type RaiseIncident,
  type Runtime,
} from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import type { Feed, JobHandle, Jobs } from '../jobs/index.ts';
import { type SlotSecret, type Vault, withBackOff } from '../vault/index.ts';
import { makeOwnFolder, openSource, ownFolder, readChain } from './chain.ts';
import { manifestKey } from './container.ts';
import { type DrillParts, drill } from './drill.ts';
import { backupFileError } from './file-errors.ts';
import { freePlace, placeOutside, suggestedFile } from './places.ts';
import { type CheckBooks, type Restored, restore, SHIP_FOLDER } from './restore.ts';
import { createShipping } from './shipping.ts';
import { createStore, type RunRow } from './store.ts';
import { work } from './work.ts';

/** Rows of the list. */
const MOST_LISTED = 200;

export interface RestoreInput {
  readonly source: string;
  readonly target: string;
  readonly record?: bigint;
  readonly secret: SlotSecret;
}

export interface Inspected {
  readonly kind: 'file' | 'shipped';
  readonly vaultId: string;
  readonly createdAtMs: number;
  readonly firstRecord: bigint;
  readonly lastRecord: bigint;
  readonly sizeBytes: number;
}

/** Backups of the open vault. */
export interface Backup {
  status(): BackupStatus;
  /** Newest first. */
  list(): BackupRun[];
  /** Backs up to a new file and verifies it. Throws the `BACKUP_*` errors; nothing is left then. */
  create(file: string | undefined, caller: Caller): Promise<BackupRun>;
  /** Ships changes to a folder from now on, or no longer; settles when the first base lies there. */
  ship(folder: string | null, caller: Caller): Promise<ShippingStatus>;
  inspect(source: string): Inspected;
  restore(input: RestoreInput, caller: Caller): Promise<Restored>;
  /** Restores the latest backup for a trial, and makes one first where there is none. */
  drill(caller: Caller): Promise<DrillResult>;
  /** Ships for the last time, then closes the vault by `closeVault`. */
  close(closeVault: () => void): Promise<void>;
}

export interface BackupOptions {
  readonly vault: Vault;
  readonly audit: Audit;
  readonly runtime: Runtime;
  readonly jobs: Jobs;
  readonly feed: Feed;
  readonly log: Logger;
  readonly beat?: Beat;
  readonly raise?: RaiseIncident;
  readonly checkBooks?: CheckBooks;
  /** Milliseconds between two shippings; for tests. */
  readonly shipEveryMs?: number;
}

const fileExists = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;

function shown({ id, record, verified, ...row }: RunRow): BackupRun {
  return {
    ...row,
    id: String(id),
    record: BigInt(record),
    verified: verified === 1,
    exists: fileExists(row.path),
  };
}

/** Opens the room for a vault and goes on shipping where that was set up. */
export function createBackup(options: BackupOptions): Backup {
  const { vault, audit, runtime, jobs, feed, raise, beat } = options;
  const store = createStore(vault.db);
  const shipping = createShipping(options);
  let busy = false;

  async function alone<T>(task: () => Promise<T>): Promise<T> {
    if (busy) throw new CountersignError('BACKUP_UNDER_WAY', 'A backup or a drill is already running.');
    busy = true;
    try {
      return await task();
    } finally {
      busy = false;
      feed.changed('backup', 'audit');
    }
  }

  const progressOf = (job: JobHandle) => ({
    signal: job.signal,
    onProgress: (progress: number, stage: string) => job.report({ progress, stage }),
  });

  /** Where the file goes. The folder beside the vault is made, any other must be there. */
  function targetOf(file: string | undefined): string {
    if (file !== undefined) return freePlace(file, vault.directory);
    const suggested = suggestedFile(vault.directory, runtime.nowMs());
    try {
      mkdirSync(dirname(suggested), { recursive: true, mode: 0o700 });
    } catch (error) {
      throw backupFileError(error);
    }
    return suggested;
  }

  async function createNow(file: string | undefined, caller: Caller, job: JobHandle): Promise<BackupRun> {
    const path = targetOf(file);
    const startedMs = runtime.monotonicMs();
    const createdAtMs = runtime.nowMs();
    const macKey = manifestKey(vault.wrappingKey);
    try {
      const order = { key: vault.readerKey(), macKey: Uint8Array.from(macKey), path, createdAtMs };
      const { manifest, sizeBytes } = await work<'create'>({ do: 'create', order }, progressOf(job));
      const { record } = manifest;
      const row = vault.transaction(() => {
        const sha256 = manifest.body.sha256;
        const detail = { path, record: BigInt(record), bytes: sizeBytes, sha256 };
        audit.record({ kind: 'backup.create', ...callerPart(caller), detail });
        beat?.({
          source: 'backup.create',
          ok: true,
          message: 'A backup was made and verified.',
          facts: { record },
        });
        return store.insert({
          kind: 'backup',
          atMs: createdAtMs,
          path,
          record,
          sizeBytes,
          durationMs: Math.round(runtime.monotonicMs() - startedMs),
          verified: 1,
          recoveryPointMs: null,
          recoveryTimeMs: null,
        });
      });
      return shown(row);
    } catch (error) {
      removeUnfinished(path);
      if (!isCountersignError(error, 'CANCELLED')) sayFailed('create', error);
      throw backupFileError(error);
    } finally {
      macKey.fill(0);
    }
  }

  /** A failed backup or drill is an incident; those that follow count it up. */
  function sayFailed(what: 'create' | 'drill', error: unknown): void {
    const code = isCountersignError(error) ? error.code : 'INTERNAL';
    const message = what === 'create' ? 'A backup could not be made.' : 'A restore drill failed.';
    vault.transaction(() => {
      beat?.({ source: `backup.${what}`, ok: false, message, facts: { code } });
      const kind = `backup.${what}-failed`;
      raise?.({ kind, dedupeKey: kind, severity: 'high', title: message, detail: { code } });
    });
  }

  const drillParts: DrillParts = {
    vault,
    audit,
    runtime,
    candidates: () => ({
      shippedFolder: shipping.shippedFolder(),
      files: store
        .newest(MOST_LISTED)
        .filter((row) => row.kind === 'backup' && fileExists(row.path))
        .map((row) => row.path),
    }),
    ...(options.checkBooks ? { checkBooks: options.checkBooks } : {}),
  };

  /** Several vaults may ship to one folder; while this one is open, it is the one that is meant. */
  function ownSource(place: string): string {
    const own = ownFolder(place, vault.vaultId);
    return fileExists(own) ? own : place;
  }

  /**
   * Folder of the brake for guesses at a backup's passphrase. A backup of this vault opens with this
   * vault's passphrase, so both share one; who knows that of another takes no brake off here.
   */
  const brakeOf = (source: string) =>
    inspectSource(source).vaultId === vault.vaultId ? vault.directory : dirname(vault.directory);

  async function drillNow(caller: Caller, job: JobHandle): Promise<DrillResult> {
    const startedAtMs = runtime.nowMs();
    const startedMs = runtime.monotonicMs();
    try {
      const makeOne = async () => (await createNow(undefined, caller, job)).path;
      const { result, sizeBytes } = await drill(drillParts, makeOne, progressOf(job));
      const durationMs = Math.round(runtime.monotonicMs() - startedMs);
      const { verified, source, record, recoveryPointSeconds, recoveryTimeSeconds } = result;
      vault.transaction(() => {
        const detail = {
          source,
          record,
          verified,
          recoveryPointMs: Math.round(recoveryPointSeconds * 1000),
          recoveryTimeMs: Math.round(recoveryTimeSeconds * 1000),
        };
        audit.record({ kind: 'backup.drill', ...callerPart(caller), detail });
        store.insert({
          kind: 'drill',
          atMs: startedAtMs,
          path: source,
          record: Number(record),
          sizeBytes,
          durationMs,
          verified: verified ? 1 : 0,
          recoveryPointMs: detail.recoveryPointMs,
          recoveryTimeMs: detail.recoveryTimeMs,
        });
        const facts = { record: Number(record), recoveryTimeMs: detail.recoveryTimeMs };
        if (verified)
          beat?.({ source: 'backup.drill', ok: true, message: 'A restore drill verified.', facts });
      });
      if (!verified) sayFailed('drill', undefined);
      return { ...result, seconds: durationMs / 1000 };
    } catch (error) {
      if (!isCountersignError(error, 'CANCELLED')) sayFailed('drill', error);
      throw error;
    }
  }

  return {
    status: () => {
      const lastBackup = store.last('backup');
      const lastDrill = store.last('drill');
      return {
        record: audit.lastSeq(),
        lastBackup: lastBackup ? shown(lastBackup) : null,
        lastDrill: lastDrill ? shown(lastDrill) : null,
        shipping: shipping.status(),
        suggestedFile: suggestedFile(vault.directory, runtime.nowMs()),
      };
    },
    list: () => store.newest(MOST_LISTED).map(shown),
    create: (file, caller) =>
      alone(() =>
        jobs.run({ kind: 'backup.create', label: 'Backup', cancellable: true }, (job) =>
          createNow(file, caller, job),
        ),
      ),
    async ship(folder, caller) {
      const place = folder === null ? '' : placeOutside(folder, vault.directory);
      if (place !== '') makeOwnFolder(place, vault.vaultId);
      vault.transaction(() => {
        vault.setMeta(SHIP_FOLDER, place);
        audit.record({ kind: 'backup.ship', ...callerPart(caller), detail: { folder: place } });
      });
      await shipping.restart();
      feed.changed('backup', 'audit');
      return shipping.status();
    },
    inspect: (source) => inspectSource(ownSource(placeOutside(source, undefined))),
    restore(input, caller) {
      const source = ownSource(placeOutside(input.source, undefined));
      const run = () =>
        jobs.run({ kind: 'backup.restore', label: 'Restore', cancellable: true }, (job) =>
          restore({
            ...input,
            source,
            caller,
            runtime,
            openDirectory: vault.directory,
            ...progressOf(job),
            ...(options.checkBooks ? { checkBooks: options.checkBooks } : {}),
          }),
        );
      return 'passphrase' in input.secret ? withBackOff(brakeOf(source), runtime, run) : run();
    },
    drill: (caller) =>
      alone(() =>
        jobs.run({ kind: 'backup.drill', label: 'Restore drill', cancellable: true }, (job) =>
          drillNow(caller, job),
        ),
      ),
    close: shipping.close,
  };
}

const callerPart = ({ actor, traceId }: Caller) => ({ actor, traceId });

/** A thread that was ended cannot tidy up behind itself. */
function removeUnfinished(path: string): void {
  for (const suffix of ['.part', '.copying', '.copying-journal', '.copying-wal', '.copying-shm']) {
    rmSync(`${path}${suffix}`, { force: true });
  }
}

/** What a source can be restored to, by its absolute path. Throws what opening it throws. */
export function inspectSource(path: string): Inspected {
  const source = openSource(placeOutside(path, undefined));
  if (source.kind === 'file') {
    const { manifest, sizeBytes } = source.file;
    const record = BigInt(manifest.record);
    const { vaultId, createdAtMs } = manifest;
    return { kind: 'file', vaultId, createdAtMs, firstRecord: record, lastRecord: record, sizeBytes };
  }
  const chains = source.folders.map(readChain);
  const first = chains[0]!;
  const last = chains.at(-1)!.last.manifest;
  return {
    kind: 'shipped',
    vaultId: last.vaultId,
    createdAtMs: last.createdAtMs,
    firstRecord: BigInt(first.base.manifest.record),
    lastRecord: BigInt(last.record),
    sizeBytes: chains.reduce((sum, chain) => sum + chain.base.sizeBytes + chain.segmentBytes, 0),
  };
}
