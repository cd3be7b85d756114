/** Reads all rows of the room, and finds text in opened values where no search index is at hand. */
import type { ReceivablesContext } from './context.ts';
import { customerContent, openReference } from './opened.ts';
import type { CustomerRow, OpenItemRow } from './store.ts';

const CHUNK_ROWS = 500;
/** Rows that a text filter opens at most, so that it answers in time. */
const MOST_SCANNED = 20_000;

type Scanned = Pick<ReceivablesContext, 'store' | 'sealing'>;

/** All customers by their customer_id. */
export function* allCustomers({ store }: Scanned): Generator<CustomerRow, void, void> {
  let after = '';
  for (;;) {
    const rows = store.customersAfter(after, null, CHUNK_ROWS);
    yield* rows;
    if (rows.length < CHUNK_ROWS) return;
    after = rows.at(-1)!.customerId;
  }
}

/** Items by ascending ids from the one after `afterId` on; paid ones only where asked for. */
export function* allItems(
  { store }: Scanned,
  withPaid: boolean,
  afterId = 0n,
): Generator<OpenItemRow, void, void> {
  let after = afterId;
  for (;;) {
    const rows = store.itemsAfter(after, withPaid, CHUNK_ROWS);
    yield* rows;
    if (rows.length < CHUNK_ROWS) return;
    after = rows.at(-1)!.id;
  }
}

function* atMost<T>(rows: Iterable<T>, count: number): Generator<T, void, void> {
  let left = count;
  for (const row of rows) {
    if (left <= 0) return;
    left -= 1;
    yield row;
  }
}

/** Row ids of the customers whose id, name, alias or IBAN holds the text. */
export function findCustomers(context: Scanned, text: string): bigint[] {
  const wanted = text.toLowerCase();
  const compact = wanted.replace(/\s+/g, '');
  const found: bigint[] = [];
  for (const row of atMost(allCustomers(context), MOST_SCANNED)) {
    const { name, aliases, ibans } = customerContent(context, row);
    const holds =
      row.customerId.toLowerCase().includes(wanted) ||
      [name, ...aliases].some((value) => value.toLowerCase().includes(wanted)) ||
      ibans.some((iban) => iban.toLowerCase().includes(compact));
    if (holds) found.push(row.id);
  }
  return found;
}

/** Row ids of the items whose number, reference or customer holds the text. */
export function findItems(context: Scanned, text: string): bigint[] {
  const wanted = text.toLowerCase();
  const compact = wanted.replace(/\s+/g, '');
  const customers = new Set(findCustomers(context, text));
  const found: bigint[] = [];
  for (const row of atMost(allItems(context, true), MOST_SCANNED)) {
    const holds =
      customers.has(row.customer) ||
      row.invoiceNumber.toLowerCase().includes(wanted) ||
      openReference(context, row)?.toLowerCase().includes(compact);
    if (holds) found.push(row.id);
  }
  return found;
}
