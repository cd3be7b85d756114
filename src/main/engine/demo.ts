import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CountersignError, resourceUrl } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import type { JobHandle } from '../jobs/index.ts';
import type { Console } from './console.ts';

/** The demo vault holds invented data only, so its passphrase is printed and no secret. */
export const DEMO_PASSPHRASE = 'countersign demo vault';
export const DEMO_VAULT_NAME = 'demo';
/** The kind of the job that takes the sample data in. */
export const DEMO_JOB = 'system.demo';

/** What `countersign demo --json` prints. */
export interface DemoResult {
  readonly imported: number;
  readonly matched: number;
  readonly suggested: number;
  readonly unmatched: number;
  readonly posted: number;
  readonly verified: boolean;
}

/** Lists first, so that invoices find their customers and statements their invoices; then by name, which sorts by day. */
const ORDER = [/^customers\.csv$/, /^invoices\.csv$/, /\.xml$/, /\.sta$/];

/** The line of the vault's own notes that says that the sample data is in. */
const TAKEN_NOTE = 'sample_data';

/**
 * Takes in the sample data, runs the main job on it and verifies. A vault that holds it
 * already is left as it is and only counted and verified.
 */
export async function runDemo(console: Console, caller: Caller): Promise<DemoResult> {
  return console.jobs.run({ kind: DEMO_JOB, label: 'Sample data', cancellable: true }, async (job) => {
    if (console.vault.meta(TAKEN_NOTE) === undefined) {
      await takeSampleData(console, caller, job);
      job.report({ stage: 'matching' });
      await console.reconciliation.run(caller, { signal: job.signal });
      noteTaken(console, caller);
    }
    job.report({ stage: 'verifying' });
    const { verified } = await console.verify();
    const counts = console.reconciliation.counts();
    return {
      imported: counts.all,
      matched: counts.auto + counts.confirmed,
      suggested: counts.suggested,
      unmatched: counts.unmatched,
      posted: console.ledger.entryCount(),
      verified,
    };
  });
}

async function takeSampleData(console: Console, caller: Caller, job: JobHandle): Promise<void> {
  const files = await sampleFiles();
  for (const [done, path] of files.entries()) {
    job.throwIfCancelled();
    job.report({ stage: 'importing', doneCount: done, totalCount: files.length });
    const source = createReadStream(path, { highWaterMark: 256 * 1024 });
    const result = await console.intake.importStream({ fileName: basename(path), source }, caller);
    if (result.outcome === 'refused') {
      throw new CountersignError('INTERNAL', 'A file of the sample data was refused.', {
        file: basename(path),
        actual: `${result.code}: ${result.message}`,
      });
    }
  }
}

function noteTaken({ vault, audit }: Console, caller: Caller): void {
  vault.transaction(() => {
    audit.record({
      kind: 'system.demo',
      actor: caller.actor,
      traceId: caller.traceId,
      detail: { taken: true },
    });
    vault.setMeta(TAKEN_NOTE, 'taken');
  });
}

async function sampleFiles(): Promise<string[]> {
  const folder = fileURLToPath(resourceUrl(import.meta.url, 'demo'));
  const names = (await readdir(folder)).filter((name) => ORDER.some((pattern) => pattern.test(name)));
  const rank = (name: string) => ORDER.findIndex((pattern) => pattern.test(name));
  return names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)).map((name) => join(folder, name));
}
