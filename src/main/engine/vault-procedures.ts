import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { VaultStatus } from '../../contract/vault.ts';
import { CountersignError } from '../base/index.ts';
import { type CallContext, os } from '../base/procedures.ts';
import { judgePassphrase, listVaults, vaultDirectory, vaultName } from '../vault/index.ts';
import { inspectClosed, restoreClosed } from './closed-restore.ts';
import type { HostControl } from './control.ts';
import { DEMO_JOB, DEMO_PASSPHRASE, DEMO_VAULT_NAME, runDemo } from './demo.ts';
import { slotProcedures } from './slot-procedures.ts';
import { watchGuesses } from './slots.ts';

/** Binds the contract's `vault`: how a vault is found, created, opened and locked. */
export const vaultProcedures = (host: HostControl) =>
  os.vault.router({
    status: os.vault.status.handler(() => host.status()),
    list: os.vault.list.handler(() => ({ folder: host.dataFolder, vaults: knownVaults(host) })),
    create: os.vault.create.handler(async ({ input, context }) => {
      requireInside(host, context);
      const directory =
        input.directory === undefined
          ? vaultDirectory(host.dataFolder, nameFrom(input.name))
          : allowedDirectory(host, input.directory);
      const recoveryKey = await host.create(directory, input.passphrase, false);
      return { status: host.status(), recoveryKey };
    }),
    open: os.vault.open.handler(async ({ input }) => {
      const directory = allowedDirectory(host, input.directory);
      await host.open(directory, secretFrom(input));
      return host.status();
    }),
    openDemo: os.vault.openDemo.handler(async ({ context }) => {
      requireInside(host, context);
      const opened = await openDemo(host);
      if (context.seat?.isWindow) startDemo(host, context.traceId);
      return opened;
    }),
    inspectBackup: os.vault.inspectBackup.handler(({ input }) => inspectClosed(host, input.source)),
    restoreBackup: os.vault.restoreBackup.handler(({ input: { secret, name, ...input } }) =>
      restoreClosed(host, { ...input, name: nameFrom(name) }, secret),
    ),
    lock: os.vault.lock.handler(async () => {
      await host.lock();
      return host.status();
    }),
    lockSession: os.vault.lockSession.handler(() => {
      host.sessionLock.lock();
      return host.status();
    }),
    unlockSession: os.vault.unlockSession.handler(({ input }) =>
      host.inTurn(async () => {
        const rooms = host.current();
        const unlock = () => host.sessionLock.unlock(input.secret);
        await (rooms === undefined ? unlock() : watchGuesses(rooms, unlock));
        return host.status();
      }),
    ),
    judgePassphrase: os.vault.judgePassphrase.handler(({ input }) =>
      judgePassphrase(input.passphrase, input.words),
    ),
    slots: slotProcedures(host),
    verify: os.vault.verify.handler(() => verifyVault(host)),
  });

/** Who is shut out of the open vault does not get past it by another one. */
function requireInside(host: HostControl, { session }: CallContext): void {
  host.sessionLock.requireUnlocked();
  if (host.status().state === 'closed' || session !== null) return;
  throw new CountersignError('NOT_SIGNED_IN', 'Sign in to the open vault first, or lock it.');
}

function knownVaults(host: HostControl) {
  const { vaultDirectory: started } = host.options;
  const listed = listVaults(host.dataFolder);
  const outside =
    started && !listed.some((vault) => vault.directory === resolve(started))
      ? [{ name: vaultName(started), directory: resolve(started), modifiedAtMs: 0 }]
      : [];
  return [...outside, ...listed].map((vault) => ({ ...vault, demo: vault.name === DEMO_VAULT_NAME }));
}

function nameFrom(name: string): string {
  const trimmed = name.trim();
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u.test(trimmed) && !trimmed.endsWith('.')) return trimmed;
  throw new CountersignError('INPUT_INVALID', 'A vault cannot have this name.', {
    path: 'name',
    expected: 'letters, digits, spaces, dots and hyphens',
  });
}

/** A screen may name only vaults that it was shown; a path of its own making is refused. */
function allowedDirectory(host: HostControl, directory: string): string {
  const wanted = resolve(directory);
  const { vaultDirectory: started } = host.options;
  if (started !== undefined && wanted === resolve(started)) return wanted;
  if (wanted === resolve(vaultDirectory(host.dataFolder, vaultName(wanted)))) return wanted;
  throw new CountersignError('VAULT_MISSING', 'There is no vault at that place.', {
    expected: 'a vault of the data folder, or the one the program was started with',
  });
}

function secretFrom(input: {
  passphrase?: string | undefined;
  recoveryKey?: string | undefined;
  shares?: string[] | undefined;
}) {
  if (input.passphrase !== undefined) return { passphrase: input.passphrase };
  if (input.recoveryKey !== undefined) return { recoveryKey: input.recoveryKey };
  if (input.shares !== undefined) return { shares: input.shares };
  throw new CountersignError('INPUT_INVALID', 'Give the passphrase, the recovery key or the shares.', {
    path: 'passphrase',
  });
}

async function openDemo(host: HostControl) {
  const directory = host.options.vaultDirectory ?? vaultDirectory(host.dataFolder, DEMO_VAULT_NAME);
  const created = !existsSync(directory);
  const recoveryKey = created ? await host.create(directory, DEMO_PASSPHRASE, true) : null;
  if (!created && !isOpenAt(host.status(), directory))
    await host.open(directory, { passphrase: DEMO_PASSPHRASE });
  return { status: host.status(), passphrase: DEMO_PASSPHRASE, recoveryKey, created };
}

/** At a window nobody has signed in yet, so the program itself takes the sample data in, as a job to watch. */
function startDemo(host: HostControl, traceId: string): void {
  const console = host.current();
  const isUnderWay = host.jobs.list().some((job) => job.kind === DEMO_JOB && job.state === 'running');
  if (!console || isUnderWay) return;
  // What fails is told by the job.
  void runDemo(console, { actor: 'system', traceId }).catch(() => {});
}

function isOpenAt(status: VaultStatus, directory: string): boolean {
  return status.directory !== null && resolve(status.directory) === resolve(directory);
}

async function verifyVault(host: HostControl) {
  const console = host.current();
  if (!console) throw new CountersignError('VAULT_CLOSED', 'Open a vault first.');
  return console.verifyFile();
}
