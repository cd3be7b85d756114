/**
 * The line between the engine and the process of the HSM: messages of bytes, each with as many
 * frames as were ready. A frame is its length, the id of its request, one byte of what it is, and a
 * body. Signing travels as raw bytes; what happens seldom is JSON.
 */
import { hsmError } from './refusals.ts';

/** What a request asks for. */
export const OP = { call: 0, sign: 1, encrypt: 2, decrypt: 3 } as const;
export type Op = (typeof OP)[keyof typeof OP];
/** What an answer is. */
export const STATUS = { done: 0, refused: 1 } as const;

export interface Frame {
  readonly id: number;
  /** An `OP` on the way to the process, a `STATUS` on the way back. */
  readonly kind: number;
  readonly body: Buffer;
}

const HEAD_BYTES = 9;
/** No message of ours comes near it; a length beyond it is no frame. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Packs frames into one message. */
export function packFrames(frames: readonly Frame[]): Buffer {
  const total = frames.reduce((sum, { body }) => sum + HEAD_BYTES + body.length, 0);
  // Memory of its own: a slice of the pool would be copied whole, with what others left in it.
  const message = Buffer.allocUnsafeSlow(total);
  let at = 0;
  for (const { id, kind, body } of frames) {
    message.writeUInt32LE(body.length, at);
    message.writeUInt32LE(id, at + 4);
    message[at + 8] = kind;
    message.set(body, at + HEAD_BYTES);
    at += HEAD_BYTES + body.length;
  }
  return message;
}

/** The frames of a message. Throws `HSM_ANSWER_INVALID` for what is none. */
export function unpackFrames(message: unknown): Frame[] {
  if (!(message instanceof Uint8Array)) throw hsmError('HSM_ANSWER_INVALID', { expected: 'bytes' });
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < HEAD_BYTES) throw hsmError('HSM_ANSWER_INVALID', { expected: 'a whole frame' });
    const length = bytes.readUInt32LE(at);
    const end = at + HEAD_BYTES + length;
    if (length > MOST_BYTES || end > bytes.length) {
      throw hsmError('HSM_ANSWER_INVALID', { expected: 'a frame that ends in its message' });
    }
    const body = bytes.subarray(at + HEAD_BYTES, end);
    frames.push({ id: bytes.readUInt32LE(at + 4), kind: bytes[at + 8]!, body });
    at = end;
  }
  return frames;
}

/** The body of a use of a key: the key's number on this line, then the bytes. */
export function packUse(keyNumber: number, bytes: Uint8Array): Buffer {
  const body = Buffer.allocUnsafe(2 + bytes.byteLength);
  body.writeUInt16LE(keyNumber, 0);
  body.set(bytes, 2);
  return body;
}

export function unpackUse(body: Buffer): { readonly keyNumber: number; readonly bytes: Buffer } {
  return { keyNumber: body.readUInt16LE(0), bytes: body.subarray(2) };
}

export const packJson = (value: unknown): Buffer => Buffer.from(JSON.stringify(value), 'utf8');

/** Throws `HSM_ANSWER_INVALID` for what is no JSON. */
export function unpackJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw hsmError('HSM_ANSWER_INVALID', { expected: 'JSON' });
  }
}
