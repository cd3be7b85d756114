import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { type FileHandle, link, open, rename, unlink } from 'node:fs/promises';
import type { TransferResult, TransferWork } from '../../../contract/compliance.ts';
import type { Client } from '../shared/client.ts';
import { UsageError } from './exit-codes.ts';

const CHUNK_BYTES = 256 * 1024;

/** A file that appears under its name only when it is whole, and never over another. */
export interface NewFile {
  write(bytes: Blob): Promise<void>;
  /** Gives the file its name. Throws `UsageError` where the name was taken meanwhile. */
  keep(): Promise<void>;
  /** Takes away what was written. */
  drop(): Promise<void>;
}

const taken = (path: string) => new UsageError(`${path} exists already and is not overwritten.`);

/** Begins a file that only its user can read. Throws `UsageError` where its name is taken. */
export async function createNewFile(path: string): Promise<NewFile> {
  if (existsSync(path)) throw taken(path);
  const part = `${path}.${randomUUID().slice(0, 8)}.part`;
  let handle: FileHandle;
  try {
    handle = await open(part, 'wx', 0o600);
  } catch {
    throw new UsageError(`${path} cannot be written.`);
  }
  return {
    async write(bytes) {
      if (bytes.size > 0) await handle.appendFile(new Uint8Array(await bytes.arrayBuffer()));
    },
    async keep() {
      await handle.sync();
      await handle.close();
      try {
        // A link, unlike a renaming, never replaces what stands under the name.
        await link(part, path);
        await unlink(part);
      } catch (error) {
        if (existsSync(path)) {
          await unlink(part).catch(() => {});
          throw taken(path);
        }
        if (!isNoLinks(error)) throw error;
        await rename(part, path);
      }
    },
    async drop() {
      await handle.close().catch(() => {});
      await unlink(part).catch(() => {});
    },
  };
}

/** Whether the file system knows no hard links. */
function isNoLinks(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS' || code === 'EOPNOTSUPP';
}

/** Opens a file for reading. Throws `UsageError` where it cannot be read. */
export async function openInput(path: string): Promise<FileHandle> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    if ((await handle.stat()).isFile()) return handle;
  } catch {
    // Told below, without what the operating system says.
  }
  await handle?.close();
  throw new UsageError(`${path} cannot be read.`);
}

/** Hex SHA-256 of a file, read once through. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/**
 * Sends a file through a transfer and writes what comes back. Aborting cancels the transfer;
 * whatever goes wrong, nothing is left under the new name.
 */
export async function transferFile(
  client: Client,
  work: TransferWork,
  input: FileHandle,
  output: NewFile,
  signal: AbortSignal,
): Promise<TransferResult> {
  let transferId: string | undefined;
  try {
    ({ transferId } = await client.compliance.begin(work));
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let offset = 0; ; ) {
      signal.throwIfAborted();
      const { bytesRead } = await input.read(buffer, 0, CHUNK_BYTES, offset);
      if (bytesRead === 0) break;
      const bytes = new Blob([buffer.subarray(0, bytesRead)]);
      const answer = await client.compliance.write({ transferId, offset, bytes });
      await output.write(answer.bytes);
      offset += bytesRead;
    }
    const { bytes, result } = await client.compliance.finish({ transferId });
    await output.write(bytes);
    await output.keep();
    return result;
  } catch (error) {
    if (transferId !== undefined) await client.compliance.cancel({ transferId }).catch(() => {});
    await output.drop();
    throw error;
  } finally {
    await input.close();
  }
}

/** Writes a text to a file that was not there before: whole, or not at all. */
export async function writeNewFile(path: string, text: string): Promise<void> {
  const file = await createNewFile(path);
  try {
    await file.write(new Blob([text]));
    await file.keep();
  } catch (error) {
    await file.drop();
    throw error;
  }
}
