import { CountersignError } from '../base/index.ts';
import {
  fileText,
  type LogKeys,
  MOST_RECEIPT_BYTES,
  parseOrigin,
  RECEIPT_FORM,
  toBase64,
  type WitnessKeys,
} from '../proof/index.ts';
import { SALT_BYTES } from './record-form.ts';
import type { Audit } from './service.ts';
import type { RecordRow } from './store.ts';
import type { CheckpointRow } from './store-checkpoints.ts';

/** The receipt of a record under a checkpoint. Throws `AUDIT_RECEIPT_TOO_LARGE`. */
export function composeReceipt(parts: {
  readonly audit: Audit;
  readonly row: RecordRow;
  readonly checkpoint: CheckpointRow;
  readonly origin: string;
  readonly keys: LogKeys;
  /** Lines of witnesses, and their keys; left out where the receipt would be too long with them. */
  readonly cosigned?: { readonly lines: string; readonly witnesses: readonly WitnessKeys[] };
}): string {
  const { audit, row, checkpoint, origin, keys, cosigned } = parts;
  const { seq, recordedAtMs, kind, actor, traceId, subjects, detailId } = row;
  const log = parseOrigin(origin);
  if (log === undefined) throw new Error('a checkpoint of this vault has an origin of ours');
  const salted = audit.proofs.salted(row);
  const text = fileText({
    form: RECEIPT_FORM,
    vaultId: log.vaultId,
    epoch: log.epoch,
    record: {
      ...{ seq, recordedAtMs, kind, actor, traceId, subjects, detailId },
      commitment: toBase64(row.commitment),
      previousLeaf: toBase64(audit.proofs.previousLeaf(seq)),
    },
    detail:
      salted === null
        ? null
        : {
            salt: toBase64(salted.subarray(0, SALT_BYTES)),
            text: salted.toString('utf8', SALT_BYTES),
          },
    inclusion: {
      treeSize: checkpoint.size,
      path: audit.proofs.inclusion(seq, checkpoint.size).map(toBase64),
    },
    checkpoint: checkpoint.note + (cosigned?.lines ?? ''),
    keys: { ed25519: toBase64(keys.ed25519), mlDsa44: toBase64(keys.mlDsa44) },
    ...(cosigned === undefined || cosigned.witnesses.length === 0 ? {} : { witnesses: cosigned.witnesses }),
  });
  if (Buffer.byteLength(text) <= MOST_RECEIPT_BYTES) return text;
  if (cosigned !== undefined) return composeReceipt({ audit, row, checkpoint, origin, keys });
  throw new CountersignError('AUDIT_RECEIPT_TOO_LARGE', 'The detail of the record does not fit a receipt.', {
    path: `record ${seq}`,
    expected: `at most ${MOST_RECEIPT_BYTES} bytes`,
  });
}
