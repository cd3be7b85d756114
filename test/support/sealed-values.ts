import { sealedColumns } from '../../src/main/engine/sealed-columns.ts';
import { openSealingReader } from '../../src/main/sealing/index.ts';
import { createColumnWalk } from '../../src/main/sealing/store-columns.ts';
import type { Connection, Vault } from '../../src/main/vault/index.ts';

/** Opens every sealed value at the place that its room names; a value that no room names is a finding. */
export function openEverything(vault: Vault): string[] {
  const findings: string[] = [];
  const reader = openSealingReader(vault.readerKey());
  const seen = new Set<bigint>();
  try {
    for (const column of sealedColumns) {
      const { table, column: name } = column;
      const values = createColumnWalk(reader.db, column)(null, 1_000_000);
      for (const { sealedId } of values) seen.add(sealedId);
      const refs = values.map(({ sealedId, applicationId }) => ({
        id: sealedId,
        table,
        column: name,
        applicationId,
      }));
      const failed = reader.openMany(refs).filter((one) => one instanceof Error);
      if (failed.length > 0) findings.push(`${failed.length} of ${table}.${name}: ${String(failed[0])}`);
    }
    findings.push(...countsOf(reader.db), ...strayOf(reader.db, seen));
  } finally {
    reader.close();
  }
  return findings;
}

function countsOf(db: Connection): string[] {
  const wrong = db
    .prepare<[], bigint>(
      `SELECT id FROM sealing_dek d
       WHERE value_count <> (SELECT count(*) FROM sealed_value v WHERE v.dek_id = d.id)`,
    )
    .pluck()
    .all();
  return wrong.map((id) => `dek-${id} counts other values than lie under it`);
}

function strayOf(db: Connection, seen: ReadonlySet<bigint>): string[] {
  const rows = db
    .prepare<[], { id: bigint; purpose: string }>(
      'SELECT v.id, d.purpose FROM sealed_value v JOIN sealing_dek d ON d.id = v.dek_id',
    )
    .all();
  const stray = rows.filter(({ id }) => !seen.has(id)).map(({ id, purpose }) => `${purpose} ${id}`);
  if (stray.length === 0) return [];
  return [`${stray.length} sealed values stand in no row of any room: ${stray.slice(0, 3).join(', ')}`];
}
