import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MatchLine } from '../../src/contract/reconciliation.ts';
import { DEMO_FOLDER, type Truth, type TruthTransaction } from '../sample-data/world.ts';
import { analyst, type Desk, openDesk } from './support.ts';

const read = (name: string): Buffer => readFileSync(resolve(DEMO_FOLDER, name));
const truth = JSON.parse(read('truth.json').toString()) as Truth;
const { files } = JSON.parse(read('manifest.json').toString()) as { files: string[] };

let desk: Desk;
/** What the console says of each line, by what the bank says of it. */
const told = new Map<string, MatchLine>();

type Line = Pick<TruthTransaction, 'accountServicerReference' | 'endToEndId' | 'direction' | 'amount'>;
const keyOf = ({ accountServicerReference, endToEndId, direction, amount }: Line | MatchLine): string =>
  [accountServicerReference, endToEndId, direction, amount].join('|');

beforeAll(async () => {
  desk = await openDesk();
  for (const name of files) await desk.import(name, read(name));
  await desk.reconciliation.run(analyst);
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = desk.reconciliation.matches({ limit: 500, cursor });
    for (const line of page.rows) told.set(keyOf(line), line);
    cursor = page.nextCursor;
  }
}, 120_000);
afterAll(() => desk.close());

const settled = (items: readonly { invoice: string; allocated: string }[]): string[] =>
  items.map(({ invoice, allocated }) => `${invoice} ${allocated}`).sort();

test('every line of the truth is a line of the books, each by a key of its own', () => {
  const keys = new Set(truth.transactions.map(keyOf));
  expect(keys.size).toBe(truth.transactions.length);
  expect([...told.keys()].sort()).toEqual([...keys].sort());
});

test('what the machine matched by itself is what the truth says, to the cent', () => {
  const matched = truth.transactions.filter((line) => told.get(keyOf(line))!.status === 'auto');
  const wrong = matched.filter((line) => {
    const items = told.get(keyOf(line))!.items.map(({ invoiceNumber, allocated }) => ({
      invoice: invoiceNumber,
      allocated,
    }));
    return settled(items).join('; ') !== settled(line.pays).join('; ');
  });
  expect(wrong.map(({ file, index, class: kind }) => `${file} ${index} ${kind}`)).toEqual([]);
  const paying = truth.transactions.filter(({ pays }) => pays.length > 0);
  expect(matched.length).toBeGreaterThanOrEqual(0.95 * paying.length);
});
