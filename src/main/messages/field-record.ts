/**
 * What the elements that every ISO 20022 message shares write into (parties, accounts, amounts, references,
 * remittance), and how their texts become values. Statements and single messages build upon it.
 */
import type { MessageWarning } from '../../contract/messages.ts';
import { currencyScale, parseAmount } from '../../contract/money.ts';
import { CountersignError, type ErrorDetails, isIsoDate } from '../base/index.ts';
import {
  type ChargeDraft,
  DetailDraft,
  type Direction,
  type Mutable,
  type StructuredDraft,
} from './camt-draft.ts';
import { buildStructured } from './camt-transaction.ts';
import { checkIban } from './iban.ts';
import type { Exchange, MoneyAmount, RemittanceDocument } from './types.ts';

type ErrorCodeOfFields =
  | 'CAMT_FIELD_MISSING'
  | 'CAMT_FIELD_INVALID'
  | 'CAMT_NAMESPACE'
  | 'AMOUNT_INVALID'
  | 'AMOUNT_SCALE'
  | 'AMOUNT_ZERO'
  | 'CURRENCY_UNKNOWN'
  | 'DATE_INVALID'
  | 'GROUP_HEADER_MISMATCH';

/** The drafts the elements write into, each set anew by the element that opens it. */
export abstract class FieldRecord {
  /** What the parties, references and amounts of the moment belong to. */
  target: DetailDraft = new DetailDraft({ byteStart: 0, line: 1 });
  charge: ChargeDraft = {};
  exchange: Partial<Mutable<Exchange>> = {};
  structured: StructuredDraft = { documents: [], amounts: {}, additional: [] };
  document: Mutable<RemittanceDocument> = {};
  otherId: string | undefined;

  /** The attribute `Ccy` of the element that is open. */
  protected currency = '';
  readonly #knownDates = new Set<string>();

  /** File, line and path of the element that is open. */
  protected abstract where(): { file: string; line: number; path: string };
  protected abstract warn(code: MessageWarning, message: string): void;

  /** Throws with line and path of the element that is open. */
  fail(code: ErrorCodeOfFields, message: string, details: ErrorDetails = {}): never {
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
      this.fail('CAMT_FIELD_INVALID', 'The value is not a decimal number.');
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

  /** A counterparty's IBAN; with wrong check digits it is kept as given, under a warning. */
  readIban(text: string): string {
    const check = checkIban(text);
    if (check.ok) return check.iban;
    this.warn('IBAN_CHECK_DIGITS', 'A counterparty account that is given as an IBAN is not a valid one.');
    return text;
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
