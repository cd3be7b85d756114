import type { AuditReplay } from '../../contract/audit.ts';
import { CountersignError, type Runtime } from '../base/index.ts';
import type { Jobs } from '../jobs/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Comparison } from './compare.ts';
import type { Replayed } from './replay.ts';
import { replayInWorker } from './worker.ts';

/** Rebuilds the state at a record as a job. Throws `AUDIT_RECORD_MISSING`, `CANCELLED`. */
export type Replay = (at: bigint | undefined) => Promise<AuditReplay>;

/** Opens the room on a vault. `lastSeq` answers the number of the newest record. */
export function createReplay(options: {
  readonly vault: Vault;
  readonly jobs: Jobs;
  readonly runtime: Runtime;
  readonly lastSeq: () => bigint;
}): Replay {
  const { vault, jobs, runtime, lastSeq } = options;
  return (at) => {
    if (at !== undefined && (at < 1n || at > lastSeq())) {
      throw new CountersignError('AUDIT_RECORD_MISSING', 'There is no audit record of that number.', {
        path: 'at',
        expected: `1 to ${lastSeq()}`,
      });
    }
    const request = { kind: 'audit.replay', label: 'Replay of the log', cancellable: true };
    return jobs.run(request, async (job) => {
      const startedAtMs = runtime.monotonicMs();
      const replayed = await replayInWorker(
        { key: vault.readerKey(), ...(at === undefined ? {} : { at: Number(at) }) },
        {
          signal: job.signal,
          onProgress: (stage, doneCount, totalCount) => job.report({ stage, doneCount, totalCount }),
        },
      );
      const { compared } = replayed;
      const agrees =
        compared === null ? null : Object.values(compared).every(({ differing }) => differing === 0);
      return { ...shown(replayed), agrees, durationMs: Math.round(runtime.monotonicMs() - startedAtMs) };
    });
  };
}

/** The rebuilt state as the contract says it: record numbers as integers of any size. */
function shown({ at, head, unread, accounts, queue, incidents, compared, ...rest }: Replayed) {
  return {
    ...rest,
    at: BigInt(at),
    head: BigInt(head),
    unread: unread.map(({ seq, why }) => ({ seq: BigInt(seq), why })),
    accounts: [...accounts],
    queue: [...queue],
    incidents: [...incidents],
    compared:
      compared === null
        ? null
        : {
            balances: listed(compared.balances),
            matches: listed(compared.matches),
            openItems: listed(compared.openItems),
            queue: listed(compared.queue),
            incidents: listed(compared.incidents),
          },
  };
}

const listed = ({ checked, differing, differences }: Comparison) => ({
  checked,
  differing,
  differences: [...differences],
});
