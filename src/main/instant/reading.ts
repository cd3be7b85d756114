/** What screens and other desks read: payments, one payment's story, what is in transit, the day. */
import type { z } from 'zod';
import type { instant, StoredMessage } from '../../contract/instant.ts';
import { CountersignError, dateOfMs, type IsoDate } from '../base/index.ts';
import type { Page, PageRequest } from '../statements/index.ts';
import type { InstantContext, OverduePrePost } from './context.ts';
import { candidateLines } from './known.ts';
import { toPaymentRows } from './listing.ts';
import { rawOf } from './messages.ts';
import type { MessageRow } from './store.ts';
import type { OpenLeg, PaymentWithState, ReadingStore } from './store-reading.ts';

type Story = z.infer<(typeof instant.payment)['~orpc']['outputSchema'] & z.ZodType>;
type OpenPrePost = z.infer<
  (typeof instant.openPrePosts)['~orpc']['outputSchema'] & z.ZodType
>['rows'][number];
type Position = z.infer<(typeof instant.position)['~orpc']['outputSchema'] & z.ZodType>;

export interface InstantReading {
  /** Errors: INSTANT_PAYMENT_UNKNOWN. */
  payment(id: string): Story;
  /** Errors: INSTANT_MESSAGE_UNKNOWN. */
  message(messageNumber: string): StoredMessage;
  /** Its bytes as text. Errors: INSTANT_MESSAGE_UNKNOWN, STATEMENT_SOURCE_ERASED. */
  messageSource(messageNumber: string): { text: string; sizeBytes: number };
  openPrePosts(query: PageRequest & { readonly overdueOnly: boolean }): Page<OpenPrePost>;
  position(date?: IsoDate): Position;
  /** What stands in In-transit although its statement should have come, for the desk of breaks. */
  overdue(): OverduePrePost[];
}

const parseId = (text: string | undefined): bigint => (/^\d{1,18}$/.test(text ?? '') ? BigInt(text!) : -1n);
const HOUR_MS = 3_600_000;
/** Of a message this much is shown; none that was taken is longer than the queue takes. */
const MOST_SHOWN_BYTES = 256 * 1_024;
/** Entries of one match that a story shows at most. */
const MOST_ENTRIES = 50;

export function createReading(context: InstantContext, reads: ReadingStore): InstantReading {
  const { store, statements, ledger, reconciliation, runtime } = context;

  function entriesOf(payment: PaymentWithState): Story['entries'] {
    const one = [payment.id, ...store.joinedTo(payment.id)];
    const matches = [...one, ...(payment.lineId === null ? [] : [payment.lineId])].flatMap((id) =>
      reconciliation.instant.matchIdsOf(id),
    );
    const sources = [
      ...matches.map((id) => ({ kind: 'match', id: id.toString() })),
      ...one.map((id) => ({ kind: 'bank-transaction', id: id.toString() })),
    ];
    return sources
      .flatMap((source) => ledger.entries({ source, limit: MOST_ENTRIES }).rows)
      .sort((left, right) => Number(left.record - right.record))
      .map(({ id, reason, effectiveDate, record, reverses, postings }) => ({
        ...{ id, reason, effectiveDate, record, reverses },
        postings: postings.map(({ accountName, amountMinor, currency }) => ({
          accountName,
          amountMinor,
          currency,
        })),
      }));
  }

  const messagesOf = (ids: readonly bigint[]): StoredMessage[] =>
    [...new Set(ids)]
      .sort((left, right) => (left < right ? -1 : 1))
      .flatMap((id) => store.message(id) ?? [])
      .map(toMessage);

  function knownMessage(messageNumber: string): MessageRow {
    const row = store.message(parseId(messageNumber));
    if (row !== undefined) return row;
    throw new CountersignError(
      'INSTANT_MESSAGE_UNKNOWN',
      'No single message was taken in under that number.',
    );
  }

  const accountNumbers = () => new Map(statements.bankAccounts().map((account) => [account.id, account]));

  function position(date = dateOfMs(runtime.nowMs())): Position {
    const fromMs = Date.parse(`${date}T00:00:00Z`);
    const hours = reads.hours(fromMs, fromMs + 24 * HOUR_MS);
    const sums = reads.sums();
    const accounts = statements.bankAccounts().map((account) => {
      const own = sums.filter(({ bankAccountId }) => bankAccountId.toString() === account.id);
      const legs = own.filter(({ transitMinor }) => transitMinor !== 0n);
      let bookedMinor = account.ledgerMinor;
      return {
        bankAccountId: account.id,
        accountNumber: account.number,
        currency: account.currency,
        bookedMinor,
        inTransitMinor: own.reduce((sum, { transitMinor }) => sum + transitMinor, 0n),
        waitingMinor: own.reduce((sum, { waitingMinor }) => sum + waitingMinor, 0n),
        hours: hours
          .filter(({ bankAccountId }) => bankAccountId.toString() === account.id)
          .map(({ hourMs, inMinor, outMinor, payments }) => ({
            hour: Math.round((Number(hourMs) - fromMs) / HOUR_MS),
            inMinor,
            outMinor,
            payments: Number(payments),
          })),
        forecast: legs.map(({ dueAtMs, transitMinor }) => {
          bookedMinor += transitMinor;
          return { dueAtMs: Number(dueAtMs), transitMinor, bookedMinor };
        }),
      };
    });
    return { date, accounts };
  }

  return {
    payment(id) {
      const payment = reads.paymentWithState(parseId(id));
      const [row] = payment === undefined ? [] : toPaymentRows(context, [payment]);
      if (payment === undefined || row === undefined)
        throw new CountersignError('INSTANT_PAYMENT_UNKNOWN', 'There is no such instant payment.');
      const notices = store.noticesOf(payment.id);
      const candidates = payment.lineId === null ? candidateLines(context, payment) : [];
      return {
        payment: row,
        uetr: context.book.saidOf(payment).names.find(({ uetr }) => uetr !== undefined)?.uetr ?? null,
        line: payment.lineId === null ? null : (statements.transactionRows([payment.lineId])[0] ?? null),
        candidates: statements.transactionRows(candidates.map((line) => line.id)),
        messages: messagesOf([...store.messagesOf(payment.id), ...notices.map(({ messageId }) => messageId)]),
        notices: notices.map(
          ({ kind, status, reason, amountMinor, currency, datedOn, messageId, lineId }) => ({
            ...{ kind, status, reason, amountMinor, currency, datedOn },
            messageNumber: messageId.toString(),
            lineId: lineId?.toString() ?? null,
          }),
        ),
        events: reads.eventsOf(payment.id).map(({ atMs, action, messageId, lineId, record }) => ({
          ...{ atMs: Number(atMs), action, record },
          messageNumber: messageId?.toString() ?? null,
          lineId: lineId?.toString() ?? null,
        })),
        entries: entriesOf(payment),
      };
    },
    message: (messageNumber) => toMessage(knownMessage(messageNumber)),
    messageSource(messageNumber) {
      const bytes = rawOf(context.sealing, knownMessage(messageNumber));
      return { text: bytes.toString('utf8', 0, MOST_SHOWN_BYTES), sizeBytes: bytes.length };
    },
    openPrePosts({ limit, cursor, overdueOnly }) {
      const parts = /^(\d{1,16}) (\d{1,18})$/.exec(cursor ?? '');
      const after = parts ? { due: BigInt(parts[1]!), id: BigInt(parts[2]!) } : { due: -1n, id: -1n };
      const nowMs = runtime.nowMs();
      const rows = reads.openLegs(nowMs, overdueOnly, after, limit + 1);
      const accounts = accountNumbers();
      const last = rows[limit - 1];
      return {
        rows: rows.slice(0, limit).map((leg) => ({
          paymentId: leg.paymentId.toString(),
          leg: leg.leg,
          bankAccountId: leg.bankAccountId.toString(),
          accountNumber: accounts.get(leg.bankAccountId.toString())?.number ?? 'erased',
          currency: leg.currency,
          transitMinor: leg.transitMinor,
          rail: leg.rail,
          receivedAtMs: Number(leg.receivedAtMs),
          dueAtMs: Number(leg.dueAtMs),
          overdue: Number(leg.dueAtMs) < nowMs,
        })),
        nextCursor: rows.length > limit && last ? `${last.dueAtMs} ${last.paymentId}` : null,
        total: null,
      };
    },
    position,
    overdue: () => reads.openLegs(runtime.nowMs(), true, { due: -1n, id: -1n }, 10_000).map(toOverdue),
  };
}

function toMessage({ id, receivedAtMs, ...row }: MessageRow): StoredMessage {
  const { kind, version, form, rail, source, record } = row;
  return {
    messageNumber: id.toString(),
    receivedAtMs: Number(receivedAtMs),
    ...{ kind, version, form, rail, source, record },
  };
}

/** A leg as the desk of breaks hears of it. */
export function toOverdue(leg: OpenLeg): OverduePrePost {
  const { paymentId, bankAccountId, currency, transitMinor, rail } = leg;
  return {
    ...{ paymentId, bankAccountId, currency, transitMinor },
    leg: leg.leg,
    rail: rail as OverduePrePost['rail'],
    receivedAtMs: Number(leg.receivedAtMs),
    dueAtMs: Number(leg.dueAtMs),
  };
}
