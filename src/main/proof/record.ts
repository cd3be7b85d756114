import { concat, u16, u64, utf8 } from './bytes.ts';
import type { Sha256 } from './primitives.ts';

/** An audit record as it was written, without its detail. */
export interface ProvenRecord {
  readonly seq: number;
  readonly recordedAtMs: number;
  readonly kind: string;
  readonly actor: string;
  /** Empty where there is none. */
  readonly traceId: string;
  readonly detailId: number;
  /** Canonical JSON of the pairs; empty where there are none. */
  readonly subjects: string;
  readonly commitment: Uint8Array;
  readonly previousLeaf: Uint8Array;
}

const LEAF_PREFIX = 0x00;
const FORM = 1;

function text(value: string): Uint8Array {
  const bytes = utf8(value);
  if (bytes.length > 0xffff) throw new RangeError('a text of the record is too long');
  return concat(u16(bytes.length), bytes);
}

/**
 * The leaf of a record of form 1: SHA-256 over the bytes that `src/main/audit/record-form.ts` tells
 * of. Written a second time here, because a verifier must not lean on the program that it checks.
 */
export function leafOfRecord(record: ProvenRecord, sha256: Sha256): Uint8Array {
  return sha256(
    concat(
      Uint8Array.of(LEAF_PREFIX, FORM),
      u64(record.seq),
      u64(record.recordedAtMs),
      text(record.kind),
      text(record.actor),
      text(record.traceId),
      u64(record.detailId),
      record.subjects === '' ? new Uint8Array(32) : sha256(utf8(record.subjects)),
      record.commitment,
      record.previousLeaf,
    ),
  );
}

/** What the first record of a vault names as the leaf before it. */
export const genesisOf = (vaultId: string, sha256: Sha256): Uint8Array =>
  sha256(utf8(`countersign audit log v1\n${vaultId}\n`));
