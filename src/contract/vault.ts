import { z } from 'zod';
import { command, query } from './common.ts';

export const vaultErrors = {
  VAULT_MISSING: 'There is no vault at that place.',
  VAULT_EXISTS: 'There is already something at that place; a vault is never created over it.',
  VAULT_CLOSED: 'No vault is open.',
  VAULT_IN_USE: 'The vault is already open in another process.',
  VAULT_PASSPHRASE_WRONG: 'No key slot opens with that passphrase.',
  VAULT_RECOVERY_KEY_INVALID: 'The recovery key is mistyped or belongs to another vault.',
  VAULT_PASSPHRASE_WEAK: 'The passphrase is too easy to guess.',
  VAULT_FOREIGN: 'The folder is not a vault, or its header belongs to another vault.',
  VAULT_HEADER_INVALID: 'The header of the vault was changed or is not whole.',
  VAULT_TRUNCATED: 'The database file is shorter than it must be.',
  VAULT_DAMAGED: 'A page of the database does not authenticate.',
  VAULT_DISK_FULL: 'The disk is full. Nothing was written.',
  VAULT_SCHEMA_NEWER: 'The vault was written by a newer Countersign.',
  VAULT_SCHEMA_DIFFERENT: 'The vault was built by other migrations than this program carries.',
  VAULT_HEADER_ROLLED_BACK: 'The header is older than the database beside it.',
  VAULT_UNREADABLE: 'The operating system or the disk refuses access to the files of the vault.',
} as const;

export const vaultStatus = z.object({
  state: z.enum(['closed', 'open']),
  name: z.string().nullable(),
  directory: z.string().nullable(),
  vaultId: z.string().nullable(),
  demo: z.boolean(),
  generation: z.number().int().nullable(),
  schemaVersion: z.number().int().nullable(),
});
export type VaultStatus = z.infer<typeof vaultStatus>;

export const knownVault = z.object({
  name: z.string(),
  directory: z.string(),
  demo: z.boolean(),
  modifiedAtMs: z.number(),
});

const passphrase = z.string().min(1).max(1024);

export const vault = {
  /** Whether a vault is open, and which. */
  status: query('open').output(vaultStatus),
  /** The vaults of the application-data folder, newest first. */
  list: query('open').output(z.object({ folder: z.string(), vaults: z.array(knownVault) })),
  /**
   * Creates a vault under `name` in the data folder and opens it. The recovery key is shown this
   * once. `directory` may name the place the program was started for, instead of the data folder.
   */
  create: command('open')
    .input(
      z.object({
        name: z.string().min(1).max(60),
        passphrase,
        directory: z.string().optional(),
      }),
    )
    .output(z.object({ status: vaultStatus, recoveryKey: z.string() })),
  /** Opens a vault of the data folder, or the one the program was started with. */
  open: command('open')
    .input(
      z.object({
        directory: z.string(),
        passphrase: passphrase.optional(),
        recoveryKey: z.string().optional(),
      }),
    )
    .output(vaultStatus),
  /** Creates (or opens) the demo vault; the passphrase is returned, since it is no secret. */
  openDemo: command('open').output(
    z.object({
      status: vaultStatus,
      passphrase: z.string(),
      recoveryKey: z.string().nullable(),
      created: z.boolean(),
    }),
  ),
  /** Ends the engine's hold on the vault: keys are forgotten, the file is closed. */
  lock: command('open').output(vaultStatus),
  /** Integrity of header, pages and indexes, checked off the engine's thread. */
  verify: query('verify').output(
    z.object({
      ok: z.boolean(),
      findings: z.array(z.object({ code: z.string(), message: z.string() })),
      durationMs: z.number(),
    }),
  ),
};
