import {
  bigAmountMinor,
  bigEndToEndId,
  bigServicerReference,
  writeBigCamt,
} from '../../build/sample-data/big.ts';
import { type Closing, generateSampleData } from '../../build/sample-data/generate.ts';
import { createRandom, type Random } from '../../build/sample-data/random.ts';
import { formatAmount } from '../../src/contract/money.ts';
import { interleave, type VaultOperation, vaultOperations } from './vault-plan.ts';

/** What the parent tells a vault to do; everything about it follows from the seed. */
export type Operation =
  | { readonly kind: 'import'; readonly file: string }
  /** A file that must be refused: it ends in the middle. */
  | { readonly kind: 'import-damaged'; readonly file: string; readonly keepPerMille: number }
  /** Cancelled after some of its bytes. */
  | { readonly kind: 'import-cancelled'; readonly file: string; readonly keepPerMille: number }
  | { readonly kind: 'match' }
  | { readonly kind: 'post'; readonly entries: readonly PlannedEntry[] }
  /** A person confirms, rejects or undoes whatever stands at that place of the queue. */
  | { readonly kind: 'decide'; readonly what: 'confirm' | 'reject' | 'undo'; readonly pick: number }
  | VaultOperation;

/** A manual entry between two of the simulation's own accounts. */
export interface PlannedEntry {
  readonly id: string;
  readonly date: string;
  readonly fromCode: string;
  readonly toCode: string;
  readonly amountMinor: bigint;
}

/** One line of a statement, as a match line will name it. */
export interface ExpectedLine {
  readonly key: string;
  readonly signedMinor: bigint;
  readonly currency: string;
}

export interface ExpectedFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly kind: 'customers' | 'invoices' | 'booked' | 'interim';
  readonly lines: readonly ExpectedLine[];
  readonly closings: readonly Closing[];
}

export interface ExpectedItem {
  readonly number: string;
  /** Negative for a credit note. */
  readonly signedMinor: bigint;
  readonly currency: string;
}

export interface Plan {
  readonly seed: number;
  readonly files: ReadonlyMap<string, ExpectedFile>;
  readonly items: readonly ExpectedItem[];
  readonly customers: number;
  readonly operations: readonly Operation[];
  /** Whether people decide anything; where nobody does, the end must not depend on the order of arrival. */
  readonly withPeople: boolean;
}

/** Accounts that manual entries move money between; no room of the console uses their codes. */
export const MANUAL_ACCOUNTS = ['9901', '9902', '9903'] as const;

/** How a match line is recognised from outside. */
export function lineKey(line: {
  accountServicerReference: string | null;
  endToEndId: string | null;
  direction: string;
  amount: string;
  currency: string;
}): string {
  const { accountServicerReference, endToEndId, direction, amount, currency } = line;
  return [accountServicerReference ?? '', endToEndId ?? '', direction, amount, currency].join('|');
}

function fileKind(name: string): ExpectedFile['kind'] {
  if (name === 'customers.csv') return 'customers';
  if (name === 'invoices.csv') return 'invoices';
  return name.includes('mt942') ? 'interim' : 'booked';
}

function uuid(random: Random): string {
  const hex = () => random.int(0, 0xffff).toString(16).padStart(4, '0');
  return `${hex()}${hex()}-${hex()}-7${hex().slice(1)}-8${hex().slice(1)}-${hex()}${hex()}${hex()}`;
}

function plannedEntries(random: Random): PlannedEntry[] {
  return Array.from(
    {
      length: random.weighted([
        [1, 5],
        [3, 3],
        [40, 2],
      ]),
    },
    () => {
      const [fromCode, toCode] = random.shuffle(MANUAL_ACCOUNTS) as [string, string, string];
      return {
        id: uuid(random),
        date: `2026-11-${String(random.int(1, 20)).padStart(2, '0')}`,
        fromCode,
        toCode,
        amountMinor: BigInt(random.int(1, 5_000_000)),
      };
    },
  );
}

/** The statement files in the order of import: mostly by day, some late. */
function importOrder(names: readonly string[], random: Random): string[] {
  const order = [...names];
  if (random.chance(400)) {
    const [late] = order.splice(random.int(0, order.length - 1), 1);
    if (late !== undefined) order.splice(random.int(0, order.length), 0, late);
  }
  return order;
}

/** Work between imports: matching, people, manual entries, and files that must change nothing. */
function between(seen: readonly string[], withPeople: boolean, random: Random): Operation[] {
  const operations: Operation[] = [];
  const last = seen.at(-1);
  // Cut in the middle, XML is never whole; a list might be.
  const cut = seen.findLast((name) => name.endsWith('.xml'));
  const count = random.int(0, 2);
  for (let at = 0; at < count; at += 1) {
    const kind = random.weighted([
      ['decide', withPeople ? 40 : 0],
      ['match', 15],
      ['post', 25],
      ['again', 10],
      ['damaged', 5],
      ['cancelled', 5],
    ] as const);
    if (kind === 'decide') {
      const what = random.weighted([
        ['confirm', 4],
        ['reject', 2],
        ['undo', 4],
      ] as const);
      operations.push({ kind, what, pick: random.int(0, 1_000) });
    } else if (kind === 'match') operations.push({ kind });
    else if (kind === 'post') operations.push({ kind, entries: plannedEntries(random) });
    else if (!last) continue;
    else if (kind === 'again') operations.push({ kind: 'import', file: random.pick(seen) });
    else if (kind === 'cancelled')
      operations.push({ kind: 'import-cancelled', file: last, keepPerMille: random.int(300, 930) });
    else if (cut) operations.push({ kind: 'import-damaged', file: cut, keepPerMille: random.int(300, 930) });
  }
  return operations;
}

const LONG_FILE_DATE = '2026-11-20';
const LONG_FILE = `${LONG_FILE_DATE}-long.camt053.xml`;

/** Whether an operation takes in the long file, which the engine writes in several transactions. */
export function isLong(operation: Operation): boolean {
  return operation.kind === 'import' && operation.file === LONG_FILE;
}

/** A statement of more lines than the engine writes in one batch, on an account of its own. */
async function longFile(seed: number, entries: number): Promise<ExpectedFile> {
  const chunks: Buffer[] = [];
  const { openingMinor, closingMinor } = await writeBigCamt(
    { entries, bytesPerEntry: 800, seed, bookingDate: LONG_FILE_DATE },
    (chunk) => {
      chunks.push(chunk);
      return undefined;
    },
  );
  const lines = Array.from({ length: entries }, (_, at): ExpectedLine => {
    const key = lineKey({
      accountServicerReference: bigServicerReference(at),
      endToEndId: bigEndToEndId(seed, at),
      direction: 'credit',
      amount: formatAmount(bigAmountMinor(at), 'EUR'),
      currency: 'EUR',
    });
    return { key, currency: 'EUR', signedMinor: bigAmountMinor(at) };
  });
  const closing = {
    file: LONG_FILE,
    account: 'eur-main' as const,
    date: LONG_FILE_DATE,
    openingMinor,
    closingMinor,
  };
  return { name: LONG_FILE, bytes: Buffer.concat(chunks), kind: 'booked', lines, closings: [closing] };
}

/** The same files without crash or repeat, lists first and statements in another order: a plan's twin. */
export function twinOperations(plan: Plan, random: Random): Operation[] {
  const names = [...plan.files.values()];
  const lists = names.filter((file) => file.kind === 'customers' || file.kind === 'invoices');
  const others = random.shuffle(names.filter((file) => !lists.includes(file)));
  const imports = [...lists, ...others].map(({ name }): Operation => ({ kind: 'import', file: name }));
  return [...imports, { kind: 'match' }];
}

/** The world and the work of one seed. */
export async function planOf(seed: number): Promise<Plan> {
  const random = createRandom(seed, 'simulation');
  const data = generateSampleData({
    seed,
    customers: random.int(5, 12),
    days: random.int(1, 4),
    to: '2026-11-20',
  });
  const files = new Map<string, ExpectedFile>();
  for (const file of data.files) {
    const lines = data.placed
      .filter((placed) => placed.file === file.name)
      .map(({ line, servicerReference }): ExpectedLine => {
        const { amountMinor, currency, direction } = line;
        const key = lineKey({
          accountServicerReference: servicerReference,
          endToEndId: line.endToEndId ?? null,
          direction,
          amount: formatAmount(amountMinor, currency),
          currency,
        });
        return { key, currency, signedMinor: direction === 'credit' ? amountMinor : -amountMinor };
      });
    const closings = data.closings.filter((closing) => closing.file === file.name);
    files.set(file.name, { name: file.name, bytes: file.bytes, kind: fileKind(file.name), lines, closings });
  }
  const statements = [...files.values()].filter((file) => file.kind === 'booked' || file.kind === 'interim');
  const order = importOrder(
    statements.map((file) => file.name),
    random.stream('order'),
  );
  if (random.chance(300)) {
    const long = await longFile(seed, random.int(200, 900));
    files.set(long.name, long);
    order.splice(random.int(0, Math.min(3, order.length)), 0, long.name);
  }
  const lists = ['customers.csv', 'invoices.csv'];
  // Now and then the lists come only after the first statements.
  const listsAt = random.chance(250) ? random.int(0, order.length) : 0;
  const names = [...order.slice(0, listsAt), ...lists, ...order.slice(listsAt)];
  const withPeople = !random.chance(250);
  const operations: Operation[] = [];
  names.forEach((name, at) => {
    operations.push(
      { kind: 'import', file: name },
      ...between(names.slice(0, at + 1), withPeople, random.stream(`between/${at}`)),
    );
  });
  return {
    seed,
    files,
    items: data.invoices.map((invoice) => ({
      number: invoice.number,
      currency: invoice.currency,
      signedMinor: invoice.kind === 'credit_note' ? -invoice.amountMinor : invoice.amountMinor,
    })),
    customers: files.get('customers.csv')!.bytes.toString('utf8').split('\r\n').length - 2,
    withPeople,
    operations: [
      ...interleave<Operation>(
        operations,
        vaultOperations(random.stream('vault')),
        random.stream('interleave'),
      ),
      { kind: 'match' },
    ],
  };
}
