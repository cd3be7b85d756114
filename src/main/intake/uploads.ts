/** Uploads: a file that comes in chunks by calls. Its bytes go straight into the parser and never touch the disk in the clear. */
import type { FileResult } from '../../contract/intake.ts';
import { CountersignError, createIdMaker, idToText, type Runtime } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { cancelled } from '../jobs/index.ts';
import type { AcceptedDifference, ImportRequest } from './context.ts';
import { type BytePipe, createBytePipe } from './pipe.ts';

/** An upload that nobody writes to for this long is given up, so that the next file gets its turn. */
const IDLE_MS = 120_000;
/** Results of ended uploads that are kept for a caller who asks again. */
const KEEP_ENDED = 50;

export interface BeginUpload {
  readonly fileName: string;
  readonly sizeBytes: number | null;
  readonly acceptDifference?: AcceptedDifference | undefined;
}

export interface Uploads {
  begin(upload: BeginUpload, caller: Caller): { uploadId: string; jobId: string };
  /** Errors: INTAKE_UPLOAD_UNKNOWN, INTAKE_UPLOAD_OFFSET. Settles when the parser has room for the next chunk. */
  write(uploadId: string, offset: number, bytes: Uint8Array): Promise<{ receivedBytes: number }>;
  /** What became of the file. Asked again it answers the same. Errors: INTAKE_UPLOAD_UNKNOWN. */
  finish(uploadId: string): Promise<FileResult>;
  /** Errors: INTAKE_UPLOAD_UNKNOWN. */
  cancel(uploadId: string): Promise<{ cancelled: boolean }>;
}

interface Upload {
  readonly pipe: BytePipe;
  readonly result: Promise<FileResult>;
  readonly cancelImport: () => void;
  receivedBytes: number;
  ended: boolean;
  stopWaiting: () => void;
}

export interface UploadParts {
  readonly runtime: Runtime;
  startImport(
    request: ImportRequest,
    caller: Caller,
  ): { jobId: string; result: Promise<FileResult>; cancel(): void };
}

export function createUploads({ runtime, startImport }: UploadParts): Uploads {
  const newId = createIdMaker(runtime);
  const uploads = new Map<string, Upload>();

  function known(uploadId: string): Upload {
    const upload = uploads.get(uploadId);
    if (upload === undefined) {
      throw new CountersignError(
        'INTAKE_UPLOAD_UNKNOWN',
        'There is no upload under that id: it ended, or never began.',
      );
    }
    return upload;
  }

  function giveUp(upload: Upload): void {
    upload.stopWaiting();
    upload.ended = true;
    upload.cancelImport();
    upload.pipe.fail(cancelled());
  }

  function waitForNext(upload: Upload): void {
    upload.stopWaiting();
    upload.stopWaiting = runtime.schedule(IDLE_MS, () => giveUp(upload));
  }

  function forgetOldest(): void {
    const ended = [...uploads].filter(([, upload]) => upload.ended);
    for (const [id] of ended.slice(0, Math.max(0, ended.length - KEEP_ENDED))) uploads.delete(id);
  }

  return {
    begin({ fileName, sizeBytes, acceptDifference }, caller) {
      const uploadId = idToText(newId());
      const pipe = createBytePipe();
      const started = startImport({ fileName, source: pipe, sizeBytes, acceptDifference }, caller);
      // Whoever finishes hears of a failure; until then it must not count as unhandled.
      started.result.catch(() => undefined);
      const upload: Upload = {
        pipe,
        result: started.result,
        cancelImport: started.cancel,
        receivedBytes: 0,
        ended: false,
        stopWaiting: () => {},
      };
      uploads.set(uploadId, upload);
      waitForNext(upload);
      forgetOldest();
      return { uploadId, jobId: started.jobId };
    },
    async write(uploadId, offset, bytes) {
      const upload = known(uploadId);
      if (upload.ended || offset !== upload.receivedBytes) {
        throw new CountersignError(
          'INTAKE_UPLOAD_OFFSET',
          'The chunk does not continue where the last one ended.',
          {
            expected: upload.ended ? 'no further chunk' : String(upload.receivedBytes),
            actual: String(offset),
          },
        );
      }
      upload.receivedBytes += bytes.byteLength;
      upload.stopWaiting();
      await upload.pipe.write(bytes);
      if (!upload.ended) waitForNext(upload);
      return { receivedBytes: upload.receivedBytes };
    },
    finish(uploadId) {
      const upload = known(uploadId);
      upload.stopWaiting();
      upload.ended = true;
      upload.pipe.end();
      return upload.result;
    },
    async cancel(uploadId) {
      const upload = known(uploadId);
      giveUp(upload);
      const result = await upload.result.catch(() => undefined);
      return { cancelled: result === undefined || result.code === 'CANCELLED' };
    },
  };
}
