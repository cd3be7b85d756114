import { resolve } from 'node:path';
import type { BackupRun, BackupStatus } from '../../../contract/backup.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { askPassphrase, passphraseSource } from './passphrase.ts';

export const BACKUP_VERBS = ['create', 'ship', 'restore', 'drill', 'status'] as const;
type BackupVerb = (typeof BACKUP_VERBS)[number];

/** What follows `backup`. Throws `UsageError`. */
export function checkBackupOperands([verb, ...rest]: readonly string[], to: string | undefined): void {
  if (!BACKUP_VERBS.some((known) => known === verb)) {
    throw new UsageError(`backup is followed by ${BACKUP_VERBS.join(', ')}.`);
  }
  const takes = verb === 'create' || verb === 'ship' || verb === 'restore';
  if (rest.length > (takes ? 1 : 0))
    throw new UsageError(`backup ${verb} takes no ${JSON.stringify(rest[1] ?? rest[0])}.`);
  if (verb === 'ship' && rest.length === 0)
    throw new UsageError('Name the folder, as in: backup ship FOLDER');
  if (verb !== 'restore') return;
  if (rest.length === 0 || to === undefined) {
    throw new UsageError('Name source and target, as in: backup restore SOURCE --to DIR');
  }
}

/** The verbs that need the vault to be open. */
export async function backupCommand(client: Client, args: Arguments): Promise<Answer> {
  const [verb, place] = args.operands as readonly [Exclude<BackupVerb, 'restore'>, string | undefined];
  if (verb === 'create') {
    const run = await client.backup.create(place === undefined ? {} : { file: resolve(place) });
    return { json: run, text: `${run.path}\n${runText(run)}`, exitCode: EXIT.done };
  }
  if (verb === 'ship') {
    const folder = place === 'off' ? null : resolve(place!);
    const shipping = await client.backup.ship({ folder });
    const failed = shipping.state === 'failed';
    return { json: shipping, text: shippingText(shipping), exitCode: failed ? EXIT.rule : EXIT.done };
  }
  if (verb === 'drill') {
    const drill = await client.backup.drill();
    const text =
      `${drill.verified ? 'verified' : 'NOT VERIFIED'}: record ${drill.record} from ${drill.source}\n` +
      `recovery point ${drill.recoveryPointSeconds} s, recovery time ${drill.recoveryTimeSeconds} s`;
    return { json: drill, text, exitCode: drill.verified ? EXIT.done : EXIT.notVerified };
  }
  const status = await client.backup.status();
  return { json: status, text: statusText(status), exitCode: EXIT.done };
}

const runText = (run: BackupRun) =>
  `record ${run.record}, ${run.sizeBytes} bytes, ${run.verified ? 'verified' : 'NOT VERIFIED'} ` +
  `in ${(run.durationMs / 1000).toFixed(1)} s`;

function shippingText({ folder, state, record, lagSeconds, problem }: BackupStatus['shipping']): string {
  if (folder === null) return 'changes are not shipped';
  const far = record === null ? '' : `, record ${record}, ${lagSeconds} s behind`;
  return `changes go to ${folder}: ${state}${far}${problem ? `: ${problem.message} [${problem.code}]` : ''}`;
}

function statusText({ record, lastBackup, lastDrill, shipping }: BackupStatus): string {
  const drill = lastDrill
    ? `last drill: ${runText(lastDrill)}, recovery point ${lastDrill.recoveryPointMs} ms, ` +
      `recovery time ${lastDrill.recoveryTimeMs} ms`
    : 'no drill yet';
  return [
    `the vault stands at record ${record}`,
    lastBackup ? `last backup: ${lastBackup.path}, ${runText(lastBackup)}` : 'no backup yet',
    shippingText(shipping),
    drill,
  ].join('\n');
}

/**
 * Restores with no vault open: the vault that is restored is the one that was lost. The passphrase of
 * the backup comes from where a vault's comes from.
 */
export async function restoreCommand(args: Arguments, signal: AbortSignal): Promise<Answer> {
  const { DEMO_PASSPHRASE, restoreVaultAlone } = await import('../../engine/index.ts');
  const source = passphraseSource(args.passphraseFd);
  const passphrase =
    source.given ??
    (source.terminal === null ? DEMO_PASSPHRASE : await askPassphrase(source, 'Passphrase of the backup'));
  const restored = await restoreVaultAlone({
    source: resolve(args.operands[1]!),
    target: resolve(args.to!),
    secret: { passphrase },
    actor: 'cli',
    traceId: '',
    signal,
    ...(args.record === undefined ? {} : { record: args.record }),
  });
  const { directory, vaultId, record, durationMs, checks } = restored;
  const verified = checks.every((check) => check.ok);
  const text = `${directory}\nrestored to record ${record} and verified in ${(durationMs / 1000).toFixed(1)} s`;
  return { json: { directory, vaultId, record, verified, durationMs, checks }, text, exitCode: EXIT.done };
}
