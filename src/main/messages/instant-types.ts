/**
 * What one single message of an instant rail says. Plain data, like everything in this room: amounts are
 * `bigint` minor units, optional fields are absent, never `undefined`.
 */
import type { MessageWarning } from '../../contract/messages.ts';
import type { IsoDate } from '../base/index.ts';
import type { BankTransaction, MoneyAmount, SourcePosition, StatementAccount } from './types.ts';

/** ISO 20022 messages that are taken one by one; a camt.054 comes as a file too. */
export type InstantKind = 'pacs.008' | 'pacs.002' | 'pacs.004' | 'camt.054' | 'camt.056';

/** Rails of which the console knows the rules: see `rails`. */
export type RailId = 'fednow' | 'rtp' | 'sepa-instant' | 'faster-payments' | 'pix' | 'fedwire' | 'swift-gpi';

/** How a payment may be known again, strongest first. A name that says NOTPROVIDED is absent. */
export interface PaymentKeys {
  readonly uetr?: string;
  readonly accountServicerReference?: string;
  readonly endToEndId?: string;
  readonly transactionId?: string;
  readonly instructionId?: string;
  /** `ClrSysRef`: the rail's own number of the payment. */
  readonly clearingSystemReference?: string;
}

export interface InstantMessage {
  readonly kind: InstantKind;
  /** Version of the message (`001.08`), where it says. */
  readonly version?: string;
  readonly form: 'json' | 'xml';
  /** By the envelope, the settlement or the currency; absent where nothing tells. */
  readonly rail?: RailId;
  /** `GrpHdr/MsgId`, or `Assgnmt/Id` of a camt.056. */
  readonly messageId: string;
  /** The bank that sent it, whose own the id is: its BIC or its number in the clearing; absent where it does not say. */
  readonly sender?: string;
  /** As the message gives it: ISO date-time with its offset. */
  readonly createdAt?: string;
  /** In the order of the message; never empty. */
  readonly items: readonly InstantItem[];
  /** What was taken and is not quite right: an IBAN or a reference whose check digits fail. Absent where none. */
  readonly warnings?: readonly InstantWarning[];
}

export interface InstantWarning {
  readonly code: MessageWarning;
  readonly line: number;
  readonly path: string;
}

export type InstantItem = InstantPayment | InstantStatus | InstantReturn | InstantRecall;

/** Money that has come in or gone out: a transfer of a pacs.008, an entry of a camt.054. */
export interface InstantPayment {
  readonly kind: 'payment';
  /**
   * The accounts that may be our own, likeliest first: of a pacs.008 the creditor's, then the debtor's;
   * of a camt.054 the account it speaks of. `direction` is that of the transaction on this account.
   */
  readonly accounts: readonly {
    readonly account: StatementAccount;
    readonly direction: 'credit' | 'debit';
  }[];
  /** The transaction as a statement would report it, told as seen by the first of `accounts`. */
  readonly transaction: BankTransaction;
  readonly keys: PaymentKeys;
}

/** What became of an earlier payment: a transaction of a pacs.002. */
export interface InstantStatus {
  readonly kind: 'status';
  readonly position: SourcePosition;
  /** Keys of the payment it speaks of (`OrgnlTxRef` and the `Orgnl…` ids). */
  readonly original: PaymentKeys;
  readonly originalMessageId?: string;
  /** `RJCT` takes the payment back; every other status (`ACSC`, `ACCC`, `PDNG` …) is noted only. */
  readonly status: string;
  readonly reason?: string;
  readonly originalAmount?: MoneyAmount;
}

/** Money that goes back: a transaction of a pacs.004. */
export interface InstantReturn {
  readonly kind: 'return';
  readonly position: SourcePosition;
  readonly original: PaymentKeys;
  readonly originalMessageId?: string;
  /** Keys of the return itself, by which the statement's second line is known. */
  readonly keys: PaymentKeys;
  readonly returned: MoneyAmount;
  readonly settlementDate?: IsoDate;
  readonly reason?: string;
}

/** A request to send money back: a transaction of a camt.056. It moves nothing. */
export interface InstantRecall {
  readonly kind: 'recall';
  readonly position: SourcePosition;
  readonly original: PaymentKeys;
  readonly originalMessageId?: string;
  readonly caseId?: string;
  readonly reason?: string;
  readonly originalAmount?: MoneyAmount;
}
