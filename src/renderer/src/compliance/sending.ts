/** A file on its way into the compliance vault, chunk by chunk; nothing of it is kept here. */
import type { TransferResult, TransferWork } from '../../../contract/compliance.ts';
import { client } from '../app/data.ts';

const CHUNK_BYTES = 512 * 1024;

/** Sends a file; `onProgress` hears the share that is there. Aborting leaves nothing behind. */
export async function sendEvidence(
  file: File,
  work: Extract<TransferWork, { kind: 'add' }>,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<TransferResult> {
  const { transferId } = await client.compliance.begin(work);
  try {
    for (let offset = 0; offset < file.size; offset += CHUNK_BYTES) {
      signal.throwIfAborted();
      const bytes = file.slice(offset, offset + CHUNK_BYTES);
      const { receivedBytes } = await client.compliance.write({ transferId, offset, bytes });
      onProgress(receivedBytes / file.size);
    }
    signal.throwIfAborted();
    return (await client.compliance.finish({ transferId })).result;
  } catch (error) {
    await client.compliance.cancel({ transferId }).catch(() => {});
    throw error;
  }
}
