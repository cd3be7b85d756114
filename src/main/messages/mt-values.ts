/** How the texts of MT fields become values, and how what is wrong with them is said. */
import type { MessageWarning } from '../../contract/messages.ts';
import { currencyScale, parseAmount } from '../../contract/money.ts';
import { CountersignError, type ErrorDetails } from '../base/index.ts';
import { LenientDecoder } from './encoding.ts';
import { readMtDate } from './mt-fields.ts';
import type { MtField, MtLineReader } from './mt-lines.ts';
import type { MtMessage } from './mt-message.ts';

type MtErrorCode =
  | 'MT_FIELD_MISSING'
  | 'MT_FIELD_INVALID'
  | 'MESSAGE_TRUNCATED'
  | 'AMOUNT_INVALID'
  | 'AMOUNT_SCALE'
  | 'CURRENCY_UNKNOWN'
  | 'DATE_INVALID'
  | 'FIELD_TOO_LONG';

/** What the reader of MT files reads its values with. Every failure names file, line and tag. */
export abstract class MtValues {
  protected readonly fileName: string;
  protected readonly decoder = new LenientDecoder();
  protected abstract readonly lines: MtLineReader;
  protected message: MtMessage | undefined;
  protected messageCount = 0;
  #warnedEncoding = false;

  constructor(fileName: string) {
    this.fileName = fileName;
  }

  /** The lines of a field as text; the first that is not UTF-8 is warned about. */
  protected text(field: MtField): string[] {
    const lines = field.lines.map((line) => this.decoder.decode(line));
    if (this.decoder.fellBack && !this.#warnedEncoding) {
      this.#warnedEncoding = true;
      this.warn('ENCODING_FALLBACK', 'The file is not UTF-8; from here on it is read as ISO-8859-1.', field);
    }
    return lines;
  }

  /** Minor units of an amount. Errors: AMOUNT_INVALID, AMOUNT_SCALE, CURRENCY_UNKNOWN. */
  protected amount(field: MtField, text: string, currency: string): bigint {
    const read = parseAmount(text, currency, ',');
    if (read.ok) return read.amountMinor;
    if (read.reason === 'currency-unknown') {
      this.fail(
        'CURRENCY_UNKNOWN',
        'ISO 4217 has no such currency.',
        field.line,
        'a currency of ISO 4217',
        currency,
      );
    }
    if (read.reason === 'digits-beyond-scale') {
      const scale = currencyScale(currency) ?? 2;
      this.fail(
        'AMOUNT_SCALE',
        `The amount has digits beyond the scale of ${currency}.`,
        field.line,
        `at most ${scale} digits after the comma`,
        undefined,
        `:${field.tag}:`,
      );
    }
    this.fail(
      'AMOUNT_INVALID',
      'The amount is not an unsigned decimal number.',
      field.line,
      'digits and a comma',
      undefined,
      `:${field.tag}:`,
    );
  }

  protected date(field: MtField, text: string): string {
    const date = readMtDate(text);
    if (date === undefined) {
      this.fail(
        'DATE_INVALID',
        'The date does not exist.',
        field.line,
        'YYMMDD',
        undefined,
        `:${field.tag}:`,
      );
    }
    return date;
  }

  protected path(tail: string): string {
    const message = `msg[${Math.max(1, this.messageCount)}]`;
    return tail === '' ? message : `${message}/${tail}`;
  }

  protected warn(code: MessageWarning, text: string, field: MtField): void {
    this.message?.book.warn(code, text, field.line, this.path(`:${field.tag}:`));
  }

  protected invalid(field: MtField, expected: string): never {
    this.fail(
      'MT_FIELD_INVALID',
      'A tag does not have the form the standard asks for.',
      field.line,
      expected,
      undefined,
      `:${field.tag}:`,
    );
  }

  protected fail(
    code: MtErrorCode,
    text: string,
    line: number,
    expected?: string,
    actual?: string,
    tag?: string,
  ): never {
    // What is malformed because the file ends in its middle is called by that name.
    const truncated = this.lines.cutShort && code === 'MT_FIELD_INVALID';
    const details: ErrorDetails = {
      file: this.fileName,
      line,
      path: this.path(tag ?? ''),
      ...(expected === undefined ? {} : { expected }),
      ...(actual === undefined ? {} : { actual }),
    };
    if (truncated)
      throw new CountersignError('MESSAGE_TRUNCATED', 'The file ends before the statement does.', details);
    throw new CountersignError(code, text, details);
  }
}
