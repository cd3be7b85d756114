/** Instant messages as values, and a desk that takes them. */

import type { InstantOutcome } from '../../src/main/instant/index.ts';
import {
  type BankTransaction,
  type InstantKind,
  type InstantMessage,
  type InstantPayment,
  type InstantRecall,
  type InstantReturn,
  type InstantStatus,
  type MoneyAmount,
  type PaymentKeys,
  type WrittenMessage,
  writeInstant,
} from '../../src/main/messages/index.ts';
import {
  analyst,
  CUSTOMERS,
  type Desk,
  type DeskOptions,
  INVOICES,
  openDesk,
} from '../reconciliation/support.ts';

export const OWN = 'DE02120300000000202051';
export const MUSTER = { name: 'Muster Handels GmbH', account: 'DE89370400440532013000' };
export const NORD = { name: 'Nordlicht Logistik AG', account: 'DE75512108001245126199' };
export const DATE = '2026-11-20';

const position = { byteStart: 0, byteEnd: 10, line: 1, path: 'CdtTrfTxInf[1]' };
const cents = (amount: string): bigint => BigInt(amount.replace('.', ''));
const eur = (amount: string): MoneyAmount => ({ amountMinor: cents(amount), currency: 'EUR' });

export interface PaymentOptions {
  readonly amount: string;
  readonly keys?: PaymentKeys;
  readonly text?: string;
  readonly debtor?: { readonly name: string; readonly account?: string };
  readonly direction?: 'credit' | 'debit';
  readonly account?: string;
  readonly currency?: string;
  readonly date?: string;
}

export function payment(options: PaymentOptions): InstantPayment {
  const { amount, keys = {}, text, debtor = MUSTER, direction = 'credit', date = DATE } = options;
  const { account = OWN, currency = 'EUR' } = options;
  const transaction: BankTransaction = {
    index: 0,
    entryIndex: 0,
    amountMinor: cents(amount),
    currency,
    direction,
    status: 'booked',
    reversal: false,
    bookingDate: date,
    ...keys,
    ...(direction === 'credit' ? { debtor } : { creditor: debtor }),
    remittance: { unstructured: text === undefined ? [] : [text], structured: [] },
    position,
  };
  return { kind: 'payment', accounts: [{ account: { iban: account }, direction }], transaction, keys };
}

let messages = 0;
function nextId(): string {
  messages += 1;
  return `M-${messages}`;
}

export function message(
  kind: InstantKind,
  items: InstantMessage['items'],
  messageId = nextId(),
): InstantMessage {
  return { kind, form: 'json', rail: 'sepa-instant', messageId, items };
}

export const pacs008 = (options: PaymentOptions, messageId?: string): InstantMessage =>
  message('pacs.008', [payment(options)], messageId);
export const camt054 = (options: PaymentOptions, messageId?: string): InstantMessage =>
  message('camt.054', [payment(options)], messageId);

export function pacs002(original: PaymentKeys, status = 'RJCT', messageId?: string): InstantMessage {
  const item: InstantStatus = { kind: 'status', position, original, status, reason: 'AC04' };
  return message('pacs.002', [item], messageId);
}

export function pacs004(original: PaymentKeys, amount: string, messageId?: string): InstantMessage {
  const item: InstantReturn = {
    kind: 'return',
    position,
    original,
    keys: {},
    returned: eur(amount),
    settlementDate: DATE,
    reason: 'AC04',
  };
  return message('pacs.004', [item], messageId);
}

/** A notification that so much of an earlier payment was taken off the account again. */
export function takenBack(amount: string, keys: PaymentKeys, messageId?: string): InstantMessage {
  const one = payment({ amount, direction: 'debit', keys });
  return message(
    'camt.054',
    [{ ...one, transaction: { ...one.transaction, returnReason: 'AC04' } }],
    messageId,
  );
}

export function camt056(original: PaymentKeys, messageId?: string): InstantMessage {
  const item: InstantRecall = { kind: 'recall', position, original, reason: 'FRAD' };
  return message('camt.056', [item], messageId);
}

/** The bytes that a bank sends. */
export function bytesOf(message: InstantMessage, form: 'json' | 'xml' = 'json'): Buffer {
  const items = message.items.map((item) => {
    if (item.kind !== 'payment' || message.kind !== 'pacs.008') return item;
    const creditor = { name: 'We', account: item.accounts[0]!.account.iban! };
    return { ...item, transaction: { ...item.transaction, creditor } };
  });
  const { kind, messageId, rail } = message;
  const head = { kind, messageId, sender: 'BANKDEFF', createdAt: `${DATE}T10:00:00Z` };
  const written = { ...head, ...(rail === undefined || kind === 'camt.054' ? {} : { rail }), items };
  return Buffer.from(writeInstant(written as WrittenMessage, form));
}

export type Role = Parameters<Desk['ledger']['roleAccount']>[0];
const ROLES = [
  'in-transit',
  'unapplied-cash',
  'receivables',
  'discounts-allowed',
  'bank-charges',
  'held',
] as const;

/** A desk with customers, invoices and one known account, whose engine is in memory. */
export interface InstantDesk extends Desk {
  send(message: InstantMessage): InstantOutcome;
  run(): Promise<unknown>;
  /** What the role accounts hold in euro, and the bank; without what is zero. */
  balances(): Record<string, bigint>;
  openOf(invoiceNumber: string): bigint;
}

export async function openInstantDesk(options: DeskOptions = {}): Promise<InstantDesk> {
  const desk = await openDesk(options);
  await desk.import('customers.csv', CUSTOMERS);
  await desk.import('invoices.csv', INVOICES);
  const made = instantDesk(desk);
  await made.book([], '2026-11-19');
  await untilReady(desk);
  return made;
}

/** Waits until what is owed lies in memory. */
export async function untilReady({ instant }: Pick<Desk, 'instant'>): Promise<void> {
  while (!instant.isReady()) await new Promise((done) => setImmediate(done));
}

export function instantDesk(desk: Desk): InstantDesk {
  return {
    ...desk,
    send: (message) =>
      desk.instant.take(
        {
          message,
          raw: Buffer.from(message.messageId),
          source: 'test',
          receivedAtMs: desk.test.runtime.nowMs(),
        },
        analyst,
      ),
    book: (lines, date = DATE) => desk.book(lines, date),
    run: () => desk.reconciliation.run(analyst),
    balances() {
      const { ledger } = desk;
      const found: Record<string, bigint> = {};
      const bank = ledger
        .roleBalances('bank-account')
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
      if (bank !== 0n) found.bank = bank;
      for (const role of ROLES) {
        const held = ledger.roleBalances(role).reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
        if (held !== 0n) found[role] = held;
      }
      return found;
    },
    openOf: (invoiceNumber) => desk.receivables.openItemByNumber(invoiceNumber).openMinor,
  };
}
