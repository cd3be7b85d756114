/**
 * Turns the fields of one MT940 or MT942 file, with any number of messages, into events.
 *
 * Needed of MT940: `:20:`, `:25:`, an opening (`:60F:`/`:60M:`) and a closing balance (`:62F:`/`:62M:`); of MT942: `:20:`,
 * `:25:` and `:34F:` or `:13D:`. A snippet without them is refused. Tags that the formats do not know are left
 * out under a warning; a tag that stands twice or after the closing balance is refused.
 */
import {
  MT_BALANCES,
  readMtAccount,
  readMtBalance,
  readMtDateTime,
  readMtFloor,
  readMtStatementLine,
  readMtSum,
} from './mt-fields.ts';
import { type MtField, type MtFieldSink, MtLineReader } from './mt-lines.ts';
import { MtMessage, ONCE } from './mt-message.ts';
import { buildMtTransaction } from './mt-transaction.ts';
import { MtValues } from './mt-values.ts';
import { type EventSink, StatementBook } from './statement-book.ts';

export class MtReader extends MtValues implements MtFieldSink {
  readonly #events: EventSink;
  protected readonly lines: MtLineReader;
  #fileStarted = false;

  constructor(fileName: string, events: EventSink) {
    super(fileName);
    this.#events = events;
    this.lines = new MtLineReader(this);
  }

  get encoding(): string {
    return this.decoder.encoding;
  }

  write(chunk: Uint8Array): void {
    this.lines.write(chunk);
  }

  end(): void {
    this.lines.end();
    const unfinished = this.message;
    if (unfinished !== undefined) {
      if (unfinished.type === 'mt940' && !unfinished.hasClosing && unfinished.hasOpening) {
        this.fail('MESSAGE_TRUNCATED', 'The file ends before the statement does.', this.lines.line, ':62F:');
      }
      unfinished.book.warn(
        'MT_MISSING_END',
        'The last message of the file has no end mark.',
        this.lines.line,
        this.path(''),
      );
      this.#finish(this.lines.offset);
    }
    if (this.messageCount === 0) {
      this.fail('MT_FIELD_MISSING', 'The file holds no statement.', this.lines.line, ':20:');
    }
  }

  // --- MtFieldSink

  field(field: MtField): void {
    if (field.tag === '20') {
      this.#finish(field.byteStart);
      this.#begin(field);
      return;
    }
    const message = this.message;
    if (message === undefined) {
      this.fail(
        'MT_FIELD_MISSING',
        'A tag stands before the start of a statement.',
        field.line,
        ':20:',
        `:${field.tag}:`,
      );
    }
    const once = ONCE[field.tag];
    if (once !== undefined) {
      if (message.seen.has(once)) {
        this.fail(
          'MT_FIELD_INVALID',
          'A tag stands twice in a statement.',
          field.line,
          'the tag once',
          `:${field.tag}:`,
        );
      }
      message.seen.add(once);
    }
    if (field.tag !== '86') this.#flushLine();
    this.#dispatch(message, field);
  }

  endMark(byteEnd: number): void {
    this.#finish(byteEnd);
  }

  stray(line: number): void {
    const expected = this.messageCount === 0 ? ':20:' : 'a tag or the end of the message';
    this.fail('MT_FIELD_INVALID', 'A line belongs to no tag.', line, expected);
  }

  tooLong(line: number): never {
    this.fail('FIELD_TOO_LONG', 'A line or field is longer than any statement needs.', line);
  }

  // --- Fields

  #dispatch(message: MtMessage, field: MtField): void {
    switch (field.tag) {
      case '21':
        return;
      case '25':
      case '25P':
        message.account = readMtAccount(this.text(field));
        if (message.account === undefined) this.invalid(field, 'an account');
        return;
      case '28':
      case '28C':
        this.#sequence(message, field);
        return;
      case '13':
      case '13D':
        message.type ??= 'mt942';
        message.hasInterimMark = true;
        this.#created(message, field);
        return;
      case '34F':
        this.#floor(message, field);
        return;
      case '60F':
      case '60M':
      case '62F':
      case '62M':
      case '64':
      case '65':
        this.#balance(message, field);
        return;
      case '61':
        this.#statementLine(message, field);
        return;
      case '86':
        this.#details(message, field);
        return;
      case '90C':
      case '90D':
        this.#sum(message, field);
        return;
      default:
        this.warn('MT_TAG_IGNORED', `The tag :${field.tag}: was left out.`, field);
    }
  }

  #begin(field: MtField): void {
    this.messageCount++;
    const index = this.messageCount - 1;
    this.message = new MtMessage(index, field, new StatementBook(index, this.#events));
    const id = (this.text(field)[0] ?? '').trim();
    if (id === '') this.invalid(field, 'a reference');
    this.message.header.statementId = id;
  }

  #sequence(message: MtMessage, field: MtField): void {
    const found = /^(\d{1,5})(?:\/(\d{1,5}))?$/.exec((field.lines[0] ?? '').trim());
    if (found === null) this.invalid(field, 'up to five digits, and a page after a slash');
    message.header.sequenceNumber = found[1] as string;
    if (found[2] !== undefined) message.header.page = found[2];
  }

  #created(message: MtMessage, field: MtField): void {
    const created = readMtDateTime(field.lines[0] ?? '');
    if (created === undefined) this.invalid(field, 'YYMMDDhhmm and an offset');
    message.header.createdAt = created;
  }

  #floor(message: MtMessage, field: MtField): void {
    message.type ??= 'mt942';
    message.hasInterimMark = true;
    const floor = readMtFloor(field.lines[0] ?? '');
    if (floor === undefined) this.invalid(field, 'currency, mark and amount');
    this.amount(field, floor.amount, floor.currency);
    message.currency ??= floor.currency;
  }

  #balance(message: MtMessage, field: MtField): void {
    const kind = MT_BALANCES[field.tag];
    const read = readMtBalance(field.lines[0] ?? '');
    if (read === undefined || kind === undefined) this.invalid(field, 'mark, date, currency and amount');
    const amountMinor = this.amount(field, read.amount, read.currency);
    const date = this.date(field, read.date);
    if (kind.kind === 'opening-booked') {
      message.type ??= 'mt940';
      message.hasOpening = true;
      message.currency = read.currency;
      message.header.fromDate = date;
    }
    if (kind.kind === 'closing-booked') {
      message.type ??= 'mt940';
      if (!message.hasOpening)
        this.fail('MT_FIELD_MISSING', 'The statement has no opening balance.', field.line, ':60F:');
      message.hasClosing = true;
      message.header.toDate = date;
    }
    message.book.balance({
      kind: kind.kind,
      code: field.tag,
      amountMinor: read.direction === 'credit' ? amountMinor : -amountMinor,
      currency: read.currency,
      date,
      intermediate: kind.intermediate,
      position: {
        byteStart: field.byteStart,
        byteEnd: field.byteEnd,
        line: field.line,
        path: this.path(`:${field.tag}:`),
      },
    });
  }

  #statementLine(message: MtMessage, field: MtField): void {
    if (message.hasClosing) {
      this.fail(
        'MT_FIELD_INVALID',
        'An entry stands after the closing balance.',
        field.line,
        'entries before :62F:',
      );
    }
    if (message.type === undefined) {
      this.fail(
        'MT_FIELD_MISSING',
        'An entry stands before the opening balance.',
        field.line,
        ':60F: or :34F:',
      );
    }
    this.#startBook(message);
    const read = readMtStatementLine(this.text(field));
    message.lineCount++;
    if (read === undefined) this.invalid(field, 'value date, mark, amount, type and reference');
    message.pending = { field, read, number: message.lineCount };
  }

  #details(message: MtMessage, field: MtField): void {
    const { pending } = message;
    if (pending === undefined || pending.details !== undefined) {
      this.#flushLine();
      return;
    }
    pending.details = field;
    this.#flushLine();
  }

  /** Builds the transaction of the last `:61:`, with its `:86:` where one followed. */
  #flushLine(): void {
    const message = this.message;
    const pending = message?.pending;
    if (message === undefined || pending === undefined) return;
    message.pending = undefined;
    const { field, read, details } = pending;
    const currency = message.currency;
    if (currency === undefined)
      this.fail('MT_FIELD_MISSING', 'The statement names no currency.', field.line, ':34F:');
    const transaction = buildMtTransaction({
      line: read,
      details: details === undefined ? [] : this.text(details),
      amountMinor: this.amount(field, read.amount, currency),
      currency,
      valueDate: this.date(field, read.valueDate),
      index: message.book.transactions,
      position: {
        byteStart: field.byteStart,
        byteEnd: (details ?? field).byteEnd,
        line: field.line,
        path: this.path(`:61:[${pending.number}]`),
      },
      invalidDate: () =>
        this.fail('DATE_INVALID', 'The entry date does not exist.', field.line, 'MMDD', ':61:'),
      warn: (code, text) => this.warn(code, text, field),
    });
    message.book.add([transaction]);
    message.book.countEntry(transaction.direction);
  }

  #sum(message: MtMessage, field: MtField): void {
    message.type ??= 'mt942';
    message.hasInterimMark = true;
    const read = readMtSum(field.lines[0] ?? '');
    if (read === undefined) this.invalid(field, 'count, currency and sum');
    this.amount(field, read.amount, read.currency);
    message.currency ??= read.currency;
    if (field.tag === '90C') message.sums.credit = { count: read.count };
    else message.sums.debit = { count: read.count };
  }

  // --- Message

  #startBook(message: MtMessage): void {
    if (message.book.started) return;
    const { type, account, header, start } = message;
    if (type === undefined) {
      this.fail(
        'MT_FIELD_MISSING',
        'The message is neither a statement nor an interim report.',
        start.line,
        ':60F: or :34F:',
      );
    }
    if (account === undefined)
      this.fail('MT_FIELD_MISSING', 'The statement names no account.', start.line, ':25:');
    if (!this.#fileStarted) {
      this.#fileStarted = true;
      this.#events.event({ kind: 'file-start', type, encoding: this.decoder.encoding });
    }
    const currency = account.currency ?? message.currency;
    message.book.start({
      ...header,
      type,
      index: message.index,
      statementId: header.statementId as string,
      account: currency === undefined ? account : { ...account, currency },
      position: {
        byteStart: start.byteStart,
        byteEnd: start.byteEnd,
        line: start.line,
        path: `msg[${message.index + 1}]`,
      },
    });
    if (header.sequenceNumber === undefined) {
      this.warn('SEQUENCE_MISSING', 'The statement has no sequence number.', start);
    }
  }

  #finish(byteEnd: number): void {
    const message = this.message;
    if (message === undefined) return;
    this.#flushLine();
    const { start } = message;
    this.#startBook(message);
    if (message.type === 'mt940' && !message.hasOpening) {
      this.fail('MT_FIELD_MISSING', 'The statement has no opening balance.', start.line, ':60F:');
    }
    if (message.type === 'mt940' && !message.hasClosing) {
      this.fail('MT_FIELD_MISSING', 'The statement has no closing balance.', start.line, ':62F:');
    }
    this.#checkSums(message);
    message.book.end(byteEnd, message.header.toDate === undefined ? {} : { toDate: message.header.toDate });
    this.message = undefined;
  }

  #checkSums({ sums, book, start }: MtMessage): void {
    for (const side of ['credit', 'debit'] as const) {
      const given = sums[side]?.count;
      const counted = book.entryCounts[side];
      if (given === undefined || given === counted) continue;
      this.warn(
        'SUMMARY_MISMATCH',
        `The bank counts ${given} ${side} entries where ${counted} are given.`,
        start,
      );
    }
  }
}
