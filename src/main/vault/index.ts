/** The encrypted file: its folder, key slots, lock, schema and transactions. */
export { type Connection, openReaderFromKey, type ReaderKey } from './connection.ts';
export type { IntegrityFinding } from './integrity.ts';
export {
  defaultVaultFolder,
  type ListedVault,
  listVaults,
  VAULT_SUFFIX,
  vaultDirectory,
  vaultName,
} from './locator.ts';
export { type Migration, readMigrations } from './migrations.ts';
export { storageError } from './sqlite-errors.ts';
export type { Transactions } from './transaction.ts';
export {
  type CreatedVault,
  type CreateVaultOptions,
  type CreateVaultWithRootKeyOptions,
  createVault,
  type OpenVaultOptions,
  openVault,
  type Vault,
  type VaultSettings,
} from './vault.ts';
