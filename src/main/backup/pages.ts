import { fstatSync } from 'node:fs';
import { BODY_START, CHUNK_BYTES, readUpTo, writeAll } from './container.ts';
import type { LiveLog } from './log-reader.ts';
import { PAGE_BYTES } from './wal.ts';

/** Frames of the log that are in memory at once. */
const RUN_FRAMES = 1_000;

/**
 * Copies the whole pages of a database into the body of a container as they lie there; answers their
 * length in bytes. A checkpoint may write meanwhile: what it touches stands in the log too, and
 * `applyLog` then puts it right.
 */
export function copyPages(database: number, target: number, between: () => void): number {
  const length = Math.floor(fstatSync(database).size / PAGE_BYTES) * PAGE_BYTES;
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let done = 0;
  while (done < length) {
    const count = readUpTo(database, chunk.subarray(0, Math.min(chunk.length, length - done)), done);
    if (count === 0) break;
    writeAll(target, chunk.subarray(0, count), BODY_START + done);
    done += count;
    between();
  }
  return done;
}

/** Writes the frames of the log over the pages; answers how many pages there are then, if it has any frames. */
export function applyLog(log: LiveLog, target: number, frames: number): number | undefined {
  let pages: number | undefined;
  for (let from = 0; from < frames; from += RUN_FRAMES) {
    const run = log.read(from, Math.min(frames, from + RUN_FRAMES));
    for (let index = 0; index < run.count; index += 1) {
      writeAll(target, run.content(index), BODY_START + (run.page(index) - 1) * PAGE_BYTES);
      pages = run.pagesAfterCommit(index) || pages;
    }
  }
  return pages;
}
