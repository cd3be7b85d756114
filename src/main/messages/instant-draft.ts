/** What is gathered while one transaction of a single message is being read. */
import type { IsoDate } from '../base/index.ts';
import { DetailDraft, type Mark, type Mutable } from './camt-draft.ts';
import type { PaymentKeys } from './instant-types.ts';
import type { MoneyAmount } from './types.ts';

/** `GrpHdr`, or `Assgnmt` and `CtrlData` of a camt.056. */
export interface GroupDraft {
  messageId?: string;
  sender?: string;
  createdAt?: string;
  createdOn?: IsoDate;
  count?: string;
  controlSum?: string;
  total?: MoneyAmount;
  settlementDate?: IsoDate;
  /** True where a pacs.004 sends back every transaction of the original message. */
  wholeGroup?: boolean;
}

/** The message an answer speaks of, and what is said of all its transactions together. */
export interface OriginalDraft {
  mark: Mark;
  byteEnd: number;
  messageId?: string;
  status?: string;
  reason?: string;
  caseId?: string;
}

/** One transaction of whichever message. */
export class OrderDraft {
  readonly mark: Mark;
  readonly path: string;
  byteEnd = 0;
  /** Parties, references and remittance, as an entry of a statement has them. */
  readonly detail: DetailDraft;
  amount: MoneyAmount | undefined;
  settlementDate: IsoDate | undefined;
  acceptedOn: IsoDate | undefined;
  rate: string | undefined;
  creditorCurrency: string | undefined;
  debtorCurrency: string | undefined;
  original: Mutable<PaymentKeys> = {};
  originalMessageId: string | undefined;
  originalAmount: MoneyAmount | undefined;
  status: string | undefined;
  reason: string | undefined;
  returnId: string | undefined;
  caseId: string | undefined;

  constructor(mark: Mark, path: string) {
    this.mark = mark;
    this.path = path;
    this.detail = new DetailDraft(mark);
  }
}
