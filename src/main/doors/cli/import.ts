import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { FileResult } from '../../../contract/intake.ts';
import type { Client } from '../shared/client.ts';
import { UsageError } from './exit-codes.ts';

const CHUNK_BYTES = 1024 * 1024;

/** What `import --json` prints for one file: these keys, in this order. */
export interface ImportLine {
  readonly file: string;
  readonly type: FileResult['type'];
  readonly outcome: FileResult['outcome'];
  readonly code?: string;
  readonly message?: string;
  readonly warnings: readonly string[];
  readonly statements: number;
  readonly transactions: number;
}

/** Opens every file before the first is sent, so that a mistyped name imports nothing. */
async function openAll(paths: readonly string[]): Promise<FileHandle[]> {
  const handles: FileHandle[] = [];
  for (const path of paths) {
    try {
      const handle = await open(path, 'r');
      handles.push(handle);
      if (!(await handle.stat()).isFile()) throw new Error('not a file');
    } catch {
      await Promise.all(handles.map((handle) => handle.close()));
      throw new UsageError(`${path} cannot be read; nothing was imported.`);
    }
  }
  return handles;
}

/** Imports files one after the other, in the order given. Aborting cancels the one under way. */
export async function importFiles(
  client: Client,
  paths: readonly string[],
  options: { signal: AbortSignal; acceptDifference: string | undefined },
): Promise<ImportLine[]> {
  const handles = await openAll(paths);
  const lines: ImportLine[] = [];
  try {
    for (const [i, handle] of handles.entries()) {
      lines.push(lineOf(paths[i]!, await importFile(client, paths[i]!, handle, options)));
    }
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
  return lines;
}

async function importFile(
  client: Client,
  path: string,
  handle: FileHandle,
  { signal, acceptDifference }: { signal: AbortSignal; acceptDifference: string | undefined },
): Promise<FileResult> {
  signal.throwIfAborted();
  const { size } = await handle.stat();
  const { uploadId } = await client.intake.begin({
    fileName: basename(path),
    sizeBytes: size,
    ...(acceptDifference === undefined
      ? {}
      : { acceptDifference: { reason: acceptDifference, sha256: await hashOf(handle) } }),
  });
  const cancel = () => {
    client.intake.cancel({ uploadId }).catch(() => {});
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let offset = 0;
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, offset);
      if (bytesRead === 0) break;
      const bytes = new Blob([buffer.subarray(0, bytesRead)]);
      await client.intake.write({ uploadId, offset, bytes });
      offset += bytesRead;
    }
    return await client.intake.finish({ uploadId });
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Hex SHA-256 of a file, by which a difference in it is accepted. */
async function hashOf(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let offset = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, offset);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    offset += bytesRead;
  }
}

function lineOf(file: string, result: FileResult): ImportLine {
  const { type, outcome, code, message, details, warnings, statements, transactions } = result;
  return {
    file,
    type,
    outcome,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message: message + placeOf(details) }),
    warnings,
    statements,
    transactions,
  };
}

/** Where in the file the trouble lies and what was expected there, as a clause after the message. */
function placeOf(details: FileResult['details']): string {
  if (details === undefined) return '';
  const parts = ['line', 'path', 'expected', 'actual']
    .filter((key) => details[key] !== undefined && details[key] !== '')
    .map((key) => `${key} ${String(details[key])}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
