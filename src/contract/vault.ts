import { z } from 'zod';
import { backupPath, inspectedBackup, restoreResult } from './backup.ts';
import { command, query, recordNumber } from './common.ts';

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
  VAULT_DATABASE_ROLLED_BACK: 'The database is older than the header beside it.',
  VAULT_BACKING_OFF: 'After several wrong passphrases the next try has to wait.',
  VAULT_SHARE_INVALID: 'A recovery share is mistyped, given twice, or belongs to another quorum.',
  VAULT_QUORUM_SHORT: 'There are fewer recovery shares than the quorum asks for.',
  VAULT_QUORUM_IMPOSSIBLE: 'No recovery quorum can be made of these numbers.',
  VAULT_TOKEN_MISSING: 'No token that opens a key slot of this vault is connected.',
  VAULT_SLOT_UNKNOWN: 'The vault has no key slot of that id.',
  VAULT_SLOT_LAST: 'The last key slot that a person can open cannot be revoked.',
  VAULT_SLOT_PROVES_ITSELF: 'A key slot cannot be revoked on the word of its own holder alone.',
  VAULT_SLOTS_FULL: 'The header holds no more key slots.',
  VAULT_REKEYING: 'The vault is being given new keys; it answers again in a moment.',
  VAULT_BUSY: 'Work is under way that changing the keys would cut off.',
  VAULT_REKEY_UNFINISHED: 'The vault stands in the middle of a rekey that this program cannot finish.',
  VAULT_UNREADABLE: 'The operating system or the disk refuses access to the files of the vault.',
} as const;

/** A window that nobody touches for so long locks its session. */
export const SESSION_IDLE_MS = 15 * 60_000;

export const vaultStatus = z.object({
  state: z.enum(['closed', 'open']),
  name: z.string().nullable(),
  directory: z.string().nullable(),
  vaultId: z.string().nullable(),
  demo: z.boolean(),
  /** Whether the vault is being given new keys; it counts as open and answers again in a moment. */
  rekeying: z.boolean(),
  /** The windows are shut out until somebody proves a key slot; the vault stays open. */
  sessionLocked: z.boolean(),
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
const recoveryKey = z.string().min(1).max(200);
const shares = z.array(z.string().min(1).max(200)).min(1).max(16);

/** What opens a token; left out where the workstation's settings bring it. */
const pin = z.string().min(1).max(255).optional();

/** What opens a key slot. Goes in and never comes out. */
export const slotSecret = z.union([
  z.strictObject({ passphrase }),
  z.strictObject({ recoveryKey }),
  z.strictObject({ shares }),
  z.strictObject({ token: z.literal(true), pin }),
]);

export const slotKind = z.enum(['passphrase', 'recovery-key', 'recovery-quorum', 'token']);
export type SlotKind = z.infer<typeof slotKind>;

/** A key slot to be made. */
export const newSlot = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('passphrase'), passphrase }),
  z.strictObject({ kind: z.literal('recovery-key') }),
  z.strictObject({
    kind: z.literal('recovery-quorum'),
    threshold: z.number().int(),
    shares: z.number().int(),
  }),
  z.strictObject({ kind: z.literal('token'), pin }),
]);

/** Where a slot's secret is kept or whose it is; lies inside the vault, never in the public header. */
const label = z.string().trim().max(80);

export const vaultSlot = z.object({
  id: z.string(),
  kind: slotKind,
  label: z.string(),
  createdAtMs: z.number(),
  lastRehearsedAtMs: z.number().nullable(),
  quorum: z.object({ threshold: z.number(), shares: z.number() }).nullable(),
  /** False where no slot that a person can open would remain without it. */
  revocable: z.boolean(),
});
export type VaultSlot = z.infer<typeof vaultSlot>;

/** A new slot, and what is shown of it this once. */
const madeSlot = z.object({
  slot: vaultSlot,
  recoveryKey: z.string().nullable(),
  shares: z.array(z.string()),
});

export const passphraseVerdict = z.object({
  /** zxcvbn's: 0 (guessed at once) to 4 (out of reach). */
  score: z.number().int(),
  acceptable: z.boolean(),
  warning: z.string(),
  suggestions: z.array(z.string()),
});
export type PassphraseVerdict = z.infer<typeof passphraseVerdict>;

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
        shares: shares.optional(),
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
  /**
   * What a backup file or a folder of shipped changes can be restored to, while no vault is open:
   * then nobody can have a permission, and whoever is at this machine may read the file anyway.
   */
  inspectBackup: query('open')
    .input(z.object({ source: backupPath }))
    .output(inspectedBackup),
  /**
   * Restores a backup to a new vault of the data folder, while no vault is open: to whoever brings
   * what opens a key slot. Nothing is opened by it, and nothing that is there is touched.
   */
  restoreBackup: command('open')
    .input(
      z.object({
        source: backupPath,
        name: z.string().min(1).max(60),
        record: recordNumber.optional(),
        secret: slotSecret,
      }),
    )
    .output(restoreResult),
  /** Ends the engine's hold on the vault: keys are forgotten, the file is closed. */
  lock: command('open').output(vaultStatus),
  /** Shuts the windows out until `unlockSession`; intake, rotation and the command line go on. */
  lockSession: command('open').output(vaultStatus),
  /** Lets the windows in again with whatever opens a key slot of the open vault. */
  unlockSession: command('open')
    .input(z.object({ secret: slotSecret }))
    .output(vaultStatus),
  /** How hard a passphrase is to guess, by the same rule that refuses it. Nothing of it is kept. */
  judgePassphrase: query('open')
    .input(
      z.object({
        passphrase: z.string().max(1024),
        /** What somebody who knows the holder would try first, such as the vault's name. */
        words: z.array(z.string().max(60)).max(5).default([]),
      }),
    )
    .output(passphraseVerdict),
  slots: {
    list: query('slots').output(z.object({ slots: z.array(vaultSlot) })),
    /** Adds a slot; one that exists must be opened for it. */
    add: command('slots')
      .input(z.object({ proof: slotSecret, slot: newSlot, label: label.optional() }))
      .output(madeSlot),
    /** Puts another slot in a slot's place. The vault gets new keys. */
    replace: command('slots')
      .input(z.object({ proof: slotSecret, slotId: z.string(), slot: newSlot, label: label.optional() }))
      .output(madeSlot),
    /** Takes a slot away; another one must be opened for it. The vault gets new keys. */
    revoke: command('slots')
      .input(z.object({ proof: slotSecret, slotId: z.string() }))
      .output(z.object({ slots: z.array(vaultSlot) })),
    /** Proves that a secret opens a slot, the named one if one is named. Changes nothing but the note of it. */
    rehearse: command('slots')
      .input(z.object({ secret: slotSecret, slotId: z.string().optional() }))
      .output(z.object({ slot: vaultSlot })),
  },
  /** Integrity of header, pages and indexes, checked off the engine's thread. */
  verify: query('verify').output(
    z.object({
      ok: z.boolean(),
      findings: z.array(z.object({ code: z.string(), message: z.string() })),
      durationMs: z.number(),
    }),
  ),
};
