import { existsSync } from 'node:fs';
import type { backup as backupContract } from '../../../contract/backup.ts';
import type { Act } from '../../approvals/index.ts';
import type { Backup } from '../../backup/index.ts';
import type { InputOf } from './input.ts';
import { attempt, rendered, told } from './lines.ts';

type Restore = InputOf<typeof backupContract.restore>;

/** A restored vault is a second history: who restores can choose which day counts. */
const restore = (backup: Backup): Act => ({
  bringsAnew: true,
  facts: () => ({ amounts: [], count: 1 }),
  render(input) {
    const { source, target, record } = input as Restore;
    const { value: found, refusal } = attempt(() => backup.inspect(source));
    const to = record ?? found?.lastRecord;
    const taken = existsSync(target) ? 'There is already something at the target.' : null;
    const reachable =
      found === undefined ||
      record === undefined ||
      (record >= found.firstRecord && record <= found.lastRecord)
        ? null
        : `The backup reaches from record ${found.firstRecord} to ${found.lastRecord}.`;
    return rendered({
      title: 'Restore a backup',
      lines: [
        told('From', source),
        told('To', target),
        ...(to === undefined ? [] : [told('Up to audit record', String(to))]),
        ...(found === undefined
          ? []
          : [
              told('Backup of vault', found.vaultId),
              told('Made at', new Date(found.createdAtMs).toISOString()),
              told('Kind', found.kind === 'file' ? 'one file' : 'shipped changes'),
            ]),
        told('Brought at the run', 'what opens a key slot of the backup'),
      ],
      sources: [{ label: 'Backups', to: '/backup' }],
      obstacle: refusal ?? taken ?? reachable,
    });
  },
});

/** Backups that take the place of a vault. */
export const backupActs = ({ backup }: { readonly backup: Backup }): Readonly<Record<string, Act>> => ({
  'backup.restore': restore(backup),
});
