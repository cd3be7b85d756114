import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, rmSync } from 'node:fs';
import { integrityFindings, openReaderFromKey, type ReaderKey } from '../vault/index.ts';
import { unreachableRecord } from './chain.ts';
import {
  BODY_START,
  type Container,
  damaged,
  type Manifest,
  readStretch,
  readUpTo,
  writeAll,
} from './container.ts';
import { type LogHeadRow, lastRecordOf } from './store.ts';
import { Frames, PAGE_BYTES } from './wal.ts';
import type { Answers } from './work.ts';

export interface MaterialiseOrder {
  readonly base: Container;
  readonly segments: readonly Container[];
  /** The record to end with, inside the last segment. */
  readonly record: number | undefined;
  /** Where the database is written, and the key it opens under. */
  readonly key: ReaderKey;
}

/**
 * Writes the database that a base and its segments stand for. Blocks its thread. Every body is held
 * against its hash before it counts. Answers the end of the audit log as the manifests promise it.
 * Throws `BACKUP_DAMAGED`, `BACKUP_TRUNCATED`, `BACKUP_RECORD_UNREACHABLE`.
 */
export function materialise(order: MaterialiseOrder, onProgress: (share: number) => void): LogHeadRow {
  const { base, segments, record, key } = order;
  const total = base.manifest.body.bytes + segments.reduce((sum, one) => sum + one.manifest.body.bytes, 0);
  let done = 0;
  const advance = (bytes: number) => {
    done += bytes;
    onProgress(total === 0 ? 1 : done / total);
  };
  const handle = openSync(key.path, 'wx+', 0o600);
  let end: LogHeadRow;
  try {
    copyBody(base, handle, advance);
    end = endOf(base.manifest);
    for (const [index, segment] of segments.entries()) {
      const frames = readFrames(segment);
      const cut = record !== undefined && index === segments.length - 1;
      end = cut ? cutAt(handle, frames, end, record, key) : applyAll(handle, frames, segment.manifest);
      advance(segment.manifest.body.bytes);
    }
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return end;
}

const endOf = ({ record, leaf }: Manifest): LogHeadRow => ({ record, leaf });

function copyBody({ path, manifest }: Container, target: number, advance: (bytes: number) => void): void {
  const { bytes, sha256: expected } = manifest.body;
  if (bytes !== manifest.pages * PAGE_BYTES) throw damaged('body');
  const hash = createHash('sha256');
  const source = openSync(path, 'r');
  try {
    readStretch(source, BODY_START, bytes, (chunk, offset) => {
      hash.update(chunk);
      writeAll(target, chunk, offset);
      advance(chunk.length);
    });
  } finally {
    closeSync(source);
  }
  if (hash.digest('hex') !== expected) throw damaged('body');
}

function readFrames({ path, manifest }: Container): Frames {
  const bytes = Buffer.allocUnsafe(manifest.body.bytes);
  const source = openSync(path, 'r');
  try {
    if (readUpTo(source, bytes, BODY_START) < bytes.length) throw damaged('body');
  } finally {
    closeSync(source);
  }
  if (createHash('sha256').update(bytes).digest('hex') !== manifest.body.sha256) throw damaged('body');
  const frames = new Frames(bytes);
  if (!frames.isWhole() || frames.pagesAfterCommit(frames.count - 1) !== manifest.pages) {
    throw damaged('body');
  }
  return frames;
}

function applyAll(handle: number, frames: Frames, manifest: Manifest): LogHeadRow {
  for (let index = 0; index < frames.count; index += 1) {
    writeAll(handle, frames.content(index), (frames.page(index) - 1) * PAGE_BYTES);
  }
  ftruncateSync(handle, manifest.pages * PAGE_BYTES);
  return endOf(manifest);
}

/**
 * Puts the database after the last commit whose audit log ends with a record. The state before the
 * segment is kept in memory for the pages it touches, so that any commit can be looked at; heads only
 * grow, so the search halves.
 */
function cutAt(
  handle: number,
  frames: Frames,
  before: LogHeadRow,
  record: number,
  key: ReaderKey,
): LogHeadRow {
  const commits = frames.commits();
  const original = pagesUnder(handle, frames);
  const stateAt = (commit: number): LogHeadRow => {
    const last = commit < 0 ? -1 : commits[commit]!;
    const latest = new Map<number, Buffer | null>(original.pages);
    for (let index = 0; index <= last; index += 1) latest.set(frames.page(index), frames.content(index));
    for (const [page, content] of latest) {
      if (content !== null) writeAll(handle, content, (page - 1) * PAGE_BYTES);
    }
    ftruncateSync(handle, commit < 0 ? original.bytes : frames.pagesAfterCommit(last) * PAGE_BYTES);
    return headOf(key);
  };
  let low = -1;
  let high = commits.length;
  let found = before;
  let above: number | undefined;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const head = stateAt(middle);
    if (head.record <= record) {
      low = middle;
      found = head;
    } else {
      high = middle;
      above = head.record;
    }
  }
  if (found.record !== record) throw unreachableRecord(record, found.record, above);
  return stateAt(low);
}

/** The pages a segment will touch as they are now; null for those that are not there yet. */
function pagesUnder(handle: number, frames: Frames): { bytes: number; pages: Map<number, Buffer | null> } {
  const bytes = fstatSync(handle).size;
  const pages = new Map<number, Buffer | null>();
  for (let index = 0; index < frames.count; index += 1) {
    const page = frames.page(index);
    if (pages.has(page)) continue;
    const content = Buffer.alloc(PAGE_BYTES);
    const start = (page - 1) * PAGE_BYTES;
    pages.set(page, start < bytes && readUpTo(handle, content, start) === PAGE_BYTES ? content : null);
  }
  return { bytes, pages };
}

/** The end of the audit log in a database that nobody else has open. */
function headOf(key: ReaderKey): LogHeadRow {
  const reader = openReaderFromKey(key);
  try {
    return lastRecordOf(reader);
  } finally {
    reader.close();
    removeSideFiles(key.path);
  }
}

/** A reader leaves an empty log and its shared memory behind. */
export function removeSideFiles(path: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

/** Reads a restored or copied database through: every page, the structure, foreign keys, the end of its log. */
export function checkDatabase(key: ReaderKey): Answers['check'] {
  const findings = integrityFindings(key).map(({ code, message }) => `${code}: ${message}`);
  removeSideFiles(key.path);
  if (findings.length > 0) return { findings, head: { record: 0, leaf: '' } };
  return { findings, head: headOf(key) };
}
