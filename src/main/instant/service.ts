/** The room's shell: messages in, and what became of the payments they tell of. */
import { isCountersignError } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { checkTransit, type TransitCheck } from './checking.ts';
import { createConfirming } from './confirming.ts';
import type { InstantContext, InstantOptions } from './context.ts';
import { magnitude } from './known.ts';
import { createListing, type Listing } from './listing.ts';
import { tellOverdue } from './overdue.ts';
import { confirmByPerson, type LineChoice, undoByPerson } from './person.ts';
import { createPrePostReading, type PrePostReading } from './pre-posts.ts';
import { createReading, type InstantReading } from './reading.ts';
import { createInstantStore } from './store.ts';
import { createReadingStore } from './store-reading.ts';
import { type InstantOutcome, type Taking, takeMessage } from './taking.ts';

export interface Instant extends InstantReading, Listing {
  /**
   * Whether messages can be taken: what is owed lies in memory, and statements were looked at. Where
   * they are not, that begins now.
   */
  isReady(): boolean;
  /** To be called when the vault was opened: goes on where a crash ended it. */
  start(): void;
  /** Lists and statements have come: what is in memory follows. */
  follow(): Promise<void>;
  /** Somebody was erased: what is in memory is read again. */
  forget(): Promise<void>;
  close(): Promise<void>;
  /**
   * A person says which line is the payment. Errors: INSTANT_PAYMENT_UNKNOWN, INSTANT_CONFIRMED,
   * INSTANT_LINE_UNFIT, INSTANT_DECIDED_APART.
   */
  confirm(choice: LineChoice, caller: Caller): ReturnType<typeof confirmByPerson>;
  /**
   * A person says that the line is not the payment after all. Errors: INSTANT_PAYMENT_UNKNOWN,
   * INSTANT_NOT_CONFIRMED, INSTANT_WENT_BACK, MATCH_CLEARED unless a second person agreed.
   */
  undo(paymentId: string, caller: Caller, isApproved?: boolean): ReturnType<typeof undoByPerson>;
  /** Tells of pre-postings whose deadline has passed, each once; answers how many. */
  tellOverdue(): number;
  /** What stands in In-transit, for the desk of breaks. */
  readonly prePosts: PrePostReading;
  /** Whether a line is one of the two of a payment that went back: it settles nothing, and needs nobody. */
  isOfReturn(lineId: bigint): boolean;
  /** The law check: In-transit holds what waits for a statement's line. */
  verifyTransit(): TransitCheck;
  /**
   * One message down the road, in the caller's vault transaction or one of its own. Errors:
   * INSTANT_NOT_READY, INSTANT_MESSAGE_REUSED, INSTANT_ACCOUNT_UNKNOWN, INSTANT_RETURN_EXCEEDS,
   * INSTANT_SEVERAL_PAYMENTS; nothing is written then.
   */
  take(taking: Taking, caller: Caller): InstantOutcome;
  /** Holds the statements' lines against the payments that wait; to be called when the vault was opened. */
  confirmLines(): Promise<void>;
}

const faultOf = (error: unknown) => ({ name: error instanceof Error ? error.name : typeof error });

function isOfReturn({ store }: InstantContext, lineId: bigint): boolean {
  if (store.noticeOfLine(lineId) !== undefined) return true;
  const paymentId = store.paymentOfLine(lineId);
  const payment = paymentId === undefined ? undefined : store.payment(paymentId);
  return payment !== undefined && payment.returnedMinor >= magnitude(payment.moneyMinor);
}

/** Opens the room on a vault. */
export function createInstant(options: InstantOptions): Instant {
  const context: InstantContext = { ...options, store: createInstantStore(options.vault.db) };
  const reads = createReadingStore(options.vault.db);
  const confirming = createConfirming(context);
  const confirmLines = confirming.newLines;
  options.book.confirmBy(confirming.all);
  const { online } = options.reconciliation;
  let waking: Promise<void> | undefined;
  const isReady = () => online.isReady() && options.book.isAware();

  /** Reads what is owed into memory, a slice at a time. */
  function wake(): void {
    waking ??= confirmLines()
      .then(online.refresh)
      .catch((error: unknown) => {
        if (!isCountersignError(error, 'CANCELLED'))
          options.log?.error('instant.wake-failed', faultOf(error));
        waking = undefined;
      });
  }

  return {
    ...createReading(context, reads),
    ...createListing(context),
    confirm: (choice, caller) => confirmByPerson(context, choice, caller),
    undo: (paymentId, caller, isApproved = false) => undoByPerson(context, paymentId, caller, isApproved),
    prePosts: createPrePostReading(reads),
    isOfReturn: (lineId) => isOfReturn(context, lineId),
    tellOverdue: () => tellOverdue(context, reads),
    verifyTransit: () => checkTransit(context, reads),
    isReady() {
      if (isReady()) return true;
      wake();
      return false;
    },
    start() {
      if (context.store.anyPayment()) wake();
    },
    async follow() {
      // What came is in the vault whatever happens here, and the next run of the machine looks again.
      await confirmLines().catch((error: unknown) =>
        options.log?.error('instant.confirm-failed', faultOf(error)),
      );
      if (waking !== undefined) await waking.then(online.refresh);
    },
    async forget() {
      if (waking !== undefined) await waking.then(online.rebuild);
    },
    async close() {
      await online.close();
      await waking;
    },
    take: (taking, caller) => takeMessage(context, taking, caller),
    confirmLines,
  };
}
