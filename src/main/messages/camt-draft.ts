/** What is gathered while one entry or one of its details is being read. */
import type { IsoDate } from '../base/index.ts';
import type {
  BalanceKind,
  BankTransaction,
  Charge,
  Exchange,
  MoneyAmount,
  Party,
  RemittanceDocument,
  StructuredRemittance,
} from './types.ts';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type Direction = BankTransaction['direction'];

/** Where something starts: byte offset and 1-based line. */
export interface Mark {
  readonly byteStart: number;
  readonly line: number;
}

export interface ChargeDraft {
  amount?: MoneyAmount;
  direction?: Direction;
  included?: boolean;
  type?: string;
  hasRecords?: boolean;
  total?: MoneyAmount;
}

export interface DocumentAmounts {
  due?: MoneyAmount;
  discount?: MoneyAmount;
  creditNote?: MoneyAmount;
  remitted?: MoneyAmount;
}

export interface StructuredDraft {
  reference?: string;
  referenceCode?: string;
  documents: Mutable<RemittanceDocument>[];
  amounts: DocumentAmounts;
  additional: string[];
}

export interface CodeDraft {
  domain?: string;
  family?: string;
  subFamily?: string;
  proprietary?: string;
}

/** The fields an entry and each of its details have in common, and those of a detail alone. */
export class DetailDraft {
  mark: Mark;
  byteEnd = 0;
  amount: MoneyAmount | undefined;
  transactionAmount: MoneyAmount | undefined;
  counterValue: MoneyAmount | undefined;
  instructed: MoneyAmount | undefined;
  direction: Direction | undefined;
  exchange: Mutable<Exchange> | undefined;
  accountServicerReference: string | undefined;
  endToEndId: string | undefined;
  uetr: string | undefined;
  transactionId: string | undefined;
  instructionId: string | undefined;
  clearingSystemReference: string | undefined;
  mandateId: string | undefined;
  creditorId: string | undefined;
  chequeNumber: string | undefined;
  code: CodeDraft = {};
  creditor: Mutable<Party> | undefined;
  debtor: Mutable<Party> | undefined;
  ultimateCreditor: Mutable<Party> | undefined;
  ultimateDebtor: Mutable<Party> | undefined;
  unstructured: string[] = [];
  structured: StructuredRemittance[] = [];
  charges: Charge[] = [];
  returnReason: string | undefined;
  purpose: string | undefined;
  additionalInfo: string | undefined;

  constructor(mark: Mark) {
    this.mark = mark;
  }
}

/** One `Ntry`. `shared` holds what stands at the entry and not in a detail. */
export class EntryDraft {
  readonly shared: DetailDraft;
  /** Its place among the statement's entries, and that of its first transaction, from 0. */
  readonly entryIndex: number;
  readonly firstIndex: number;
  amount: MoneyAmount | undefined;
  direction: Direction | undefined;
  status: BankTransaction['status'] | undefined;
  reversal = false;
  reference: string | undefined;
  bookingDate: IsoDate | undefined;
  valueDate: IsoDate | undefined;
  headEnd: number | undefined;
  details: DetailDraft[] = [];
  detailCount = 0;
  /** Signed sum of the details in the entry's direction; undefined once one has no usable amount. */
  detailSumMinor: bigint | undefined = 0n;

  constructor(mark: Mark, before: { readonly entries: number; readonly transactions: number }) {
    this.shared = new DetailDraft(mark);
    this.entryIndex = before.entries;
    this.firstIndex = before.transactions;
  }
}

export interface BalanceDraft {
  mark: Mark;
  code?: string;
  subType?: string;
  amount?: MoneyAmount;
  direction?: Direction;
  date?: IsoDate;
}

/** Balance types of ISO 20022's external code list as the console names them. */
export const BALANCE_KINDS: Readonly<Record<string, BalanceKind>> = {
  OPBD: 'opening-booked',
  CLBD: 'closing-booked',
  OPAV: 'opening-available',
  CLAV: 'closing-available',
  FWAV: 'forward-available',
  ITBD: 'interim-booked',
  ITAV: 'interim-available',
  PRCD: 'previously-closed',
};

export const STATUSES: Readonly<Record<string, BankTransaction['status']>> = {
  BOOK: 'booked',
  PDNG: 'pending',
  INFO: 'info',
  FUTR: 'future',
};

/** The amount that counts for a detail in its entry's currency, if it gives one. */
export function detailAmount(detail: DetailDraft, currency: string): MoneyAmount | undefined {
  const candidates = [detail.amount, detail.transactionAmount, detail.counterValue, detail.instructed];
  return candidates.find((candidate) => candidate?.currency === currency);
}

/** `PMNT/RCDT/ESCT`, else the proprietary code, else nothing. */
export function codeText(code: CodeDraft): string | undefined {
  const parts = [code.domain, code.family, code.subFamily].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join('/') : code.proprietary;
}
