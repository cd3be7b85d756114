/** Writes the rows of statements under an import's id: sealed values, transactions, staged journal entries. */
import { createIdMaker, type IsoDate } from '../base/index.ts';
import type { BatchProof, NewEntry } from '../ledger/index.ts';
import type { PackedTransactions } from '../messages/index.ts';
import type { AccountBook, OwnAccount } from './accounts.ts';
import type { StatementsContext } from './context.ts';
import { deleteStaged } from './discarding.ts';
import { sumBytes } from './identity.ts';
import { sharedLedgerUnit } from './ledger-unit.ts';
import type { Section } from './open-section.ts';
import type { SqlValue } from './store.ts';

/** A line that waits: the place of its values in a packed batch. */
interface PendingRow {
  readonly id: bigint;
  readonly section: Section;
  readonly packed: PackedTransactions;
  readonly at: number;
  /** Whether it moves money on the own account. */
  readonly isPosted: boolean;
}

export interface RowWriter {
  add(row: PendingRow): void;
  /** The statement has ended and is to be taken in: its row is completed once all its lines are written. */
  complete(section: Section): void;
  /** The statement turned out to be known: what waits of it is dropped, what was written is to be cleaned. */
  drop(section: Section): void;
  /** Takes away what was written of dropped statements; each step is a transaction of its own. */
  clean(): Generator<void, void, void>;
  pending(): number;
  /** Writes up to `maxRows` rows. In a vault transaction. */
  flush(maxRows: number): void;
  /** Stages further entries of the import. In a vault transaction. */
  stage(entries: readonly NewEntry[]): void;
  publish(record: bigint): void;
  journal(): readonly BatchProof[];
}

export interface RowWriterOptions {
  readonly importId: bigint;
  /** The greatest id of a statement before this import. */
  readonly lastStatementId: bigint;
}

export function createRowWriter(
  context: StatementsContext,
  book: AccountBook,
  { importId, lastStatementId }: RowWriterOptions,
): RowWriter {
  const { store, sealing, ledger, runtime } = context;
  const newId = createIdMaker(runtime);
  const sharedUnit = sharedLedgerUnit(importId);
  const units = new Set<bigint>();
  const dropped: Section[] = [];
  let toComplete: Section[] = [];
  let rows: PendingRow[] = [];

  function stageUnder(unit: bigint, entries: readonly NewEntry[]): void {
    ledger.stage(unit, entries);
    units.add(unit);
  }

  function flush(maxRows: number): void {
    const batch = rows.slice(0, maxRows);
    // A new list: an old one would keep all that was written alive.
    rows = rows.slice(maxRows);
    if (batch.length > 0) writeRows(batch);
    completeSections();
  }

  function writeRows(batch: readonly PendingRow[]): void {
    for (const { section } of batch) if (section.ledgerUnit === null) beginSection(section);
    const firstSealedId = sealing.sealBatch(
      'customer_pii',
      'bank_transaction',
      'content',
      batch.map(({ id, packed: { contents, offsets }, at }) => ({
        applicationId: id.toString(),
        plaintext: contents.subarray(offsets[at], offsets[at + 1]),
      })),
    );
    const entries = new Map<bigint, NewEntry[]>();
    const values: SqlValue[] = [];
    let sealedId = Number(firstSealedId);
    for (const { id, section, packed, at, isPosted } of batch) {
      const bookingDate = packed.bookingDates[at]!;
      const signedMinor = packed.signedMinor[at]!;
      let entryId: Buffer | null = null;
      if (isPosted && section.closedLine === null) {
        entryId = newId();
        const entry = lineEntry(section.account, id, entryId, bookingDate, signedMinor);
        const unit = entries.get(section.ledgerUnit!);
        if (unit) unit.push(entry);
        else entries.set(section.ledgerUnit!, [entry]);
      }
      section.writtenRows += 1;
      values.push(
        id,
        section.id,
        bookingDate,
        packed.valueDates[at]!,
        signedMinor,
        packed.statuses[at]!,
        packed.reversals[at]!,
        packed.byteStarts[at]!,
        packed.byteEnds[at]!,
        entryId,
        sealedId,
      );
      sealedId += 1;
    }
    store.insertTransactions(values);
    for (const [unit, unitEntries] of entries) stageUnder(unit, unitEntries);
  }

  /** Each booked line posts Bank against Unapplied cash, dated by its booking date. */
  function lineEntry(
    account: OwnAccount,
    transactionId: bigint,
    id: Buffer,
    effectiveDate: IsoDate,
    signedMinor: bigint,
  ): NewEntry {
    return {
      id,
      effectiveDate,
      reason: 'statement.line',
      source: { kind: 'bank-transaction', id: transactionId.toString() },
      postings: [
        { accountId: account.ledgerAccountId!, amountMinor: signedMinor },
        { accountId: book.unappliedCash(account.currency), amountMinor: -signedMinor },
      ],
    };
  }

  /** The first rows of a section are written: its account and its statement must be there. */
  function beginSection(section: Section): void {
    book.ensure(section.account);
    const { header, informs } = section.statement;
    // A statement that is not whole yet may still turn out to be known, so it can be taken away alone.
    section.ledgerUnit = section.ended === null ? sharedUnit + section.id - lastStatementId : sharedUnit;
    store.insertStatement({
      id: section.id,
      importId,
      ledgerUnit: section.ledgerUnit,
      bankAccountId: section.account.id,
      place: BigInt(header.index),
      type: header.type,
      informs: informs ? 1n : 0n,
      sealedId: sealHeader(section),
      sequenceNumber: header.sequenceNumber ?? null,
      page: header.page ?? null,
      firstTransactionId: section.firstTransactionId,
      lastTransactionId: section.lastTransactionId,
    });
  }

  function sealHeader({ id, statement }: Section): bigint {
    const { statementId, createdAt, copyDuplicate, fromDate, toDate, position } = statement.header;
    return sealing.seal({
      purpose: 'bank_message',
      table: 'statement',
      column: 'header',
      applicationId: id.toString(),
      plaintext: JSON.stringify({ statementId, createdAt, copyDuplicate, fromDate, toDate, position }),
    });
  }

  /** Completes the statements that have ended and whose rows are all written. */
  function completeSections(): void {
    if (toComplete.length === 0) return;
    const waiting: Section[] = [];
    for (const section of toComplete) {
      if (section.writtenRows < section.sums.result().transactionCount) waiting.push(section);
      else completeSection(section);
    }
    toComplete = waiting;
  }

  function completeSection(section: Section): void {
    if (section.ledgerUnit === null) beginSection(section);
    const sums = section.sums.result();
    const { opening, closing, identity } = section.ended!;
    store.completeStatement({
      id: section.id,
      openingMinor: opening?.amountMinor ?? null,
      openingDate: opening?.date ?? null,
      closingMinor: closing?.amountMinor ?? null,
      closingDate: closing?.date ?? null,
      firstDate: sums.firstDate,
      lastDate: sums.lastDate,
      bookedMinor: sums.bookedMinor,
      bookedCount: BigInt(sums.bookedCount),
      transactionCount: BigInt(sums.transactionCount),
      firstTransactionId: section.firstTransactionId,
      lastTransactionId: section.lastTransactionId,
      identity,
    });
    for (const [bookingDate, day] of sums.days) {
      const lines = day.lines.result();
      store.insertDay({
        statementId: section.id,
        bookingDate,
        creditMinor: day.creditMinor,
        debitMinor: day.debitMinor,
        bookedCount: BigInt(lines.count),
        linesSum: sumBytes(lines),
      });
    }
  }

  return {
    add(row) {
      rows.push(row);
    },
    complete(section) {
      toComplete.push(section);
    },
    drop(section) {
      if (section.ledgerUnit !== null) dropped.push(section);
      rows = rows.filter((row) => row.section !== section);
    },
    *clean() {
      for (const section of dropped) {
        while (ledger.discardBatch(section.ledgerUnit!)) yield;
        units.delete(section.ledgerUnit!);
        yield* deleteStaged(context, section.id, section.firstTransactionId);
      }
      dropped.length = 0;
    },
    pending: () => rows.length + toComplete.length,
    flush,
    stage: (entries) => stageUnder(sharedUnit, entries),
    publish(record) {
      for (const unit of units) ledger.publish(unit, record);
    },
    journal: () => [...units].map((unit) => ledger.stagedRoot(unit)),
  };
}
