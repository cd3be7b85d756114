/**
 * Turns the elements of one camt.052, .053 or .054 file into events.
 *
 * One bank transaction per `TxDtls` where their amounts, in the entry's currency and direction, add up
 * to the entry, else one per `Ntry`. That is known only at the entry's end, and one entry may hold
 * 100,000 details, so details beyond `BLOCK_SIZE` are built at once and put aside as deflated blocks
 * (about a tenth of their size); the entry's end either releases the blocks or drops them.
 */

import type { MessageWarning } from '../../contract/messages.ts';
import { CountersignError, isIsoDate } from '../base/index.ts';
import {
  BALANCE_KINDS,
  DetailDraft,
  type Direction,
  detailAmount,
  EntryDraft,
  type Mark,
} from './camt-draft.ts';
import type { ElementNode } from './camt-nodes.ts';
import { CamtRecord } from './camt-record.ts';
import { CAMT_MESSAGES, CAMT_TREES, type CamtType } from './camt-schema.ts';
import { buildTransaction } from './camt-transaction.ts';
import { type EventSink, StatementBook } from './statement-book.ts';
import type { BankTransaction, MoneyAmount } from './types.ts';
import { XmlReader } from './xml-reader.ts';

const ISO_20022 = 'urn:iso:std:iso:20022:tech:xsd:';
/** The business application header that some networks put before the message. */
const HEADER = /:head\.001\.001\.\d\d$/;
const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:(camt\.05[234])\.001\.(0[1-9]|1[0-3])$/;
/** Details of one entry that are held as drafts before they are built and put aside, and their bytes. */
const BLOCK_SIZE = 2_000;
const BLOCK_BYTES = 4_194_304;

/** Reads one message; the elements call back through `camt-schema.ts`. */
export class CamtReader extends CamtRecord {
  readonly #events: EventSink;
  #type: CamtType | undefined;
  #statementCount = 0;
  #balanceIndex = 0;
  #book: StatementBook | undefined;
  #statementMark: Mark = { byteStart: 0, line: 1 };
  #detailBytes = 0;
  /** How the bytes are encoded, for the event that starts the file. */
  readonly #encoding: () => string;

  constructor(fileName: string, events: EventSink, encoding: () => string) {
    super(fileName);
    this.#events = events;
    this.#encoding = encoding;
  }

  /** Takes the end of the message. */
  end(): void {
    if (this.#type === undefined) this.#failNamespace();
    if (this.#statementCount === 0) {
      const names = CAMT_MESSAGES[this.#type ?? 'camt.053'];
      throw new CountersignError('CAMT_FIELD_MISSING', 'The message holds no statement.', {
        file: this.fileName,
        line: this.source.lineAt(Number.MAX_SAFE_INTEGER),
        path: `Document/${names.body}/${names.statement}`,
        expected: 'at least one statement',
      });
    }
  }

  protected override pathOf(locals: readonly string[]): string {
    const parts = locals.map((local) => {
      if (this.#type === undefined) return local;
      if (local === CAMT_MESSAGES[this.#type].statement) return `${local}[${this.#statementCount}]`;
      if (local === 'Ntry') return `${local}[${this.entry.entryIndex + 1}]`;
      if (local === 'TxDtls') return `${local}[${this.entry.detailCount + 1}]`;
      if (local === 'Bal') return `${local}[${this.#balanceIndex}]`;
      return local;
    });
    return parts.join('/');
  }

  protected override openOutside(local: string, namespace: string): ElementNode<CamtRecord> | undefined {
    const isEnvelope = local !== 'Document' && (!namespace.startsWith(ISO_20022) || HEADER.test(namespace));
    return isEnvelope ? undefined : this.#openDocument(namespace);
  }

  #openDocument(namespace: string): ElementNode<CamtRecord> {
    const found = NAMESPACE.exec(namespace);
    const isOther = this.#type !== undefined && namespace !== this.namespace;
    if (found === null || isOther || this.locals.at(-1) !== 'Document') {
      this.#failNamespace();
    }
    const isFirst = this.#type === undefined;
    this.#type = found[1] as CamtType;
    this.namespace = namespace;
    if (isFirst) {
      const version = `001.${found[2]}`;
      this.#events.event({ kind: 'file-start', type: this.#type, version, encoding: this.#encoding() });
    }
    return CAMT_TREES[this.#type];
  }

  #failNamespace(): never {
    this.fail('CAMT_NAMESPACE', 'The XML is not a version of camt.052, camt.053 or camt.054 that is read.', {
      expected: `${ISO_20022}camt.052|053|054.001.01 to .13`,
    });
  }

  protected override warn(code: MessageWarning, message: string): void {
    this.#book?.warn(code, message, this.source.lineAt(this.closeOffset), this.path());
  }

  // --- Statement

  override openStatement(byteStart: number): void {
    this.#statementMark = { byteStart, line: this.source.lineAt(byteStart) };
    this.#statementCount++;
    this.#balanceIndex = 0;
    this.header = {};
    this.account = {};
    this.summary = { all: {}, credit: {}, debit: {} };
    this.#book = new StatementBook(this.#statementCount - 1, this.#events);
  }

  override closeStatement(byteEnd: number): void {
    this.#startBook(byteEnd);
    this.#checkSummary();
    this.#book?.end(byteEnd);
    this.#book = undefined;
  }

  /** Sends the header on, once all that stands before the entries is read. */
  #startBook(byteEnd: number): StatementBook {
    const book = this.#book as StatementBook;
    if (book.started) return book;
    const type = this.#type as CamtType;
    const { statementId } = this.header;
    const path = `${CAMT_MESSAGES[type].statement}[${this.#statementCount}]`;
    if (statementId === undefined)
      this.fail('CAMT_FIELD_MISSING', 'The statement has no identification.', { expected: 'Id' });
    if (this.account.iban === undefined && this.account.other === undefined) {
      this.fail('CAMT_FIELD_MISSING', 'The statement names no account.', { expected: 'Acct/Id' });
    }
    book.start({
      ...this.header,
      type,
      index: this.#statementCount - 1,
      statementId,
      account: { ...this.account },
      position: { byteStart: this.#statementMark.byteStart, byteEnd, line: this.#statementMark.line, path },
    });
    return book;
  }

  #checkSummary(): void {
    const book = this.#book as StatementBook;
    const counted = book.entryCounts;
    for (const side of ['all', 'credit', 'debit'] as const) {
      const given = this.summary[side].count;
      if (given === undefined || Number(given) === counted[side]) continue;
      this.warn(
        'SUMMARY_MISMATCH',
        `The bank counts ${given} entries (${side}) where ${counted[side]} are given.`,
      );
    }
  }

  override openBalance(byteStart: number): void {
    this.beginRecord();
    this.#balanceIndex++;
    this.balance = { mark: { byteStart, line: this.source.lineAt(byteStart) } };
  }

  override closeBalance(byteEnd: number): void {
    const { code, amount, direction, date, mark, subType } = this.balance;
    if (code === undefined) this.fail('CAMT_FIELD_MISSING', 'The balance has no type.', { expected: 'Tp' });
    if (amount === undefined)
      this.fail('CAMT_FIELD_MISSING', 'The balance has no amount.', { expected: 'Amt' });
    if (direction === undefined)
      this.fail('CAMT_FIELD_MISSING', 'The balance has no sign.', { expected: 'CdtDbtInd' });
    if (date === undefined) this.fail('CAMT_FIELD_MISSING', 'The balance has no date.', { expected: 'Dt' });
    this.#book?.balance({
      kind: BALANCE_KINDS[code] ?? 'other',
      code,
      amountMinor: direction === 'credit' ? amount.amountMinor : -amount.amountMinor,
      currency: amount.currency,
      date,
      intermediate: subType === 'INTM',
      position: { byteStart: mark.byteStart, byteEnd, line: mark.line, path: this.#shortPath() },
    });
  }

  /** The open element's path from the statement on. */
  #shortPath(): string {
    return this.pathOf(this.locals.slice(this.locals.indexOf('Document') + 2));
  }

  // --- Entries and details

  override openEntry(byteStart: number): void {
    const book = this.#book as StatementBook;
    this.entry = new EntryDraft({ byteStart, line: this.source.lineAt(byteStart) }, book);
    this.target = this.entry.shared;
    this.beginRecord();
    this.#detailBytes = 0;
  }

  override endEntryHead(byteStart: number): void {
    this.entry.headEnd ??= byteStart;
  }

  override openDetail(byteStart: number): void {
    this.endEntryHead(byteStart);
    this.beginRecord();
    this.target = new DetailDraft({ byteStart, line: this.source.lineAt(byteStart) });
  }

  override closeDetail(byteEnd: number): void {
    const { entry, target } = this;
    target.byteEnd = byteEnd;
    this.target = entry.shared;
    const entryAmount = this.#entryAmount();
    const amount = detailAmount(target, entryAmount.currency);
    if (amount === undefined || entry.detailSumMinor === undefined) {
      entry.detailSumMinor = undefined;
    } else {
      const same = target.direction === undefined || target.direction === entry.direction;
      entry.detailSumMinor += same ? amount.amountMinor : -amount.amountMinor;
    }
    entry.details.push(target);
    entry.detailCount++;
    this.#detailBytes += byteEnd - target.mark.byteStart;
    const full = entry.details.length > BLOCK_SIZE || this.#detailBytes > BLOCK_BYTES;
    if (full && entry.details.length > 1) this.#putAside();
  }

  #entryAmount(): MoneyAmount {
    const { amount, direction, status } = this.entry;
    if (amount === undefined)
      this.fail('CAMT_FIELD_MISSING', 'The entry has no amount.', { expected: 'Amt' });
    if (direction === undefined) {
      this.fail('CAMT_FIELD_MISSING', 'The entry has no credit or debit mark.', { expected: 'CdtDbtInd' });
    }
    if (status === undefined)
      this.fail('CAMT_FIELD_MISSING', 'The entry has no status.', { expected: 'Sts' });
    return amount;
  }

  /** Builds the first details of a very long entry so that their drafts can go. */
  #putAside(): void {
    const details = this.entry.details.splice(0, this.entry.details.length - 1);
    this.#detailBytes = 0;
    // Once a detail has no usable amount, the entry is taken as a whole and the rest is not needed.
    if (this.entry.detailSumMinor === undefined) return;
    this.beginRecord();
    const book = this.#startBook(this.closeOffset);
    const first = this.entry.detailCount - this.entry.details.length - details.length;
    book.putAside(details.map((detail, at) => this.#build(detail, first + at)));
  }

  #build(detail: DetailDraft, detailIndex: number | undefined): BankTransaction {
    return buildTransaction(this.entry, detail, {
      detailIndex,
      index: this.entry.firstIndex + (detailIndex ?? 0),
      fallbackDate: () => this.#fallbackDate(),
      statementPath: `${CAMT_MESSAGES[this.#type as CamtType].statement}[${this.#statementCount}]`,
    });
  }

  #fallbackDate(): string {
    const date =
      this.entry.valueDate ??
      this.header.toDate ??
      (this.header.createdAt ?? this.message.createdAt)?.slice(0, 10);
    if (date === undefined || !isIsoDate(date)) {
      this.fail('CAMT_FIELD_MISSING', 'The entry has neither booking date nor value date.', {
        expected: 'BookgDt',
      });
    }
    return date;
  }

  override closeEntry(byteEnd: number): void {
    const { entry } = this;
    const amount = this.#entryAmount();
    entry.shared.byteEnd = byteEnd;
    const book = this.#startBook(byteEnd);
    if (entry.bookingDate === undefined) {
      this.warn(
        'BOOKING_DATE_ASSUMED',
        'An entry has no booking date; another date of the message stands in.',
      );
    }
    if (this.account.currency !== undefined && this.account.currency !== amount.currency) {
      this.warn(
        'ENTRY_CURRENCY',
        `An entry is in ${amount.currency}, the account in ${this.account.currency}.`,
      );
    }
    const addsUp = entry.detailCount > 1 && entry.detailSumMinor === amount.amountMinor;
    if (addsUp) {
      const first = entry.detailCount - entry.details.length;
      book.releaseAside();
      book.add(entry.details.map((detail, at) => this.#build(detail, first + at)));
    } else {
      book.dropAside();
      if (entry.detailCount > 1) {
        this.warn(
          'DETAILS_DO_NOT_ADD_UP',
          'The details of an entry do not add up to it; it is taken as one transaction.',
        );
      }
      book.add([this.#build(this.#wholeEntry(), undefined)]);
    }
    book.countEntry(entry.direction as Direction);
  }

  /** The one draft an entry stands for when it is not split: its only detail, or its own fields. */
  #wholeEntry(): DetailDraft {
    const { entry } = this;
    const only = entry.detailCount === 1 ? entry.details[0] : undefined;
    if (only !== undefined) {
      only.mark = entry.shared.mark;
      only.byteEnd = entry.shared.byteEnd;
      return only;
    }
    // Remittance is what tells apart what such an entry pays; a bounded share of it goes along.
    for (const detail of entry.details.slice(0, 50)) {
      entry.shared.unstructured.push(...detail.unstructured);
      entry.shared.structured.push(...detail.structured);
    }
    return entry.shared;
  }
}

/** Reads one XML file of statements that arrives in pieces. */
export class CamtFile {
  readonly #reader: CamtReader;
  readonly #xml: XmlReader;

  constructor(fileName: string, events: EventSink) {
    this.#reader = new CamtReader(fileName, events, () => this.#xml.encoding);
    this.#xml = new XmlReader(this.#reader, fileName);
    this.#reader.source = this.#xml;
  }

  /** The encoding the bytes are read in, lower case. */
  get encoding(): string {
    return this.#xml.encoding;
  }

  write(chunk: Uint8Array): void {
    this.#xml.write(chunk);
  }

  end(): void {
    this.#xml.end();
    this.#reader.end();
  }
}
