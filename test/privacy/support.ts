import { silentLogger } from '../../src/main/base/index.ts';
import { createMetrics } from '../../src/main/base/metrics.ts';
import type { Caller } from '../../src/main/base/procedures.ts';
import { type Console, openConsole } from '../../src/main/engine/console.ts';
import { sealedColumns } from '../../src/main/engine/sealed-columns.ts';
import { createImportFiles } from '../../src/main/intake/index.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import { openSealingReader } from '../../src/main/sealing/index.ts';
import { createColumnWalk } from '../../src/main/sealing/store-columns.ts';
import type { Connection, Vault } from '../../src/main/vault/index.ts';
import { inChunks } from '../support/desks.ts';
import { camt053 } from '../support/statement-files.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';

export const OFFICER: Caller = { actor: 'operator-1', traceId: 't-1' };
export const COLLEAGUE: Caller = { actor: 'operator-2', traceId: 't-2' };
export const REASON = 'asked for by the party';
const START_MS = Date.UTC(2026, 1, 2, 8);
const YEAR_MS = 366 * 86_400_000;

export interface Bench {
  readonly test: TestVault;
  readonly console: Console;
  readonly clock: ReturnType<typeof fixedClockRuntime>;
  years(count: number): void;
  take(fileName: string, text: string): Promise<string>;
  close(): Promise<void>;
}

/** All rooms of a vault whose clock is moved by hand; its calendar runs nothing by itself. */
export async function openBench(): Promise<Bench> {
  const clock = fixedClockRuntime(START_MS);
  const runtime = Object.assign(clock, { schedule: () => () => {} });
  const test = await openTestVault({ runtime });
  const feed = createFeed();
  const jobs = createJobs({ runtime, feed });
  const { vault } = test;
  const console = await openConsole({
    ...{ vault, runtime, log: silentLogger, metrics: createMetrics(), jobs, feed },
  });
  return {
    test,
    console,
    clock,
    years: (count) => clock.advance(count * YEAR_MS),
    async take(fileName, text) {
      const bytes = Buffer.from(text);
      const request = { fileName, source: inChunks(bytes), sizeBytes: bytes.byteLength };
      const { outcome, importId, message } = await console.intake.importStream(request, OFFICER);
      if (outcome !== 'imported') throw new Error(message);
      return importId!;
    },
    async close() {
      await console.close();
      test.close();
    },
  };
}

export interface Person {
  readonly customerId: string;
  readonly name: string;
  readonly iban: string;
}

/** Four who are customers; the first two have paid, the third owes, the fourth never did anything. */
export const PEOPLE: readonly Person[] = [
  { customerId: 'C-1', name: 'Mara Kessler', iban: 'DE89370400440532013000' },
  { customerId: 'C-2', name: 'Öhler & Söhne KG', iban: 'DE75512108001245126199' },
  { customerId: 'C-3', name: 'Brandt Logistik AG', iban: 'GB29NWBK60161331926819' },
  { customerId: 'C-4', name: 'Quintana Ferrer', iban: 'ES9121000418450200051332' },
];
/** Pays, and is no customer. */
export const STRANGER = { name: 'Zoltan Wirth', iban: 'NL91ABNA0417164300' };

const escaped = (text: string) => text.replace('&', '&amp;');
const payer = ({ name, iban }: { name: string; iban: string }) =>
  `<RltdPties><Dbtr><Pty><Nm>${escaped(name)}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>${iban}</IBAN></Id></DbtrAcct></RltdPties>`;

/** Lists and a statement in which all of them occur. */
export async function takeEverything({ take, console }: Bench): Promise<void> {
  const list = PEOPLE.map(({ customerId, name, iban }) => `${customerId},${name},DE,${iban},`);
  await take('customers.csv', `customer_id,name,country,ibans,aliases\n${list.join('\n')}\n`);
  const head =
    'invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until';
  const invoice = (number: string, customer: string, amount: string, reference = '') =>
    `${number},${customer},invoice,2026-01-02,2026-02-01,EUR,${amount},${reference},,`;
  await take(
    'invoices.csv',
    `${[
      head,
      invoice('R-1', 'C-1', '100.00', 'RF18539007547034'),
      invoice('R-2', 'C-2', '200.00'),
      invoice('R-3', 'C-3', '300.00'),
    ].join('\n')}\n`,
  );
  await take('statement.xml', statementOf('2026-02-01', '0.00', '307.00'));
  await console.reconciliation.run(OFFICER);
  for (const [bankTransactionId, allocatedMinor] of [
    ['1', 10_000n],
    ['2', 20_000n],
  ] as const) {
    if (console.receivables.openItem(bankTransactionId).state === 'paid') continue;
    const allocations = [
      { openItemId: bankTransactionId, allocatedMinor, discountMinor: 0n, chargesMinor: 0n },
    ];
    console.reconciliation.confirm({ bankTransactionId, allocations }, OFFICER);
  }
}

function statementOf(date: string, opening: string, closing: string): string {
  const text = camt053({
    opening: [date, opening],
    closing: [date, closing],
    lines: [
      { date, amount: '100.00', text: 'R-1 Mara Kessler' },
      { date, amount: '200.00', text: 'R-2' },
      { date, amount: '7.00', text: 'for the club' },
    ],
  });
  return [PEOPLE[0]!, PEOPLE[1]!, STRANGER].reduce(
    (whole, who, at) =>
      whole.replace(`<EndToEndId>E2E-${at}</EndToEndId></Refs>`, `$&${payer(who).replaceAll('$', '$$$$')}`),
    text,
  );
}

/** Every place in the vault, opened or plain, in which one of the texts stands. */
export function placesOf(vault: Vault, sealing: TestVault['sealing'], texts: readonly string[]): string[] {
  const places = new Set<string>();
  const wanted = texts.map((text) => text.toLowerCase());
  const look = (place: string, text: string) => {
    const lower = text.toLowerCase().replaceAll('&amp;', '&');
    if (wanted.some((one) => lower.includes(one))) places.add(place);
  };
  // What waits for the disk is written by this.
  sealing.keeping.lines();
  const reader = openSealingReader(vault.readerKey());
  try {
    for (const column of sealedColumns) {
      const { table, column: name } = column;
      for (const { sealedId, applicationId } of createColumnWalk(reader.db, column)(null, 1_000_000)) {
        const [value] = reader.openMany([{ id: sealedId, table, column: name, applicationId }]);
        if (Buffer.isBuffer(value)) look(`${table}.${name}`, value.toString('utf8'));
      }
    }
    for (const { table, text } of everyPlainText(reader.db)) look(table, text);
  } finally {
    reader.close();
  }
  const files = createImportFiles({ vault, sealing });
  for (const id of vault.db.prepare<[], bigint>('SELECT id FROM import').pluck().all()) {
    try {
      look('import_chunk', files.bytes(id, 0, 10_000_000).toString('utf8'));
    } catch (error) {
      if ((error as { code?: string }).code !== 'STATEMENT_SOURCE_ERASED') throw error;
    }
  }
  return [...places].sort();
}

function* everyPlainText(db: Connection): Generator<{ table: string; text: string }> {
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();
  for (const table of tables) {
    for (const row of db.prepare<[], Record<string, unknown>>(`SELECT * FROM "${table}"`).iterate()) {
      for (const value of Object.values(row)) if (typeof value === 'string') yield { table, text: value };
    }
  }
}
