/** Bytes of a file as they are kept: packed where that makes them smaller, which it does for every bank's text. */
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** Bytes as they are sealed. */
export interface PackedBytes {
  readonly bytes: Buffer;
  readonly codec: 'zstd' | null;
  /** Length of the bytes as they came. */
  readonly sizeBytes: number;
}

/** Bytes that are packed, or on their way to it. */
export interface Chunk {
  readonly bytes: Buffer;
  packed?: PackedBytes;
  readonly packing?: Promise<void>;
}

/** The quickest level: statements shrink to a seventh already. */
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const packOffThread = promisify(zstdCompress);

function smaller(bytes: Buffer, packed: Buffer): PackedBytes {
  const isSmaller = packed.byteLength < bytes.byteLength;
  return { bytes: isSmaller ? packed : bytes, codec: isSmaller ? 'zstd' : null, sizeBytes: bytes.byteLength };
}

/** Begins to pack bytes on the thread pool. */
export function createChunk(bytes: Buffer): Chunk {
  const chunk: Chunk = {
    bytes,
    packing: packOffThread(bytes, OPTIONS).then((packed) => {
      chunk.packed = smaller(bytes, packed);
    }),
  };
  return chunk;
}

/** The packed form, made at once where it is not there yet. */
export function packedNow({ bytes, packed }: Chunk): PackedBytes {
  return packed ?? smaller(bytes, zstdCompressSync(bytes, OPTIONS));
}

/** The bytes as they came. Reads no more than they were long. */
export function unpackChunk(bytes: Buffer, sizeBytes: number): Buffer {
  return zstdDecompressSync(bytes, { maxOutputLength: sizeBytes });
}
