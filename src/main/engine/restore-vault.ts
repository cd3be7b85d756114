import { type Backup, type CheckBooks, type Restored, restore } from '../backup/index.ts';
import { type Runtime, systemRuntime } from '../base/index.ts';
import type { CalendarTask } from '../jobs/index.ts';
import { checkBooksAt } from '../ledger/index.ts';
import { toContractError } from './pipeline.ts';

/** The law checks of the books for a database that was rebuilt from a backup. */
export const booksChecker =
  (runtime: Runtime): CheckBooks =>
  async (key) => {
    const checks = await checkBooksAt({ key, nowMs: runtime.nowMs() });
    return checks.map(({ name, ok, examined }) => ({ name, ok, examined }));
  };

const WEEK_MS = 7 * 24 * 3_600_000;

/** The restore drill of every week. What it finds goes to the heartbeat and the incidents by itself. */
export const weeklyDrill = (backup: Backup): CalendarTask => ({
  name: 'backup.drill',
  everyMs: WEEK_MS,
  firstAfterMs: WEEK_MS,
  async run() {
    const { verified } = await backup.drill({ actor: 'system', traceId: '' });
    if (!verified) throw new Error('the restore drill does not verify');
  },
});

/**
 * Restores a backup with no vault open, which is how it is when one was lost: whoever brings what
 * opens a key slot may have the vault. Its errors are those of a procedure.
 */
export async function restoreVault(options: {
  readonly source: string;
  readonly target: string;
  readonly record?: bigint;
  readonly secret: { readonly passphrase: string } | { readonly recoveryKey: string };
  readonly actor: string;
  readonly traceId: string;
  readonly onProgress?: (share: number, stage: string) => void;
  readonly signal?: AbortSignal;
}): Promise<Restored> {
  const { actor, traceId, ...rest } = options;
  try {
    return await restore({
      ...rest,
      runtime: systemRuntime,
      caller: { actor, traceId },
      checkBooks: booksChecker(systemRuntime),
    });
  } catch (error) {
    throw toContractError(error);
  }
}
