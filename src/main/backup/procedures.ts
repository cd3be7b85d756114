import { CountersignError } from '../base/index.ts';
import { callerOf, os } from '../base/procedures.ts';
import type { Backup } from './service.ts';

/** Binds the contract's `backup`. */
export const backupProcedures = (backup: Backup) =>
  os.backup.router({
    status: os.backup.status.handler(() => backup.status()),
    list: os.backup.list.handler(() => backup.list()),
    create: os.backup.create.handler(({ input, context }) => backup.create(input.file, callerOf(context))),
    ship: os.backup.ship.handler(({ input, context }) => backup.ship(input.folder, callerOf(context))),
    inspect: os.backup.inspect.handler(({ input }) => backup.inspect(input.source)),
    restore: os.backup.restore.handler(async ({ input, context }) => {
      const { source, target, record } = input;
      const secret = secretOf(input);
      const wanted = { source, target, secret, ...(record === undefined ? {} : { record }) };
      const restored = await backup.restore(wanted, callerOf(context));
      const { checks, ...result } = restored;
      return { ...result, verified: checks.every((check) => check.ok) };
    }),
    drill: os.backup.drill.handler(({ context }) => backup.drill(callerOf(context))),
  });

function secretOf(input: { passphrase?: string | undefined; recoveryKey?: string | undefined }) {
  if (input.passphrase !== undefined) return { passphrase: input.passphrase };
  if (input.recoveryKey !== undefined) return { recoveryKey: input.recoveryKey };
  throw new CountersignError('INPUT_INVALID', 'Give the passphrase or the recovery key.', {
    path: 'passphrase',
  });
}
