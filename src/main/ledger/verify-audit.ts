import { type Breathe, CheckLog, type LedgerCheck } from './findings.ts';
import { packedRoot } from './proof.ts';
import type { VerifyStore } from './store-verify.ts';

/** What is read of the audit log: the opened detail of a record, null where it was erased. */
export interface AuditReader {
  get(seq: bigint): { readonly detail: string | null };
}

const BATCHES_PER_STEP = 200;

/** An import's root is that over the roots of its batches, in their order. */
export function checkPublications(store: VerifyStore): LedgerCheck {
  const log = new CheckLog("every published import has its batches' root");
  for (const publication of store.publications()) {
    const rows = store.importRoots(publication.import_id);
    const root = packedRoot(Buffer.concat(rows.map((row) => row.root)));
    const count = rows.reduce((sum, row) => sum + row.entry_count, 0n);
    log.expect(
      root.equals(publication.root) && count === publication.entry_count,
      () => `the import published by record ${publication.record} has other batches`,
    );
  }
  return log.result();
}

/**
 * The details of audit records name the roots of what they made known. A detail that was erased
 * cannot be asked any more; its commitment still binds it.
 */
export async function checkAuditedRoots(
  store: VerifyStore,
  audit: AuditReader,
  breathe: Breathe,
): Promise<LedgerCheck> {
  const log = new CheckLog('roots are those that the audit log recorded');
  const details = new Map<bigint, string | null>();
  const expectRoot = (record: bigint, root: Buffer, what: string) => {
    if (!details.has(record)) {
      if (details.size > BATCHES_PER_STEP) details.clear();
      details.set(record, readDetail(audit, record));
    }
    const detail = details.get(record)!;
    log.expect(
      detail === null || detail.includes(root.toString('hex')),
      () => `record ${record} does not name the root of ${what}`,
    );
  };
  let after = 0;
  for (;;) {
    const rows = store.batchesAfter(after, BATCHES_PER_STEP);
    for (const row of rows) {
      after = Number(row.first_number);
      if (row.record !== null)
        expectRoot(row.record, row.root, `the batch from entry ${row.first_number} on`);
      await breathe();
    }
    if (rows.length < BATCHES_PER_STEP) break;
  }
  for (const publication of store.publications()) {
    if (publication.entry_count > 0n) expectRoot(publication.record, publication.root, 'its import');
    await breathe();
  }
  return log.result();
}

function readDetail(audit: AuditReader, record: bigint): string | null {
  try {
    return audit.get(record).detail;
  } catch {
    // A record that cannot be read names nothing: the batch then stands without its proof.
    return '';
  }
}
