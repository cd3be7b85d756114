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

/** Items by ascending ids from the one after `afterId` on, some at a time; paid ones only where asked for. */
export function* itemChunks(
  { store }: Pick<Scanned, 'store'>,
  withPaid: boolean,
  afterId = 0n,
): Generator<readonly OpenItemRow[], void, void> {
  let after = afterId;
  for (;;) {
    const rows = store.itemsAfter(after, withPaid, CHUNK_ROWS);
    yield rows;
    if (rows.length < CHUNK_ROWS) return;
    after = rows.at(-1)!.id;
  }
}

function* allItems(context: Scanned): Generator<OpenItemRow, void, void> {
  for (const rows of itemChunks(context, true)) yield* rows;
}

/** The first rows of a list in which a text is found. */
interface Scan {
  readonly ids: bigint[];
  /** How many rows were looked through, where there are more. */
  readonly lookedThrough: number | null;
}

/** Looks through the rows up to the bound. */
function scan<T extends { readonly id: bigint }>(rows: Iterable<T>, holds: (row: T) => boolean): Scan {
  const ids: bigint[] = [];
  let looked = 0;
  for (const row of rows) {
    if (looked === MOST_SCANNED) return { ids, lookedThrough: looked };
    looked += 1;
    if (holds(row)) ids.push(row.id);
  }
  return { ids, lookedThrough: null };
}

/** Row ids of the customers whose id, name, alias or IBAN holds the text. */
export function findCustomers(context: Scanned, text: string): Scan {
  const wanted = text.toLowerCase();
  const compact = wanted.replace(/\s+/g, '');
  return scan(allCustomers(context), (row) => {
    const { name, aliases, ibans } = customerContent(context, row);
    return (
      row.customerId.toLowerCase().includes(wanted) ||
      [name, ...aliases].some((value) => value.toLowerCase().includes(wanted)) ||
      ibans.some((iban) => iban.toLowerCase().includes(compact))
    );
  });
}

/** Row ids of the items whose number, reference or customer holds the text. */
export function findItems(context: Scanned, text: string): Scan {
  const wanted = text.toLowerCase();
  const compact = wanted.replace(/\s+/g, '');
  const found = findCustomers(context, text);
  const customers = new Set(found.ids);
  const items = scan(
    allItems(context),
    (row) =>
      customers.has(row.customer) ||
      row.invoiceNumber.toLowerCase().includes(wanted) ||
      (openReference(context, row)?.toLowerCase().includes(compact) ?? false),
  );
  return { ids: items.ids, lookedThrough: items.lookedThrough ?? found.lookedThrough };
}
