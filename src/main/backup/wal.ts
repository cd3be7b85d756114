import type { LogPosition } from './container.ts';

/**
 * SQLite's write-ahead log as a file (https://sqlite.org/walformat.html): a header of 32 bytes, then
 * frames of a 24-byte header and one page. The cipher encrypts the pages and leaves the headers as
 * they are, so a frame is copied byte for byte and its page fits into the database as it is.
 */
export const PAGE_BYTES = 4096;
export const LOG_HEADER_BYTES = 32;
export const FRAME_HEADER_BYTES = 24;
export const FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES;

const SALTS_AT = 16;

/** Where a frame begins in the log. */
export const frameStart = (index: number) => LOG_HEADER_BYTES + index * FRAME_BYTES;

/** The salts of a log's header as hex; empty where the log has none yet. */
export function saltsOf(header: Uint8Array): string {
  if (header.length < LOG_HEADER_BYTES) return '';
  return Buffer.from(header.subarray(SALTS_AT, SALTS_AT + 8)).toString('hex');
}

/** Whether a log with the second salts is the one that followed the log with the first: it counts up by one. */
export function followsOn(before: string, after: string): boolean {
  if (before === '') return true;
  const first = Number.parseInt(before.slice(0, 8), 16);
  return after !== '' && Number.parseInt(after.slice(0, 8), 16) === (first + 1) % 2 ** 32;
}

/** A run of whole frames in memory. */
export class Frames {
  readonly bytes: Buffer;
  readonly count: number;

  constructor(bytes: Buffer) {
    if (bytes.length % FRAME_BYTES !== 0) throw new RangeError('Frames: whole frames expected');
    this.bytes = bytes;
    this.count = bytes.length / FRAME_BYTES;
  }

  /** Number of the page, from 1. */
  page(index: number): number {
    return this.bytes.readUInt32BE(index * FRAME_BYTES);
  }

  /** Pages of the database after the commit this frame ends; 0 where it ends none. */
  pagesAfterCommit(index: number): number {
    return this.bytes.readUInt32BE(index * FRAME_BYTES + 4);
  }

  content(index: number): Buffer {
    const start = index * FRAME_BYTES + FRAME_HEADER_BYTES;
    return this.bytes.subarray(start, start + PAGE_BYTES);
  }

  /** Header of a frame as hex: with its running checksum it is unlike that of any other log. */
  headerOf(index: number): string {
    const start = index * FRAME_BYTES;
    return this.bytes.toString('hex', start, start + FRAME_HEADER_BYTES);
  }

  /** Indexes of the frames that end a commit. */
  commits(): number[] {
    return Array.from({ length: this.count }, (_, index) => index).filter(
      (index) => this.pagesAfterCommit(index) > 0,
    );
  }

  /** Whether these are pages of a database and end with a commit, as everything that is shipped does. */
  isWhole(): boolean {
    if (this.count === 0 || this.pagesAfterCommit(this.count - 1) === 0) return false;
    for (let index = 0; index < this.count; index += 1) if (this.page(index) === 0) return false;
    return true;
  }
}

/** The position after frames that begin behind `from`. */
export function positionAfter(from: LogPosition, frames: Frames): LogPosition {
  if (frames.count === 0) return from;
  return {
    salts: from.salts,
    frames: from.frames + frames.count,
    last: frames.headerOf(frames.count - 1),
  };
}
