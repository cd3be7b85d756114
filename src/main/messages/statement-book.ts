/**
 * What every statement has in common, whatever its format: it starts, counts, sums, batches its
 * transactions into events, and ends with its balance checks.
 */
import { serialize } from 'node:v8';
import { deflateRawSync } from 'node:zlib';
import { type MessageWarning, messagesWarnings } from '../../contract/messages.ts';
import type { IsoDate } from '../base/index.ts';
import { checkBalances } from './balance-check.ts';
import type { Direction, Mutable } from './camt-draft.ts';
import type {
  BankTransaction,
  ParseEvent,
  SourcePosition,
  StatementBalance,
  StatementHeader,
  StatementTotal,
  WarningEvent,
} from './types.ts';

/** Transactions per event. Small enough that writing one batch keeps the event loop free. */
const BATCH_SIZE = 1_000;
/** Source bytes of the transactions in one event: what bounds a batch of very long transactions. */
const BATCH_BYTES = 2_097_152;
/** Warnings of one kind per statement that are sent on; the rest are counted. */
const MAX_WARNINGS_OF_A_KIND = 20;

/** A batch of transactions that was put aside, deflated. */
export interface PackedBlock {
  readonly kind: 'packed';
  readonly statementIndex: number;
  readonly deflated: Uint8Array;
}

export interface EventSink {
  event(event: ParseEvent | PackedBlock): void;
}

interface Total {
  creditMinor: bigint;
  debitMinor: bigint;
  booked: number;
  other: number;
}

export class StatementBook {
  readonly #events: EventSink;
  readonly #index: number;
  #header: StatementHeader | undefined;
  #balances: StatementBalance[] = [];
  #totals = new Map<string, Total>();
  #batch: BankTransaction[] = [];
  #batchBytes = 0;
  #aside: PackedBlock[] = [];
  #asideTotals = new Map<string, Total>();
  #asideCount = 0;
  #early: WarningEvent[] = [];
  #earlyBalances: StatementBalance[] = [];
  #warned = new Map<MessageWarning, number>();
  readonly entryCounts = { all: 0, credit: 0, debit: 0 };
  transactions = 0;

  constructor(index: number, events: EventSink) {
    this.#index = index;
    this.#events = events;
  }

  get started(): boolean {
    return this.#header !== undefined;
  }

  get entries(): number {
    return this.entryCounts.all;
  }

  /** Sends the header; warnings and balances that came before it follow. */
  start(header: StatementHeader): void {
    const booked = this.#earlyBalances.find(
      ({ kind }) => kind === 'opening-booked' || kind === 'previously-closed' || kind === 'closing-booked',
    );
    const currency = header.account.currency ?? booked?.currency;
    this.#header = currency === undefined ? header : { ...header, account: { ...header.account, currency } };
    this.#events.event({ kind: 'statement-start', header: this.#header });
    for (const warning of this.#early) this.#events.event(warning);
    for (const balance of this.#earlyBalances) this.#sendBalance(balance);
    this.#early = [];
    this.#earlyBalances = [];
  }

  warn(code: MessageWarning, message: string, line: number, path: string): void {
    const count = (this.#warned.get(code) ?? 0) + 1;
    this.#warned.set(code, count);
    if (count > MAX_WARNINGS_OF_A_KIND) return;
    const event: WarningEvent = { kind: 'warning', code, message, line, path, statementIndex: this.#index };
    if (this.started) this.#events.event(event);
    else this.#early.push(event);
  }

  balance(balance: StatementBalance): void {
    this.#balances.push(balance);
    if (this.started) this.#sendBalance(balance);
    else this.#earlyBalances.push(balance);
  }

  #sendBalance(balance: StatementBalance): void {
    this.#events.event({ kind: 'balance', statementIndex: this.#index, balance });
  }

  countEntry(direction: Direction): void {
    this.entryCounts.all++;
    this.entryCounts[direction]++;
  }

  add(transactions: readonly BankTransaction[]): void {
    for (const transaction of transactions) {
      this.#count(this.#totals, transaction);
      this.transactions++;
      this.#batch.push(transaction);
      this.#batchBytes += sourceBytes(transaction);
      if (this.#batch.length >= BATCH_SIZE || this.#batchBytes >= BATCH_BYTES) this.#flush();
    }
  }

  /** Keeps transactions whose entry is not decided yet, deflated. */
  putAside(transactions: readonly BankTransaction[]): void {
    for (let from = 0; from < transactions.length; ) {
      const batch = transactions.slice(from, from + batchLength(transactions, from));
      from += batch.length;
      const deflated = deflateRawSync(serialize(batch), { level: 1 });
      this.#aside.push({ kind: 'packed', statementIndex: this.#index, deflated });
      for (const transaction of batch) this.#count(this.#asideTotals, transaction);
      this.#asideCount += batch.length;
    }
  }

  /** The entry is split: what was put aside goes out, in order. */
  releaseAside(): void {
    if (this.#aside.length === 0) return;
    this.#flush();
    for (const block of this.#aside) this.#events.event(block);
    for (const [currency, aside] of this.#asideTotals) {
      const total = totalOf(this.#totals, currency);
      total.creditMinor += aside.creditMinor;
      total.debitMinor += aside.debitMinor;
      total.booked += aside.booked;
      total.other += aside.other;
    }
    this.transactions += this.#asideCount;
    this.dropAside();
  }

  dropAside(): void {
    this.#aside = [];
    this.#asideTotals = new Map();
    this.#asideCount = 0;
  }

  #count(totals: Map<string, Total>, { currency, status, direction, amountMinor }: BankTransaction): void {
    const total = totalOf(totals, currency);
    if (status !== 'booked') {
      total.other++;
      return;
    }
    total.booked++;
    if (direction === 'credit') total.creditMinor += amountMinor;
    else total.debitMinor += amountMinor;
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    this.#events.event({ kind: 'transactions', statementIndex: this.#index, transactions: this.#batch });
    this.#batch = [];
    this.#batchBytes = 0;
  }

  /** Sends the last batch and the statement's end. The book must have been started. */
  end(byteEnd: number, completed: { readonly toDate?: IsoDate } = {}): void {
    this.#flush();
    const started = this.#header as StatementHeader;
    const header: Mutable<StatementHeader> = {
      ...started,
      ...completed,
      position: { ...started.position, byteEnd },
    };
    const totals: StatementTotal[] = [...this.#totals].map(([currency, total]) => ({
      currency,
      bookedCreditMinor: total.creditMinor,
      bookedDebitMinor: total.debitMinor,
      bookedCount: total.booked,
      otherCount: total.other,
    }));
    const only = totals.length === 1 ? totals[0] : undefined;
    if (header.account.currency === undefined && only !== undefined) {
      header.account = { ...header.account, currency: only.currency };
    }
    const balanceChecks = checkBalances(this.#balances, totals);
    this.#warnAboutBalances(balanceChecks.filter(({ outcome }) => outcome === 'not-given').length, header);
    this.#warnAboutMore(header.position);
    this.#events.event({
      kind: 'statement-end',
      header,
      balances: this.#balances,
      counts: { entries: this.entries, transactions: this.transactions },
      totals,
      balanceChecks,
    });
  }

  /** Says how many warnings of a kind were not sent one by one. */
  #warnAboutMore({ line, path }: SourcePosition): void {
    for (const [code, count] of this.#warned) {
      if (count <= MAX_WARNINGS_OF_A_KIND) continue;
      const message = `${count - MAX_WARNINGS_OF_A_KIND} more of the same: ${messagesWarnings[code]}`;
      this.#events.event({ kind: 'warning', code, message, line, path, statementIndex: this.#index });
    }
  }

  #warnAboutBalances(unchecked: number, { position }: StatementHeader): void {
    const ends = new Set(this.#balances.map(({ kind }) => kind));
    if (unchecked > 0 && ends.has('opening-booked') && ends.has('closing-booked')) {
      this.warn(
        'BALANCE_CURRENCY',
        'The opening and the closing booked balance are in different currencies; the booked entries were not checked against them.',
        position.line,
        position.path,
      );
    }
    const opening = this.#balances.find(({ kind }) => kind === 'opening-booked');
    const closing = this.#balances.findLast(({ kind }) => kind === 'closing-booked');
    if (opening !== undefined && closing !== undefined && closing.date < opening.date) {
      this.warn(
        'BALANCE_DATES',
        'The closing balance is dated before the opening balance.',
        position.line,
        position.path,
      );
    }
  }
}

function sourceBytes({ position }: BankTransaction): number {
  return position.byteEnd - position.byteStart;
}

/** How many of the transactions from `from` on make one batch; at least one. */
function batchLength(transactions: readonly BankTransaction[], from: number): number {
  let bytes = 0;
  let length = 0;
  while (length < BATCH_SIZE && bytes < BATCH_BYTES && from + length < transactions.length) {
    bytes += sourceBytes(transactions[from + length] as BankTransaction);
    length++;
  }
  return length;
}

function totalOf(totals: Map<string, Total>, currency: string): Total {
  let total = totals.get(currency);
  if (total === undefined) {
    total = { creditMinor: 0n, debitMinor: 0n, booked: 0, other: 0 };
    totals.set(currency, total);
  }
  return total;
}
