/**
 * A camt.054 as a single message. It is read as the file reader reads it, so that its entries give the same
 * bank transactions, whether they come one by one or in a file.
 */
import { CountersignError } from '../base/index.ts';
import { CamtReader } from './camt-reader.ts';
import type { InstantContent } from './instant-reader.ts';
import { keysOf } from './instant-transaction.ts';
import type { InstantPayment, InstantWarning } from './instant-types.ts';
import type { PackedBlock } from './statement-book.ts';
import type { ParseEvent, StatementAccount } from './types.ts';

export class NotificationReader extends CamtReader {
  readonly #items: InstantPayment[];
  readonly #warnings: InstantWarning[];

  constructor(fileName: string) {
    const items: InstantPayment[] = [];
    const warnings: InstantWarning[] = [];
    let account: StatementAccount = {};
    const event = (one: ParseEvent | PackedBlock): void => {
      if (one.kind === 'statement-start') account = one.header.account;
      else if (one.kind === 'warning') {
        warnings.push({ code: one.code, line: one.line ?? 1, path: one.path ?? '' });
      } else if (one.kind === 'transactions') {
        for (const transaction of one.transactions) {
          const accounts = [{ account, direction: transaction.direction }];
          items.push({ kind: 'payment', accounts, transaction, keys: keysOf(transaction) });
        }
      }
    };
    super(fileName, { event }, () => 'utf-8');
    this.#items = items;
    this.#warnings = warnings;
  }

  /** The whole message, once its elements have come. */
  finish(): InstantContent {
    this.end();
    const { id, createdAt } = this.message;
    const sender = this.#items[0]?.accounts[0]?.account.servicerBic;
    if (id === undefined) this.#missing('The message has no identification.', 'GrpHdr/MsgId');
    if (this.#items.length === 0) this.#missing('The message holds no entry.', 'Ntry');
    return {
      messageId: id as string,
      ...(sender === undefined ? {} : { sender }),
      ...(createdAt === undefined ? {} : { createdAt }),
      items: this.#items,
      warnings: this.#warnings,
    };
  }

  #missing(message: string, expected: string): void {
    throw new CountersignError('CAMT_FIELD_MISSING', message, { ...this.where(), expected });
  }
}
