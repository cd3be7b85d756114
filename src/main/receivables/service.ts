/** The room's shell: customers, what they owe, and the settling of it. */
import { formatAmount } from '../../contract/money.ts';
import type { OpenItem } from '../../contract/receivables.ts';
import {
  addDays,
  CountersignError,
  dateOfMs,
  daysBetween,
  type FoundText,
  type IsoDate,
  yieldToLoop,
} from '../base/index.ts';
import type { FileTaking, Page } from '../statements/index.ts';
import { type AgeBucket, ageBucket, bucketDays, itemState, percentText } from './ageing.ts';
import type { ReceivablesContext, ReceivablesOptions } from './context.ts';
import { discardList } from './discarding.ts';
import { customerContent, openCustomerText, openReference, openReferences } from './opened.ts';
import { allCustomers, findCustomers, findItems, itemChunks } from './scanning.ts';
import { type CustomerSealed, sealedOfCustomer } from './sealed-of-customer.ts';
import { type CustomerRow, createReceivablesStore, type ItemFilter, type OpenItemRow } from './store.ts';
import { createListTaking, IBAN_INDEX, type ListTakingOptions } from './taking.ts';
import type {
  AgeingFigure,
  Customer,
  CustomerForMatching,
  CustomerQuery,
  OpenItemForMatching,
  OpenItemQuery,
} from './values.ts';

/** Items that the law check looks at before the event loop gets a turn. */
const CHECKED_ROWS = 2_000;
const MOST_FINDINGS = 50;

const parseId = (text: string): bigint | undefined => (/^\d{1,18}$/.test(text) ? BigInt(text) : undefined);

/** A page of a list, and how many rows its text was looked for in; null where it was every row. */
type FilteredPage<T> = Page<T> & { readonly lookedThrough: number | null };

export interface Receivables {
  /** Begins to take a list in; intake drives it. */
  take(options: ListTakingOptions): FileTaking;
  /** Takes away what an import wrote that does not count; each step is a transaction of its own. */
  discard(importId: bigint): Generator<void, void, void>;
  /** A text is looked for in what the index found, else in a bounded number of rows. */
  customers(query: CustomerQuery, found?: FoundText): FilteredPage<Customer>;
  openItems(query: OpenItemQuery, found?: FoundText): FilteredPage<OpenItem>;
  /** Ids of the items whose number holds the text, which is in lower case. */
  itemsNumbered(text: string): bigint[];
  /** Errors: OPEN_ITEM_UNKNOWN. */
  openItem(id: string): OpenItem;
  /** By invoice number. Errors: OPEN_ITEM_UNKNOWN. */
  openItemByNumber(invoiceNumber: string): OpenItemForMatching;
  /** Errors: OPEN_ITEM_UNKNOWN. */
  openItemForMatching(id: bigint): OpenItemForMatching;
  /** What remains of an item; nothing sealed is opened. Errors: OPEN_ITEM_UNKNOWN. */
  openMinorOf(id: bigint): bigint;
  /** The number an item is known by outside. Errors: OPEN_ITEM_UNKNOWN. */
  invoiceNumberOf(id: bigint): string;
  /** How many lists count. What is known of customers changes with them, or is erased. */
  listCount(): number;
  /** Items of lists that count, in ascending ids; those fully paid only where asked for. */
  openItemsForMatching(query?: {
    readonly afterId?: bigint;
    readonly withPaid?: boolean;
  }): Generator<OpenItemForMatching, void, void>;
  customersForMatching(): Generator<CustomerForMatching, void, void>;
  /** Errors: CUSTOMER_UNKNOWN. */
  customer(id: string): Customer;
  /** Whether what was sealed of a customer is gone. By its row id. */
  isErased(id: bigint): boolean;
  /** Everything sealed of a customer: what every list said of them, and the references of their items. */
  sealedOfCustomer(id: bigint): CustomerSealed;
  /** Whether there is a customer under the number that the ERP gave it. */
  knowsCustomer(customerId: string): boolean;
  /** Customers that have this IBAN (without spaces), by the blind index. */
  customersByIban(iban: string): bigint[];
  /**
   * Settles `deltaMinor` of an item (a negative delta takes a settlement back), for invoices and
   * credit notes alike in the item's own sense: what remains falls by it. In the caller's vault
   * transaction, which writes the audit record. Errors: OPEN_ITEM_UNKNOWN, MATCH_OVER_ALLOCATED.
   */
  settle(openItemId: bigint, deltaMinor: bigint, matchId: string): void;
  /** Hears, in the transaction, of each item that is settled or opened again, and what remains of it. */
  onSettled(listener: (openItemId: bigint, openMinor: bigint) => void): void;
  ageing(today?: IsoDate): AgeingFigure[];
  /** The law check: what remains of each item is its amount less its settlements. */
  verifyItems(): Promise<{ readonly ok: boolean; readonly examined: number; readonly findings: string[] }>;
}

/** Opens the room on a vault. */
export function createReceivables(options: ReceivablesOptions): Receivables {
  const store = createReceivablesStore(options.vault.db);
  const context: ReceivablesContext = { ...options, store };
  const { vault, sealing, runtime } = options;

  const contentOf = (row: CustomerRow) => customerContent(context, row);
  const today = () => dateOfMs(runtime.nowMs());
  const listeners: ((openItemId: bigint, openMinor: bigint) => void)[] = [];

  function nameReader(): (customer: bigint) => string {
    const names = new Map<bigint, string>();
    return (customer) => {
      let name = names.get(customer);
      if (name === undefined) {
        const row = store.customerById(customer);
        name = row === undefined ? '' : contentOf(row).name;
        names.set(customer, name);
      }
      return name;
    };
  }

  function toItem(row: OpenItemRow, nameOf: (customer: bigint) => string, on: IsoDate): OpenItem {
    return {
      id: row.id.toString(),
      invoiceNumber: row.invoiceNumber,
      customerId: row.customerId,
      customerName: nameOf(row.customer),
      kind: row.kind,
      issuedOn: row.issuedOn,
      dueOn: row.dueOn,
      currency: row.currency,
      amountMinor: row.amountMinor,
      openMinor: row.openMinor,
      structuredReference: openReference(context, row),
      discountPercent: row.discountPpm === null ? null : percentText(row.discountPpm),
      discountUntil: row.discountUntil,
      state: itemState(row.amountMinor, row.openMinor),
      ageDays: daysBetween(row.dueOn, on),
    };
  }

  function toMatching(
    row: OpenItemRow,
    structuredReference = openReference(context, row),
  ): OpenItemForMatching {
    const { sealedId: _sealed, entryId: _entry, ...item } = row;
    return { ...item, structuredReference };
  }

  function toCustomer(row: CustomerRow): Customer {
    const { name, ibans, aliases } = contentOf(row);
    return {
      id: row.id.toString(),
      customerId: row.customerId,
      name,
      country: row.country,
      ibans: [...ibans],
      aliases: [...aliases],
      openMinor: store
        .openSumsOf(row.id)
        .map(({ currency, openMinor }) => ({ currency, amountMinor: openMinor })),
    };
  }

  function found<T>(row: T | undefined): T {
    if (row === undefined)
      throw new CountersignError('OPEN_ITEM_UNKNOWN', 'There is no open item under that number.');
    return row;
  }

  const known = (id: bigint | undefined): OpenItemRow => found(id === undefined ? undefined : store.item(id));

  function filterOf(
    { customerId, state, bucket }: OpenItemQuery,
    ids: readonly bigint[] | null,
    on: IsoDate,
  ): ItemFilter {
    const days = bucket === undefined ? { from: null, to: null } : bucketDays[bucket];
    return {
      // No row has the id 0: a customer that is not known has no items.
      customer: customerId === undefined ? null : (store.customerRowId(customerId) ?? 0n),
      state: state ?? null,
      // The more days an item is overdue, the earlier it was due.
      dueFrom: days.to === null ? null : addDays(on, -days.to),
      dueTo: days.from === null ? null : addDays(on, -days.from),
      onlyOpen: bucket !== undefined,
      ids,
    };
  }

  return {
    take: (taking) => createListTaking(context, taking),
    discard: (importId) => discardList(context, importId),
    customers({ limit, cursor, text }, indexed) {
      const wanted = text?.trim() ?? '';
      const found = wanted === '' ? null : (indexed ?? findCustomers(context, wanted));
      const ids = found?.ids ?? null;
      const rows = store.customersAfter(cursor ?? '', ids, limit + 1);
      return {
        rows: rows.slice(0, limit).map(toCustomer),
        nextCursor: rows.length > limit ? rows[limit - 1]!.customerId : null,
        total: ids === null ? Number(store.customerCount()) : ids.length,
        lookedThrough: found?.lookedThrough ?? null,
      };
    },
    openItems(query, indexed) {
      const { limit, cursor } = query;
      const wanted = query.text?.trim() ?? '';
      const found = wanted === '' ? null : (indexed ?? findItems(context, wanted));
      const on = today();
      const filter = filterOf(query, found?.ids ?? null, on);
      const parts = /^(\d{4}-\d{2}-\d{2}) (\d{1,18})$/.exec(cursor ?? '');
      const after = parts ? { dueOn: parts[1]!, id: BigInt(parts[2]!) } : { dueOn: '', id: 0n };
      const rows = store.items(filter, after, limit + 1);
      const nameOf = nameReader();
      const last = rows[limit - 1];
      return {
        rows: rows.slice(0, limit).map((row) => toItem(row, nameOf, on)),
        nextCursor: rows.length > limit && last ? `${last.dueOn} ${last.id}` : null,
        // The count costs more than the page, so only the first page carries it.
        total: cursor === undefined ? Number(store.itemCount(filter)) : null,
        lookedThrough: found?.lookedThrough ?? null,
      };
    },
    itemsNumbered: (text) => store.itemsNumbered(text),
    openItem: (id) => toItem(known(parseId(id)), nameReader(), today()),
    openItemByNumber: (invoiceNumber) => toMatching(known(store.itemByNumber(invoiceNumber)?.id)),
    openItemForMatching: (id) => toMatching(known(id)),
    openMinorOf: (id) => found(store.standing(id)).openMinor,
    invoiceNumberOf: (id) => found(store.standing(id)).invoiceNumber,
    listCount: () => store.listCount(),
    *openItemsForMatching({ afterId = 0n, withPaid = false } = {}) {
      for (const rows of itemChunks(context, withPaid, afterId)) {
        const references = openReferences(context, rows);
        for (const [at, row] of rows.entries()) yield toMatching(row, references[at]!);
      }
    },
    *customersForMatching() {
      for (const row of allCustomers(context)) {
        const { id, customerId, country } = row;
        yield { id, customerId, country, ...contentOf(row) };
      }
    },
    customer(id) {
      const number = parseId(id);
      const row = number === undefined ? undefined : store.customerById(number);
      if (row === undefined)
        throw new CountersignError('CUSTOMER_UNKNOWN', 'There is no customer under that id.');
      return toCustomer(row);
    },
    isErased(id) {
      const row = store.customerById(id);
      return row === undefined || openCustomerText(context, row) === null;
    },
    sealedOfCustomer: (id) => sealedOfCustomer(context, id),
    knowsCustomer: (customerId) => store.customerRowId(customerId) !== undefined,
    customersByIban(iban) {
      const sealedIds = vault.transaction(() =>
        sealing.findByTag(IBAN_INDEX, sealing.blindTag(IBAN_INDEX, iban)),
      );
      return sealedIds.length === 0 ? [] : store.customersByIbanValues(sealedIds);
    },
    settle(openItemId, deltaMinor, matchId) {
      const row = found(store.standing(openItemId));
      const leftMinor = row.openMinor - deltaMinor;
      if (leftMinor < 0n || leftMinor > row.amountMinor) {
        throw new CountersignError(
          'MATCH_OVER_ALLOCATED',
          'More would be allocated to an open item than remains of it.',
          {
            invoiceNumber: row.invoiceNumber,
            expected: `at most ${formatAmount(row.openMinor, row.currency)} ${row.currency}`,
            actual: `${formatAmount(deltaMinor, row.currency)} ${row.currency}`,
          },
        );
      }
      if (deltaMinor === 0n) return;
      store.settle(openItemId, deltaMinor, matchId);
      for (const listener of listeners) listener(openItemId, leftMinor);
    },
    onSettled: (listener) => {
      listeners.push(listener);
    },
    ageing(on = today()) {
      const figures = new Map<
        string,
        { bucket: AgeBucket; currency: string; count: number; amountMinor: bigint }
      >();
      for (const row of store.ageing()) {
        const bucket = ageBucket(row.dueOn, on);
        const key = `${bucket} ${row.currency}`;
        const figure = figures.get(key) ?? { bucket, currency: row.currency, count: 0, amountMinor: 0n };
        figure.count += Number(row.items);
        figure.amountMinor += row.kind === 'invoice' ? row.openMinor : -row.openMinor;
        figures.set(key, figure);
      }
      return [...figures.values()];
    },
    async verifyItems() {
      const findings: string[] = [];
      let examined = 0;
      let after = 0n;
      for (;;) {
        const rows = store.checkItems(after, CHECKED_ROWS);
        for (const { id, isWrong } of rows) {
          examined += 1;
          if (isWrong === 0n || findings.length >= MOST_FINDINGS) continue;
          findings.push(`Open item ${id}: what remains is not its amount less its settlements.`);
        }
        if (rows.length < CHECKED_ROWS) return { ok: findings.length === 0, examined, findings };
        after = rows.at(-1)!.id;
        await yieldToLoop();
      }
    },
  };
}
