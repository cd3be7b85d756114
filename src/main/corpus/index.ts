/**
 * The published corpus on which matching is measured: books, bank messages and the truth, from a seed. It is written
 * apart from the engine; neither imports the other. `resources/benchmarks/matching.md` describes it.
 */
import { makeBook } from './book.ts';
import { camt053 } from './camt053.ts';
import { makeCompanies } from './companies.ts';
import { createDice } from './dice.ts';
import { mt940, mt942 } from './mt.ts';
import { MIX, makePayments } from './payments.ts';
import { Shelf } from './shelf.ts';
import type { Corpus, CorpusOptions, CorpusPayment, CorpusTruth } from './types.ts';

export { customersCsv, invoicesCsv } from './csv.ts';
export type * from './types.ts';

/** Draws in a row that may find no item before the shelf counts as empty. */
const EMPTY_DRAWS = 1_000;

/** Makes the corpus of a seed: the same on every machine. */
export function makeCorpus({ seed, ...sizes }: CorpusOptions): Corpus {
  const dice = createDice(seed);
  const customers = makeCompanies(dice, sizes.customers);
  const items = makeBook(dice, customers, sizes.items);
  const shelf = new Shelf(dice, customers, items);
  const payments: CorpusPayment[] = [];
  const truth = new Map<string, CorpusTruth>();
  for (let empty = 0; payments.length < sizes.payments && empty < EMPTY_DRAWS; ) {
    const made = makePayments(dice.weighted(MIX), { dice, shelf });
    empty = made.length === 0 ? empty + 1 : 0;
    for (const one of made) {
      const bankReference = `B${String(payments.length + 1).padStart(9, '0')}`;
      payments.push({ ...one.payment, bankReference });
      truth.set(bankReference, one.truth);
    }
  }
  return { customers, items, payments, truth };
}

const PER_FILE = 2_500;

export interface CorpusFile {
  readonly name: string;
  readonly content: string;
}

/** The bank messages of the corpus, a file at a time. */
export function* corpusFiles({ payments }: Corpus): Generator<CorpusFile> {
  for (const route of ['camt.053', 'mt940', 'mt942'] as const) {
    const sent = payments.filter((payment) => payment.route === route);
    let openingMinor = 0n;
    for (let at = 0; at < sent.length; at += PER_FILE) {
      const part = sent.slice(at, at + PER_FILE);
      const id = `${route.replace('.', '').toUpperCase()}-${at / PER_FILE + 1}`;
      yield {
        name: `${id}.${route === 'camt.053' ? 'xml' : 'sta'}`,
        content: write(route, id, openingMinor, part),
      };
      openingMinor += part.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    }
  }
}

function write(
  route: CorpusPayment['route'],
  id: string,
  openingMinor: bigint,
  payments: readonly CorpusPayment[],
): string {
  if (route === 'camt.053') return camt053(id, openingMinor, payments);
  return route === 'mt940' ? mt940(id, openingMinor, payments) : mt942(id, payments);
}

/** Of so many customers one stands on an incomplete list under another name. */
const LISTED_OTHERWISE = 5;

/**
 * The same corpus over an incomplete list of customers: every fifth stands on it under another name, without
 * another spelling and without an account, so that nothing tells who it is when it pays.
 */
export function withIncompleteList(corpus: Corpus): Corpus {
  const customers = corpus.customers.map((customer, at) =>
    at % LISTED_OTHERWISE === 0 ? { ...customer, name: `Konto ${at}`, aliases: [], ibans: [] } : customer,
  );
  return { ...corpus, customers };
}
