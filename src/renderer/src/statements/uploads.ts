/**
 * The files of this session on their way into the vault: one after the other, customers before
 * invoices before statements, in chunks, each with what became of it. The bytes go straight
 * from the file to the engine; nothing is kept here but the file's handle.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { useSyncExternalStore } from 'react';
import type { FileResult } from '../../../contract/intake.ts';
import { client } from '../app/data.ts';
import { type Problem, problemOf, tellWaiting } from '../kit/index.ts';
import { rankOfHead } from './rankOfHead.ts';

export type UploadState = 'waiting' | 'sending' | 'finishing' | 'done' | 'failed' | 'cancelled';

export interface Upload {
  readonly key: string;
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly state: UploadState;
  readonly sentBytes: number;
  readonly result: FileResult | null;
  /** Where the transfer itself failed. */
  readonly problem: Problem | null;
  readonly reason: string | null;
}

const CHUNK_BYTES = 1024 * 1024;
const HEAD_BYTES = 2048;

let uploads: readonly Upload[] = [];
let nextKey = 1;
let working = false;
const files = new Map<string, File>();
/** Files that are countersigned and were not at hand: the reason each is taken in with, by its name. */
const awaited = new Map<string, string>();
const uploadIds = new Map<string, string>();
const listeners = new Set<() => void>();
const doneListeners = new Set<(finished: readonly Upload[]) => void>();

function put(next: readonly Upload[]): void {
  uploads = next;
  for (const listener of listeners) listener();
}

function change(key: string, part: Partial<Upload>): void {
  put(uploads.map((upload) => (upload.key === key ? { ...upload, ...part } : upload)));
}

const find = (key: string) => uploads.find((upload) => upload.key === key);
const isOver = (upload: Upload) => ['done', 'failed', 'cancelled'].includes(upload.state);

/** Puts files into the queue and starts on them. */
export async function importFiles(chosen: Iterable<File>): Promise<void> {
  const ranked = await Promise.all(
    [...chosen].map(async (file) => ({ file, rank: rankOfHead(await headOf(file)) })),
  );
  ranked.sort(
    (a, b) => a.rank - b.rank || a.file.name.localeCompare(b.file.name, undefined, { numeric: true }),
  );
  const added = ranked.map(({ file }): Upload => {
    const key = `u${nextKey++}`;
    files.set(key, file);
    return {
      key,
      fileName: file.name,
      sizeBytes: file.size,
      state: 'waiting',
      sentBytes: 0,
      result: null,
      problem: null,
      reason: awaited.get(file.name) ?? null,
    };
  });
  for (const { fileName } of added) awaited.delete(fileName);
  put([...uploads, ...added]);
  void work();
}

async function headOf(file: File): Promise<string> {
  try {
    return await file.slice(0, HEAD_BYTES).text();
  } catch {
    return '';
  }
}

/** Hex SHA-256 of a file, piece by piece, so that a large one never lies in memory whole. */
async function hashOf(file: File): Promise<string> {
  const hash = sha256.create();
  for (let offset = 0; offset < file.size; offset += CHUNK_BYTES) {
    hash.update(new Uint8Array(await file.slice(offset, offset + CHUNK_BYTES).arrayBuffer()));
  }
  return [...hash.digest()].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function work(): Promise<void> {
  if (working) return;
  working = true;
  const began = new Set<string>();
  try {
    for (;;) {
      const next = uploads.find((upload) => upload.state === 'waiting');
      if (!next) break;
      began.add(next.key);
      await send(next);
    }
  } finally {
    working = false;
  }
  const finished = uploads.filter((upload) => began.has(upload.key));
  for (const listener of doneListeners) listener(finished);
}

async function send(upload: Upload): Promise<void> {
  const { key } = upload;
  const file = files.get(key);
  if (!file) return;
  change(key, { state: 'sending', sentBytes: 0, result: null, problem: null });
  try {
    const { uploadId } = await client.intake.begin({
      fileName: file.name,
      sizeBytes: file.size,
      ...(upload.reason === null
        ? {}
        : { acceptDifference: { reason: upload.reason, sha256: await hashOf(file) } }),
    });
    uploadIds.set(key, uploadId);
    for (let offset = 0; offset < file.size; offset += CHUNK_BYTES) {
      if (find(key)?.state === 'cancelled') return;
      const bytes = file.slice(offset, Math.min(file.size, offset + CHUNK_BYTES));
      const { receivedBytes } = await client.intake.write({ uploadId, offset, bytes });
      if (find(key)?.state === 'sending') change(key, { sentBytes: receivedBytes });
    }
    if (find(key)?.state === 'cancelled') return;
    change(key, { state: 'finishing', sentBytes: file.size });
    const result = await client.intake.finish({ uploadId });
    if (result.code === 'CANCELLED') change(key, { state: 'cancelled' });
    else change(key, { state: 'done', result });
    if (result.outcome !== 'refused') files.delete(key);
  } catch (error) {
    if (find(key)?.state === 'cancelled') return;
    const problem = problemOf(error);
    // A parser that has seen enough to refuse ends the upload early; the answer tells why.
    const uploadId = uploadIds.get(key);
    const result = uploadId === undefined ? null : await client.intake.finish({ uploadId }).catch(() => null);
    if (problem.code === 'CANCELLED') change(key, { state: 'cancelled' });
    else if (result) change(key, { state: 'done', result });
    else change(key, { state: 'failed', problem });
    tellWaiting(error);
  } finally {
    uploadIds.delete(key);
  }
}

/**
 * Takes in a file whose difference is countersigned, with the reason that was agreed to: at once where it is
 * still at hand, else as soon as it is chosen again. Answers whether it was at hand.
 */
export function bringFile(fileName: string, reason: string): boolean {
  const held = uploads.find((upload) => upload.fileName === fileName && files.has(upload.key));
  if (held) sendAgain(held.key, reason);
  else awaited.set(fileName, reason);
  return held !== undefined;
}

/** Takes one file back; nothing of it counts. */
export async function cancelUpload(key: string): Promise<void> {
  const upload = find(key);
  if (!upload || isOver(upload)) return;
  const uploadId = uploadIds.get(key);
  change(key, { state: 'cancelled' });
  if (uploadId !== undefined) await client.intake.cancel({ uploadId }).catch(() => {});
}

/** Takes back everything that has not ended; false where nothing runs. */
export function cancelUploads(): boolean {
  const running = uploads.filter((upload) => !isOver(upload));
  for (const upload of running) void cancelUpload(upload.key);
  return running.length > 0;
}

/** Sends a file again; with a reason, a statement is taken in although it does not add up. */
export function sendAgain(key: string, reason: string | null = null): void {
  if (!files.has(key)) return;
  change(key, { state: 'waiting', reason, result: null, problem: null, sentBytes: 0 });
  void work();
}

export function canSendAgain(key: string): boolean {
  return files.has(key);
}

/** Takes what has ended off the list. */
export function clearUploads(): void {
  for (const upload of uploads.filter(isOver)) files.delete(upload.key);
  put(uploads.filter((upload) => !isOver(upload)));
}

/** Forgets all of them, when the vault locks. */
export function forgetUploads(): void {
  files.clear();
  awaited.clear();
  put([]);
}

export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => uploads,
  );
}

/** Tells when a run of uploads has ended. */
export function onUploadsDone(listener: (finished: readonly Upload[]) => void): () => void {
  doneListeners.add(listener);
  return () => doneListeners.delete(listener);
}
