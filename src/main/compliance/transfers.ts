/** Transfers under way: bytes that come by calls, one chunk after the other, and what they become. */
import type { TransferResult } from '../../contract/compliance.ts';
import { CountersignError, createIdMaker, idToText, type Runtime, yieldToLoop } from '../base/index.ts';
import type { Work } from './works.ts';

/** A transfer that nobody writes to for this long is given up. */
const IDLE_MS = 120_000;
const MOST_TRANSFERS = 16;
/** Bytes that are worked on before the event loop gets a turn. */
const SLICE_BYTES = 128 * 1024;

interface Transfer {
  readonly work: Work;
  receivedBytes: number;
  /** Calls of one transfer wait for each other. */
  turn: Promise<unknown>;
  stopWaiting: () => void;
}

export interface Transfers {
  /** Errors: COMPLIANCE_BUSY, and those of the work. */
  begin(start: () => Work): { transferId: string };
  /** Errors: COMPLIANCE_UPLOAD_UNKNOWN, COMPLIANCE_UPLOAD_OFFSET, and those of the work, which end it. */
  write(
    transferId: string,
    offset: number,
    bytes: Uint8Array,
  ): Promise<{ bytes: Buffer; receivedBytes: number }>;
  finish(transferId: string): Promise<{ bytes: Buffer; result: TransferResult }>;
  cancel(transferId: string): Promise<{ cancelled: boolean }>;
}

export function createTransfers(runtime: Runtime): Transfers {
  const newId = createIdMaker(runtime);
  const transfers = new Map<string, Transfer>();

  function end(transferId: string): Transfer | undefined {
    const transfer = transfers.get(transferId);
    transfers.delete(transferId);
    transfer?.stopWaiting();
    return transfer;
  }

  function giveUp(transferId: string): void {
    const transfer = end(transferId);
    if (transfer === undefined) return;
    transfer.turn = transfer.turn.then(
      () => transfer.work.abandon(),
      () => transfer.work.abandon(),
    );
    transfer.turn.catch(() => undefined);
  }

  function known(transferId: string): Transfer {
    const transfer = transfers.get(transferId);
    if (transfer !== undefined) return transfer;
    throw new CountersignError(
      'COMPLIANCE_UPLOAD_UNKNOWN',
      'There is no transfer under that id: it ended, or never began.',
    );
  }

  function waitForNext(transferId: string, transfer: Transfer): void {
    transfer.stopWaiting();
    transfer.stopWaiting = runtime.schedule(IDLE_MS, () => giveUp(transferId));
  }

  /** Runs the next step of a transfer; a step that fails ends it. */
  function inTurn<T>(transferId: string, transfer: Transfer, step: () => Promise<T> | T): Promise<T> {
    const run = transfer.turn.then(step);
    transfer.turn = run.catch(() => giveUp(transferId));
    return run;
  }

  async function workOn(work: Work, bytes: Uint8Array): Promise<Buffer> {
    const out: Buffer[] = [];
    for (let at = 0; at < bytes.byteLength; at += SLICE_BYTES) {
      if (at > 0) await yieldToLoop();
      out.push(work.write(bytes.subarray(at, at + SLICE_BYTES)));
    }
    return Buffer.concat(out);
  }

  return {
    begin(start) {
      if (transfers.size >= MOST_TRANSFERS) {
        throw new CountersignError('COMPLIANCE_BUSY', 'Too many transfers are under way.', {
          expected: `at most ${MOST_TRANSFERS} at once`,
        });
      }
      const transferId = idToText(newId());
      const transfer: Transfer = {
        work: start(),
        receivedBytes: 0,
        turn: Promise.resolve(),
        stopWaiting: () => {},
      };
      transfers.set(transferId, transfer);
      waitForNext(transferId, transfer);
      return { transferId };
    },
    async write(transferId, offset, bytes) {
      const transfer = known(transferId);
      if (offset !== transfer.receivedBytes) {
        throw new CountersignError(
          'COMPLIANCE_UPLOAD_OFFSET',
          'The chunk does not continue where the last one ended.',
          { expected: String(transfer.receivedBytes), actual: String(offset) },
        );
      }
      transfer.receivedBytes += bytes.byteLength;
      waitForNext(transferId, transfer);
      const answer = await inTurn(transferId, transfer, () => workOn(transfer.work, bytes));
      return { bytes: answer, receivedBytes: transfer.receivedBytes };
    },
    finish(transferId) {
      const transfer = known(transferId);
      return inTurn(transferId, transfer, () => {
        const answer = transfer.work.end();
        end(transferId);
        return answer;
      });
    },
    async cancel(transferId) {
      const transfer = known(transferId);
      giveUp(transferId);
      await transfer.turn;
      return { cancelled: true };
    },
  };
}
