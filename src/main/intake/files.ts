/** The files as they came in: their names and their bytes, sealed, and read again a stretch at a time. */
import { CountersignError } from '../base/index.ts';
import { type Sealing, unlessErased } from '../sealing/index.ts';
import type { MessageFiles } from '../statements/index.ts';
import type { Vault } from '../vault/index.ts';
import { type Chunk, createChunk, type PackedBytes, packedNow, unpackChunk } from './packed-bytes.ts';
import { createIntakeStore, type IntakeStore } from './store.ts';

/** Bytes of one sealed chunk. */
export const CHUNK_BYTES = 256 * 1024;

const chunkId = (importId: bigint, byteStart: bigint): string => `${importId}/${byteStart}`;

/** Reads what intake keeps of files; the statements room is given it. */
export function createImportFiles({ vault, sealing }: { vault: Vault; sealing: Sealing }): MessageFiles {
  const store = createIntakeStore(vault.db);
  return {
    fileName: (importId) => fileNameOf({ store, sealing }, importId),
    receivedAtMs: (importId) => Number(store.import(importId)?.receivedAtMs ?? 0n),
    encoding: (importId) => store.import(importId)?.encoding ?? null,
    bytes(importId, start, end) {
      const chunks = store.chunksOver(importId, start, end);
      const opened = chunks.map(({ byteStart, byteEnd, sealedId, codec }) => {
        const bytes = unlessErased(() =>
          sealing.open({
            id: sealedId,
            table: 'import_chunk',
            column: 'bytes',
            applicationId: chunkId(importId, byteStart),
          }),
        );
        if (bytes === null) {
          throw new CountersignError(
            'STATEMENT_SOURCE_ERASED',
            'The bytes of the message were erased when their retention ended.',
          );
        }
        return codec === null ? bytes : unpackChunk(bytes, Number(byteEnd - byteStart));
      });
      const first = Number(chunks[0]?.byteStart ?? 0n);
      return Buffer.concat(opened).subarray(start - first, end - first);
    },
  };
}

/** The name of an import's file; null where it was erased. */
export function fileNameOf(
  { store, sealing }: { store: IntakeStore; sealing: Sealing },
  importId: bigint,
): string | null {
  const row = store.import(importId);
  if (row === undefined) return null;
  const ref = {
    id: row.nameSealedId,
    table: 'import',
    column: 'file_name',
    applicationId: importId.toString(),
  };
  return unlessErased(() => sealing.openText(ref));
}

export interface ChunkWriter {
  /** Takes the next bytes of the file. */
  add(bytes: Uint8Array): void;
  /** Whole chunks that wait to be sealed. */
  waitingChunks(): number;
  /** Settles when every whole chunk is packed. */
  packed(): Promise<void>;
  /** Seals the chunks that are packed, and with `all` the rest too. In a vault transaction. */
  flush(all: boolean): void;
}

/** Gathers the bytes of a file into chunks, packs them off the thread, and seals them under the import's id. */
export function createChunkWriter(
  { store, sealing }: { store: IntakeStore; sealing: Sealing },
  importId: bigint,
): ChunkWriter {
  const waiting: Chunk[] = [];
  let current = Buffer.allocUnsafe(CHUNK_BYTES);
  let filled = 0;
  let writtenBytes = 0;

  function write(chunks: readonly PackedBytes[]): void {
    if (chunks.length === 0) return;
    let byteStart = BigInt(writtenBytes);
    const starts = chunks.map(({ sizeBytes }) => {
      const start = byteStart;
      byteStart += BigInt(sizeBytes);
      return start;
    });
    const firstSealedId = sealing.sealBatch(
      'bank_message',
      'import_chunk',
      'bytes',
      chunks.map(({ bytes }, i) => ({ applicationId: chunkId(importId, starts[i]!), plaintext: bytes })),
    );
    chunks.forEach(({ sizeBytes, codec }, i) => {
      const start = starts[i]!;
      store.insertChunk(importId, {
        byteStart: start,
        byteEnd: start + BigInt(sizeBytes),
        sealedId: firstSealedId + BigInt(i),
        codec,
      });
    });
    writtenBytes = Number(byteStart);
  }

  return {
    add(bytes) {
      for (let at = 0; at < bytes.byteLength; ) {
        const taken = Math.min(CHUNK_BYTES - filled, bytes.byteLength - at);
        current.set(bytes.subarray(at, at + taken), filled);
        filled += taken;
        at += taken;
        if (filled < CHUNK_BYTES) continue;
        waiting.push(createChunk(current));
        current = Buffer.allocUnsafe(CHUNK_BYTES);
        filled = 0;
      }
    },
    waitingChunks: () => waiting.length,
    async packed() {
      await Promise.all(waiting.map(({ packing }) => packing));
    },
    flush(all) {
      const ready = all ? waiting.length : waiting.findIndex((chunk) => chunk.packed === undefined);
      write(waiting.splice(0, ready < 0 ? waiting.length : ready).map(packedNow));
      if (!all || filled === 0) return;
      write([packedNow({ bytes: current.subarray(0, filled) })]);
      filled = 0;
    },
  };
}

/** Takes the sealed bytes of an import away; each step is a transaction of its own. */
export function* discardChunks(
  { store, sealing, vault }: { store: IntakeStore; sealing: Sealing; vault: Vault },
  importId: bigint,
): Generator<void, void, void> {
  for (let chunks = store.firstChunks(importId); chunks.length > 0; chunks = store.firstChunks(importId)) {
    vault.provisional(() => {
      for (const { byteStart, sealedId } of chunks) {
        sealing.erase(sealedId);
        store.deleteChunk(importId, byteStart);
      }
    });
    yield;
  }
}
