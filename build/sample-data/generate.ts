/** Puts a whole sample world together: a function of its options, which writes nothing. */
import { businessDays, offsetOn, plusDays } from './calendar.ts';
import { writeCamt053 } from './camt.ts';
import { writeCustomers, writeInvoices } from './csv.ts';
import { type Invoice, makeInvoices } from './invoices.ts';
import { type BankLine, OpenAmounts, type PlacedLine, type Planted } from './lines.ts';
import { writeMt940, writeMt942 } from './mt.ts';
import { plainLetters } from './names.ts';
import { otherLines, returnsOf } from './other-lines.ts';
import { customerPayments } from './payments.ts';
import { plantInvoices, plantLines } from './planted.ts';
import { createRandom, type Random } from './random.ts';
import { type Statement, statementsOf } from './statements.ts';
import { writeTruth } from './truth.ts';
import { type AccountKey, makeWorld, type World } from './world.ts';

export interface SampleOptions {
  readonly seed: number;
  readonly customers: number;
  /** Calendar days that the statements cover, the last one included. */
  readonly days: number;
  /** The last day, `YYYY-MM-DD`. */
  readonly to: string;
}

export interface SampleFile {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface SampleData {
  /** In the order in which they are to be imported; the truth and the manifest are not among them. */
  readonly files: readonly SampleFile[];
  readonly truth: SampleFile;
  readonly manifest: SampleFile;
  readonly placed: readonly PlacedLine[];
  readonly closings: readonly Closing[];
  readonly planted: readonly Planted[];
  readonly invoices: readonly Invoice[];
}

/** What a booked statement says an account stands at. */
export interface Closing {
  readonly file: string;
  readonly account: AccountKey;
  readonly date: string;
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
}

/** Every statement needs a line per transaction at the place where the console will number it. */
function placeLines(file: string, statements: readonly Statement[]): PlacedLine[] {
  return statements.flatMap((statement, ordinal) =>
    statement.entries
      .flatMap((entry) => entry.lines.map((line) => ({ line, servicerReference: entry.reference })))
      .map((each, index) => ({ ...each, file, statement: ordinal, index })),
  );
}

interface Written {
  readonly file: SampleFile;
  readonly placed: readonly PlacedLine[];
  readonly closings: readonly Closing[];
}

function closingsOf(file: string, statements: readonly Statement[]): Closing[] {
  return statements.map(({ own, date, openingMinor, closingMinor }) => ({
    file,
    account: own.key,
    date,
    openingMinor,
    closingMinor,
  }));
}

const utf8 = (name: string, text: string): SampleFile => ({ name, bytes: Buffer.from(text, 'utf8') });
/** ISO-8859-1: what lies beyond it is spelt in plain letters, as banks do. */
const latin1 = (name: string, text: string): SampleFile => ({
  name,
  bytes: Buffer.from(text.replace(/[\u0100-\uffff]/g, plainLetters), 'latin1'),
});

/** The Friday, or last business day, under which a week's statements are sent. */
function weekKey(date: string): string {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return plusDays(date, 5 - weekday);
}

/** The dollar account comes as one file a week, with a statement for each day, in ISO-8859-1. */
function weeklyFiles(statements: readonly Statement[]): Written[] {
  return [...Map.groupBy(statements, (statement) => weekKey(statement.date)).values()].map((week) => {
    const name = `${week.at(-1)!.date}-usd.camt053.xml`;
    return {
      file: latin1(name, writeCamt053(week, 'ISO-8859-1')),
      placed: placeLines(name, week),
      closings: closingsOf(name, week),
    };
  });
}

/** Twice a day in the last week the bank says what it has booked so far. */
function interimFiles(statements: readonly Statement[], random: Random): Written[] {
  return statements.slice(-5).flatMap((statement) => {
    const count = statement.entries.length;
    const early = random.int(0, Math.floor(count / 2));
    const late = random.int(early, count);
    return [
      { time: '1100', count: early },
      { time: '1500', count: late },
    ].map((report) => ({
      file: utf8(
        `${statement.date}-eur-collect-${report.time}.mt942.sta`,
        writeMt942(statement, report.count, report.time, offsetOn(statement.date)),
      ),
      placed: [],
      closings: [],
    }));
  });
}

function statementFiles(
  world: World,
  lines: readonly BankLine[],
  from: string,
  to: string,
  random: Random,
): Written[] {
  const of = (key: AccountKey) => statementsOf(world, key, lines, from, to, random.stream(key));
  const collect = of('eur-collect');
  const daily = (suffix: string, statements: readonly Statement[], write: (statement: Statement) => string) =>
    statements.map((statement): Written => {
      const name = `${statement.date}-${suffix}`;
      return {
        file: utf8(name, write(statement)),
        placed: placeLines(name, [statement]),
        closings: closingsOf(name, [statement]),
      };
    });
  return [
    ...daily('eur-main.camt053.xml', of('eur-main'), (statement) => writeCamt053([statement])),
    ...daily('eur-collect.mt940.sta', collect, (statement) => writeMt940(statement, 'gvc')),
    ...daily('gbp.mt940.sta', of('gbp'), (statement) => writeMt940(statement, 'slash')),
    ...weeklyFiles(of('usd')),
    ...interimFiles(collect, random.stream('interim')),
  ].sort((a, b) => (a.file.name < b.file.name ? -1 : 1));
}

/** Makes the world of `options`: files, truth and manifest. */
export function generateSampleData(options: SampleOptions): SampleData {
  const random = createRandom(options.seed, 'countersign-sample');
  const from = plusDays(options.to, 1 - options.days);
  if (businessDays(from, options.to).length === 0) throw new Error('There is no business day in that time.');
  const world = makeWorld(options.customers, random.stream('world'));
  const plain = makeInvoices(world.customers, from, options.to, random.stream('invoices'));
  const { invoices, planted: plantedInvoices } = plantInvoices(
    plain,
    from,
    random.stream('planted-invoices'),
  );
  const open = new OpenAmounts();
  const own = Map.groupBy(invoices, (invoice) => invoice.customer);
  const paid = world.customers.flatMap((customer) =>
    customerPayments(customer, own.get(customer) ?? [], options.to, open, random.stream(customer.customerId)),
  );
  const others = otherLines(world, from, options.to, random.stream('others'));
  const { lines, planted } = plantLines([...paid, ...others], world, options.to, random.stream('planted'));
  const all = [...lines, ...returnsOf(lines, options.to, random.stream('returns'))];
  const written = statementFiles(world, all, from, options.to, random.stream('statements'));
  const placed = written.flatMap((each) => each.placed);
  const everything = [...planted, ...plantedInvoices];
  const files = [
    utf8('customers.csv', writeCustomers(world.customers)),
    utf8('invoices.csv', writeInvoices(invoices)),
    ...written.map((each) => each.file),
  ];
  const manifest = { seed: options.seed, from, to: options.to, files: files.map((file) => file.name) };
  return {
    files,
    truth: utf8(
      'truth.json',
      writeTruth({
        seed: options.seed,
        customers: options.customers,
        from,
        to: options.to,
        placed,
        planted: everything,
      }),
    ),
    manifest: utf8('manifest.json', `${JSON.stringify(manifest, null, 1)}\n`),
    placed,
    closings: written.flatMap((each) => each.closings),
    planted: everything,
    invoices,
  };
}
