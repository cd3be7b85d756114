/** The content of evidence: sealed in chunks as it comes, read again a stretch at a time. */
import { createHash } from 'node:crypto';
import type { RetentionClass } from '../../contract/compliance.ts';
import type { ComplianceContext } from './context.ts';

/** Bytes of one sealed chunk. */
const CHUNK_BYTES = 256 * 1024;

const chunkId = (evidenceId: bigint, byteStart: bigint): string => `${evidenceId}/${byteStart}`;

export interface ContentWriter {
  /** Takes the next bytes; whole chunks are sealed at once, where they count for nothing yet. */
  add(bytes: Uint8Array): void;
  /** Seals what is left. In the transaction that makes the evidence count. */
  flush(): void;
  sizeBytes(): number;
  /** SHA-256 of all that came. */
  hash(): Buffer;
}

export function createContentWriter(
  { vault, sealing, store }: ComplianceContext,
  evidenceId: bigint,
  retentionClass: RetentionClass,
): ContentWriter {
  const hash = createHash('sha256');
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  let writtenBytes = 0;

  function write(chunk: Uint8Array): void {
    const byteStart = BigInt(writtenBytes);
    const sealedId = sealing.seal({
      purpose: 'compliance_vault',
      table: 'evidence_chunk',
      column: 'bytes',
      applicationId: chunkId(evidenceId, byteStart),
      plaintext: chunk,
      retentionClass,
    });
    writtenBytes += chunk.byteLength;
    store.insertChunk(evidenceId, { byteStart, byteEnd: BigInt(writtenBytes), sealedId });
  }

  return {
    add(bytes) {
      hash.update(bytes);
      // A copy: the caller may use its buffer again.
      gathered.push(Buffer.from(bytes));
      gatheredBytes += bytes.byteLength;
      if (gatheredBytes < CHUNK_BYTES) return;
      const all = Buffer.concat(gathered);
      let at = 0;
      vault.provisional(() => {
        for (; all.byteLength - at >= CHUNK_BYTES; at += CHUNK_BYTES)
          write(all.subarray(at, at + CHUNK_BYTES));
      });
      gathered = [all.subarray(at)];
      gatheredBytes = all.byteLength - at;
    },
    flush() {
      if (gatheredBytes > 0) write(Buffer.concat(gathered));
      gathered = [];
      gatheredBytes = 0;
    },
    sizeBytes: () => writtenBytes + gatheredBytes,
    hash: () => hash.copy().digest(),
  };
}

/** The bytes from `start` up to `end`. Errors: those of `sealing.open`. */
export function readContent(
  { sealing, store }: ComplianceContext,
  evidenceId: bigint,
  start: number,
  end: number,
): Buffer {
  const chunks = store.chunksOver(evidenceId, start, end);
  const opened = chunks.map(({ byteStart, sealedId }) =>
    sealing.open({
      id: sealedId,
      table: 'evidence_chunk',
      column: 'bytes',
      applicationId: chunkId(evidenceId, byteStart),
    }),
  );
  const first = Number(chunks[0]?.byteStart ?? 0n);
  return Buffer.concat(opened).subarray(start - first, end - first);
}

/** Erases the content. In the caller's transaction. */
export function eraseContent({ sealing, store }: ComplianceContext, evidenceId: bigint): void {
  for (const { sealedId } of store.chunksOver(evidenceId, 0, Number.MAX_SAFE_INTEGER))
    sealing.erase(sealedId);
  store.deleteChunks(evidenceId);
}
