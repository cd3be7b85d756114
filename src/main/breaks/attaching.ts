/** Files on breaks. They are evidence of the compliance vault: sealed, held, kept and removed as that is. */
import {
  type AttachmentType,
  type BreakAttachment,
  MOST_ATTACHMENT_BYTES,
  MOST_ATTACHMENTS,
} from '../../contract/breaks.ts';
import { CountersignError } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { type BreaksContext, knownBreak, recordOn, writeEvent } from './context.ts';
import { isOfType } from './file-types.ts';
import { requireStanding } from './standing.ts';

/** How long what explains a break must be kept. */
const RETENTION = '7y';
/** Bytes that are given to the compliance vault at a time. */
const GIVEN_BYTES = 1_048_576;
/** A transfer that nobody writes to for this long is given up; so many may be under way. */
const IDLE_MS = 120_000;
const MOST_TRANSFERS = 8;

interface Transfer {
  readonly breakId: bigint;
  readonly fileName: string;
  readonly type: AttachmentType;
  readonly sizeBytes: number;
  readonly actor: string;
  readonly chunks: Uint8Array[];
  receivedBytes: number;
  stopWaiting: () => void;
}

export interface AttachmentInput {
  readonly id: string;
  readonly fileName: string;
  readonly type: AttachmentType;
  readonly sizeBytes: number;
}

export interface Attaching {
  /** Errors: BREAK_UNKNOWN, BREAK_OVER, BREAK_ATTACHMENT_SIZE, BREAK_ATTACHMENT_MANY, COMPLIANCE_BUSY. */
  begin(input: AttachmentInput, caller: Caller): { transferId: string };
  /** Errors: COMPLIANCE_UPLOAD_UNKNOWN, COMPLIANCE_UPLOAD_OFFSET, BREAK_ATTACHMENT_SIZE. */
  bytes(transferId: string, offset: number, bytes: Uint8Array, caller: Caller): { receivedBytes: number };
  /** Errors: COMPLIANCE_UPLOAD_UNKNOWN, BREAK_ATTACHMENT_TYPE, BREAK_ATTACHMENT_SIZE and those of `begin`. */
  end(transferId: string, caller: Caller): Promise<{ attachmentId: string }>;
  /** Errors: BREAK_UNKNOWN, BREAK_ATTACHMENT_UNKNOWN, and those of reading evidence. */
  read(
    input: {
      readonly id: string;
      readonly attachmentId: string;
      readonly offset: number;
      readonly length: number;
    },
    caller: Caller,
  ): { bytes: Buffer; sizeBytes: number };
  list(breakId: bigint): BreakAttachment[];
}

function wrongSize(expected: string, actual: number): never {
  throw new CountersignError('BREAK_ATTACHMENT_SIZE', 'The file is empty or too large to be attached.', {
    path: 'sizeBytes',
    expected,
    actual: String(actual),
  });
}

export function createAttaching(context: BreaksContext): Attaching {
  const { vault, store, compliance, runtime, newId } = context;
  const transfers = new Map<string, Transfer>();

  const evidenceOf = (breakId: bigint) =>
    store.events(breakId).flatMap(({ evidenceId }) => (evidenceId === null ? [] : [evidenceId]));

  function requireRoom(breakId: bigint): void {
    if (evidenceOf(breakId).length < MOST_ATTACHMENTS) return;
    throw new CountersignError(
      'BREAK_ATTACHMENT_MANY',
      'The break has as many attachments as one may have.',
      { path: `break ${breakId}`, expected: `at most ${MOST_ATTACHMENTS}` },
    );
  }

  function end(transferId: string): void {
    transfers.get(transferId)?.stopWaiting();
    transfers.delete(transferId);
  }

  /** A transfer is its beginner's alone. */
  function known(transferId: string, { actor }: Caller): Transfer {
    const transfer = transfers.get(transferId);
    if (transfer?.actor === actor) return transfer;
    throw new CountersignError(
      'COMPLIANCE_UPLOAD_UNKNOWN',
      'There is no transfer under that id: it ended, or never began.',
    );
  }

  function waitForNext(transferId: string, transfer: Transfer): void {
    transfer.stopWaiting();
    transfer.stopWaiting = runtime.schedule(IDLE_MS, () => end(transferId));
  }

  async function keep({ fileName }: Transfer, content: Uint8Array, caller: Caller): Promise<string> {
    const work = {
      kind: 'add',
      evidenceKind: 'document',
      title: fileName,
      retentionClass: RETENTION,
    } as const;
    const { transferId } = compliance.begin(work, caller);
    for (let at = 0; at < content.byteLength; at += GIVEN_BYTES) {
      await compliance.write(transferId, at, content.subarray(at, at + GIVEN_BYTES));
    }
    return (await compliance.finish(transferId)).result.evidenceId!;
  }

  return {
    begin({ id, fileName, type, sizeBytes }, caller) {
      const row = knownBreak(context, id);
      requireStanding(row, row.id);
      requireRoom(row.id);
      if (sizeBytes < 1 || sizeBytes > MOST_ATTACHMENT_BYTES) {
        wrongSize(`1 to ${MOST_ATTACHMENT_BYTES} bytes`, sizeBytes);
      }
      if (transfers.size >= MOST_TRANSFERS) {
        throw new CountersignError('COMPLIANCE_BUSY', 'Too many transfers are under way.', {
          expected: `at most ${MOST_TRANSFERS} at once`,
        });
      }
      const transferId = newId().toString('hex');
      const transfer: Transfer = {
        ...{ breakId: row.id, fileName, type, sizeBytes, actor: caller.actor },
        ...{ chunks: [], receivedBytes: 0, stopWaiting: () => {} },
      };
      transfers.set(transferId, transfer);
      waitForNext(transferId, transfer);
      return { transferId };
    },
    bytes(transferId, offset, bytes, caller) {
      const transfer = known(transferId, caller);
      if (offset !== transfer.receivedBytes) {
        throw new CountersignError(
          'COMPLIANCE_UPLOAD_OFFSET',
          'The chunk does not continue where the last one ended.',
          { expected: String(transfer.receivedBytes), actual: String(offset) },
        );
      }
      if (offset + bytes.byteLength > transfer.sizeBytes) {
        end(transferId);
        wrongSize(`${transfer.sizeBytes} bytes, as was said`, offset + bytes.byteLength);
      }
      transfer.chunks.push(bytes);
      transfer.receivedBytes += bytes.byteLength;
      waitForNext(transferId, transfer);
      return { receivedBytes: transfer.receivedBytes };
    },
    async end(transferId, caller) {
      const transfer = known(transferId, caller);
      end(transferId);
      const { breakId, fileName, type, sizeBytes } = transfer;
      if (transfer.receivedBytes !== sizeBytes) {
        wrongSize(`${sizeBytes} bytes, as was said`, transfer.receivedBytes);
      }
      const content = Buffer.concat(transfer.chunks);
      if (!isOfType(content, type)) {
        throw new CountersignError('BREAK_ATTACHMENT_TYPE', 'The bytes of the file are of another type.', {
          path: 'type',
          expected: type,
        });
      }
      const isAttachable = () => {
        const row = knownBreak(context, breakId.toString());
        requireStanding(row, breakId);
        requireRoom(breakId);
        return row;
      };
      isAttachable();
      const evidenceId = await keep(transfer, content, caller);
      vault.transaction(() => {
        // The bytes took their time, in which the break may have ended; the evidence is kept all the same.
        const row = isAttachable();
        const detail = { break: breakId.toString(), evidence: evidenceId, fileName, type, sizeBytes };
        const record = recordOn(context, 'breaks.attach', caller, [breakId], detail);
        const act = { action: 'attached', evidenceId: BigInt(evidenceId) } as const;
        writeEvent(context, row, act, { actor: caller.actor, record });
      });
      return { attachmentId: evidenceId };
    },
    read({ id, attachmentId, offset, length }, caller) {
      const row = knownBreak(context, id);
      if (!evidenceOf(row.id).some((evidenceId) => evidenceId.toString() === attachmentId)) {
        throw new CountersignError('BREAK_ATTACHMENT_UNKNOWN', 'There is no such attachment on this break.');
      }
      return compliance.read(attachmentId, offset, length, caller);
    },
    list: (breakId) =>
      evidenceOf(breakId).map((evidenceId) => {
        const evidence = compliance.get(evidenceId.toString());
        return {
          id: evidence.id,
          fileName: evidence.title ?? '',
          sizeBytes: evidence.sizeBytes,
          contentHash: evidence.contentHash,
          addedAtMs: evidence.addedAtMs,
          removed: evidence.state === 'removed',
        };
      }),
  };
}
