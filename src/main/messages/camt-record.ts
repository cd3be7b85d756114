/**
 * What the tree of elements writes into while a file is read, and how its texts become values. The
 * reader extends it with what happens at the ends of statements, entries and details.
 */
import type { MessageWarning } from '../../contract/messages.ts';
import { currencyScale, parseAmount } from '../../contract/money.ts';
import { CountersignError, type ErrorDetails, isIsoDate } from '../base/index.ts';
import {
  type BalanceDraft,
  type ChargeDraft,
  type DetailDraft,
  type Direction,
  EntryDraft,
  type Mutable,
  STATUSES,
  type StructuredDraft,
} from './camt-draft.ts';
import { buildStructured } from './camt-transaction.ts';
import { checkIban } from './iban.ts';
import type {
  BankTransaction,
  Exchange,
  MoneyAmount,
  RemittanceDocument,
  StatementAccount,
  StatementHeader,
} from './types.ts';

type ErrorCodeOfCamt =
  | 'CAMT_FIELD_MISSING'
  | 'CAMT_FIELD_INVALID'
  | 'CAMT_NAMESPACE'
  | 'AMOUNT_INVALID'
  | 'AMOUNT_SCALE'
  | 'CURRENCY_UNKNOWN'
  | 'DATE_INVALID';

type HeaderDraft = Partial<Mutable<Omit<StatementHeader, 'account' | 'position'>>>;

/** The drafts the elements write into, each set anew by the element that opens it. */
export abstract class CamtRecord {
  header: HeaderDraft = {};
  account: Mutable<StatementAccount> = {};
  entry: EntryDraft = new EntryDraft({ byteStart: 0, line: 1 }, { entries: 0, transactions: 0 });
  /** The detail that is open, else what the entry has in common with its details. */
  target: DetailDraft = this.entry.shared;
  balance: BalanceDraft = { mark: { byteStart: 0, line: 1 } };
  charge: ChargeDraft = {};
  exchange: Partial<Mutable<Exchange>> = {};
  structured: StructuredDraft = { documents: [], amounts: {}, additional: [] };
  document: Mutable<RemittanceDocument> = {};
  otherId: string | undefined;
  summary: Record<'all' | 'credit' | 'debit', { count?: string }> = { all: {}, credit: {}, debit: {} };

  /** The attribute `Ccy` of the element that is open. */
  protected currency = '';
  readonly #knownDates = new Set<string>();

  abstract openStatement(byteStart: number): void;
  abstract closeStatement(byteEnd: number): void;
  abstract openBalance(byteStart: number): void;
  abstract closeBalance(byteEnd: number): void;
  abstract openEntry(byteStart: number): void;
  abstract endEntryHead(byteStart: number): void;
  abstract closeEntry(byteEnd: number): void;
  abstract openDetail(byteStart: number): void;
  abstract closeDetail(byteEnd: number): void;
  /** File, line and path of the element that is open. */
  protected abstract where(): { file: string; line: number; path: string };
  protected abstract warn(code: MessageWarning, message: string): void;

  /** Throws with line and path of the element that is open. */
  fail(code: ErrorCodeOfCamt, message: string, details: ErrorDetails = {}): never {
    throw new CountersignError(code, message, { ...this.where(), ...details });
  }

  readAmount(text: string): MoneyAmount {
    const currency = this.currency;
    const read = parseAmount(text, currency);
    if (read.ok) return { amountMinor: read.amountMinor, currency };
    if (read.reason === 'currency-unknown') {
      if (currency === '')
        this.fail('CAMT_FIELD_MISSING', 'The amount has no currency.', { expected: 'the attribute Ccy' });
      this.fail('CURRENCY_UNKNOWN', 'ISO 4217 has no such currency.', { actual: currency });
    }
    if (read.reason === 'digits-beyond-scale') {
      const scale = currencyScale(currency) ?? 2;
      this.fail('AMOUNT_SCALE', `The amount has digits beyond the scale of ${currency}.`, {
        expected: `at most ${scale} digits after the point`,
      });
    }
    this.fail('AMOUNT_INVALID', 'The amount is not an unsigned decimal number of at most 18 digits.');
  }

  readCurrency(text: string): string {
    if (currencyScale(text) === undefined) {
      this.fail('CURRENCY_UNKNOWN', 'ISO 4217 has no such currency.', { actual: text.slice(0, 8) });
    }
    return text;
  }

  readDecimal(text: string): string {
    if (!/^\d{1,18}(\.\d{1,17})?$/.test(text))
      this.fail('CAMT_FIELD_INVALID', 'The rate is not a decimal number.');
    return text;
  }

  /** The calendar date of an ISO date or date-time, as the bank's own clock shows it. */
  readDate(text: string): string {
    const date = text.slice(0, 10);
    const rest = text.slice(10);
    if (rest !== '' && !/^(T\d{2}:\d{2}(:\d{2}([.,]\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/.test(rest)) {
      this.fail('DATE_INVALID', 'The date is not written as YYYY-MM-DD.');
    }
    if (this.#knownDates.has(date)) return date;
    if (!isIsoDate(date))
      this.fail('DATE_INVALID', 'The date does not exist or is not written as YYYY-MM-DD.');
    if (this.#knownDates.size < 1000) this.#knownDates.add(date);
    return date;
  }

  readDirection(text: string): Direction {
    if (text === 'CRDT') return 'credit';
    if (text === 'DBIT') return 'debit';
    this.fail('CAMT_FIELD_INVALID', 'The credit or debit mark is neither CRDT nor DBIT.', {
      expected: 'CRDT or DBIT',
    });
  }

  readBoolean(text: string): boolean {
    if (text === 'true' || text === '1') return true;
    if (text === 'false' || text === '0') return false;
    this.fail('CAMT_FIELD_INVALID', 'The indicator is neither true nor false.', {
      expected: 'true or false',
    });
  }

  readStatus(text: string): BankTransaction['status'] {
    const status = STATUSES[text];
    if (status === undefined) {
      this.fail('CAMT_FIELD_INVALID', 'The status is not one that is known.', {
        expected: 'BOOK, PDNG, INFO or FUTR',
      });
    }
    return status;
  }

  /** A counterparty's IBAN; with wrong check digits it is kept as given, under a warning. */
  readIban(text: string): string {
    const check = checkIban(text);
    if (check.ok) return check.iban;
    this.warn('IBAN_CHECK_DIGITS', 'A counterparty account that is given as an IBAN is not a valid one.');
    return text;
  }

  setAccount(text: string, isIban: boolean): void {
    const check = checkIban(text);
    if (check.ok) {
      this.account.iban = check.iban;
      delete this.account.other;
      return;
    }
    if (this.account.iban !== undefined) return;
    this.account.other = text;
    if (isIban) this.warn('IBAN_CHECK_DIGITS', 'The own account is given as an IBAN and is not a valid one.');
  }

  takeCharge(isRecord: boolean): void {
    const { charge } = this;
    if (isRecord) {
      this.#addCharge(charge);
      this.charge = { hasRecords: true };
      return;
    }
    if (charge.hasRecords === true) return;
    if (charge.amount === undefined && charge.total !== undefined) charge.amount = charge.total;
    this.#addCharge(charge);
  }

  #addCharge({ amount, direction, included, type }: ChargeDraft): void {
    if (amount === undefined || amount.amountMinor === 0n) return;
    this.target.charges.push({
      ...amount,
      direction: direction ?? 'debit',
      ...(included === undefined ? {} : { included }),
      ...(type === undefined ? {} : { type }),
    });
  }

  takeExchange(): void {
    const { sourceCurrency, rate } = this.exchange;
    if (sourceCurrency === undefined || rate === undefined) return;
    this.target.exchange ??= { ...this.exchange, sourceCurrency, rate };
  }

  takeStructured(): void {
    const built = buildStructured(this.structured);
    if (built.plainReference !== undefined) {
      this.warn(
        'RF_CHECK_DIGITS',
        'A creditor reference has wrong ISO 11649 check digits; it is kept as plain text.',
      );
      this.target.unstructured.push(built.plainReference);
    }
    if (built.structured !== undefined) this.target.structured.push(built.structured);
  }
}
