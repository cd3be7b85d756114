import { mkdirSync } from 'node:fs';
import type { RestoreResult } from '../../contract/backup.ts';
import { type Inspected, inspectSource } from '../backup/index.ts';
import { CountersignError } from '../base/index.ts';
import { type SlotSecret, vaultDirectory, withBackOff } from '../vault/index.ts';
import type { HostControl } from './control.ts';
import { restoreVault } from './restore-vault.ts';

/**
 * A restore where no vault is open, as it is when the vault was lost. Nobody has a session then, so
 * its limits stand in for a permission: the target is a new vault of the data folder, the secret is
 * one that opens the backup, and while any vault is open the way is `backup.restore`.
 */
export function inspectClosed(host: HostControl, source: string): Inspected {
  requireClosed(host);
  return inspectSource(source);
}

export async function restoreClosed(
  host: HostControl,
  input: { readonly source: string; readonly name: string; readonly record?: bigint | undefined },
  secret: SlotSecret,
): Promise<RestoreResult> {
  requireClosed(host);
  const { source, name, record } = input;
  const { dataFolder, jobs, runtime } = host;
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const job = { kind: 'backup.restore', label: 'Restore', cancellable: true };
  const restore = () =>
    jobs.run(job, ({ signal, report }) =>
      restoreVault({
        source,
        target: vaultDirectory(dataFolder, name),
        secret,
        actor: 'owner',
        traceId: '',
        runtime,
        signal,
        onProgress: (progress, stage) => report({ progress, stage }),
        ...(record === undefined ? {} : { record }),
      }),
    );
  // Guesses at a backup pass a brake of their own, beside the vaults: there is no vault to keep it in.
  const { checks, ...restored } = await ('passphrase' in secret
    ? withBackOff(dataFolder, runtime, restore)
    : restore());
  return { ...restored, verified: checks.every((check) => check.ok) };
}

function requireClosed({ status, sessionLock }: HostControl): void {
  sessionLock.requireUnlocked();
  if (status().state === 'closed') return;
  const message = 'A vault is open; whoever may work with its backups restores from there.';
  throw new CountersignError('NOT_PERMITTED', message, { expected: 'no open vault, or backup.restore' });
}
