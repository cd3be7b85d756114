import { Worker } from 'node:worker_threads';
import { workerUrl } from '../base/index.ts';
import { openReaderFromKey, type ReaderKey } from './connection.ts';
import { storageError } from './sqlite-errors.ts';

export interface IntegrityFinding {
  readonly code: string;
  readonly message: string;
}

/** Findings of one kind that are listed before the rest is left out. */
const MOST_FINDINGS = 20;

/**
 * Reads every page in use of the database, which checks each page's authentication tag, then the
 * structure of tables and indexes and the foreign keys. Blocks its thread for as long as the file
 * is large, so it is called in a worker; `checkIntegrity` does that.
 */
export function integrityFindings(key: ReaderKey): IntegrityFinding[] {
  const findings: IntegrityFinding[] = [];
  try {
    const db = openReaderFromKey(key);
    try {
      const structure = db.prepare<[], string>(`PRAGMA integrity_check(${MOST_FINDINGS})`).pluck().all();
      for (const line of structure) {
        if (line !== 'ok') findings.push({ code: 'VAULT_DAMAGED', message: line });
      }
      const orphans = db.prepare<[], { table: string }>('PRAGMA foreign_key_check').all();
      for (const { table } of orphans.slice(0, MOST_FINDINGS)) {
        findings.push({
          code: 'VAULT_DAMAGED',
          message: `a row of ${table} refers to a row that is missing`,
        });
      }
    } finally {
      db.close();
    }
  } catch (error) {
    const mapped = storageError(error);
    const message = mapped instanceof Error ? mapped.message : 'the check could not be run';
    const code = mapped instanceof Error && 'code' in mapped ? String(mapped.code) : 'INTERNAL';
    findings.push({ code, message });
  }
  return findings;
}

/** `integrityFindings` in a worker thread. An empty list means the file is whole. */
export function checkIntegrity(key: ReaderKey): Promise<IntegrityFinding[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl(import.meta.url, './integrity.worker.ts'), {
      workerData: key,
      execArgv: [],
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the integrity worker ended with ${code} and no answer`)));
  });
}
