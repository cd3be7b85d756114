/** The kinds of transfer: what becomes of the bytes, and of the vault when they are all there. */

import { createHash } from 'node:crypto';
import type { TransferResult, TransferWork } from '../../contract/compliance.ts';
import { CountersignError, dateOfMs } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { sha256, zeroise } from '../crypto/index.ts';
import { type ArchiveWriter, createArchiveReader, createArchiveWriter } from './archive-form.ts';
import { type ContentWriter, createContentWriter, eraseContent } from './content.ts';
import type { ComplianceContext } from './context.ts';
import type { Keeping } from './keeping.ts';
import { messageReference, REFERENCE_BYTES } from './reference.ts';
import { retainUntil } from './retention.ts';
import { type CsvTransform, createCsvOpener, createCsvSealer } from './sealed-csv.ts';
import type { EvidenceRow } from './store.ts';

/** One transfer: takes bytes, answers bytes, and counts from `end` on. */
export interface Work {
  write(bytes: Uint8Array): Buffer;
  end(): { readonly bytes: Buffer; readonly result: TransferResult };
  /** Takes back what was written. */
  abandon(): void;
}

const NOTHING = Buffer.alloc(0);
const KEY_BYTES = 32;

const resultOf = (part: Partial<TransferResult>): TransferResult => ({
  evidenceId: null,
  reference: null,
  retainUntil: null,
  contentHash: null,
  rows: 0,
  cells: 0,
  ...part,
});

const evidenceResult = (row: EvidenceRow, reference: string | null): TransferResult =>
  resultOf({
    evidenceId: row.id.toString(),
    reference,
    retainUntil: row.retainUntil,
    contentHash: row.contentHash.toString('hex'),
  });

type Of<Kind extends TransferWork['kind']> = Extract<TransferWork, { kind: Kind }>;

/** Begins the work of a transfer. */
export function beginWork(
  context: ComplianceContext,
  keeping: Keeping,
  work: TransferWork,
  caller: Caller,
): Work {
  switch (work.kind) {
    case 'add':
      return addEvidence(context, keeping, work, caller);
    case 'archive':
      return archive(context, keeping, work, caller);
    case 'unarchive':
      return unarchive(context, keeping, work, caller);
    default:
      return columnsOf(context, work, caller);
  }
}

function abandonContent(context: ComplianceContext, id: bigint): void {
  context.vault.provisional(() => eraseContent(context, id));
}

function addEvidence(context: ComplianceContext, keeping: Keeping, work: Of<'add'>, caller: Caller): Work {
  const id = context.nextId();
  const { evidenceKind, title, note, retentionClass, holdReason } = work;
  const content = createContentWriter(context, id, retentionClass);
  return {
    write(bytes) {
      content.add(bytes);
      return NOTHING;
    },
    end() {
      const given = { id, kind: evidenceKind, title, note, retentionClass, holdReason };
      return { bytes: NOTHING, result: evidenceResult(keeping.add(given, content, caller), null) };
    },
    abandon: () => abandonContent(context, id),
  };
}

/** Keeps a bank message and makes a sealed copy of it, under a key that goes when the evidence goes. */
function archive(context: ComplianceContext, keeping: Keeping, work: Of<'archive'>, caller: Caller): Work {
  const { vault, runtime, store } = context;
  const { fileName, retentionClass, holdReason, contentHash } = work;
  const id = context.nextId();
  const content: ContentWriter = createContentWriter(context, id, retentionClass);
  const fileKey = runtime.randomBytes(KEY_BYTES);
  let head: Buffer = NOTHING;
  let copy: { readonly writer: ArchiveWriter; readonly reference: string } | undefined;

  const known = store.messageWithHash(Buffer.from(contentHash, 'hex'));
  if (known !== undefined) {
    throw new CountersignError('COMPLIANCE_KNOWN', `The message is kept already as evidence ${known}.`, {
      file: fileName,
      path: `evidence ${known}`,
    });
  }

  /** The reference stands in the first bytes, so the copy begins when these are there. */
  function begin() {
    const reference = messageReference(head) ?? contentHash;
    const header = {
      vault: vault.vaultId,
      evidence: id.toString(),
      reference,
      retentionClass,
      retainUntil: retainUntil(dateOfMs(runtime.nowMs()), retentionClass),
      hold: holdReason !== undefined,
    };
    const begun = { writer: createArchiveWriter(header, fileKey), reference };
    copy = begun;
    const first = begun.writer.write(head);
    head = NOTHING;
    return { ...begun, first };
  }

  return {
    write(bytes) {
      content.add(bytes);
      if (copy !== undefined) return copy.writer.write(bytes);
      head = Buffer.concat([head, bytes]);
      return head.byteLength < REFERENCE_BYTES ? NOTHING : begin().first;
    },
    end() {
      const { writer, reference, first } = copy === undefined ? begin() : { ...copy, first: NOTHING };
      if (content.hash().toString('hex') !== contentHash) {
        throw new CountersignError(
          'COMPLIANCE_FILE_CHANGED',
          'The file changed while it was read; nothing was kept.',
          { file: fileName },
        );
      }
      const bytes = Buffer.concat([first, writer.end()]);
      const given = {
        id,
        kind: 'bank-message',
        title: fileName,
        reference,
        fileKey,
        retentionClass,
        holdReason,
      } as const;
      const row = keeping.add(given, content, caller);
      zeroise(fileKey);
      return { bytes, result: evidenceResult(row, reference) };
    },
    abandon() {
      zeroise(fileKey);
      abandonContent(context, id);
    },
  };
}

function unarchive(
  context: ComplianceContext,
  keeping: Keeping,
  work: Of<'unarchive'>,
  caller: Caller,
): Work {
  const { vault } = context;
  const { fileName } = work;
  const reader = createArchiveReader(fileName);
  const hash = createHash('sha256');
  let row: EvidenceRow | undefined;
  let reference = '';

  function unlock(): Buffer {
    const header = reader.header();
    if (header === undefined || row !== undefined) return NOTHING;
    if (header.vault !== vault.vaultId) {
      throw new CountersignError('SEALED_FILE_FOREIGN', 'The file was sealed in another vault.', {
        file: fileName,
        expected: 'a file that this vault sealed',
      });
    }
    row = keeping.kept(header.evidence);
    reference = header.reference;
    const key = keeping.fileKey(row);
    if (key === null) {
      throw new CountersignError('SEALING_KEY_MISSING', 'The key of the sealed file is gone.', {
        file: fileName,
        path: `evidence ${row.id}`,
      });
    }
    return reader.unlock(key);
  }

  const give = (bytes: Buffer): Buffer => {
    hash.update(bytes);
    return bytes;
  };

  return {
    write: (bytes) => {
      const early = reader.write(bytes);
      return give(Buffer.concat([early, unlock()]));
    },
    end() {
      const bytes = give(reader.end());
      const opened = row!;
      if (!hash.digest().equals(opened.contentHash)) {
        throw new CountersignError(
          'SEALED_FILE_DAMAGED',
          'The content of the sealed file is not what the vault keeps under its id.',
          { file: fileName },
        );
      }
      vault.transaction(() =>
        keeping.record('compliance.unseal', opened.id, caller, { from: 'sealed copy', reference }),
      );
      return { bytes, result: evidenceResult(opened, reference) };
    },
    abandon() {},
  };
}

/** Columns of a CSV; nothing of the file stays in the vault but the record that it was done. */
function columnsOf(
  { vault, audit, runtime, fileSealer }: ComplianceContext,
  work: Of<'seal-columns'> | Of<'open-columns'>,
  caller: Caller,
): Work {
  const sealing = fileSealer.begin();
  const { fileName } = work;
  const parts = { fileName, vaultId: vault.vaultId, sealing };
  const isSealing = work.kind === 'seal-columns';
  const transform: CsvTransform = isSealing
    ? createCsvSealer({ ...parts, runtime }, work.columns)
    : createCsvOpener(parts);
  const hash = createHash('sha256');
  const give = (bytes: Buffer): Buffer => {
    hash.update(bytes);
    return bytes;
  };
  return {
    write: (bytes) => give(transform.write(bytes)),
    end() {
      const bytes = give(transform.end());
      if (!isSealing && transform.cells === 0) {
        throw new CountersignError('SEALED_FILE_INVALID', 'The file holds no sealed cell.', {
          file: fileName,
          expected: 'a file that countersign seal wrote',
        });
      }
      sealing.end();
      const { rows, cells } = transform;
      const { actor, traceId } = caller;
      vault.transaction(() =>
        audit.record({
          kind: isSealing ? 'compliance.seal-columns' : 'compliance.unseal-columns',
          actor,
          traceId,
          detail: {
            // A name that is no well-formed text cannot stand in a record; its hash tells it all the same.
            fileName: fileName.isWellFormed() ? fileName : sha256(Buffer.from(fileName)).toString('hex'),
            ...(isSealing ? { columns: work.columns.filter((name) => name.isWellFormed()) } : {}),
            rows,
            cells,
            outputHash: hash.digest('hex'),
          },
        }),
      );
      return { bytes, result: resultOf({ rows, cells }) };
    },
    abandon: () => sealing.end(),
  };
}
