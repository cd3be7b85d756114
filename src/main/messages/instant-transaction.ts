/** Drafts into items: what a transaction of each kind of message says, with what it must say. */
import type { IsoDate } from '../base/index.ts';
import type { Mutable } from './camt-draft.ts';
import { isEmptyParty } from './camt-transaction.ts';
import { checkIban } from './iban.ts';
import type { OrderDraft } from './instant-draft.ts';
import type { InstantReader } from './instant-reader.ts';
import type {
  InstantPayment,
  InstantRecall,
  InstantReturn,
  InstantStatus,
  PaymentKeys,
} from './instant-types.ts';
import type {
  BankTransaction,
  Exchange,
  MoneyAmount,
  Party,
  SourcePosition,
  StatementAccount,
} from './types.ts';

function positionOf({ mark, byteEnd, path }: OrderDraft): SourcePosition {
  return { byteStart: mark.byteStart, byteEnd, line: mark.line, path };
}

/** The amount that moves, which no rail lets be nothing. */
function movedAmount(reader: InstantReader, draft: OrderDraft, expected: string): MoneyAmount {
  const { amount } = draft;
  if (amount === undefined) {
    reader.fail('CAMT_FIELD_MISSING', 'The transaction has no settlement amount.', { expected });
  }
  if (amount.amountMinor === 0n) {
    reader.fail('AMOUNT_ZERO', 'The amount is zero where money must move.', { expected: 'more than zero' });
  }
  return amount;
}

function settlementDateOf(reader: InstantReader, draft: OrderDraft): IsoDate {
  const { group } = reader;
  const date = draft.settlementDate ?? group.settlementDate ?? draft.acceptedOn ?? group.createdOn;
  if (date === undefined) {
    reader.fail('CAMT_FIELD_MISSING', 'The transaction has no settlement date.', {
      expected: 'IntrBkSttlmDt',
    });
  }
  return date;
}

function accountOf(party: Party | undefined, currency: string | undefined): StatementAccount | undefined {
  const account = party?.account;
  if (party === undefined || account === undefined) return undefined;
  const check = checkIban(account);
  return {
    ...(check.ok ? { iban: check.iban } : { other: account }),
    ...(currency === undefined ? {} : { currency }),
    ...(party.name === undefined ? {} : { ownerName: party.name }),
    ...(party.bic === undefined ? {} : { servicerBic: party.bic }),
  };
}

/** A transfer of a pacs.008. */
export function paymentOf(reader: InstantReader, draft: OrderDraft, index: number): InstantPayment {
  const { detail } = draft;
  const amount = movedAmount(reader, draft, 'IntrBkSttlmAmt');
  const credited = accountOf(detail.creditor, draft.creditorCurrency);
  const debited = accountOf(detail.debtor, draft.debtorCurrency);
  if (credited === undefined && debited === undefined) {
    reader.fail('CAMT_FIELD_MISSING', 'The transfer names neither of its accounts.', {
      expected: 'CdtrAcct/Id or DbtrAcct/Id',
    });
  }
  const accounts: Mutable<InstantPayment['accounts']> = [
    ...(credited === undefined ? [] : [{ account: credited, direction: 'credit' as const }]),
    ...(debited === undefined ? [] : [{ account: debited, direction: 'debit' as const }]),
  ];
  const transaction: Mutable<BankTransaction> = {
    index,
    entryIndex: index,
    amountMinor: amount.amountMinor,
    currency: amount.currency,
    direction: credited === undefined ? 'debit' : 'credit',
    status: 'booked',
    reversal: false,
    bookingDate: settlementDateOf(reader, draft),
    remittance: { unstructured: detail.unstructured, structured: detail.structured },
    position: positionOf(draft),
  };
  const valueDate = draft.settlementDate ?? reader.group.settlementDate;
  if (valueDate !== undefined) transaction.valueDate = valueDate;
  addReferences(transaction, draft);
  if (!isEmptyParty(detail.creditor)) transaction.creditor = detail.creditor as Party;
  if (!isEmptyParty(detail.debtor)) transaction.debtor = detail.debtor as Party;
  if (!isEmptyParty(detail.ultimateCreditor)) transaction.ultimateCreditor = detail.ultimateCreditor as Party;
  if (!isEmptyParty(detail.ultimateDebtor)) transaction.ultimateDebtor = detail.ultimateDebtor as Party;
  addMoney(transaction, draft, amount);
  return { kind: 'payment', accounts, transaction, keys: keysOf(transaction) };
}

function addReferences(transaction: Mutable<BankTransaction>, { detail }: OrderDraft): void {
  if (detail.endToEndId !== undefined) transaction.endToEndId = detail.endToEndId;
  if (detail.uetr !== undefined) transaction.uetr = detail.uetr;
  if (detail.transactionId !== undefined) transaction.transactionId = detail.transactionId;
  if (detail.instructionId !== undefined) transaction.instructionId = detail.instructionId;
  if (detail.clearingSystemReference !== undefined) {
    transaction.clearingSystemReference = detail.clearingSystemReference;
  }
  if (detail.creditorId !== undefined) transaction.creditorId = detail.creditorId;
  if (detail.purpose !== undefined) transaction.purpose = detail.purpose;
}

function addMoney(transaction: Mutable<BankTransaction>, draft: OrderDraft, settled: MoneyAmount): void {
  const { instructed, charges } = draft.detail;
  if (charges.length > 0) transaction.charges = charges;
  if (instructed === undefined || instructed.amountMinor === 0n) return;
  const isOther = instructed.currency !== settled.currency;
  if (isOther || instructed.amountMinor !== settled.amountMinor) transaction.instructed = instructed;
  if (!isOther || draft.rate === undefined) return;
  const exchange: Exchange = {
    sourceCurrency: instructed.currency,
    targetCurrency: settled.currency,
    rate: draft.rate,
  };
  transaction.exchange = exchange;
}

/** How the payment of a transaction may be known again. */
export function keysOf(transaction: BankTransaction): PaymentKeys {
  const keys: Mutable<PaymentKeys> = {};
  if (transaction.uetr !== undefined) keys.uetr = transaction.uetr;
  if (transaction.accountServicerReference !== undefined) {
    keys.accountServicerReference = transaction.accountServicerReference;
  }
  if (transaction.endToEndId !== undefined) keys.endToEndId = transaction.endToEndId;
  if (transaction.transactionId !== undefined) keys.transactionId = transaction.transactionId;
  if (transaction.instructionId !== undefined) keys.instructionId = transaction.instructionId;
  if (transaction.clearingSystemReference !== undefined) {
    keys.clearingSystemReference = transaction.clearingSystemReference;
  }
  return keys;
}

/** What every answer says of the payment it speaks of; it must name it somehow. */
function originalOf(reader: InstantReader, draft: OrderDraft) {
  const originalMessageId = draft.originalMessageId ?? reader.original.messageId;
  let isNamed = originalMessageId !== undefined;
  for (const _ in draft.original) isNamed = true;
  if (!isNamed) {
    reader.fail('CAMT_FIELD_MISSING', 'The transaction names no earlier payment or message.', {
      expected: 'OrgnlEndToEndId, OrgnlTxId, OrgnlInstrId, OrgnlUETR or OrgnlMsgId',
    });
  }
  return {
    original: draft.original,
    ...(originalMessageId === undefined ? {} : { originalMessageId }),
  };
}

const reasonOf = (reader: InstantReader, draft: OrderDraft) => {
  const reason = draft.reason ?? reader.original.reason;
  return reason === undefined ? {} : { reason };
};

const originalAmountOf = ({ originalAmount }: OrderDraft) =>
  originalAmount === undefined ? {} : { originalAmount };

/** A transaction of a pacs.002, or its word on a whole message. */
export function statusOf(reader: InstantReader, draft: OrderDraft): InstantStatus {
  const status = draft.status ?? reader.original.status;
  if (status === undefined) {
    reader.fail('CAMT_FIELD_MISSING', 'The transaction has no status.', { expected: 'TxSts or GrpSts' });
  }
  if (!/^[A-Z]{4}$/.test(status)) {
    reader.fail('CAMT_FIELD_INVALID', 'The status is not a code of four letters.', {
      expected: 'ACCC, ACSC, ACSP, PDNG, RJCT or another code of ISO 20022',
    });
  }
  return {
    kind: 'status',
    position: positionOf(draft),
    ...originalOf(reader, draft),
    status,
    ...reasonOf(reader, draft),
    ...originalAmountOf(draft),
  };
}

/** A transaction of a pacs.004, or the return of a whole message. */
export function returnOf(reader: InstantReader, draft: OrderDraft): InstantReturn {
  const settlementDate = draft.settlementDate ?? reader.group.settlementDate;
  const keys: Mutable<PaymentKeys> = {};
  if (draft.returnId !== undefined) keys.transactionId = draft.returnId;
  const { clearingSystemReference } = draft.detail;
  if (clearingSystemReference !== undefined) keys.clearingSystemReference = clearingSystemReference;
  return {
    kind: 'return',
    position: positionOf(draft),
    ...originalOf(reader, draft),
    keys,
    returned: movedAmount(reader, draft, 'RtrdIntrBkSttlmAmt'),
    ...(settlementDate === undefined ? {} : { settlementDate }),
    ...reasonOf(reader, draft),
  };
}

/** A transaction of a camt.056, or the recall of a whole message. */
export function recallOf(reader: InstantReader, draft: OrderDraft): InstantRecall {
  const caseId = draft.caseId ?? reader.original.caseId ?? reader.caseId;
  return {
    kind: 'recall',
    position: positionOf(draft),
    ...originalOf(reader, draft),
    ...(caseId === undefined ? {} : { caseId }),
    ...reasonOf(reader, draft),
    ...originalAmountOf(draft),
  };
}
