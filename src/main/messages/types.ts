/**
 * The values that messages turn into. Everything here is plain data: it crosses threads, and
 * the desks store it. Amounts are `bigint` minor units; optional fields are absent, never `undefined`.
 */
import type { MessageType, MessageWarning } from '../../contract/messages.ts';
import type { IsoDate } from '../base/index.ts';

/** The kinds of bank message; the two CSV kinds are `MessageType`s that are no bank message. */
export type StatementType = 'camt.052' | 'camt.053' | 'camt.054' | 'mt940' | 'mt942';

/**
 * A stretch of the original file, so that the screen can show the message's own bytes.
 * `byteStart`/`byteEnd` (exclusive) are offsets in the file as it was given, a byte order
 * mark counted; `line` is 1-based; `path` names the element (`Stmt[1]/Ntry[12]/TxDtls[3]`) or
 * the tag (`msg[2]/:61:[4]`). Indexes in paths are 1-based.
 */
export interface SourcePosition {
  readonly byteStart: number;
  readonly byteEnd: number;
  readonly line: number;
  readonly path: string;
}

/**
 * Where a bank transaction stands. Only the stretch travels and is stored; `locateFields`
 * reads it again when a screen wants a single field marked.
 */
export interface TransactionPosition extends SourcePosition {
  /**
   * For one `TxDtls` of several: the start of the entry up to its first `NtryDtls`, where
   * booking date, status and the entry's own amount stand. Absent where the transaction's
   * own stretch holds the whole entry.
   */
  readonly entryHead?: SourcePosition;
}

/** The own account a statement speaks of. One of `iban` and `other` is always there. */
export interface StatementAccount {
  /** An IBAN with right check digits, without spaces. */
  readonly iban?: string;
  /** The identification as given where it is not a valid IBAN (`50880050/0194774600888`). */
  readonly other?: string;
  readonly currency?: string;
  readonly ownerName?: string;
  readonly servicerBic?: string;
}

export interface StatementHeader {
  readonly type: StatementType;
  /** Place of the statement in the file, from 0. */
  readonly index: number;
  /** `Stmt/Id`, `Rpt/Id`, `Ntfctn/Id` or `:20:`. Never a key: banks reuse it. */
  readonly statementId: string;
  /** `LglSeqNb`, else `ElctrncSeqNb`, or the part of `:28C:` before the slash, leading zeros kept. */
  readonly sequenceNumber?: string;
  /** Page within the sequence number: `StmtPgntn/PgNb` or the part of `:28C:` after the slash. */
  readonly page?: string;
  /** False where the message says that further pages follow. */
  readonly lastPage?: boolean;
  /** As the message gives it: ISO date-time with its offset. */
  readonly createdAt?: string;
  readonly account: StatementAccount;
  readonly fromDate?: IsoDate;
  readonly toDate?: IsoDate;
  /** `CpyDplctInd` (COPY, CODU, DUPL) where the bank marks the statement as a copy. */
  readonly copyDuplicate?: string;
  readonly position: SourcePosition;
}

export type BalanceKind =
  | 'opening-booked'
  | 'closing-booked'
  | 'opening-available'
  | 'closing-available'
  | 'forward-available'
  | 'interim-booked'
  | 'interim-available'
  | 'previously-closed'
  | 'other';

export interface StatementBalance {
  readonly kind: BalanceKind;
  /** The message's own word: `OPBD`, `PRCD`, `60F`, `64`, or a proprietary code. */
  readonly code: string;
  /** Signed: credit is positive. */
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly date: IsoDate;
  /** `60M`/`62M` or a camt subtype `INTM`: the balance of a page, not of the whole statement. */
  readonly intermediate: boolean;
  readonly position: SourcePosition;
}

export interface Party {
  readonly name?: string;
  /** IBAN without spaces where its check digits are right, else the identification as given. */
  readonly account?: string;
  readonly bic?: string;
  /** Bank code where no BIC is given (German BLZ and the like). */
  readonly bankCode?: string;
  /** ISO 3166 alpha-2 code of address or residence. */
  readonly country?: string;
}

/** A document that structured remittance names (`RfrdDocInf`) with its amounts (`RfrdDocAmt`). */
export interface RemittanceDocument {
  readonly number?: string;
  /** `CINV`, `CREN`, … or a proprietary code. */
  readonly type?: string;
  readonly date?: IsoDate;
  /** `RmtdAmt`: what is paid of the document. */
  readonly amountMinor?: bigint;
  readonly currency?: string;
  /** `DuePyblAmt`. */
  readonly dueMinor?: bigint;
  /** `DscntApldAmt`. */
  readonly discountMinor?: bigint;
  /** `CdtNoteAmt`. */
  readonly creditNoteMinor?: bigint;
}

export interface StructuredRemittance {
  /** The creditor's reference as given, spaces left out for an ISO 11649 reference. */
  readonly reference?: string;
  /**
   * `SCOR` with a reference whose ISO 11649 check digits are right; `QRR` and other codes as
   * given. A reference that claims to be RF and is not stays, without a type, and is warned about.
   */
  readonly referenceType?: string;
  readonly documents?: readonly RemittanceDocument[];
  readonly additional?: readonly string[];
}

export interface Remittance {
  readonly unstructured: readonly string[];
  readonly structured: readonly StructuredRemittance[];
}

export interface Charge {
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly direction: 'credit' | 'debit';
  /** True where the charge is already inside the entry's amount; absent where the bank does not say. */
  readonly included?: boolean;
  readonly type?: string;
}

export interface MoneyAmount {
  readonly amountMinor: bigint;
  readonly currency: string;
}

export interface Exchange {
  readonly sourceCurrency: string;
  readonly targetCurrency?: string;
  readonly unitCurrency?: string;
  /** The decimal as given. */
  readonly rate: string;
}

/** One line a bank reports: a `TxDtls` where the entry's details add up to it, else an entry. */
export interface BankTransaction {
  /** Place within its statement, from 0. */
  readonly index: number;
  /** Place of its entry (`Ntry`, `:61:`) within the statement, from 0. */
  readonly entryIndex: number;
  /** Place of its `TxDtls` within the entry, from 0, where there is one transaction per detail. */
  readonly detailIndex?: number;
  /** Unsigned; `direction` has the sign. */
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Which way the money moved on the own account; a reversal already turned. */
  readonly direction: 'credit' | 'debit';
  readonly status: 'booked' | 'pending' | 'info' | 'future';
  /** `RvslInd`, or the marks RC and RD: the line takes back an earlier one. */
  readonly reversal: boolean;
  /** Where the message gives none: value date, else the statement's date (a warning says so). */
  readonly bookingDate: IsoDate;
  readonly valueDate?: IsoDate;
  /** The entry's reference as the account servicer gave it (`AcctSvcrRef`, `:61:` after `//`). */
  readonly accountServicerReference?: string;
  /** `NtryRef`, or the customer's reference in `:61:`, where it is not `NONREF`. */
  readonly entryReference?: string;
  /** Absent where the message says `NOTPROVIDED`. */
  readonly endToEndId?: string;
  readonly uetr?: string;
  readonly transactionId?: string;
  readonly instructionId?: string;
  /** `ClrSysRef`: the number the clearing system gave it. */
  readonly clearingSystemReference?: string;
  readonly mandateId?: string;
  readonly creditorId?: string;
  readonly chequeNumber?: string;
  /** `PMNT/RCDT/ESCT`, a proprietary code, or for MT the GVC and SWIFT code (`166/NTRF`). */
  readonly bankTransactionCode?: string;
  readonly creditor?: Party;
  readonly debtor?: Party;
  readonly ultimateCreditor?: Party;
  readonly ultimateDebtor?: Party;
  readonly remittance: Remittance;
  readonly charges?: readonly Charge[];
  /** What the payer instructed, where it differs in amount or currency from the transaction. */
  readonly instructed?: MoneyAmount;
  readonly exchange?: Exchange;
  /** Reason code of a return (`AC04`), else its proprietary text. */
  readonly returnReason?: string;
  readonly purpose?: string;
  readonly additionalInfo?: string;
  /** How many `TxDtls` the entry has where it stands for them all because they do not add up. */
  readonly detailCount?: number;
  readonly position: TransactionPosition;
}

/** Sums of one currency over the transactions of a statement. */
export interface StatementTotal {
  readonly currency: string;
  readonly bookedCreditMinor: bigint;
  readonly bookedDebitMinor: bigint;
  readonly bookedCount: number;
  /** Pending, information and future entries; they never count in a balance. */
  readonly otherCount: number;
}

export interface StatementCounts {
  readonly entries: number;
  readonly transactions: number;
}

/** Outcome of opening booked + booked entries = closing booked, for one currency of a statement. */
export interface BalanceCheck {
  readonly currency: string;
  /**
   * `balanced`, `difference`; `not-given` where opening or closing is absent in this currency
   * while the other is given in it.
   */
  readonly outcome: 'balanced' | 'difference' | 'not-given';
  readonly openingMinor?: bigint;
  readonly bookedMinor: bigint;
  readonly closingMinor?: bigint;
  /** closing − (opening + booked); 0 where balanced; absent where not checked. */
  readonly differenceMinor?: bigint;
}

/** One row of a customers file. `line` is the 1-based line on which the row begins. */
export interface CustomerRow {
  readonly line: number;
  readonly customerId: string;
  readonly name: string;
  /** ISO 3166 alpha-2; absent where the column is empty. */
  readonly country?: string;
  /** Valid IBANs without spaces, upper case. */
  readonly ibans: readonly string[];
  readonly aliases: readonly string[];
}

/** One row of an invoices file. */
export interface InvoiceRow {
  readonly line: number;
  readonly invoiceNumber: string;
  readonly customerId: string;
  readonly kind: 'invoice' | 'credit_note';
  readonly issuedOn: IsoDate;
  readonly dueOn: IsoDate;
  readonly currency: string;
  /** Positive; a credit note's sign is its `kind`. */
  readonly amountMinor: bigint;
  /** As given, spaces left out where it is an ISO 11649 reference. */
  readonly structuredReference?: string;
  /** Parts per million, an integer: 2.5 % is 25,000. Both discount fields are there or neither. */
  readonly discountPpm?: number;
  readonly discountUntil?: IsoDate;
}

export interface WarningEvent {
  readonly kind: 'warning';
  readonly code: MessageWarning;
  readonly message: string;
  readonly line?: number;
  readonly path?: string;
  readonly statementIndex?: number;
}

export interface StatementEnd {
  readonly kind: 'statement-end';
  /** The header, completed by what stood after the entries. */
  readonly header: StatementHeader;
  readonly balances: readonly StatementBalance[];
  readonly counts: StatementCounts;
  readonly totals: readonly StatementTotal[];
  readonly balanceChecks: readonly BalanceCheck[];
}

/**
 * What a parse yields, in order: `file-start`; then for a bank message, per statement,
 * `statement-start`, `balance` and `transactions` as they stand in the file, `statement-end`; for a
 * CSV batches of rows; at last `file-end`. Warnings come in between. On an error the iteration
 * throws and the caller discards what came before: a file is taken whole or not at all.
 */
export type ParseEvent =
  | {
      readonly kind: 'file-start';
      readonly type: Exclude<MessageType, 'unknown'>;
      /** Version of the camt message (`001.08`). */
      readonly version?: string;
      readonly encoding: string;
    }
  | { readonly kind: 'statement-start'; readonly header: StatementHeader }
  | { readonly kind: 'balance'; readonly statementIndex: number; readonly balance: StatementBalance }
  | {
      readonly kind: 'transactions';
      readonly statementIndex: number;
      readonly transactions: readonly BankTransaction[];
    }
  | StatementEnd
  | { readonly kind: 'customers'; readonly rows: readonly CustomerRow[] }
  | { readonly kind: 'invoices'; readonly rows: readonly InvoiceRow[] }
  | WarningEvent
  | {
      readonly kind: 'file-end';
      /** What the file was read in to its end: ISO-8859-1 where MT or CSV bytes turned out not to be UTF-8. */
      readonly encoding: string;
      readonly statements: number;
      readonly transactions: number;
      readonly rows: number;
    };

export interface ParseOptions {
  /** The file's name as the person gave it; it stands in errors and never decides the type. */
  readonly fileName: string;
  readonly signal?: AbortSignal;
}
