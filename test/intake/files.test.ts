import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemRuntime } from '../../src/main/base/index.ts';
import { createBatchSizer } from '../../src/main/intake/batch-size.ts';
import { createImportFiles } from '../../src/main/intake/index.ts';
import { createBytePipe } from '../../src/main/intake/pipe.ts';
import { withDesks } from '../support/desks.ts';
import { camt053 } from '../support/statement-files.ts';

describe('the bytes of a file', () => {
  it('are given back for any stretch, over the bounds of the sealed chunks', () =>
    withDesks(async (desks) => {
      const lines = Array.from({ length: 1_600 }, (_, i) => ({
        date: '2024-02-01',
        amount: '1.00',
        text: `line ${i} für`,
      }));
      const bytes = Buffer.from(
        camt053({ opening: ['2024-01-31', '0.00'], closing: ['2024-02-01', '1600.00'], lines }),
      );
      expect(bytes.byteLength).toBeGreaterThan(2 * 256 * 1024);
      const { importId } = await desks.take('a.xml', bytes, { chunkBytes: 70_001 });
      const files = createImportFiles({ vault: desks.test.vault, sealing: desks.test.sealing });
      const id = BigInt(importId!);
      fc.assert(
        fc.property(fc.nat({ max: bytes.byteLength + 10 }), fc.nat({ max: 600_000 }), (start, length) => {
          expect(files.bytes(id, start, start + length).equals(bytes.subarray(start, start + length))).toBe(
            true,
          );
        }),
        { numRuns: 60 },
      );
      expect(files.fileName(id)).toBe('a.xml');
      expect(files.encoding(id)).toMatch(/utf-8/i);
    }));

  it('of a refused file are not kept', () =>
    withDesks(async (desks) => {
      const file = camt053({ opening: ['2024-01-31', '0.00'], closing: ['2024-02-01', '1.00'], lines: [] });
      const { outcome } = await desks.take('a.xml', file);
      expect(outcome).toBe('refused');
      const { count } = desks.test.vault.db.prepare('SELECT count(*) AS count FROM import_chunk').get() as {
        count: bigint;
      };
      expect(count).toBe(0n);
      const [row] = desks.intake.imports({ limit: 5 }).rows;
      expect(row).toMatchObject({ file: 'a.xml', outcome: 'refused', code: 'STATEMENT_DOES_NOT_ADD_UP' });
      expect(row!.details).toMatchObject({ difference: '1.00' });
      expect(row!.sizeBytes).toBe(Buffer.byteLength(file));
      expect(desks.test.audit.bySubject({ kind: 'import', id: row!.importId }, 5)).toMatchObject([
        { kind: 'intake.refuse', actor: 'tester', traceId: 'trace-test' },
      ]);
    }));
});

describe('the list of imports', () => {
  it('comes newest first, a page at a time', () =>
    withDesks(async (desks) => {
      for (let i = 0; i < 5; i += 1) await desks.take(`${i}.txt`, `no message ${i}`);
      const first = desks.intake.imports({ limit: 2 });
      const second = desks.intake.imports({ limit: 2, cursor: first.nextCursor! });
      const third = desks.intake.imports({ limit: 2, cursor: second.nextCursor! });
      const names = [...first.rows, ...second.rows, ...third.rows].map(({ file }) => file);
      expect(names).toEqual(['4.txt', '3.txt', '2.txt', '1.txt', '0.txt']);
      expect(third.nextCursor).toBeNull();
      expect(first.total).toBe(5);
    }));
});

describe('the pipe', () => {
  const text = async (pipe: AsyncIterable<Uint8Array>) => {
    const parts: Uint8Array[] = [];
    for await (const part of pipe) parts.push(part);
    return Buffer.concat(parts).toString();
  };

  it('hands chunks over in order and ends', async () => {
    const pipe = createBytePipe();
    await pipe.write(Buffer.from('a'));
    await pipe.write(Buffer.from('b'));
    pipe.end();
    expect(await text(pipe)).toBe('ab');
  });

  it('lets a writer wait while the reader is behind', async () => {
    const pipe = createBytePipe(4);
    let written = false;
    const writing = pipe.write(Buffer.from('abcdef')).then(() => {
      written = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(written).toBe(false);
    const reader = pipe[Symbol.asyncIterator]();
    expect(Buffer.from((await reader.next()).value).toString()).toBe('abcdef');
    await writing;
    expect(written).toBe(true);
    await reader.return?.();
  });

  it('lets writers go on once the reader has left', async () => {
    const pipe = createBytePipe(1);
    const writing = pipe.write(Buffer.from('abc'));
    for await (const _ of pipe) break;
    await writing;
    await pipe.write(Buffer.from('more'));
  });

  it('hands a failure to the reader', async () => {
    const pipe = createBytePipe();
    const reading = text(pipe);
    pipe.fail(new Error('gone'));
    await expect(reading).rejects.toThrow('gone');
  });
});

describe('the size of a batch', () => {
  function sizerAt(msPerRow: number) {
    let nowMs = 0;
    const sizer = createBatchSizer({ ...systemRuntime, monotonicMs: () => nowMs });
    for (let i = 0; i < 30; i += 1) {
      sizer.measure(() => {
        nowMs += sizer.rows() * msPerRow;
      });
    }
    return sizer.rows();
  }

  it('settles where a batch keeps the event loop free', () => {
    const rows = sizerAt(0.05);
    expect(rows * 0.05).toBeGreaterThan(8);
    expect(rows * 0.05).toBeLessThan(20);
  });

  it('stays within its bounds', () => {
    expect(sizerAt(0.0001)).toBe(2_000);
    expect(sizerAt(10)).toBe(50);
  });
});
