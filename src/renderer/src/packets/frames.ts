/**
 * A text as a loop of QR codes. The text is deflated and cut into frames, each of which says what it
 * is part of and carries a checksum of its own, so that frames may come in any order, twice, or mixed
 * with those of another loop. What the frames carry together is held against the hash they name.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase45, toBase45 } from './base45.ts';

/** A frame is text: `CS1/HASH/INDEX/TOTAL/CHECKSUM/PAYLOAD`. Each of its characters fits a QR code's densest mode. */
const FORM = 'CS1';
/**
 * Payload of a frame: with its head it fills a QR code of version 18 (89 by 89 modules) at error
 * correction M, which a camera of a workstation reads off a screen at arm's length.
 */
export const FRAME_BYTES = 480;
export const FRAME_QR = { minVersion: 18, maxVersion: 18, ecc: 'M' } as const;
const MOST_FRAMES = 600;
/** What the engine takes in at most; anything longer is not read to its end. */
export const MOST_TEXT_CHARACTERS = 262_144;
/** Characters of the hash that a frame names: 64 bits tell loops apart. */
const HASH_CHARACTERS = 16;

/** The frames of a text, in order. Throws `RangeError` where it is longer than any packet may be. */
export async function framesOf(text: string): Promise<string[]> {
  if (text.length > MOST_TEXT_CHARACTERS) throw new RangeError('the text is too long for a loop of codes');
  const packed = await through(
    new TextEncoder().encode(text),
    new CompressionStream('deflate-raw'),
    Infinity,
  );
  const hash = hashOf(packed);
  const total = Math.max(1, Math.ceil(packed.length / FRAME_BYTES));
  return Array.from({ length: total }, (_, index) => {
    const payload = toBase45(packed.subarray(index * FRAME_BYTES, (index + 1) * FRAME_BYTES));
    return `${FORM}/${hash}/${index}/${total}/${checksumOf(`${hash}/${index}/${total}/${payload}`)}/${payload}`;
  });
}

interface Frame {
  readonly hash: string;
  readonly index: number;
  readonly total: number;
  readonly payload: Uint8Array;
}

const FRAME = /^CS1\/([0-9A-F]{16})\/(0|[1-9]\d{0,2})\/([1-9]\d{0,2})\/([0-9A-F]{8})\/([0-9A-Z $%*+\-./:]*)$/;

/** Reads one frame; `undefined` where it is none, or was damaged. */
function readFrame(text: string): Frame | undefined {
  const [, hash, index, total, checksum, written] = FRAME.exec(text) ?? [];
  if (hash === undefined || index === undefined || total === undefined || written === undefined)
    return undefined;
  if (checksumOf(`${hash}/${index}/${total}/${written}`) !== checksum) return undefined;
  const payload = fromBase45(written);
  const frame = { hash, index: Number(index), total: Number(total) };
  if (payload === undefined || frame.index >= frame.total || frame.total > MOST_FRAMES) return undefined;
  return { ...frame, payload };
}

/** What came of one scanned code. */
export type FrameWord =
  /** A part of the packet that was not there yet. */
  | 'new'
  | 'known'
  /** No frame of ours, or one that was damaged. */
  | 'unreadable'
  /** A frame of another packet than the one that is being read. */
  | 'other-packet'
  /** All parts are there, and together they are not what they said: everything is forgotten. */
  | 'spoilt'
  | 'done';

/** Gathers the frames of one packet. */
export interface FrameReader {
  add(scanned: string): Promise<FrameWord>;
  /** How many parts are there, and how many there are; zero of zero before the first. */
  progress(): { readonly have: number; readonly total: number };
  /** Which parts are there, in order. */
  parts(): readonly boolean[];
  /** The packet; null until it is done. */
  text(): string | null;
  /** Forgets everything, for another packet. */
  reset(): void;
}

export function createFrameReader(): FrameReader {
  let hash: string | null = null;
  let parts: (Uint8Array | undefined)[] = [];
  let text: string | null = null;
  const have = () => parts.filter((part) => part !== undefined).length;
  const reset = () => {
    hash = null;
    parts = [];
    text = null;
  };

  return {
    async add(scanned) {
      const frame = readFrame(scanned);
      if (frame === undefined) return 'unreadable';
      if (hash === null) {
        hash = frame.hash;
        parts = Array.from({ length: frame.total });
      }
      if (frame.hash !== hash || frame.total !== parts.length) return 'other-packet';
      if (text !== null || parts[frame.index] !== undefined) return 'known';
      parts[frame.index] = frame.payload;
      if (have() < parts.length) return 'new';
      const whole = await textOf(joined(parts as Uint8Array[]), frame.hash);
      if (whole === undefined) {
        reset();
        return 'spoilt';
      }
      text = whole;
      return 'done';
    },
    progress: () => ({ have: have(), total: parts.length }),
    parts: () => parts.map((part) => part !== undefined),
    text: () => text,
    reset,
  };
}

async function textOf(packed: Uint8Array<ArrayBuffer>, hash: string): Promise<string | undefined> {
  if (hashOf(packed) !== hash) return undefined;
  try {
    // Every character of the text is at most three bytes of it.
    const bytes = await through(packed, new DecompressionStream('deflate-raw'), 3 * MOST_TEXT_CHARACTERS);
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.length > MOST_TEXT_CHARACTERS ? undefined : text;
  } catch {
    return undefined;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Runs bytes through a stream. Throws `RangeError` as soon as more than `most` came out: a few bytes may inflate without end. */
async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const out: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunksOf(new Blob([bytes]).stream().pipeThrough(stream))) {
    length += chunk.length;
    if (length > most) throw new RangeError('more came out than any packet may hold');
    out.push(chunk);
  }
  return joined(out);
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function hashOf(bytes: Uint8Array): string {
  const hex = Array.from(sha256(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.slice(0, HASH_CHARACTERS).toUpperCase();
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** CRC-32 of a text, in eight hexadecimal digits: finds a code that was read wrongly, and proves nothing. */
function checksumOf(text: string): string {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at += 1)
    crc = CRC_TABLE[(crc ^ text.charCodeAt(at)) & 0xff]! ^ (crc >>> 8);
  return ((crc ^ 0xffffffff) >>> 0).toString(16).toUpperCase().padStart(8, '0');
}
