/** Drafts into values: one bank transaction from an entry and a detail, one structured remittance. */
import type { IsoDate } from '../base/index.ts';
import {
  codeText,
  type DetailDraft,
  detailAmount,
  type EntryDraft,
  type Mutable,
  type StructuredDraft,
} from './camt-draft.ts';
import { isRfReference, looksLikeRfReference, normaliseRfReference } from './rf-reference.ts';
import type {
  BankTransaction,
  MoneyAmount,
  Party,
  RemittanceDocument,
  StructuredRemittance,
  TransactionPosition,
} from './types.ts';

export interface BuildContext {
  readonly index: number;
  /** Set where the entry is split into its details. */
  readonly detailIndex: number | undefined;
  readonly statementPath: string;
  fallbackDate(): IsoDate;
}

function positionOf(entry: EntryDraft, detail: DetailDraft, context: BuildContext): TransactionPosition {
  const entryPath = `${context.statementPath}/Ntry[${entry.entryIndex + 1}]`;
  const { byteStart, line } = detail.mark;
  if (context.detailIndex === undefined) {
    return { byteStart, byteEnd: detail.byteEnd, line, path: entryPath };
  }
  const head = entry.shared.mark;
  return {
    byteStart,
    byteEnd: detail.byteEnd,
    line,
    path: `${entryPath}/TxDtls[${context.detailIndex + 1}]`,
    entryHead: {
      byteStart: head.byteStart,
      byteEnd: entry.headEnd ?? byteStart,
      line: head.line,
      path: entryPath,
    },
  };
}

/** What the payer instructed, where that says more than the booked amount does. */
function instructedOf(
  detail: DetailDraft,
  shared: DetailDraft,
  booked: MoneyAmount,
): MoneyAmount | undefined {
  const candidates = [detail.instructed, shared.instructed, detail.amount, detail.transactionAmount];
  const other = candidates.find((candidate) => candidate !== undefined && candidate.amountMinor !== 0n);
  if (other === undefined) return undefined;
  return other.currency === booked.currency && other.amountMinor === booked.amountMinor ? undefined : other;
}

export function isEmptyParty(party: Party | undefined): boolean {
  if (party === undefined) return true;
  for (const _ in party) return false;
  return true;
}

/** One bank transaction from an entry and one of its details (or the entry's own fields). */
export function buildTransaction(
  entry: EntryDraft,
  detail: DetailDraft,
  context: BuildContext,
): BankTransaction {
  const { shared } = entry;
  const entryAmount = entry.amount as MoneyAmount;
  const split = context.detailIndex !== undefined;
  const amount = split ? (detailAmount(detail, entryAmount.currency) as MoneyAmount) : entryAmount;
  const direction = (
    split ? (detail.direction ?? entry.direction) : entry.direction
  ) as BankTransaction['direction'];
  const built: Mutable<BankTransaction> = {
    index: context.index,
    entryIndex: entry.entryIndex,
    amountMinor: amount.amountMinor,
    currency: amount.currency,
    direction,
    status: entry.status as BankTransaction['status'],
    reversal: entry.reversal,
    bookingDate: entry.bookingDate ?? context.fallbackDate(),
    remittance: { unstructured: detail.unstructured, structured: detail.structured },
    position: positionOf(entry, detail, context),
  };
  if (context.detailIndex !== undefined) built.detailIndex = context.detailIndex;
  if (entry.valueDate !== undefined) built.valueDate = entry.valueDate;
  // An entry's own reference names the booking; the details of a batch have references of their own.
  const servicer = split
    ? (detail.accountServicerReference ?? shared.accountServicerReference)
    : (shared.accountServicerReference ?? detail.accountServicerReference);
  if (servicer !== undefined) built.accountServicerReference = servicer;
  if (entry.reference !== undefined) built.entryReference = entry.reference;
  if (detail.endToEndId !== undefined) built.endToEndId = detail.endToEndId;
  if (detail.uetr !== undefined) built.uetr = detail.uetr;
  if (detail.transactionId !== undefined) built.transactionId = detail.transactionId;
  if (detail.instructionId !== undefined) built.instructionId = detail.instructionId;
  if (detail.clearingSystemReference !== undefined) {
    built.clearingSystemReference = detail.clearingSystemReference;
  }
  if (detail.mandateId !== undefined) built.mandateId = detail.mandateId;
  if (detail.creditorId !== undefined) built.creditorId = detail.creditorId;
  if (detail.chequeNumber !== undefined) built.chequeNumber = detail.chequeNumber;
  const code = codeText(detail.code) ?? codeText(shared.code);
  if (code !== undefined) built.bankTransactionCode = code;
  if (!isEmptyParty(detail.creditor)) built.creditor = detail.creditor as Party;
  if (!isEmptyParty(detail.debtor)) built.debtor = detail.debtor as Party;
  if (!isEmptyParty(detail.ultimateCreditor)) built.ultimateCreditor = detail.ultimateCreditor as Party;
  if (!isEmptyParty(detail.ultimateDebtor)) built.ultimateDebtor = detail.ultimateDebtor as Party;
  addMoneyDetails(built, entry, detail, split);
  if (detail.returnReason !== undefined) built.returnReason = detail.returnReason;
  if (detail.purpose !== undefined) built.purpose = detail.purpose;
  const info = detail.additionalInfo ?? shared.additionalInfo;
  if (info !== undefined) built.additionalInfo = info;
  if (!split && entry.detailCount > 1) built.detailCount = entry.detailCount;
  return built;
}

function addMoneyDetails(
  built: Mutable<BankTransaction>,
  entry: EntryDraft,
  detail: DetailDraft,
  split: boolean,
): void {
  const { shared } = entry;
  const own = detail === shared || split ? [] : shared.charges;
  const charges = own.length > 0 && detail.charges.length === 0 ? own : detail.charges;
  if (charges.length > 0) built.charges = charges;
  const instructed = instructedOf(detail, shared, built);
  if (instructed !== undefined) built.instructed = instructed;
  const exchange = detail.exchange ?? shared.exchange;
  if (exchange !== undefined) built.exchange = exchange;
}

export interface BuiltStructured {
  readonly structured?: StructuredRemittance;
  /** A reference that has the form of ISO 11649 and fails it. */
  readonly plainReference?: string;
}

/** Structured remittance with its reference checked; empty where nothing is in it. */
export function buildStructured(draft: StructuredDraft): BuiltStructured {
  const built: Mutable<StructuredRemittance> = {};
  let plainReference: string | undefined;
  if (draft.reference !== undefined) {
    if (isRfReference(draft.reference)) {
      built.reference = normaliseRfReference(draft.reference);
      built.referenceType = draft.referenceCode ?? 'SCOR';
    } else if (looksLikeRfReference(draft.reference)) {
      plainReference = draft.reference;
    } else {
      built.reference = draft.reference;
      if (draft.referenceCode !== undefined) built.referenceType = draft.referenceCode;
    }
  }
  const documents = documentsOf(draft);
  if (documents.length > 0) built.documents = documents;
  if (draft.additional.length > 0) built.additional = draft.additional;
  const isEmpty = Object.keys(built).length === 0;
  return {
    ...(isEmpty ? {} : { structured: built }),
    ...(plainReference === undefined ? {} : { plainReference }),
  };
}

/** The documents with their amounts; amounts over several documents stand in an entry of their own. */
function documentsOf(draft: StructuredDraft): readonly RemittanceDocument[] {
  const { due, discount, creditNote, remitted } = draft.amounts;
  const currency = (remitted ?? due ?? creditNote ?? discount)?.currency;
  const documents = draft.documents.filter((document) => Object.keys(document).length > 0);
  if (currency === undefined) return documents;
  const only = documents.length === 1 ? documents[0] : undefined;
  const withAmounts: Mutable<RemittanceDocument> = only ?? {};
  withAmounts.currency = currency;
  if (remitted?.currency === currency) withAmounts.amountMinor = remitted.amountMinor;
  if (due?.currency === currency) withAmounts.dueMinor = due.amountMinor;
  if (discount?.currency === currency) withAmounts.discountMinor = discount.amountMinor;
  if (creditNote?.currency === currency) withAmounts.creditNoteMinor = creditNote.amountMinor;
  return only === undefined ? [...documents, withAmounts] : documents;
}
