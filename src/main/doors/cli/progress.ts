import type { Job } from '../../../contract/jobs.ts';
import type { Client } from '../shared/client.ts';
import { printable } from './output.ts';

const BAR_WIDTH = 24;
/** For a terminal that does not tell its width. */
const DEFAULT_WIDTH = 80;
const ERASE_LINE = '\r\u001b[2K';

/** One line of a job: its label, a bar where the whole is known, what it is doing. */
export function progressLine(job: Job, width: number): string {
  const stage = job.stage ?? '';
  const count =
    job.doneCount === null
      ? ''
      : job.totalCount === null
        ? `${job.doneCount}`
        : `${job.doneCount}/${job.totalCount}`;
  const bar = job.progress === null ? '' : barOf(job.progress);
  const line = [printable(job.label), bar, stage, count].filter((part) => part !== '').join('  ');
  return [...line].slice(0, Math.max(10, width - 1)).join('');
}

function barOf(progress: number): string {
  const share = Math.min(1, Math.max(0, progress));
  const full = Math.round(share * BAR_WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}

/**
 * Shows running jobs on one line of a terminal until it is stopped; does nothing where `output`
 * is none.
 */
export function showProgress(
  client: Client,
  output: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>,
): { stop(): void } {
  if (!output.isTTY) return { stop() {} };
  const controller = new AbortController();
  const watch = async () => {
    const events = await client.jobs.watch(undefined, { signal: controller.signal });
    const running = new Map<string, Job>();
    for await (const event of events) {
      if (controller.signal.aborted) return;
      if (event.type !== 'job') continue;
      if (event.job.state === 'running') running.set(event.job.id, event.job);
      else running.delete(event.job.id);
      // Jobs within jobs: the one that began first is what the person asked for.
      const [first] = running.values();
      if (first) output.write(ERASE_LINE + progressLine(first, output.columns || DEFAULT_WIDTH));
    }
  };
  // A bar that cannot be drawn is no reason to stop the work.
  watch().catch(() => {});
  return {
    stop() {
      if (controller.signal.aborted) return;
      controller.abort();
      output.write(ERASE_LINE);
    },
  };
}
