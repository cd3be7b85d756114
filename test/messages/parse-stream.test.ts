import { describe, expect, it } from 'vitest';
import { type ParseEvent, parseBytes, parseHere, parseStream } from '../../src/main/messages/index.ts';
import { bytesOf, camt, entry, mt940, statement, transactionsOf } from './support.ts';

/** A statement of so many entries; about 230 bytes an entry, so that 5,000 go to the worker. */
const large = (entries: number, tail = '') =>
  bytesOf(
    camt(
      statement(
        Array.from({ length: entries }, (_, at) => entry({ extra: `<AcctSvcrRef>${at}</AcctSvcrRef>` })).join(
          '\n',
        ) + tail,
      ),
    ),
  );

async function* pieces(
  bytes: Uint8Array,
  size: number,
  seen: { taken: number } = { taken: 0 },
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    seen.taken = at + size;
    yield bytes.subarray(at, at + size);
  }
}

async function collect(events: AsyncIterable<ParseEvent>): Promise<ParseEvent[]> {
  const all: ParseEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('parse as a stream', () => {
  it.each([
    ['a small file, on the calling thread', 50],
    ['a large file, in the worker', 5_000],
  ])('yields for %s what a parse at once yields', async (_, count) => {
    const bytes = large(count);
    const expected = parseBytes(bytes, 'f');
    expect(await collect(parseStream(pieces(bytes, 10_007), { fileName: 'f' }))).toEqual(expected);
    expect(await collect(parseHere(pieces(bytes, 65_536), { fileName: 'f' }))).toEqual(expected);
    expect(transactionsOf(expected)).toHaveLength(count);
  });

  it('reads MT in the worker too', async () => {
    const lines = ':61:250310C10,NTRFREF\r\n:86:166?00GUTSCHRIFT?20Rechnung?32MÜLLER\r\n'.repeat(4_000);
    const bytes = bytesOf(mt940(lines, { closing: 'C250310EUR40100,00' }));
    const events = await collect(parseStream([bytes], { fileName: 'f' }));
    expect(events).toEqual(parseBytes(bytes, 'f'));
    expect(transactionsOf(events)).toHaveLength(4_000);
  });

  it.each([
    ['small', 10],
    ['large', 5_000],
  ])('throws our own error, with file, line and path, from a %s file', async (_, count) => {
    const bytes = large(count, entry({ amount: '1.234' }));
    await expect(
      collect(parseStream(pieces(bytes, 65_536), { fileName: 'wrong.xml' })),
    ).rejects.toMatchObject({
      name: 'CountersignError',
      code: 'AMOUNT_SCALE',
      details: {
        file: 'wrong.xml',
        line: count + 1,
        path: `Document/BkToCstmrStmt/Stmt[1]/Ntry[${count + 1}]/Amt`,
      },
    });
  });

  it('reads no further ahead than its bound while the caller is slow', async () => {
    const bytes = large(60_000);
    expect(bytes.length).toBeGreaterThan(11_000_000);
    const seen = { taken: 0 };
    const events = parseStream(pieces(bytes, 65_536, seen), { fileName: 'f' })[Symbol.asyncIterator]();
    await events.next();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    // What the worker may have parsed (four batches of 1,000), what is on its way, and what lies before it.
    expect(seen.taken).toBeLessThan(6_000_000);
    await events.return?.();
  });

  it('stops the worker and the source when the caller leaves or aborts', async () => {
    const bytes = large(20_000);
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* pieces(bytes, 65_536);
      } finally {
        closed = true;
      }
    }
    for await (const event of parseStream(source(), { fileName: 'f' }))
      if (event.kind === 'transactions') break;
    expect(closed).toBe(true);

    const controller = new AbortController();
    const reading = (async () => {
      for await (const event of parseStream(pieces(bytes, 65_536), {
        fileName: 'f',
        signal: controller.signal,
      })) {
        if (event.kind === 'transactions') controller.abort(new Error('cancelled by the person'));
      }
    })();
    await expect(reading).rejects.toThrow('cancelled by the person');
    const late = parseStream(pieces(bytes, 65_536), {
      fileName: 'f',
      signal: AbortSignal.abort(new Error('too late')),
    });
    await expect(collect(late)).rejects.toThrow('too late');
  });

  it('passes on what the source fails with', async () => {
    const bytes = large(5_000);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 400_000);
      throw new Error('disk gone');
    }
    await expect(collect(parseStream(broken(), { fileName: 'f' }))).rejects.toThrow('disk gone');
  });
});
