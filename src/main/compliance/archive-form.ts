/**
 * The form of a sealed copy, `FILE.sealed`: two lines that anybody may read, then the content in
 * chunks under a key that only the vault has. Every chunk is bound to those lines, its place, and
 * whether it is the last, so nothing can be exchanged, cut off or put in.
 */
import { CountersignError } from '../base/index.ts';
import { aesGcmOpen, aesGcmSeal, canonicalJson, sha256 } from '../crypto/index.ts';

const MAGIC = 'countersign sealed file v1\n';
/** Content bytes of every chunk but the last, which may be shorter. */
const PLAIN_BYTES = 65_536;
const SEALED_BYTES = PLAIN_BYTES + 28;
const MOST_HEADER_BYTES = 4_096;

/** What stands in the clear: no name and no account number. */
export interface ArchiveHeader {
  readonly vault: string;
  readonly evidence: string;
  /** The message's own reference, or the SHA-256 of its bytes. */
  readonly reference: string;
  readonly retentionClass: string;
  readonly retainUntil: string;
  /** Whether a legal hold stood when the copy was made; what stands now, the vault knows. */
  readonly hold: boolean;
}

/** One key seals one file, so the number of the chunk is a nonce that never comes twice. */
function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 6, 6);
  return nonce;
}

const chunkBinding = (headerHash: Buffer, index: number, isLast: boolean): Buffer =>
  Buffer.concat([
    Buffer.from(`countersign sealed file chunk v1\n${index}\n${isLast ? 'last' : 'more'}\n`),
    headerHash,
  ]);

/** Gathers bytes into pieces of one size and holds back the newest, which may be the last. */
function createPieces(size: number) {
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  return {
    add(bytes: Uint8Array): Uint8Array[] {
      // A copy: the caller may use its buffer again.
      gathered.push(Buffer.from(bytes));
      gatheredBytes += bytes.byteLength;
      if (gatheredBytes <= size) return [];
      const all = Buffer.concat(gathered);
      const pieces: Uint8Array[] = [];
      let at = 0;
      for (; all.byteLength - at > size; at += size) pieces.push(all.subarray(at, at + size));
      gathered = [all.subarray(at)];
      gatheredBytes = all.byteLength - at;
      return pieces;
    },
    rest: (): Uint8Array => Buffer.concat(gathered),
  };
}

export interface ArchiveWriter {
  write(bytes: Uint8Array): Buffer;
  end(): Buffer;
}

/** Writes a sealed copy; the first `write` or `end` answers the header too. */
export function createArchiveWriter(header: ArchiveHeader, key: Uint8Array): ArchiveWriter {
  const head = Buffer.from(`${MAGIC}${canonicalJson({ ...header })}\n`);
  const headerHash = sha256(head);
  const pieces = createPieces(PLAIN_BYTES);
  let index = 0;
  let ahead: Buffer[] = [head];
  const seal = (plain: Uint8Array, isLast: boolean): Buffer => {
    const sealed = aesGcmSeal(key, nonceOf(index), chunkBinding(headerHash, index, isLast), plain);
    index += 1;
    return sealed;
  };
  const give = (chunks: readonly Buffer[]): Buffer => {
    const out = Buffer.concat([...ahead, ...chunks]);
    ahead = [];
    return out;
  };
  return {
    write: (bytes) => give(pieces.add(bytes).map((piece) => seal(piece, false))),
    end: () => give([seal(pieces.rest(), true)]),
  };
}

export interface ArchiveReader {
  /** The header, once its bytes came. */
  header(): ArchiveHeader | undefined;
  /** Takes bytes; answers content only after `unlock`. */
  write(bytes: Uint8Array): Buffer;
  /** Hands in the key that the header led to. */
  unlock(key: Uint8Array): Buffer;
  end(): Buffer;
}

/** Reads a sealed copy. Throws `SEALED_FILE_INVALID`, `SEALED_FILE_DAMAGED`. */
export function createArchiveReader(fileName: string): ArchiveReader {
  const pieces = createPieces(SEALED_BYTES);
  let head: Buffer | undefined = Buffer.alloc(0);
  let header: ArchiveHeader | undefined;
  let headerHash: Buffer;
  let key: Uint8Array | undefined;
  let waiting: Uint8Array[] = [];
  let index = 0;

  function readHead(bytes: Uint8Array): Uint8Array {
    head = Buffer.concat([head!, bytes]);
    if (!Buffer.from(MAGIC).subarray(0, head.length).equals(head.subarray(0, MAGIC.length)))
      throw invalid(fileName);
    const end = head.indexOf('\n', MAGIC.length);
    if (end < 0) {
      if (head.length > MOST_HEADER_BYTES) throw invalid(fileName);
      return Buffer.alloc(0);
    }
    header = parseHeader(head.toString('utf8', MAGIC.length, end), fileName);
    headerHash = sha256(head.subarray(0, end + 1));
    const rest = head.subarray(end + 1);
    head = undefined;
    return rest;
  }

  function open(sealed: Uint8Array, isLast: boolean): Buffer {
    const plain = aesGcmOpen(key!, chunkBinding(headerHash, index, isLast), sealed);
    if (plain === undefined) throw damaged(fileName);
    // The nonce of a chunk is its place; another one was not written by us.
    if (!nonceOf(index).equals(sealed.subarray(0, 12))) throw damaged(fileName);
    index += 1;
    return plain;
  }

  function openWaiting(): Buffer {
    if (key === undefined) return Buffer.alloc(0);
    const opened = waiting.map((piece) => open(piece, false));
    waiting = [];
    return Buffer.concat(opened);
  }

  return {
    header: () => header,
    write(bytes) {
      const content = head === undefined ? bytes : readHead(bytes);
      waiting.push(...pieces.add(content));
      return openWaiting();
    },
    unlock(given) {
      key = given;
      return openWaiting();
    },
    end() {
      if (header === undefined || key === undefined) throw invalid(fileName);
      return Buffer.concat([openWaiting(), open(pieces.rest(), true)]);
    },
  };
}

const FIELDS = ['vault', 'evidence', 'reference', 'retentionClass', 'retainUntil'] as const;

function parseHeader(text: string, fileName: string): ArchiveHeader {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(fileName);
  }
  const given: Record<string, unknown> = value !== null && typeof value === 'object' ? { ...value } : {};
  if (FIELDS.some((field) => typeof given[field] !== 'string') || typeof given.hold !== 'boolean') {
    throw invalid(fileName);
  }
  return given as unknown as ArchiveHeader;
}

function invalid(fileName: string): CountersignError {
  return new CountersignError('SEALED_FILE_INVALID', 'The file is none that this console sealed.', {
    file: fileName,
    expected: 'a file that countersign seal wrote',
  });
}

function damaged(fileName: string): CountersignError {
  return new CountersignError(
    'SEALED_FILE_DAMAGED',
    'The sealed file does not open: it was changed, cut short, or given another reference.',
    { file: fileName, expected: 'the file as it was sealed' },
  );
}
