/**
 * Takes one list in, customers or invoices: rows are checked against what is known, written batch
 * by batch under the import's id, and count from one short transaction on. All or nothing.
 */
import { CountersignError, createIdMaker } from '../base/index.ts';
import type { NewEntry } from '../ledger/index.ts';
import type { CustomerRow as CustomerFileRow, InvoiceRow as InvoiceFileRow } from '../messages/index.ts';
import { type FileTaking, sharedLedgerUnit, type TakingConclusion } from '../statements/index.ts';
import { customerText, invoiceDifferences, sameCustomer } from './content.ts';
import type { ReceivablesContext } from './context.ts';
import { openCustomerText, openReference } from './opened.ts';

/** Column of the blind index over the IBANs of customers. */
export const IBAN_INDEX = 'customer.iban';

export interface ListTakingOptions {
  readonly importId: bigint;
  readonly fileName: string;
  readonly kind: 'customers' | 'invoices';
}

/** Subjects that an audit record lists; all rows are in its counts. */
const MOST_SUBJECTS = 200;

interface Counts {
  created: number;
  changed: number;
  known: number;
}

export function createListTaking(context: ReceivablesContext, options: ListTakingOptions): FileTaking {
  const counts: Counts = { created: 0, changed: 0, known: 0 };
  const subjects: { kind: string; id: string }[] = [];
  const customers = createCustomerRows(context, options, counts, subjects);
  const invoices = createInvoiceRows(context, options, counts, subjects);
  const { kind } = options;

  function conclude(): TakingConclusion {
    const taken = counts.created + counts.changed;
    const one = kind === 'customers' ? 'customer' : 'invoice';
    const warnings =
      counts.known > 0 && taken > 0
        ? [
            `${counts.known} ${counts.known === 1 ? `${one} is` : `${one}s are`} known already and ${counts.known === 1 ? 'was' : 'were'} left out.`,
          ]
        : [];
    return {
      outcome: taken === 0 && counts.known > 0 ? 'duplicate' : 'imported',
      statements: 0,
      transactions: taken,
      warnings,
      breaks: [],
      subjects,
      detail: { created: counts.created, changed: counts.changed, known: counts.known },
    };
  }

  return {
    accept(event) {
      if (event.kind === 'customers') for (const row of event.rows) customers.accept(row);
      if (event.kind === 'invoices') for (const row of event.rows) invoices.accept(row);
    },
    pendingRows: () => customers.pending() + invoices.pending(),
    flush(maxRows) {
      context.store.beginList(options.importId, kind);
      customers.flush(maxRows);
      invoices.flush(maxRows);
    },
    *clean() {},
    conclude,
    publish(record) {
      context.store.publishList(options.importId, record);
      invoices.publish(record);
    },
    journal: invoices.journal,
  };
}

/** A queue of rows that are written some at a time. */
function createQueue<T>() {
  let rows: T[] = [];
  return {
    add: (row: T) => {
      rows.push(row);
    },
    pending: () => rows.length,
    take(maxRows: number): T[] {
      const taken = rows.slice(0, maxRows);
      rows = rows.slice(maxRows);
      return taken;
    },
  };
}

function createCustomerRows(
  { store, sealing }: ReceivablesContext,
  { importId }: ListTakingOptions,
  counts: Counts,
  subjects: { kind: string; id: string }[],
) {
  const queue = createQueue<CustomerFileRow>();
  let nextVersionId = store.lastVersionId() + 1n;

  function accept(row: CustomerFileRow): void {
    const known = store.customerByCustomerId(row.customerId);
    if (known === undefined) counts.created += 1;
    else if (
      sameCustomer({ country: known.country, text: openCustomerText({ sealing }, known) ?? '' }, row)
    ) {
      counts.known += 1;
      return;
    } else counts.changed += 1;
    if (subjects.length < MOST_SUBJECTS) subjects.push({ kind: 'customer', id: row.customerId });
    queue.add(row);
  }

  function flush(maxRows: number): void {
    const rows = queue.take(maxRows);
    if (rows.length === 0) return;
    const firstId = nextVersionId;
    const versionOf = (i: number) => firstId + BigInt(i);
    nextVersionId += BigInt(rows.length);
    const firstSealedId = sealing.sealBatch(
      'customer_pii',
      'customer_version',
      'content',
      rows.map((row, i) => ({ applicationId: versionOf(i).toString(), plaintext: customerText(row) })),
    );
    rows.forEach((row, i) => {
      const customer = store.customerRowId(row.customerId) ?? store.insertCustomer(row.customerId, importId);
      const id = versionOf(i);
      store.insertVersion({
        id,
        customer,
        listId: importId,
        country: row.country ?? null,
        sealedId: firstSealedId + BigInt(i),
      });
    });
    const ibans = rows.flatMap((row, i) => row.ibans.map((iban) => ({ iban, versionId: versionOf(i) })));
    if (ibans.length === 0) return;
    const firstIbanId = sealing.sealBatch(
      'customer_pii',
      'customer_iban',
      'iban',
      ibans.map(({ iban, versionId }) => ({
        applicationId: versionId.toString(),
        plaintext: iban,
        blindIndex: { column: IBAN_INDEX, normalised: iban },
      })),
    );
    ibans.forEach(({ versionId }, i) => {
      store.insertIban(firstIbanId + BigInt(i), versionId);
    });
  }

  return { accept, flush, pending: queue.pending };
}

function createInvoiceRows(
  { store, sealing, ledger, runtime }: ReceivablesContext,
  { importId, fileName }: ListTakingOptions,
  counts: Counts,
  subjects: { kind: string; id: string }[],
) {
  const queue = createQueue<InvoiceFileRow & { readonly customer: bigint }>();
  const customers = new Map<string, bigint>();
  const newId = createIdMaker(runtime);
  const closedThrough = ledger.closedThrough();
  let nextItemId = store.lastItemId() + 1n;
  let staged = false;

  function customerOf(row: InvoiceFileRow): bigint {
    let customer = customers.get(row.customerId);
    if (customer === undefined) {
      customer = store.customerByCustomerId(row.customerId)?.id;
      if (customer === undefined) {
        throw new CountersignError(
          'INTAKE_REFERENCE_UNKNOWN',
          `The invoice in line ${row.line} names a customer that the vault does not know. Import the customers first.`,
          {
            file: fileName,
            line: row.line,
            path: 'customer_id',
            expected: 'the customer_id of a known customer',
          },
        );
      }
      customers.set(row.customerId, customer);
    }
    return customer;
  }

  function conflict(row: InvoiceFileRow, fields: readonly string[]): CountersignError {
    return new CountersignError(
      'INVOICE_CONFLICT',
      `The invoice in line ${row.line} is known already with another ${fields.join(', ')}.`,
      {
        file: fileName,
        line: row.line,
        path: fields[0] ?? 'invoice_number',
        expected: 'what was imported before, or a new invoice_number',
      },
    );
  }

  function accept(row: InvoiceFileRow): void {
    const customer = customerOf(row);
    const known = store.itemByNumber(row.invoiceNumber);
    if (known !== undefined) {
      const fields = invoiceDifferences(known, openReference({ sealing }, known), row);
      if (fields.length > 0) throw conflict(row, fields);
      counts.known += 1;
      return;
    }
    if (closedThrough !== null && row.issuedOn <= closedThrough) {
      throw new CountersignError(
        'LEDGER_PERIOD_CLOSED',
        `The invoice in line ${row.line} is issued on ${row.issuedOn}, and the books are closed through ${closedThrough}.`,
        {
          file: fileName,
          line: row.line,
          path: 'issued_on',
          expected: `after ${closedThrough}`,
          actual: row.issuedOn,
        },
      );
    }
    counts.created += 1;
    if (subjects.length < MOST_SUBJECTS) subjects.push({ kind: 'invoice', id: row.invoiceNumber });
    queue.add({ ...row, customer });
  }

  function flush(maxRows: number): void {
    const rows = queue.take(maxRows);
    if (rows.length === 0) return;
    const references = rows.flatMap((row, i) =>
      row.structuredReference === undefined
        ? []
        : [{ id: nextItemId + BigInt(i), text: row.structuredReference }],
    );
    const firstSealedId = sealing.sealBatch(
      'invoice',
      'open_item',
      'structured_reference',
      references.map(({ id, text }) => ({ applicationId: id.toString(), plaintext: text })),
    );
    const sealedIds = new Map(references.map(({ id }, i) => [id, firstSealedId + BigInt(i)]));
    const entries: NewEntry[] = rows.map((row) => {
      const id = nextItemId;
      nextItemId += 1n;
      const entryId = newId();
      store.insertItem({
        id,
        invoiceNumber: row.invoiceNumber,
        customer: row.customer,
        listId: importId,
        kind: row.kind,
        issuedOn: row.issuedOn,
        dueOn: row.dueOn,
        currency: row.currency,
        amountMinor: row.amountMinor,
        discountPpm: row.discountPpm === undefined ? null : BigInt(row.discountPpm),
        discountUntil: row.discountUntil ?? null,
        sealedId: sealedIds.get(id) ?? null,
        entryId,
      });
      return itemEntry(row, id, entryId);
    });
    ledger.stage(sharedLedgerUnit(importId), entries);
    staged = true;
  }

  /** An invoice posts Receivables against ERP clearing, a credit note the reverse. */
  function itemEntry(row: InvoiceFileRow, id: bigint, entryId: Buffer): NewEntry {
    const signedMinor = row.kind === 'invoice' ? row.amountMinor : -row.amountMinor;
    return {
      id: entryId,
      effectiveDate: row.issuedOn,
      reason: row.kind === 'invoice' ? 'invoice' : 'credit-note',
      source: { kind: 'open-item', id: id.toString() },
      postings: [
        { accountId: ledger.roleAccount('receivables', row.currency), amountMinor: signedMinor },
        { accountId: ledger.roleAccount('erp-clearing', row.currency), amountMinor: -signedMinor },
      ],
    };
  }

  return {
    accept,
    flush,
    pending: queue.pending,
    publish(record: bigint) {
      if (staged) ledger.publish(sharedLedgerUnit(importId), record);
    },
    journal: () => (staged ? [ledger.stagedRoot(sharedLedgerUnit(importId))] : []),
  };
}
