/** The tables of the room: every line of SQL it speaks. */

import type { Statement } from 'better-sqlite3';
import type { IsoDate } from '../base/index.ts';
import type { Connection } from '../vault/index.ts';

/** A customer with the version that holds. */
export interface CustomerRow {
  readonly id: bigint;
  readonly customerId: string;
  readonly versionId: bigint;
  readonly country: string | null;
  readonly sealedId: bigint;
}

export interface OpenItemRow {
  readonly id: bigint;
  readonly invoiceNumber: string;
  readonly customer: bigint;
  readonly customerId: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly issuedOn: IsoDate;
  readonly dueOn: IsoDate;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly openMinor: bigint;
  readonly discountPpm: bigint | null;
  readonly discountUntil: IsoDate | null;
  readonly sealedId: bigint | null;
  readonly entryId: Buffer;
}

export type ItemStanding = Pick<OpenItemRow, 'invoiceNumber' | 'currency' | 'amountMinor' | 'openMinor'>;

export interface ItemFilter {
  /** Row id of the customer. */
  readonly customer: bigint | null;
  readonly state: 'open' | 'part-paid' | 'paid' | null;
  /** Due dates of the wanted bucket, both included. */
  readonly dueFrom: IsoDate | null;
  readonly dueTo: IsoDate | null;
  /** Only items with something left. */
  readonly onlyOpen: boolean;
  /** Ids that a text search found; null where there was none. */
  readonly ids: readonly bigint[] | null;
}

export interface AgeingRow {
  readonly dueOn: IsoDate;
  readonly currency: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly items: bigint;
  readonly openMinor: bigint;
}

const CUSTOMER_SOURCE = `customer c
  JOIN customer_version v ON v.id = (
    SELECT max(n.id) FROM customer_version n
    JOIN receivables_list l ON l.id = n.list_id AND l.record IS NOT NULL WHERE n.customer = c.id)`;
const CUSTOMER_COLUMNS =
  'c.id, c.customer_id AS customerId, v.id AS versionId, v.country, v.sealed_id AS sealedId';

const ITEM_COLUMNS = `i.id, i.invoice_number AS invoiceNumber, i.customer, c.customer_id AS customerId, i.kind,
  i.issued_on AS issuedOn, i.due_on AS dueOn, i.currency, i.amount_minor AS amountMinor,
  i.open_minor AS openMinor, i.discount_ppm AS discountPpm, i.discount_until AS discountUntil,
  i.sealed_id AS sealedId, i.entry_id AS entryId`;
/** Items of lists that count. */
const ITEM_SOURCE = `open_item i JOIN customer c ON c.id = i.customer
  JOIN receivables_list l ON l.id = i.list_id AND l.record IS NOT NULL`;

/** The condition of a filter: only what it asks for stands in it, so that the indexes can be used. */
function conditionOf(filter: ItemFilter): { sql: string; parameters: Record<string, string | bigint> } {
  const parts = ['1'];
  const parameters: Record<string, string | bigint> = {};
  const add = (sql: string, name?: string, value?: string | bigint) => {
    parts.push(sql);
    if (name !== undefined) parameters[name] = value!;
  };
  if (filter.customer !== null) add('i.customer = :customer', 'customer', filter.customer);
  if (filter.state === 'paid') add('i.open_minor < i.amount_minor AND i.open_minor = 0');
  if (filter.state === 'open') add('i.open_minor = i.amount_minor');
  if (filter.state === 'part-paid') add('i.open_minor < i.amount_minor AND i.open_minor > 0');
  if (filter.dueFrom !== null) add('i.due_on >= :dueFrom', 'dueFrom', filter.dueFrom);
  if (filter.dueTo !== null) add('i.due_on <= :dueTo', 'dueTo', filter.dueTo);
  if (filter.onlyOpen) add('i.open_minor > 0');
  if (filter.ids !== null)
    add('i.id IN (SELECT value FROM json_each(:ids))', 'ids', `[${filter.ids.join(',')}]`);
  return { sql: parts.join(' AND '), parameters };
}

export type ReceivablesStore = ReturnType<typeof createReceivablesStore>;

/** Prepares the statements of the room on the engine's connection. */
export function createReceivablesStore(db: Connection) {
  return { ...listQueries(db), ...customerQueries(db), ...itemQueries(db) };
}

function listQueries(db: Connection) {
  const insert = db.prepare('INSERT OR IGNORE INTO receivables_list (id, kind) VALUES (?, ?)');
  const publish = db.prepare('UPDATE receivables_list SET record = ? WHERE id = ?');
  const unpublished = db.prepare<[bigint], { id: bigint }>(
    'SELECT id FROM receivables_list WHERE id = ? AND record IS NULL',
  );
  const remove = db.prepare('DELETE FROM receivables_list WHERE id = ?');
  const count = db
    .prepare<[], number>('SELECT count(*) FROM receivables_list WHERE record IS NOT NULL')
    .pluck()
    .safeIntegers(false);
  const stagedItems = db.prepare<[bigint], { id: bigint; sealedId: bigint | null }>(
    'SELECT id, sealed_id AS sealedId FROM open_item WHERE list_id = ? ORDER BY id LIMIT 1000',
  );
  const deleteItems = db.prepare('DELETE FROM open_item WHERE list_id = ? AND id <= ?');
  const stagedVersions = db.prepare<[bigint], { id: bigint; sealedId: bigint }>(
    'SELECT id, sealed_id AS sealedId FROM customer_version WHERE list_id = ? ORDER BY id LIMIT 500',
  );
  const versionIbans = db.prepare<[bigint], { sealedId: bigint }>(
    'SELECT sealed_id AS sealedId FROM customer_iban WHERE version_id = ?',
  );
  const deleteIbans = db.prepare('DELETE FROM customer_iban WHERE version_id = ?');
  const deleteVersion = db.prepare('DELETE FROM customer_version WHERE id = ?');
  const deleteCustomers = db.prepare('DELETE FROM customer WHERE list_id = ?');
  return {
    beginList: (id: bigint, kind: 'customers' | 'invoices') => {
      insert.run(id, kind);
    },
    publishList: (id: bigint, record: bigint) => {
      publish.run(record, id);
    },
    isUnpublished: (id: bigint) => unpublished.get(id) !== undefined,
    /** Lists that count. */
    listCount: () => count.get()!,
    stagedItems: (listId: bigint) => stagedItems.all(listId),
    deleteStagedItems: (listId: bigint, throughId: bigint) => {
      deleteItems.run(listId, throughId);
    },
    stagedVersions: (listId: bigint) => stagedVersions.all(listId),
    ibansOfVersion: (versionId: bigint) => versionIbans.all(versionId).map(({ sealedId }) => sealedId),
    deleteVersion: (versionId: bigint) => {
      deleteIbans.run(versionId);
      deleteVersion.run(versionId);
    },
    deleteList: (id: bigint) => {
      deleteCustomers.run(id);
      remove.run(id);
    },
  };
}

function customerQueries(db: Connection) {
  const insertCustomer = db.prepare('INSERT INTO customer (customer_id, list_id) VALUES (?, ?)');
  const anyId = db.prepare<[string], { id: bigint }>('SELECT id FROM customer WHERE customer_id = ?');
  const lastVersion = db.prepare<[], { id: bigint }>(
    'SELECT coalesce(max(id), 0) AS id FROM customer_version',
  );
  const insertVersion = db.prepare(
    'INSERT INTO customer_version (id, customer, list_id, country, sealed_id) VALUES (?, ?, ?, ?, ?)',
  );
  const insertIban = db.prepare('INSERT INTO customer_iban (sealed_id, version_id) VALUES (?, ?)');
  const byCustomerId = db.prepare<[string], CustomerRow>(
    `SELECT ${CUSTOMER_COLUMNS} FROM ${CUSTOMER_SOURCE} WHERE c.customer_id = ?`,
  );
  const byId = db.prepare<[bigint], CustomerRow>(
    `SELECT ${CUSTOMER_COLUMNS} FROM ${CUSTOMER_SOURCE} WHERE c.id = ?`,
  );
  const after = db.prepare<{ after: string; ids: string | null; limit: bigint }, CustomerRow>(
    `SELECT ${CUSTOMER_COLUMNS} FROM ${CUSTOMER_SOURCE}
     WHERE c.customer_id > :after AND (:ids IS NULL OR c.id IN (SELECT value FROM json_each(:ids)))
     ORDER BY c.customer_id LIMIT :limit`,
  );
  const count = db.prepare<[], { count: bigint }>(`SELECT count(*) AS count FROM ${CUSTOMER_SOURCE}`);
  const byIbanSealed = db.prepare<[string], { id: bigint }>(
    `SELECT c.id FROM ${CUSTOMER_SOURCE} WHERE v.id IN (
       SELECT b.version_id FROM customer_iban b WHERE b.sealed_id IN (SELECT value FROM json_each(?)))`,
  );
  const versions = db.prepare<[bigint], { id: bigint; sealedId: bigint }>(
    'SELECT id, sealed_id AS sealedId FROM customer_version WHERE customer = ? ORDER BY id',
  );
  const referencesOf = db.prepare<[bigint], { id: bigint; sealedId: bigint }>(
    `SELECT id, sealed_id AS sealedId FROM open_item WHERE customer = ? AND sealed_id IS NOT NULL ORDER BY id`,
  );
  const openSums = db.prepare<[bigint], { currency: string; openMinor: bigint }>(
    `SELECT i.currency, sum(CASE i.kind WHEN 'invoice' THEN i.open_minor ELSE -i.open_minor END) AS openMinor
     FROM ${ITEM_SOURCE} WHERE i.customer = ? AND i.open_minor > 0 GROUP BY i.currency ORDER BY i.currency`,
  );
  return {
    insertCustomer: (customerId: string, listId: bigint) =>
      BigInt(insertCustomer.run(customerId, listId).lastInsertRowid),
    /** The row of a customer, whether it counts yet or not. */
    customerRowId: (customerId: string) => anyId.get(customerId)?.id,
    lastVersionId: () => lastVersion.get()!.id,
    insertVersion: (row: {
      id: bigint;
      customer: bigint;
      listId: bigint;
      country: string | null;
      sealedId: bigint;
    }) => {
      insertVersion.run(row.id, row.customer, row.listId, row.country, row.sealedId);
    },
    insertIban: (sealedId: bigint, versionId: bigint) => {
      insertIban.run(sealedId, versionId);
    },
    customerByCustomerId: (customerId: string) => byCustomerId.get(customerId),
    customerById: (id: bigint) => byId.get(id),
    customersAfter: (afterCustomerId: string, ids: readonly bigint[] | null, limit: number) =>
      after.all({
        after: afterCustomerId,
        ids: ids === null ? null : `[${ids.join(',')}]`,
        limit: BigInt(limit),
      }),
    customerCount: () => count.get()!.count,
    customersByIbanValues: (sealedIds: readonly bigint[]) =>
      byIbanSealed.all(`[${sealedIds.join(',')}]`).map(({ id }) => id),
    /** Every version of a customer, whether its list counts yet or not. */
    versionsOf: (customer: bigint) => versions.all(customer),
    referencesOf: (customer: bigint) => referencesOf.all(customer),
    openSumsOf: (customer: bigint) => openSums.all(customer),
  };
}

function itemQueries(db: Connection) {
  const lastId = db.prepare<[], { id: bigint }>('SELECT coalesce(max(id), 0) AS id FROM open_item');
  const insert = db.prepare(
    `INSERT INTO open_item (id, invoice_number, customer, list_id, kind, issued_on, due_on, currency, amount_minor,
       open_minor, discount_ppm, discount_until, sealed_id, entry_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byNumber = db.prepare<[string], OpenItemRow>(
    `SELECT ${ITEM_COLUMNS} FROM open_item i JOIN customer c ON c.id = i.customer WHERE i.invoice_number = ?`,
  );
  const byId = db.prepare<[bigint], OpenItemRow>(`SELECT ${ITEM_COLUMNS} FROM ${ITEM_SOURCE} WHERE i.id = ?`);
  const standing = db.prepare<[bigint], ItemStanding>(
    `SELECT i.invoice_number AS invoiceNumber, i.currency, i.amount_minor AS amountMinor, i.open_minor AS openMinor
     FROM open_item i JOIN receivables_list l ON l.id = i.list_id AND l.record IS NOT NULL WHERE i.id = ?`,
  );
  const prepared = new Map<string, Statement>();
  const prepareOnce = (sql: string) => {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      statement = db.prepare(sql);
      prepared.set(sql, statement);
    }
    return statement;
  };
  const afterId = db.prepare<[bigint, bigint, bigint], OpenItemRow>(
    `SELECT ${ITEM_COLUMNS} FROM ${ITEM_SOURCE}
     WHERE i.id > ? AND (i.open_minor > 0 OR ? = 1) ORDER BY i.id LIMIT ?`,
  );
  const ageing = db.prepare<[], AgeingRow>(
    `SELECT i.due_on AS dueOn, i.currency, i.kind, count(*) AS items, sum(i.open_minor) AS openMinor
     FROM open_item i INDEXED BY open_item_by_age
     WHERE i.open_minor > 0 AND i.list_id IN (SELECT id FROM receivables_list WHERE record IS NOT NULL)
     GROUP BY i.due_on, i.currency, i.kind`,
  );
  const numbered = db.prepare<[string], { id: bigint }>(
    'SELECT id FROM open_item WHERE instr(lower(invoice_number), ?) > 0',
  );
  const settle = db.prepare('UPDATE open_item SET open_minor = open_minor - ? WHERE id = ?');
  const insertSettlement = db.prepare(
    'INSERT INTO settlement (open_item_id, match_id, delta_minor) VALUES (?, ?, ?)',
  );
  const checked = db.prepare<[bigint, bigint], { id: bigint; isWrong: bigint }>(
    `SELECT i.id, i.open_minor <> i.amount_minor - coalesce(
       (SELECT sum(s.delta_minor) FROM settlement s WHERE s.open_item_id = i.id), 0) AS isWrong
     FROM open_item i WHERE i.id > ? ORDER BY i.id LIMIT ?`,
  );
  return {
    lastItemId: () => lastId.get()!.id,
    insertItem: (row: Omit<OpenItemRow, 'openMinor' | 'customerId'> & { listId: bigint }) => {
      insert.run(
        row.id,
        row.invoiceNumber,
        row.customer,
        row.listId,
        row.kind,
        row.issuedOn,
        row.dueOn,
        row.currency,
        row.amountMinor,
        row.amountMinor,
        row.discountPpm,
        row.discountUntil,
        row.sealedId,
        row.entryId,
      );
    },
    /** The item of a number, whether it counts yet or not. */
    /** Ids of the items whose number holds the text, which is in lower case. */
    itemsNumbered: (text: string) => numbered.all(text).map(({ id }) => id),
    itemByNumber: (invoiceNumber: string) => byNumber.get(invoiceNumber),
    item: (id: bigint) => byId.get(id),
    /** How an item of a list that counts stands; asked for with every payment. */
    standing: (id: bigint) => standing.get(id),
    items: (filter: ItemFilter, after: { dueOn: string; id: bigint }, limit: number): OpenItemRow[] => {
      const { sql, parameters } = conditionOf(filter);
      const statement = prepareOnce(
        `SELECT ${ITEM_COLUMNS} FROM ${ITEM_SOURCE}
         WHERE ${sql} AND (i.due_on, i.id) > (:afterDue, :afterId) ORDER BY i.due_on, i.id LIMIT :limit`,
      );
      const bound = { ...parameters, afterDue: after.dueOn, afterId: after.id, limit: BigInt(limit) };
      return statement.all(bound) as OpenItemRow[];
    },
    itemCount: (filter: ItemFilter): bigint => {
      const { sql, parameters } = conditionOf(filter);
      const statement = prepareOnce(
        `SELECT count(*) AS count FROM open_item i
           JOIN receivables_list l ON l.id = i.list_id AND l.record IS NOT NULL WHERE ${sql}`,
      );
      return (statement.get(parameters) as { count: bigint }).count;
    },
    itemsAfter: (id: bigint, withPaid: boolean, limit: number) =>
      afterId.all(id, withPaid ? 1n : 0n, BigInt(limit)),
    ageing: () => ageing.all(),
    settle: (itemId: bigint, deltaMinor: bigint, matchId: string) => {
      insertSettlement.run(itemId, matchId, deltaMinor);
      settle.run(deltaMinor, itemId);
    },
    /** Items after an id, and whether what remains of each is not its amount less its settlements. */
    checkItems: (afterId: bigint, limit: number) => checked.all(afterId, BigInt(limit)),
  };
}
