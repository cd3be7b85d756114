import { type Backup, type CheckBooks, type Restored, restore } from '../backup/index.ts';
import { type Runtime, systemRuntime } from '../base/index.ts';
import type { CalendarTask } from '../jobs/index.ts';
import { checkBooksAt } from '../ledger/index.ts';
import type { SlotSecret } from '../vault/index.ts';
import { toContractError } from './pipeline.ts';

/** The law checks of the books for a database that was rebuilt from a backup. */
export const booksChecker =
  (runtime: Runtime): CheckBooks =>
  async (key) => {
    const checks = await checkBooksAt({ key, nowMs: runtime.nowMs() });
    return checks.map(({ name, ok, examined }) => ({ name, ok, examined }));
  };

const WEEK_MS = 7 * 24 * 3_600_000;
/** A drill that was missed comes after what is verified at the opening. */
const CATCH_UP_AFTER_MS = 10 * 60_000;

/** The restore drill of every week. What it finds goes to the heartbeat and the incidents by itself. */
export const weeklyDrill = (backup: Backup): CalendarTask => ({
  name: 'backup.drill',
  everyMs: WEEK_MS,
  firstAfterMs: WEEK_MS,
  catchUpAfterMs: CATCH_UP_AFTER_MS,
  async run() {
    const { verified } = await backup.drill({ actor: 'system', traceId: '' });
    if (!verified) throw new Error('the restore drill does not verify');
  },
});

export interface RestoreVaultOptions {
  readonly source: string;
  readonly target: string;
  readonly record?: bigint;
  readonly secret: SlotSecret;
  readonly actor: string;
  readonly traceId: string;
  readonly runtime?: Runtime;
  readonly onProgress?: (share: number, stage: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Restores a backup with no vault open, which is how it is when one was lost: whoever brings what
 * opens a key slot may have the vault.
 */
export function restoreVault({
  actor,
  traceId,
  runtime = systemRuntime,
  ...rest
}: RestoreVaultOptions): Promise<Restored> {
  return restore({ ...rest, runtime, caller: { actor, traceId }, checkBooks: booksChecker(runtime) });
}

/** The same for a program without a procedure around it: its errors are those of one. */
export async function restoreVaultAlone(options: RestoreVaultOptions): Promise<Restored> {
  try {
    return await restoreVault(options);
  } catch (error) {
    throw toContractError(error);
  }
}
