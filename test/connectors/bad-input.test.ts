/**
 * What the issue calls bad input, at every door that can receive it: each has a typed outcome, nothing is lost
 * and nothing is taken twice.
 */
import { createReadStream, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Runtime, silentLogger, systemRuntime } from '../../src/main/base/index.ts';
import { createMetrics } from '../../src/main/base/metrics.ts';
import { createSplitter } from '../../src/main/doors/cli/split-messages.ts';
import { type Console, openConsole } from '../../src/main/engine/console.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import { OWN, untilReady } from '../instant/support.ts';
import { analyst, CUSTOMERS, camt053, INVOICES } from '../reconciliation/support.ts';
import { inChunks } from '../support/desks.ts';
import { openTestVault, type TestVault } from '../support/vault.ts';
import { DOORS, type Door, type DoorKind, openDoor } from './doors.ts';
import { startNats, type TestNats } from './nats-server.ts';
import { bytesOf, CALLER, until, withFolder, withIntake } from './support.ts';

const START_MS = Date.parse('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;
const PATH = 'Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]';

interface Transfer {
  readonly id: string;
  readonly endToEndId?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly date?: string;
  readonly remittance?: readonly string[];
}

/** A pacs.008 in JSON, of somebody who owes us nothing. */
function transfer({ id, endToEndId = id, amount = '31.50', currency = 'EUR', ...more }: Transfer): string {
  const { date = '2026-11-20', remittance = ['hello'] } = more;
  return JSON.stringify({
    FIToFICstmrCdtTrf: {
      GrpHdr: { MsgId: id, CreDtTm: '2026-11-20T10:00:00Z', NbOfTxs: '1' },
      CdtTrfTxInf: [
        {
          PmtId: { EndToEndId: endToEndId },
          IntrBkSttlmAmt: { Ccy: currency, value: amount },
          IntrBkSttlmDt: date,
          Dbtr: { Nm: 'Somebody Else' },
          DbtrAcct: { Id: { IBAN: 'DE75512108001245126199' } },
          Cdtr: { Nm: 'Demo Treasury' },
          CdtrAcct: { Id: { IBAN: OWN } },
          RmtInf: { Ustrd: remittance },
        },
      ],
    },
  });
}

const iso = 'urn:iso:std:iso:20022:tech:xsd:';
/** What makes no sense by itself, with what it is refused by and where. */
const REFUSED: readonly (readonly [
  what: string,
  code: string,
  path: string | null,
  of: (id: string) => string,
])[] = [
  [
    'an unknown message type',
    ...(['INSTANT_KIND_UNKNOWN', 'Document'] as const),
    (id) =>
      `<Document xmlns="${iso}pain.001.001.09"><CstmrCdtTrfInitn><A>${id}</A></CstmrCdtTrfInitn></Document>`,
  ],
  [
    'a wrong namespace',
    ...(['INSTANT_NAMESPACE', null] as const),
    (id) => `<Document xmlns="urn:example:pacs.008.001.08"><A>${id}</A></Document>`,
  ],
  [
    'an amount with a minus',
    ...(['AMOUNT_INVALID', `${PATH}/IntrBkSttlmAmt`] as const),
    (id) => transfer({ id, amount: '-31.50' }),
  ],
  [
    'an amount with a plus',
    ...(['AMOUNT_INVALID', `${PATH}/IntrBkSttlmAmt`] as const),
    (id) => transfer({ id, amount: '+31.50' }),
  ],
  [
    'a currency that does not exist',
    ...(['CURRENCY_UNKNOWN', `${PATH}/IntrBkSttlmAmt`] as const),
    (id) => transfer({ id, currency: 'EUX' }),
  ],
  [
    'a date in the future',
    ...(['DATE_IN_FUTURE', 'CdtTrfTxInf[1]'] as const),
    (id) => transfer({ id, date: '2026-11-25' }),
  ],
];

let parent: string;
let nats: TestNats;
beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'countersign-bad-input-'));
  nats = await startNats(parent);
}, 30_000);
afterAll(async () => {
  await nats?.stop();
  rmSync(parent, { recursive: true, force: true });
});

describe.each(DOORS)('what makes no sense, by %s', (kind: DoorKind) => {
  let t: TestVault;
  let console: Console;
  let folder: string;
  let door: Door;
  let aheadMs = 0;
  const since = performance.now();
  const runtime: Runtime = {
    ...systemRuntime,
    nowMs: () => START_MS + aheadMs + Math.floor(performance.now() - since),
  };

  async function importText(fileName: string, text: string): Promise<void> {
    const result = await console.intake.importStream(
      { fileName, source: inChunks(Buffer.from(text)) },
      analyst,
    );
    expect(result.outcome).toBe('imported');
  }
  const payments = (endToEndId: string) =>
    console.instant
      .payments({ limit: 500 })
      .rows.filter((row) => row.endToEndId === endToEndId)
      .map(({ amountMinor, notes }) => [amountMinor, notes] as const);
  const deadLetters = () => console.connectors.list({ limit: 500 }).rows;
  const bring = (...texts: string[]) => door(texts.map((text) => Buffer.from(text)));

  beforeAll(async () => {
    t = await openTestVault({ runtime });
    const feed = createFeed();
    const jobs = createJobs({ runtime, feed });
    const { vault } = t;
    console = await openConsole({ vault, runtime, log: silentLogger, metrics: createMetrics(), jobs, feed });
    await importText('customers.csv', CUSTOMERS);
    await importText('invoices.csv', INVOICES);
    await importText('s0.xml', camt053({ id: 'S0', date: '2026-11-19', openingMinor: 0n, lines: [] }).xml);
    await untilReady(console);
    folder = mkdtempSync(join(parent, 'inbox-'));
    door = await openDoor(kind, { connectors: console.connectors, runtime, folder, nats });
  }, 60_000);
  afterAll(async () => {
    await console?.close();
    t?.close();
  });

  it.each(REFUSED)('%s is a dead letter that says why and where', async (what, code, path, of) => {
    const text = of(`${kind} ${what}`.replaceAll(' ', '-').slice(0, 35));
    const before = deadLetters().length;
    const paid = console.instant.payments({ limit: 500 }).rows.length;
    // Its neighbours are none the worse for it.
    const ids = ['before', 'after'].map((when) => `${kind}-${code}-${before}-${when}`.slice(0, 35));
    await bring(transfer({ id: ids[0]! }), text, transfer({ id: ids[1]! }));
    const letters = deadLetters();
    expect(letters).toHaveLength(before + 1);
    expect(letters[0]).toMatchObject({ code, state: 'open', attempts: 1 });
    if (path !== null) expect(letters[0]!.path).toContain(path);
    expect(console.connectors.raw(letters[0]!.id, CALLER).toString('utf8')).toBe(text);
    expect(console.instant.payments({ limit: 500 }).rows).toHaveLength(paid + 2);
  });

  it('an end-to-end id used again with another amount is another payment, and says so', async () => {
    const endToEndId = `${kind}-REUSED`;
    await bring(transfer({ id: `${kind}-R1`, endToEndId, amount: '10.00' }));
    await bring(transfer({ id: `${kind}-R2`, endToEndId, amount: '20.00' }));
    expect(payments(endToEndId)).toEqual([
      [2_000n, ['end-to-end-id-reused']],
      [1_000n, []],
    ]);
  });

  it('a message id used again for something else is a dead letter, and changes nothing', async () => {
    const id = `${kind}-SAME`;
    await bring(transfer({ id, amount: '10.00' }));
    await bring(transfer({ id, amount: '11.00' }));
    expect(deadLetters()[0]).toMatchObject({ code: 'INSTANT_MESSAGE_REUSED', state: 'open' });
    expect(payments(id)).toEqual([[1_000n, []]]);
    // The same once more is known, and answered as before.
    const { length } = deadLetters();
    await bring(`${transfer({ id, amount: '10.00' })} `);
    expect([payments(id).length, deadLetters().length]).toEqual([1, length]);
  });

  it('remittance text as long as a message may be is one payment, and holds nothing up', async () => {
    const id = `${kind}-LONG`;
    const { length } = deadLetters();
    await bring(transfer({ id, remittance: ['x'.repeat(900_000)] }), transfer({ id: `${id}-after` }));
    expect([payments(id).length, payments(`${id}-after`).length, deadLetters().length]).toEqual([
      1,
      1,
      length,
    ]);
  });

  it('a clock that jumps back makes today the future: kept, and taken once the clock is right', async () => {
    const id = `${kind}-CLOCK`;
    aheadMs = -3 * DAY_MS;
    await bring(transfer({ id }));
    expect(deadLetters()[0]).toMatchObject({ code: 'DATE_IN_FUTURE', state: 'open' });
    aheadMs = 0;
    const letter = deadLetters()[0]!;
    expect(await console.connectors.retry(letter.id, CALLER)).toMatchObject({ result: 'taken' });
    await bring(transfer({ id }));
    expect(payments(id)).toEqual([[3_150n, []]]);
    expect(console.connectors.get(letter.id)).toMatchObject({ state: 'taken' });
    const { checks } = await console.ledger.verify();
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  });
});

describe.each(DOORS)('what comes at the wrong time, by %s', (kind: DoorKind) => {
  const messages = (count: number) => Array.from({ length: count }, (_, n) => bytesOf({ id: `m${n}` }));
  const names = (count: number) => new Set(Array.from({ length: count }, (_, n) => `m${n}`));

  /** An intake behind this door; each has a stream of its own where it is one. */
  const withDoor = (
    work: (parts: { door: Door; held(): string[]; dead(): number }) => Promise<void>,
    options: Parameters<typeof withIntake>[1],
  ) =>
    withFolder((folder) =>
      withIntake(async ({ connectors, held }) => {
        const stream = await startNats(mkdtempSync(join(parent, 'stream-')));
        try {
          const runtime = options?.runtime ?? systemRuntime;
          const door = await openDoor(kind, { connectors, runtime, folder, nats: stream });
          await work({ door, held, dead: () => connectors.list({ limit: 1 }).total ?? 0 });
        } finally {
          await connectors.close();
          await stream.stop();
        }
      }, options),
    );

  it('a flood is held back at the door, and all of it is taken once', async () => {
    await withDoor(
      async ({ door, held, dead }) => {
        await door(messages(120));
        expect(new Set(held())).toEqual(names(120));
        expect([held().length, dead()]).toEqual([120, 0]);
      },
      { most: { count: 5 } },
    );
  }, 60_000);

  it('a console that stalls takes nothing, loses nothing, and takes each once when it goes on', async () => {
    let why: 'vault-busy' | null = 'vault-busy';
    await withDoor(
      async ({ door, held, dead }) => {
        const brought = door(messages(40));
        // Longer than a stream waits before it brings the same again.
        await new Promise((resolve) => setTimeout(resolve, 2_500));
        expect(held()).toEqual([]);
        why = null;
        await brought;
        await until(() => held().length === 40);
        expect(new Set(held())).toEqual(names(40));
        expect([held().length, dead()]).toEqual([40, 0]);
      },
      { hold: () => why },
    );
  }, 60_000);

  it('a clock that jumps back between two messages takes both once', async () => {
    let aheadMs = 0;
    const runtime = { ...systemRuntime, nowMs: () => systemRuntime.nowMs() + aheadMs };
    await withDoor(
      async ({ door, held, dead }) => {
        await door([bytesOf({ id: 'm0' })]);
        aheadMs = -26 * 3_600_000;
        await door([bytesOf({ id: 'm1' }), bytesOf({ id: 'm0' })]);
        expect([held(), dead()]).toEqual([['m0', 'm1'], 0]);
      },
      { runtime },
    );
  }, 60_000);
});

describe('100 MB of remittance text', () => {
  const LENGTH = 100 * 1_048_576;

  it('in a folder is put aside unread, and what comes after it is taken', async () => {
    await withFolder((folder) =>
      withIntake(async ({ connectors, held }) => {
        const path = join(folder, 'a-long.json');
        writeFileSync(path, '{"FIToFICstmrCdtTrf":{"RmtInf":"');
        truncateSync(path, LENGTH);
        writeFileSync(join(folder, 'b.json'), bytesOf({ id: 'b' }));
        const before = process.memoryUsage().rss;
        await connectors.add({ label: 'inbox', settings: { kind: 'folder', folder, everyMs: 100 } }, CALLER);
        await until(() => held().length === 1 && readdirSync(folder).length === 2);
        expect(readdirSync(join(folder, 'failed'))).toEqual(['a-long.json']);
        const [line] = connectors.connectors();
        expect(line!.problems).toMatchObject([{ code: 'CONNECTOR_MESSAGE_TOO_LARGE', what: 'a-long.json' }]);
        expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1_048_576);
      }),
    );
  }, 60_000);

  it('on standard input is refused in its place, of which no more is kept than one may have', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, 'stream');
      writeFileSync(path, '{"RmtInf":"');
      truncateSync(path, LENGTH);
      writeFileSync(path, '\n{"id":"after"}\n', { flag: 'a' });
      const before = process.memoryUsage().rss;
      const splitter = createSplitter();
      const found: string[] = [];
      const note = (messages: ReturnType<typeof splitter.end>) => {
        for (const one of messages) found.push(one.tooLong ? 'too long' : one.bytes.toString('utf8'));
      };
      for await (const chunk of createReadStream(path)) note(splitter.push(chunk as Buffer));
      note(splitter.end());
      expect(found).toEqual(['too long', '{"id":"after"}']);
      expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1_048_576);
    });
  }, 60_000);

  it('in a stream that lets it through stays with its server, is told of, and what comes after it is taken', async () => {
    await withFolder(async (folder) => {
      const wide = await startNats(folder, undefined, 8 * 1_048_576);
      try {
        await withIntake(async ({ connectors, held }) => {
          await wide.publish([Buffer.alloc(4 * 1_048_576, 0x78), bytesOf({ id: 'after' })]);
          const settings = {
            ...{ kind: 'nats' as const, servers: [wide.url], stream: 'PAYMENTS' },
            ...{ durable: 'desk', ackWaitMs: 5_000 },
          };
          await connectors.add({ label: 'rails', settings }, CALLER);
          await until(() => held().length === 1);
          await until(() => (connectors.connectors()[0]?.problems.length ?? 0) > 0);
          expect(connectors.connectors()[0]!.problems[0]).toMatchObject({
            ...{ code: 'CONNECTOR_MESSAGE_TOO_LARGE', what: 'PAYMENTS 1' },
          });
          expect(await wide.pending('PAYMENTS', 'desk')).toBe(1);
        });
      } finally {
        await wide.stop();
      }
    });
  }, 60_000);
});
