/** Ledger units of an import: the import's own, and one for each statement too large to gather whole. */
const UNITS_PER_IMPORT = 1n << 20n;

/** The id under which the ledger stages what an import gathers whole. */
export function sharedLedgerUnit(importId: bigint): bigint {
  return importId * UNITS_PER_IMPORT;
}
