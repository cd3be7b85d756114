import type { Runtime } from './runtime.ts';

const ID_BYTES = 16;
const RANDOM_BYTES = 8;
/** Ids whose random bits are drawn at once, because a call for randomness costs more than the rest. */
const IDS_A_DRAW = 256;

/**
 * A maker of UUIDv7 values (RFC 9562, section 5.7): 48 bits of milliseconds, then a 12-bit
 * counter that keeps ids of one millisecond in order, then 62 random bits. Ids made by one
 * maker ascend even when the clock goes back, so index pages are appended to and not searched.
 */
export function createIdMaker(runtime: Runtime): () => Buffer {
  let lastMs = 0;
  let counter = 0;
  const pool = Buffer.alloc(IDS_A_DRAW * RANDOM_BYTES);
  let next = pool.length;
  return () => {
    const nowMs = runtime.nowMs();
    if (nowMs > lastMs) {
      lastMs = nowMs;
      counter = 0;
    } else {
      counter += 1;
      if (counter > 0xfff) {
        lastMs += 1;
        counter = 0;
      }
    }
    if (next === pool.length) {
      runtime.randomFill(pool);
      next = 0;
    }
    const id = Buffer.allocUnsafe(ID_BYTES);
    id.set(pool.subarray(next, next + RANDOM_BYTES), ID_BYTES - RANDOM_BYTES);
    next += RANDOM_BYTES;
    id.writeUIntBE(lastMs, 0, 6);
    id[6] = 0x70 | (counter >> 8);
    id[7] = counter & 0xff;
    id[8] = 0x80 | (id[8]! & 0x3f);
    return id;
  };
}

/** The 36-character form of a 16-byte id. */
export function idToText(id: Uint8Array): string {
  const hex = Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The 16 bytes of a 36-character id; `undefined` where the text is none. */
export function idFromText(text: string): Buffer | undefined {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)) return undefined;
  return Buffer.from(text.replaceAll('-', ''), 'hex');
}
