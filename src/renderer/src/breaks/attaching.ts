/** Files on their way to a break and back, chunk by chunk; nothing of them is kept here. */
import {
  type AttachmentType,
  type BreakAttachment,
  MOST_ATTACHMENT_BYTES,
} from '../../../contract/breaks.ts';
import { client } from '../app/data.ts';
import { saveFile } from '../ceremonies/files.ts';

const CHUNK_BYTES = 512 * 1024;

/** The types by the ends of file names; what the bytes are is looked at by the engine. */
const TYPES: Readonly<Record<string, AttachmentType>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  txt: 'text/plain',
  csv: 'text/csv',
  xml: 'application/xml',
};
export const ACCEPTED = Object.keys(TYPES)
  .map((ending) => `.${ending}`)
  .join(',');

/** The type of a file by its name; undefined where no such file is attached. */
export const typeOf = (name: string): AttachmentType | undefined =>
  TYPES[name.split('.').at(-1)!.toLowerCase()];

/** Sends a file; `onShare` hears how much is there. */
export async function attachFile(
  breakId: string,
  file: File,
  type: AttachmentType,
  onShare: (share: number) => void,
): Promise<void> {
  const { transferId } = await client.breaks.attachBegin({
    id: breakId,
    fileName: file.name.slice(-200),
    type,
    sizeBytes: file.size,
  });
  const end = Math.min(file.size, MOST_ATTACHMENT_BYTES);
  for (let offset = 0; offset < end; offset += CHUNK_BYTES) {
    const bytes = file.slice(offset, offset + CHUNK_BYTES);
    const { receivedBytes } = await client.breaks.attachBytes({ transferId, offset, bytes });
    onShare(receivedBytes / file.size);
  }
  await client.breaks.attachEnd({ transferId });
}

/** Hands an attachment to the person, as it was given. */
export async function saveAttachment(breakId: string, { id, fileName }: BreakAttachment): Promise<void> {
  const parts: Blob[] = [];
  let offset = 0;
  for (;;) {
    const { bytes, sizeBytes } = await client.breaks.attachment({
      id: breakId,
      attachmentId: id,
      offset,
      length: CHUNK_BYTES,
    });
    parts.push(bytes);
    offset += bytes.size;
    if (offset >= sizeBytes || bytes.size === 0) break;
  }
  saveFile(fileName, new Blob(parts));
}
