/** One bank transaction from a statement line (`:61:`) and what field 86 says about it. */
import type { MessageWarning } from '../../contract/messages.ts';
import { parseAmount } from '../../contract/money.ts';
import type { IsoDate } from '../base/index.ts';
import type { Mutable } from './camt-draft.ts';
import { checkIban } from './iban.ts';
import { readMt86 } from './mt-86-dialects.ts';
import { readSlashCodes } from './mt-86-slashes.ts';
import type { Mt86 } from './mt-86-text.ts';
import { entryDateNear, type MtStatementLine, readMark } from './mt-fields.ts';
import { isRfReference, looksLikeRfReference, normaliseRfReference } from './rf-reference.ts';
import type {
  BankTransaction,
  MoneyAmount,
  Party,
  StructuredRemittance,
  TransactionPosition,
} from './types.ts';

export interface MtTransactionInput {
  readonly line: MtStatementLine;
  /** The lines of field 86, decoded; empty where there is none. */
  readonly details: readonly string[];
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly valueDate: IsoDate;
  readonly index: number;
  readonly position: TransactionPosition;
  invalidDate(): never;
  warn(code: MessageWarning, text: string): void;
}

/** Text references that say where in field 86 the reference stands; they are no reference. */
const POINTER = /^(EREF|KREF|MREF|SVWZ)\+?$/;

export function buildMtTransaction(input: MtTransactionInput): BankTransaction {
  const { line, currency, valueDate } = input;
  const { direction, reversal, expected } = readMark(line.mark);
  const read = readMt86(input.details);
  const plainSupplementary = readSupplementary(line, read);
  const entryDate = line.entryDate === undefined ? valueDate : entryDateNear(line.entryDate, valueDate);
  if (entryDate === undefined) input.invalidDate();
  const built: Mutable<BankTransaction> = {
    index: input.index,
    entryIndex: input.index,
    amountMinor: input.amountMinor,
    currency,
    direction,
    status: expected ? 'pending' : 'booked',
    reversal,
    bookingDate: entryDate,
    valueDate,
    bankTransactionCode:
      read.gvc === undefined ? line.transactionType : `${read.gvc}/${line.transactionType}`,
    remittance: { unstructured: read.unstructured, structured: structuredOf(read, input) },
    position: input.position,
  };
  if (line.bankReference !== undefined) built.accountServicerReference = line.bankReference;
  addReferences(built, line, read);
  addParties(built, read, input);
  const instructed = amountOf(read.originalAmount, currency);
  if (instructed !== undefined) built.instructed = instructed;
  const charges = amountOf(read.chargesAmount, currency);
  if (charges !== undefined && charges.amountMinor > 0n) built.charges = [{ ...charges, direction: 'debit' }];
  if (read.exchangeRate !== undefined && instructed !== undefined && instructed.currency !== currency) {
    built.exchange = {
      sourceCurrency: instructed.currency,
      targetCurrency: currency,
      rate: read.exchangeRate,
    };
  }
  const info = [read.bookingText, plainSupplementary].filter((text) => text !== undefined && text !== '');
  if (info.length > 0) built.additionalInfo = info.join(' · ');
  return built;
}

/** Line two of field 61: slash codes with the original amount, or text that is handed back. */
function readSupplementary(line: MtStatementLine, read: Mt86): string | undefined {
  if (line.supplementary === undefined || !/^\/[A-Z]{4}\//.test(line.supplementary))
    return line.supplementary;
  readSlashCodes(line.supplementary, read);
  return undefined;
}

function addReferences(built: Mutable<BankTransaction>, line: MtStatementLine, read: Mt86): void {
  const own = line.customerReference;
  const reference = own === undefined || POINTER.test(own) ? read.customerReference : own;
  if (reference !== undefined) built.entryReference = reference;
  if (/^.?CHK$/.test(line.transactionType) && own !== undefined && /^\d+$/.test(own))
    built.chequeNumber = own;
  if (read.endToEndId !== undefined) built.endToEndId = read.endToEndId;
  if (read.uetr !== undefined) built.uetr = read.uetr;
  if (read.transactionId !== undefined) built.transactionId = read.transactionId;
  if (read.instructionId !== undefined) built.instructionId = read.instructionId;
  if (read.mandateId !== undefined) built.mandateId = read.mandateId;
  if (read.creditorId !== undefined) built.creditorId = read.creditorId;
  if (read.purpose !== undefined) built.purpose = read.purpose;
  if (read.returnReason !== undefined) built.returnReason = read.returnReason;
}

/** The counterparty is who paid where money came in, and who was paid where it went out. */
function addParties(built: Mutable<BankTransaction>, read: Mt86, input: MtTransactionInput): void {
  const original = built.direction === 'credit' ? !built.reversal : built.reversal;
  const debtor: Mutable<Party> = { ...(original ? read.counterparty : {}), ...read.debtor };
  const creditor: Mutable<Party> = { ...(original ? {} : read.counterparty), ...read.creditor };
  if (read.ownName !== undefined) {
    const own = original ? creditor : debtor;
    own.name ??= read.ownName;
  }
  for (const [role, party] of [
    ['debtor', debtor],
    ['creditor', creditor],
    ['ultimateDebtor', read.ultimateDebtor],
    ['ultimateCreditor', read.ultimateCreditor],
  ] as const) {
    const checked = party === undefined ? undefined : checkedParty(party, input);
    if (checked !== undefined) built[role] = checked;
  }
}

function checkedParty(party: Party, input: MtTransactionInput): Party | undefined {
  if (Object.keys(party).length === 0) return undefined;
  if (party.account === undefined) return party;
  const check = checkIban(party.account);
  if (check.ok) return { ...party, account: check.iban };
  // Two letters and two digits at the start are meant as an IBAN; anything else is a national number.
  if (/^[A-Z]{2}\d{2}/.test(party.account)) {
    input.warn('IBAN_CHECK_DIGITS', 'A counterparty account that looks like an IBAN is not a valid one.');
  }
  return party;
}

function structuredOf(read: Mt86, input: MtTransactionInput): StructuredRemittance[] {
  const { reference } = read;
  if (reference === undefined) return [];
  if (isRfReference(reference))
    return [{ reference: normaliseRfReference(reference), referenceType: 'SCOR' }];
  if (looksLikeRfReference(reference)) {
    input.warn(
      'RF_CHECK_DIGITS',
      'A creditor reference has wrong ISO 11649 check digits; it is kept as plain text.',
    );
    read.unstructured.push(reference);
    return [];
  }
  return [{ reference }];
}

/** Amounts inside free text are the bank's own words: what cannot be read is left out, never refused. */
function amountOf(
  given: { currency?: string; amount: string } | undefined,
  fallback: string,
): MoneyAmount | undefined {
  if (given === undefined) return undefined;
  const currency = given.currency ?? fallback;
  const read = parseAmount(given.amount, currency, ',');
  return read.ok ? { amountMinor: read.amountMinor, currency } : undefined;
}
