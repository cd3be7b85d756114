/**
 * What is known of payments, for whoever stands beside the room: reconciliation asks it of each
 * transaction. It stands on the tables alone, so that it is there before the rooms that use it.
 */

import { type PaymentKeys, readContent } from '../messages/index.ts';
import type { PaymentContent, Payments } from '../reconciliation/index.ts';
import { type Sealing, unlessErased } from '../sealing/index.ts';
import type { Statements, TransactionForMatching } from '../statements/index.ts';
import type { Vault } from '../vault/index.ts';
import type { PaymentSaid } from './keys.ts';
import { createInstantStore, type PaymentRow } from './store.ts';

export interface PaymentBook extends Payments {
  /** The id that the next payment has. */
  nextId(): bigint;
  /** A payment or line as matching reads it. */
  rowOf(id: bigint): TransactionForMatching;
  /** What a payment says whose row is written only at the end of its transaction. */
  hold(id: bigint, row: TransactionForMatching | undefined): void;
  /**
   * Runs `work` before a new payment's row is there, and answers what of it stands in In-transit then: so the row
   * is written once, with that.
   */
  beforeRow<T>(id: bigint, work: () => T): { readonly result: T; readonly transitMinor: bigint };
  /** What a payment is known by. */
  saidOf(payment: PaymentRow): PaymentSaid;
  /** Moves on to the line that was looked at last; in the vault where payments exist. In a vault transaction. */
  moveThrough(id: bigint): void;
  /** The line that was looked at last. */
  through(): bigint;
  /** Keeps in the vault how far it has come, where that is not kept yet. In a vault transaction. */
  noteThrough(): void;
  /** Whether the first look at the lines was taken. */
  isAware(): boolean;
  /** The pass over the lines, by the room that is made later. */
  confirmBy(confirm: () => Promise<void>): void;
}

/** Up to which line the payments were held against statements. */
const THROUGH_NOTE = 'instant_confirmed_through';
const EVERY_LINE = 2n ** 62n;

export function createPaymentBook(options: {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly statements: Statements;
}): PaymentBook {
  const { vault, sealing, statements } = options;
  const store = createInstantStore(vault.db);
  let through = noted();
  let isNoted = through !== undefined;
  let confirm: () => Promise<void> = async () => {};

  function noted(): bigint | undefined {
    const note = vault.meta(THROUGH_NOTE);
    return note === undefined ? undefined : BigInt(note);
  }

  /** What further messages said of a payment, and what was said of those that turned out to be it. */
  function partsOf(paymentId: bigint): { kind: string; content: PaymentContent }[] {
    const joined = store.joinedTo(paymentId);
    const theirs = joined.map((id) => ({ kind: kindOf(id), content: rowOf(id).content }));
    return [...theirs, ...[paymentId, ...joined].flatMap(ownParts)];
  }

  const kindOf = (paymentId: bigint): string => store.message(store.payment(paymentId)!.messageId)!.kind;

  function ownParts(paymentId: bigint): { kind: string; content: PaymentContent }[] {
    return store.partsOf(paymentId).flatMap(({ id, kind, sealedId }) => {
      const ref = { id: sealedId, table: 'instant_part', column: 'content', applicationId: id.toString() };
      const text = unlessErased(() => sealing.openText(ref));
      return text === null ? [] : [{ kind, content: readContent(text) }];
    });
  }

  function contentsOf(paymentId: bigint): PaymentContent[] {
    const own = rowOf(paymentId).content;
    const parts = partsOf(paymentId);
    if (parts.length === 0) return [own];
    // The payer's own message says the most, whichever came first.
    return [{ kind: kindOf(paymentId), content: own }, ...parts]
      .sort((left, right) => rank(left.kind) - rank(right.kind))
      .map(({ content }) => content);
  }

  const held = new Map<bigint, TransactionForMatching>();
  /** The payment whose row is yet to be written. */
  let coming: { readonly id: bigint; transitMinor: bigint } | undefined;
  const rowOf = (id: bigint) => held.get(id) ?? statements.transactionForMatching(id);

  return {
    nextId: () => store.lastPaymentId() + 1n,
    rowOf,
    hold(id, row) {
      if (row === undefined) held.delete(id);
      else held.set(id, row);
    },
    confirm: () => confirm(),
    confirmBy: (pass) => {
      confirm = pass;
    },
    through: () => through ?? 0n,
    isAware: () => through !== undefined,
    confirmedThrough: () => (store.anyPayment() ? (through ?? 0n) : EVERY_LINE),
    noteThrough() {
      if (isNoted) return;
      vault.setMeta(THROUGH_NOTE, (through ?? 0n).toString());
      isNoted = true;
      vault.onRollback(() => {
        isNoted = false;
      });
    },
    moveThrough(id) {
      const before = through;
      vault.onRollback(() => {
        through = before;
      });
      through = id;
      if (store.anyPayment()) vault.setMeta(THROUGH_NOTE, id.toString());
    },
    openCount: () => store.openCount(),
    isOpen(paymentId) {
      const row = store.payment(paymentId);
      if (row === undefined || row.lineId !== null || row.rejected === 1n) return false;
      return row.returnedMinor < (row.moneyMinor < 0n ? -row.moneyMinor : row.moneyMinor);
    },
    paymentOf: (lineId) => store.paymentOfLine(lineId),
    isReturnLine: (lineId) => store.noticeOfLine(lineId) !== undefined,
    returnedMinor: (paymentId) => store.payment(paymentId)?.returnedMinor ?? 0n,
    transitMinor: (paymentId) => store.payment(paymentId)?.transitMinor ?? 0n,
    contentsOf,
    addTransit(paymentId, deltaMinor) {
      if (coming?.id === paymentId) coming.transitMinor += deltaMinor;
      else store.addTransit(paymentId, deltaMinor);
    },
    beforeRow(id, work) {
      const row = { id, transitMinor: 0n };
      coming = row;
      try {
        return { result: work(), transitMinor: row.transitMinor };
      } finally {
        coming = undefined;
      }
    },
    saidOf(payment) {
      const { moneyMinor, currency, paidOn } = payment;
      return { names: contentsOf(payment.id).map(keysOf), moneyMinor, currency, date: paidOn };
    },
  };
}

/** The references in what was said of a transaction. */
export function keysOf(content: PaymentContent): PaymentKeys {
  const { uetr, accountServicerReference, endToEndId, transactionId, instructionId } = content;
  const { clearingSystemReference } = content;
  return {
    ...(uetr === undefined ? {} : { uetr }),
    ...(accountServicerReference === undefined ? {} : { accountServicerReference }),
    ...(endToEndId === undefined ? {} : { endToEndId }),
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(instructionId === undefined ? {} : { instructionId }),
    ...(clearingSystemReference === undefined ? {} : { clearingSystemReference }),
  };
}

const rank = (kind: string): number => (kind === 'pacs.008' ? 0 : 1);
