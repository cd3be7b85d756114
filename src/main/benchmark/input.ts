/** The corpus as the engine is given it: through the readers of bank messages, as every file is. */
import { type Corpus, corpusFiles } from '../corpus/index.ts';
import { type BankTransaction, parseBytes } from '../messages/index.ts';
import type { MatchCustomer, MatchItem, MatchTransaction } from '../reconciliation/index.ts';

export interface BenchmarkInput {
  readonly transactions: readonly MatchTransaction[];
  /** Ids count from 1 in this order. */
  readonly items: readonly MatchItem[];
  readonly customers: readonly MatchCustomer[];
  /** Transaction id → the bank's reference, by which the truth is known. */
  readonly bankReferences: ReadonlyMap<bigint, string>;
}

/** Writes the corpus as bank messages and reads them again. */
export function benchmarkInput(corpus: Corpus): BenchmarkInput {
  const transactions: MatchTransaction[] = [];
  const bankReferences = new Map<bigint, string>();
  for (const { name, content } of corpusFiles(corpus)) {
    for (const event of parseBytes(Buffer.from(content), name)) {
      if (event.kind !== 'transactions') continue;
      for (const read of event.transactions) {
        const id = BigInt(transactions.length + 1);
        transactions.push(toMatch(id, read));
        bankReferences.set(id, read.accountServicerReference!);
      }
    }
  }
  const items = corpus.items.map(
    ({ number, reference, ...item }, at): MatchItem => ({
      ...item,
      id: BigInt(at + 1),
      invoiceNumber: number,
      availableMinor: item.amountMinor,
      ...(reference === undefined ? {} : { structuredReference: reference }),
    }),
  );
  return { transactions, items, customers: corpus.customers, bankReferences };
}

function toMatch(id: bigint, read: BankTransaction): MatchTransaction {
  const { index: _index, entryIndex: _entry, position: _position, status: _status, ...said } = read;
  return { ...said, id };
}
