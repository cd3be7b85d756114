/** Backups to one file, changes shipped to a second folder, restore, and the drill that proves them. */
export { backupProcedures } from './procedures.ts';
export { type CheckBooks, type LawCheck, type Restored, type RestoreOptions, restore } from './restore.ts';
export {
  type Backup,
  type BackupOptions,
  createBackup,
  type Inspected,
  inspectSource,
  type RestoreInput,
} from './service.ts';
