/** The room's shell: customers, what they owe, and the settling of it. */
import type { z } from 'zod';
import { formatAmount } from '../../contract/money.ts';
import type { customer as customerSchema, OpenItem } from '../../contract/receivables.ts';
import {
  addDays,
  CountersignError,
  dateOfMs,
  daysBetween,
  type IsoDate,
  isCountersignError,
  type Runtime,
} from '../base/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { FileTaking, Page, PageRequest } from '../statements/index.ts';
import type { Vault } from '../vault/index.ts';
import { type AgeBucket, ageBucket, bucketDays, itemState, percentText } from './ageing.ts';
import type { CustomerContent } from './content.ts';
import {
  type CustomerRow,
  createReceivablesStore,
  type ItemFilter,
  type OpenItemRow,
  type ReceivablesStore,
} from './store.ts';
import { createListTaking, IBAN_INDEX, type ListTakingOptions, listLedgerUnit } from './taking.ts';

export type Customer = z.infer<typeof customerSchema>;

/** Finds rows by names and references; the engine hands the search room's index in. */
export interface ReceivablesTextSearch {
  /** Row ids of customers; `undefined` while the index is not ready. */
  customers(text: string): readonly bigint[] | undefined;
  openItems(text: string): readonly bigint[] | undefined;
}

export interface ReceivablesOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly ledger: Ledger;
  readonly runtime: Runtime;
  readonly textSearch?: ReceivablesTextSearch;
}

export interface ReceivablesContext extends ReceivablesOptions {
  readonly store: ReceivablesStore;
}

export interface CustomerQuery extends PageRequest {
  readonly text?: string | undefined;
}

export interface OpenItemQuery extends PageRequest {
  readonly text?: string | undefined;
  readonly customerId?: string | undefined;
  readonly state?: 'open' | 'part-paid' | 'paid' | undefined;
  readonly bucket?: AgeBucket | undefined;
}

/** An open item as matching needs it, opened. */
export interface OpenItemForMatching {
  readonly id: bigint;
  readonly invoiceNumber: string;
  /** Row id of the customer, as in `CustomerForMatching`. */
  readonly customer: bigint;
  readonly customerId: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly issuedOn: IsoDate;
  readonly dueOn: IsoDate;
  readonly currency: string;
  /** Positive for both kinds. */
  readonly amountMinor: bigint;
  /** What remains, positive for both kinds. */
  readonly openMinor: bigint;
  readonly structuredReference: string | null;
  /** Parts per million: 2.5 % is 25,000. */
  readonly discountPpm: bigint | null;
  readonly discountUntil: IsoDate | null;
}

export interface CustomerForMatching {
  readonly id: bigint;
  readonly customerId: string;
  readonly country: string | null;
  readonly name: string;
  readonly ibans: readonly string[];
  readonly aliases: readonly string[];
}

export interface AgeingFigure {
  readonly bucket: AgeBucket;
  readonly currency: string;
  readonly count: number;
  /** Invoices less credit notes. */
  readonly amountMinor: bigint;
}

export interface Receivables {
  /** Begins to take a list in; intake drives it. */
  take(options: ListTakingOptions): FileTaking;
  /** Takes away what an import wrote that does not count; each step is a transaction of its own. */
  discard(importId: bigint): Generator<void, void, void>;
  customers(query: CustomerQuery): Page<Customer>;
  openItems(query: OpenItemQuery): Page<OpenItem>;
  /** Errors: OPEN_ITEM_UNKNOWN. */
  openItem(id: string): OpenItem;
  /** By invoice number. Errors: OPEN_ITEM_UNKNOWN. */
  openItemByNumber(invoiceNumber: string): OpenItemForMatching;
  /** Errors: OPEN_ITEM_UNKNOWN. */
  openItemForMatching(id: bigint): OpenItemForMatching;
  /** Items of lists that count, in ascending ids; those fully paid only where asked for. */
  openItemsForMatching(query?: {
    readonly afterId?: bigint;
    readonly withPaid?: boolean;
  }): Generator<OpenItemForMatching, void, void>;
  customersForMatching(): Generator<CustomerForMatching, void, void>;
  /** Customers that have this IBAN (without spaces), by the blind index. */
  customersByIban(iban: string): bigint[];
  /**
   * Settles `deltaMinor` of an item (a negative delta takes a settlement back), for invoices and
   * credit notes alike in the item's own sense: what remains falls by it. In the caller's vault
   * transaction, which writes the audit record. Errors: OPEN_ITEM_UNKNOWN, MATCH_OVER_ALLOCATED.
   */
  settle(openItemId: bigint, deltaMinor: bigint, matchId: string): void;
  ageing(today?: IsoDate): AgeingFigure[];
  /** The law check: what remains of each item is its amount less its settlements. */
  verifyItems(): { readonly ok: boolean; readonly examined: number; readonly findings: string[] };
}

const CHUNK_ROWS = 500;
/** Rows that a text filter opens at most where no index is at hand. */
const MOST_SCANNED = 20_000;

/** The content of what may have been erased. */
function unlessErased<T>(open: () => T): T | null {
  try {
    return open();
  } catch (error) {
    if (isCountersignError(error, 'SEALED_VALUE_MISSING') || isCountersignError(error, 'SEALING_KEY_MISSING'))
      return null;
    throw error;
  }
}

/** The sealed text of a customer's version; null where it was erased. */
export function openCustomerText(
  { sealing }: Pick<ReceivablesContext, 'sealing'>,
  row: CustomerRow,
): string | null {
  const applicationId = row.versionId.toString();
  return unlessErased(() =>
    sealing.openText({ id: row.sealedId, table: 'customer_version', column: 'content', applicationId }),
  );
}

/** The structured reference of an item; null where it has none or it was erased. */
export function openReference(
  { sealing }: Pick<ReceivablesContext, 'sealing'>,
  row: OpenItemRow,
): string | null {
  const id = row.sealedId;
  if (id === null) return null;
  const applicationId = row.id.toString();
  return unlessErased(() =>
    sealing.openText({ id, table: 'open_item', column: 'structured_reference', applicationId }),
  );
}

const ERASED: CustomerContent = { name: 'erased', ibans: [], aliases: [] };

const parseId = (text: string): bigint | undefined => (/^\d{1,18}$/.test(text) ? BigInt(text) : undefined);

/** Opens the room on a vault. */
export function createReceivables(options: ReceivablesOptions): Receivables {
  const store = createReceivablesStore(options.vault.db);
  const context: ReceivablesContext = { ...options, store };
  const { vault, sealing, runtime, textSearch } = options;

  const contentOf = (row: CustomerRow): CustomerContent => {
    const text = openCustomerText(context, row);
    return text === null ? ERASED : (JSON.parse(text) as CustomerContent);
  };
  const today = () => dateOfMs(runtime.nowMs());

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

  function toMatching(row: OpenItemRow): OpenItemForMatching {
    const {
      id,
      invoiceNumber,
      customer,
      customerId,
      kind,
      issuedOn,
      dueOn,
      currency,
      amountMinor,
      openMinor,
      discountPpm,
      discountUntil,
    } = row;
    return {
      id,
      invoiceNumber,
      customer,
      customerId,
      kind,
      issuedOn,
      dueOn,
      currency,
      amountMinor,
      openMinor,
      structuredReference: openReference(context, row),
      discountPpm,
      discountUntil,
    };
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

  function* allCustomers(): Generator<CustomerRow, void, void> {
    let after = '';
    for (;;) {
      const rows = store.customersAfter(after, null, CHUNK_ROWS);
      yield* rows;
      if (rows.length < CHUNK_ROWS) return;
      after = rows.at(-1)!.customerId;
    }
  }

  /** Row ids of the customers whose id, name, alias or IBAN holds the text; a bounded scan. */
  function scanCustomers(text: string): bigint[] {
    const wanted = text.toLowerCase();
    const compact = wanted.replace(/\s+/g, '');
    const found: bigint[] = [];
    let scanned = 0;
    for (const row of allCustomers()) {
      scanned += 1;
      if (scanned > MOST_SCANNED) break;
      const { name, aliases, ibans } = contentOf(row);
      const holds =
        row.customerId.toLowerCase().includes(wanted) ||
        [name, ...aliases].some((value) => value.toLowerCase().includes(wanted)) ||
        ibans.some((iban) => iban.toLowerCase().includes(compact));
      if (holds) found.push(row.id);
    }
    return found;
  }

  function scanItems(text: string): bigint[] {
    const wanted = text.toLowerCase();
    const compact = wanted.replace(/\s+/g, '');
    const customers = new Set(scanCustomers(text));
    const found: bigint[] = [];
    let scanned = 0;
    for (const row of itemRows(true)) {
      scanned += 1;
      if (scanned > MOST_SCANNED) break;
      if (
        customers.has(row.customer) ||
        row.invoiceNumber.toLowerCase().includes(wanted) ||
        openReference(context, row)?.toLowerCase().includes(compact)
      ) {
        found.push(row.id);
      }
    }
    return found;
  }

  function* itemRows(withPaid: boolean, afterId = 0n): Generator<OpenItemRow, void, void> {
    let after = afterId;
    for (;;) {
      const rows = store.itemsAfter(after, withPaid, CHUNK_ROWS);
      yield* rows;
      if (rows.length < CHUNK_ROWS) return;
      after = rows.at(-1)!.id;
    }
  }

  function known(id: bigint | undefined): OpenItemRow {
    const row = id === undefined ? undefined : store.item(id);
    if (row === undefined)
      throw new CountersignError('OPEN_ITEM_UNKNOWN', 'There is no open item under that number.');
    return row;
  }

  function filterOf({ text, customerId, state, bucket }: OpenItemQuery, on: IsoDate): ItemFilter {
    const days = bucket === undefined ? { from: null, to: null } : bucketDays[bucket];
    return {
      customerId: customerId ?? null,
      state: state ?? null,
      // The more days an item is overdue, the earlier it was due.
      dueFrom: days.to === null ? null : addDays(on, -days.to),
      dueTo: days.from === null ? null : addDays(on, -days.from),
      onlyOpen: bucket !== undefined,
      ids:
        text === undefined || text.trim() === ''
          ? null
          : (textSearch?.openItems(text.trim()) ?? scanItems(text.trim())),
    };
  }

  return {
    take: (taking) => createListTaking(context, taking),
    discard: (importId) => discardList(context, importId),
    customers({ limit, cursor, text }) {
      const wanted = text?.trim() ?? '';
      const ids = wanted === '' ? null : (textSearch?.customers(wanted) ?? scanCustomers(wanted));
      const rows = store.customersAfter(cursor ?? '', ids, limit + 1);
      return {
        rows: rows.slice(0, limit).map(toCustomer),
        nextCursor: rows.length > limit ? rows[limit - 1]!.customerId : null,
        total: ids === null ? Number(store.customerCount()) : ids.length,
      };
    },
    openItems(query) {
      const { limit, cursor } = query;
      const on = today();
      const filter = filterOf(query, on);
      const parts = /^(\d{4}-\d{2}-\d{2}) (\d{1,18})$/.exec(cursor ?? '');
      const after = parts ? { dueOn: parts[1]!, id: BigInt(parts[2]!) } : { dueOn: '', id: 0n };
      const rows = store.items(filter, after, limit + 1);
      const nameOf = nameReader();
      const last = rows[limit - 1];
      return {
        rows: rows.slice(0, limit).map((row) => toItem(row, nameOf, on)),
        nextCursor: rows.length > limit && last ? `${last.dueOn} ${last.id}` : null,
        total: Number(store.itemCount(filter)),
      };
    },
    openItem: (id) => toItem(known(parseId(id)), nameReader(), today()),
    openItemByNumber: (invoiceNumber) => toMatching(known(store.itemByNumber(invoiceNumber)?.id)),
    openItemForMatching: (id) => toMatching(known(id)),
    *openItemsForMatching({ afterId = 0n, withPaid = false } = {}) {
      for (const row of itemRows(withPaid, afterId)) yield toMatching(row);
    },
    *customersForMatching() {
      for (const row of allCustomers()) {
        const { id, customerId, country } = row;
        yield { id, customerId, country, ...contentOf(row) };
      }
    },
    customersByIban(iban) {
      const sealedIds = vault.transaction(() =>
        sealing.findByTag(IBAN_INDEX, sealing.blindTag(IBAN_INDEX, iban)),
      );
      return sealedIds.length === 0 ? [] : store.customersByIbanValues(sealedIds);
    },
    settle(openItemId, deltaMinor, matchId) {
      const row = known(openItemId);
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
      if (deltaMinor !== 0n) store.settle(openItemId, deltaMinor, matchId);
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
    verifyItems() {
      const findings = store
        .itemsWithWrongCache()
        .map((id) => `Open item ${id}: what remains is not its amount less its settlements.`);
      return { ok: findings.length === 0, examined: Number(store.allItemCount()), findings };
    },
  };
}

function* discardList(
  { store, vault, sealing, ledger }: ReceivablesContext,
  importId: bigint,
): Generator<void, void, void> {
  if (!store.isUnpublished(importId)) return;
  while (ledger.discardBatch(listLedgerUnit(importId))) yield;
  for (let items = store.stagedItems(importId); items.length > 0; items = store.stagedItems(importId)) {
    vault.transaction(() => {
      for (const { sealedId } of items) if (sealedId !== null) sealing.erase(sealedId);
      store.deleteStagedItems(importId, items.at(-1)!.id);
    });
    yield;
  }
  for (
    let versions = store.stagedVersions(importId);
    versions.length > 0;
    versions = store.stagedVersions(importId)
  ) {
    vault.transaction(() => {
      for (const { id, sealedId } of versions) {
        for (const iban of store.ibansOfVersion(id)) sealing.erase(iban);
        sealing.erase(sealedId);
        store.deleteVersion(id);
      }
    });
    yield;
  }
  vault.transaction(() => store.deleteList(importId));
}
