import { z } from 'zod';
import { command, query, recordNumber } from './common.ts';

export const backupErrors = {
  BACKUP_FOREIGN: 'The file or folder is no backup of Countersign, or the backup of another vault.',
  BACKUP_TRUNCATED: 'The backup is shorter than it must be.',
  BACKUP_DAMAGED: 'The backup was changed after it was written, or it does not read back.',
  BACKUP_GAP: 'A piece of the shipped changes is missing or out of turn.',
  BACKUP_NEWER: 'The backup was written by a newer Countersign.',
  BACKUP_MISSING: 'There is no backup at that place.',
  BACKUP_RECORD_UNREACHABLE: 'The backup cannot be restored to exactly that record.',
  BACKUP_TARGET_EXISTS: 'There is already something at that place; nothing is written over.',
  BACKUP_TARGET_INVALID: 'The place is none that a backup or a restored vault may have.',
  BACKUP_TARGET_UNREACHABLE: 'The place cannot be written, or its folder is gone.',
  BACKUP_DISK_FULL: 'The disk that the backup or the restored vault goes to is full.',
  BACKUP_NOT_VERIFIED: 'What was written does not verify when it is read back, and was removed.',
  BACKUP_REKEY_UNDER_WAY: 'The keys of the vault are just being replaced; try again when that is done.',
  BACKUP_UNDER_WAY: 'A backup or a drill is already running.',
} as const;

/** A path on this machine, as the person gave it. */
export const backupPath = z.string().min(1).max(4096);
const path = backupPath;

export const backupRun = z.object({
  id: z.string(),
  kind: z.enum(['backup', 'drill']),
  atMs: z.number(),
  path: z.string(),
  /** The last audit record that the backup holds. */
  record: recordNumber,
  sizeBytes: z.number(),
  durationMs: z.number(),
  verified: z.boolean(),
  /** Milliseconds of work that would have been lost; null on backups. */
  recoveryPointMs: z.number().nullable(),
  /** Milliseconds until a verified vault stood there again; null on backups. */
  recoveryTimeMs: z.number().nullable(),
  /** Whether something still lies at the path. */
  exists: z.boolean(),
});
export type BackupRun = z.infer<typeof backupRun>;

/** How changes travel to a second folder. */
export const shippingStatus = z.object({
  /** Null while nothing is shipped. */
  folder: z.string().nullable(),
  state: z.enum(['off', 'starting', 'current', 'failed']),
  /** The last record that lies in the folder. */
  record: recordNumber.nullable(),
  /** When the folder last held everything. */
  shippedAtMs: z.number().nullable(),
  /** Seconds of work that would be lost if this machine went now. */
  lagSeconds: z.number().nullable(),
  /** Why it failed last; null where it did not. */
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type ShippingStatus = z.infer<typeof shippingStatus>;

export const backupStatus = z.object({
  /** The last record of the vault itself. */
  record: recordNumber,
  lastBackup: backupRun.nullable(),
  lastDrill: backupRun.nullable(),
  shipping: shippingStatus,
  /** Where a backup goes unless another place is named. */
  suggestedFile: z.string(),
});
export type BackupStatus = z.infer<typeof backupStatus>;

export const restoreResult = z.object({
  directory: z.string(),
  vaultId: z.string(),
  /** The last record of the backup that was restored; the record of the restore follows it. */
  record: recordNumber,
  verified: z.boolean(),
  durationMs: z.number(),
});
export type RestoreResult = z.infer<typeof restoreResult>;

export const drillResult = z.object({
  verified: z.boolean(),
  source: z.string(),
  /** `file`: one backup file; `shipped`: base and changes of the second folder. */
  kind: z.enum(['file', 'shipped']),
  record: recordNumber,
  /** Seconds of work that would have been lost at the start of the drill. */
  recoveryPointSeconds: z.number(),
  /** Seconds until a verified vault stood there again. */
  recoveryTimeSeconds: z.number(),
  /** Seconds of the whole drill, a first backup included where there was none. */
  seconds: z.number(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), examined: z.number() })),
});
export type DrillResult = z.infer<typeof drillResult>;

/** What a source can be restored to. */
export const inspectedBackup = z.object({
  kind: z.enum(['file', 'shipped']),
  vaultId: z.string(),
  createdAtMs: z.number(),
  firstRecord: recordNumber,
  lastRecord: recordNumber,
  sizeBytes: z.number(),
});

export const backup = {
  status: query('backup').output(backupStatus),
  /** Newest first. */
  list: query('backup').output(z.array(backupRun)),
  /** Backs up to one file, verified by reading it back. Without a file it goes to the suggested place. */
  create: command('backup')
    .input(z.object({ file: path.optional() }))
    .output(backupRun),
  /** Ships changes to a folder from now on; null ends it. */
  ship: command('backup')
    .input(z.object({ folder: path.nullable() }))
    .output(shippingStatus),
  /** What a backup file or a folder of shipped changes can be restored to. */
  inspect: query('backup')
    .input(z.object({ source: path }))
    .output(inspectedBackup),
  /** Restores to a new folder, to the last record or to exactly the one that is named. */
  restore: command('backup')
    .input(
      z.object({
        source: path,
        target: path,
        record: recordNumber.optional(),
        passphrase: z.string().min(1).max(1024).optional(),
        recoveryKey: z.string().max(200).optional(),
      }),
    )
    .output(restoreResult),
  /** Restores the latest backup into a temporary folder, verifies and measures it, and removes it. */
  drill: command('backup').output(drillResult),
};
