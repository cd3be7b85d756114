/** The encrypted file: its folder, key slots, lock, schema and transactions. */
export { failedAttempts, withBackOff } from './attempts.ts';
export { type Connection, openConnection, openReaderFromKey, type ReaderKey } from './connection.ts';
export { prepareInsert } from './insert-rows.ts';
export { type IntegrityFinding, integrityFindings } from './integrity.ts';
export {
  defaultVaultFolder,
  type ListedVault,
  listVaults,
  VAULT_SUFFIX,
  vaultDirectory,
  vaultName,
} from './locator.ts';
export { type Migration, migrate, readMigrations } from './migrations.ts';
export type { Vault } from './opened.ts';
export { type RekeyOptions, type RekeyResult, rekeyVault } from './rekey.ts';
export type { RekeyStep, RekeyWatcher } from './rekey-steps.ts';
export type { Rewrap, VaultSettings } from './settings.ts';
export type { SlotOpener } from './slot-keys.ts';
export type { SlotChange, SlotRecorder } from './slot-notes.ts';
export type { RekeyChange } from './slot-rules.ts';
export type { MadeSlot, NewSlot, SlotSecret } from './slots.ts';
export { storageError } from './sqlite-errors.ts';
export { judgePassphrase, type PassphraseVerdict } from './strength.ts';
export type { Transactions } from './transaction.ts';
export { outlineOfHeader, type UnlockedHeader, unlockHeader } from './unlock.ts';
export {
  type CreatedVault,
  type CreateVaultOptions,
  type CreateVaultWithRootKeyOptions,
  createVault,
  type OpenVaultOptions,
  openVault,
} from './vault.ts';
export type { PreparedRekey, SlotCaller, SlotInfo, SlotProof, VaultSlots } from './vault-slots.ts';
