/**
 * Details that were written together lie under one seal, because a seal a record costs more than
 * its hashes and its row. Their plaintext: for each record, in order, the length of its part in four
 * bytes, big-endian, and the part: salt, then canonical JSON. A part of no bytes was erased.
 */

const LENGTH_BYTES = 4;

/** The plaintext of a bundle. */
export function packBundle(parts: readonly Uint8Array[]): Buffer {
  const size = parts.reduce((sum, part) => sum + LENGTH_BYTES + part.length, 0);
  const packed = Buffer.allocUnsafe(size);
  let at = 0;
  for (const part of parts) {
    at = packed.writeUInt32BE(part.length, at);
    packed.set(part, at);
    at += part.length;
  }
  return packed;
}

/** The parts of a bundle of `count` records; `undefined` where the bytes are not those of so many. */
export function unpackBundle(packed: Buffer, count: number): Buffer[] | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < packed.length && parts.length < count) {
    if (at + LENGTH_BYTES > packed.length) return undefined;
    const end = at + LENGTH_BYTES + packed.readUInt32BE(at);
    if (end > packed.length) return undefined;
    parts.push(packed.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return at === packed.length && parts.length === count ? parts : undefined;
}
