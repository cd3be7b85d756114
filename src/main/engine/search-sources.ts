import { formatAmount } from '../../contract/money.ts';
import { type FindText, yieldToLoop } from '../base/index.ts';
import type { Instant } from '../instant/index.ts';
import type { CustomerForMatching, OpenItemForMatching, Receivables } from '../receivables/index.ts';
import type { Search, SearchDocument, SearchSource } from '../search/index.ts';
import {
  counterpartyName,
  FEED_FROM,
  remittanceText,
  type Statements,
  type TransactionForMatching,
} from '../statements/index.ts';

/** Only so many of the newest bank transactions are indexed: memory is bounded. Lists say so where it counts. */
const MOST_TRANSACTIONS = 200_000n;

/** What the palette finds: customers, open items, bank transactions. */
export function searchSources(rooms: { receivables: Receivables; statements: Statements }): SearchSource[] {
  const { receivables, statements } = rooms;
  const names = new Map<bigint, string>();
  const accounts = new Map<bigint, string>();
  const accountOf = (bankAccountId: bigint): string | undefined => {
    if (!accounts.has(bankAccountId)) {
      for (const { id, number } of statements.bankAccounts()) accounts.set(BigInt(id), number);
    }
    return accounts.get(bankAccountId);
  };
  return [
    customersSource(receivables, names),
    pagedSource(
      (afterId) => receivables.openItemsForMatching({ afterId, withPaid: true }),
      (item) => openItemDocument(item, names.get(item.customer) ?? item.customerId),
    ),
    pagedSource(
      (afterId) => {
        const skipped = BigInt(statements.bookedTransactionCount()) - MOST_TRANSACTIONS;
        return statements.transactionsForMatching({ afterId: afterId > skipped ? afterId : skipped });
      },
      (transaction) => transactionDocument(transaction, accountOf(transaction.bankAccountId)),
    ),
    {
      newest: Number(MOST_TRANSACTIONS),
      ...pagedSource(
        (afterId, limit) => {
          const skipped = FEED_FROM + paymentCount(statements) - MOST_TRANSACTIONS;
          return statements.feedPayments(afterId > skipped ? afterId : skipped, limit);
        },
        (payment) => transactionDocument(payment, accountOf(payment.bankAccountId)),
      ),
    },
  ];
}

/** Payments that single messages ever told of: their ids follow each other. */
const paymentCount = ({ feed }: Statements): bigint => feed.nextId() - 1n - FEED_FROM;

/** Payments whose stand-ins are looked up in one turn of the loop. */
const SLICE = 1_000;

/** What the lists ask the index for: by the text of a payment also what stands in its place is found. */
export function findText(
  search: Search,
  { statements, instant }: { readonly statements: Statements; readonly instant: Pick<Instant, 'standIns'> },
): FindText {
  return async (kind, text) => {
    const found = await search.filter(text, kind);
    if (found === undefined) return undefined;
    if (kind !== 'bank-transaction') return { ids: found, lookedThrough: null };
    const all = new Set(found);
    const payments = found.filter((id) => id > FEED_FROM);
    for (let from = 0; from < payments.length; from += SLICE) {
      for (const id of instant.standIns(payments.slice(from, from + SLICE))) all.add(id);
      await yieldToLoop();
    }
    const ids = [...all];
    // Of more payments than that at least half as many are kept.
    if (paymentCount(statements) > MOST_TRANSACTIONS)
      return { ids, lookedThrough: Number(MOST_TRANSACTIONS / 2n) };
    const isPartial = BigInt(statements.bookedTransactionCount()) > MOST_TRANSACTIONS;
    return { ids, lookedThrough: isPartial ? Number(MOST_TRANSACTIONS) : null };
  };
}

/** Rows only ever grow, so what is new lies after the last id that was read. */
function pagedSource<T extends { readonly id: bigint }>(
  after: (afterId: bigint, limit: number) => Generator<T, void, void>,
  toDocument: (row: T) => SearchDocument,
): SearchSource {
  return {
    next: (cursor, limit) => {
      const documents: SearchDocument[] = [];
      let last = cursor;
      for (const row of after(cursor, limit)) {
        documents.push(toDocument(row));
        last = row.id;
        if (documents.length >= limit) break;
      }
      return { documents, cursor: last, isLast: documents.length < limit };
    },
  };
}

/**
 * Customers change in place, and only with a list that brings them: then a reading looks at all and hands on
 * those that differ. The cursor only says whether the reading goes on.
 */
function customersSource(receivables: Receivables, names: Map<bigint, string>): SearchSource {
  const known = new Map<bigint, string>();
  let reading: Generator<CustomerForMatching, void, void> | undefined;
  /** Lists that there were when the last reading began. */
  let lists = 0;
  return {
    forget() {
      known.clear();
      names.clear();
      reading = undefined;
      lists = 0;
    },
    next: (cursor, limit) => {
      if (reading === undefined) {
        const before = lists;
        lists = receivables.listCount();
        if (lists === before) return { documents: [], cursor };
        reading = receivables.customersForMatching();
      }
      const documents: SearchDocument[] = [];
      for (let looked = 0; looked < limit; looked += 1) {
        const { value: customer, done } = reading.next();
        if (done || !customer) {
          reading = undefined;
          return { documents, cursor };
        }
        const content = JSON.stringify([customer.name, customer.ibans, customer.aliases]);
        if (known.get(customer.id) === content) continue;
        known.set(customer.id, content);
        names.set(customer.id, customer.name);
        documents.push(customerDocument(customer));
      }
      return { documents, cursor: cursor + 1n };
    },
  };
}

function customerDocument(customer: CustomerForMatching): SearchDocument {
  return {
    kind: 'customer',
    id: customer.id.toString(),
    title: customer.name,
    subtitle: [customer.customerId, customer.country].filter(Boolean).join(' · '),
    text: customer.aliases.join(' '),
    accounts: customer.ibans,
  };
}

function openItemDocument(item: OpenItemForMatching, customerName: string): SearchDocument {
  const amount = formatAmount(item.amountMinor, item.currency);
  return {
    kind: 'open-item',
    id: item.id.toString(),
    title: item.invoiceNumber,
    subtitle: `${customerName} · ${amount} ${item.currency}`,
    text: `${item.customerId} ${item.structuredReference ?? ''}`,
    amounts: [amount, formatAmount(item.openMinor, item.currency)],
  };
}

function transactionDocument(
  transaction: TransactionForMatching,
  onAccount: string | undefined,
): SearchDocument {
  const { content } = transaction;
  const amount = formatAmount(transaction.amountMinor, transaction.currency);
  const parties = [content.debtor, content.creditor, content.ultimateDebtor, content.ultimateCreditor];
  const references = [
    content.endToEndId,
    content.accountServicerReference,
    content.uetr,
    content.transactionId,
  ];
  return {
    kind: 'bank-transaction',
    id: transaction.id.toString(),
    title: counterpartyName(content, transaction.direction) ?? transaction.bookingDate,
    subtitle: `${transaction.bookingDate} · ${transaction.direction === 'debit' ? '-' : ''}${amount} ${transaction.currency}`,
    text: [remittanceText(content.remittance), ...references, ...parties.map((party) => party?.name)]
      .filter(Boolean)
      .join(' '),
    accounts: parties.flatMap((party) => (party?.account ? [party.account.replace(/\s/g, '')] : [])),
    amounts: [amount],
    ...(onAccount === undefined ? {} : { onAccount: onAccount.replace(/\s/g, '') }),
  };
}
