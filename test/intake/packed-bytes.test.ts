import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChunk, packedNow, unpackChunk } from '../../src/main/intake/packed-bytes.ts';

const unpacked = ({ bytes, codec, sizeBytes }: ReturnType<typeof packedNow>): Buffer =>
  codec === null ? bytes : unpackChunk(bytes, sizeBytes);

describe('the bytes of a file as they are kept', () => {
  it('come back as they were, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.nat({ max: 40 }), (part, times) => {
        const bytes = Buffer.concat(Array.from({ length: times }, () => part));
        const packed = packedNow({ bytes });
        expect(packed.sizeBytes).toBe(bytes.byteLength);
        expect(packed.bytes.byteLength).toBeLessThanOrEqual(bytes.byteLength);
        expect(unpacked(packed).equals(bytes)).toBe(true);
      }),
    );
  });

  it('are packed off the thread, and stand as they came where packing gains nothing', async () => {
    const text = createChunk(Buffer.from('<Ntry>again</Ntry>'.repeat(500)));
    await text.packing;
    expect(text.packed).toMatchObject({ codec: 'zstd', sizeBytes: 9_000 });
    expect(text.packed!.bytes.byteLength).toBeLessThan(200);
    const random = createChunk(Buffer.from('q7'));
    await random.packing;
    expect(random.packed).toEqual({ bytes: Buffer.from('q7'), codec: null, sizeBytes: 2 });
  });

  it('never unpack to more than they were', () => {
    const { bytes } = packedNow({ bytes: Buffer.alloc(100_000, 'a') });
    expect(() => unpackChunk(bytes, 99_999)).toThrow();
  });
});
