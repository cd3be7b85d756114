/**
 * The list of payments, a page at a time. A page walks an index, or the payments that a text or a message leads
 * to, and looks at a bounded number of them: however rare what is asked for is, the loop is let go of soon, and
 * the cursor says where the next page goes on.
 */

import {
  type InstantAge,
  type InstantPaymentRow,
  type InstantState,
  instantStates,
  type PaymentFilter,
} from '../../contract/instant.ts';
import { formatAmount } from '../../contract/money.ts';
import type { FoundText } from '../base/index.ts';
import { FEED_FROM, type Page, type PageRequest } from '../statements/index.ts';
import type { InstantContext } from './context.ts';
import { createListingStore, type ListPlace, type ListTest } from './store-listing.ts';
import type { PaymentWithState } from './store-reading.ts';

export type PaymentQuery = PageRequest & {
  readonly [Name in keyof PaymentFilter]?: PaymentFilter[Name] | undefined;
};

export interface Listing {
  /** `found` is what the index of the search room knows of the text; without it the text is looked for in the rows. */
  payments(query: PaymentQuery, found?: FoundText): Page<InstantPaymentRow>;
  /** What stands in the place of payments, so that a text of theirs finds it: another payment, a line. */
  standIns(ids: readonly bigint[]): bigint[];
  counts(): { counts: Record<InstantState, number>; mostCounted: number };
}

/** Payments that a page looks at; fewer where each must be opened to look for a text in it. */
const MOST_LOOKED_AT = 5_000;
const MOST_OPENED = 200;
const MOST_COUNTED = 10_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long ago, from the youngest to the oldest that counts. */
const AGES: Readonly<Record<InstantAge, readonly [youngestMs: number, oldestMs: number]>> = {
  hour: [Number.NEGATIVE_INFINITY, HOUR_MS],
  day: [HOUR_MS, DAY_MS],
  'three-days': [DAY_MS, 3 * DAY_MS],
  older: [3 * DAY_MS, Number.POSITIVE_INFINITY],
};
const EVER = 2n ** 62n;
const NEWEST: ListPlace = { receivedAtMs: EVER, id: EVER };

const idOf = (text: string): bigint => (/^\d{1,18}$/.test(text) ? BigInt(text) : -1n);
const cursorOf = ({ receivedAtMs, id }: ListPlace) => `${receivedAtMs} ${id}`;

function placeOf(cursor: string | undefined): ListPlace {
  const parts = /^(-?\d{1,16}) (\d{1,19})$/.exec(cursor ?? '');
  return parts ? { receivedAtMs: BigInt(parts[1]!), id: BigInt(parts[2]!) } : NEWEST;
}

/** Times of arrival that an age and a span leave, in whole milliseconds. */
function spanOf({ age, receivedFromMs, receivedBeforeMs }: PaymentQuery, nowMs: number) {
  const [youngestMs, oldestMs] = age === undefined ? [Number.NEGATIVE_INFINITY, EVER_MS] : AGES[age];
  const from = Math.max(receivedFromMs ?? -EVER_MS, nowMs - oldestMs);
  const before = Math.min(receivedBeforeMs ?? EVER_MS, nowMs - youngestMs);
  return { fromMs: whole(from), beforeMs: whole(before) };
}
const EVER_MS = 8.64e15;
const whole = (ms: number) => BigInt(Math.trunc(Math.max(-EVER_MS, Math.min(EVER_MS, ms))));

/** Rows as screens show them, in the order of the payments. */
export function toPaymentRows(
  { statements }: Pick<InstantContext, 'statements'>,
  payments: readonly PaymentWithState[],
): InstantPaymentRow[] {
  const lineIds = payments.flatMap(({ lineId }) => lineId ?? []);
  const rows = new Map(
    statements.transactionRows([...payments.map(({ id }) => id), ...lineIds]).map((row) => [row.id, row]),
  );
  return payments.flatMap((payment) => {
    const row = rows.get(payment.id.toString());
    if (row === undefined) return [];
    return [
      {
        ...row,
        // Where its line has taken its place, the match is the line's.
        status: rows.get(String(payment.lineId))?.status ?? row.status,
        state: payment.state,
        rail: payment.rail,
        receivedAtMs: Number(payment.receivedAtMs),
        dueAtMs: Number(payment.dueAtMs),
        transitMinor: payment.transitMinor,
        returnedMinor: payment.returnedMinor,
        recalled: payment.recalled === 1n,
        lineId: payment.lineId?.toString() ?? null,
        notes: JSON.parse(payment.notes) as string[],
      },
    ];
  });
}

export function createListing(context: InstantContext): Listing {
  const store = createListingStore(context.vault.db);

  function testOf(query: PaymentQuery): ListTest {
    const { state, bankAccountId, rail, currency, direction, matchedAtOnce, inTransit, dueAtMs } = query;
    return {
      state: state ?? null,
      ...spanOf(query, context.runtime.nowMs()),
      account: bankAccountId === undefined ? null : idOf(bankAccountId),
      rail: rail ?? null,
      currency: currency ?? null,
      direction: direction ?? null,
      matchedAtOnce: matchedAtOnce ? 1n : null,
      inTransit: inTransit ? 1n : null,
      due: dueAtMs === undefined ? null : BigInt(dueAtMs),
    };
  }

  /** The next payments to look at, where the payments themselves are known: the newest first. */
  function nextOf(ids: readonly bigint[], after: ListPlace): ListPlace[] {
    const sorted = ids.filter((id) => id < after.id).sort((a, b) => (a < b ? 1 : -1));
    return sorted.slice(0, MOST_LOOKED_AT).map((id) => ({ receivedAtMs: 0n, id }));
  }

  function holding(rows: readonly InstantPaymentRow[], text: string): InstantPaymentRow[] {
    const wanted = text.toLowerCase();
    const compact = wanted.replace(/[\s,]+/g, '');
    return rows.filter(
      (row) =>
        [row, ...context.statements.transactionRows(context.store.joinedTo(BigInt(row.id)))]
          .flatMap((one) => [one.counterparty, one.remittance, one.endToEndId, one.accountServicerReference])
          .some((value) => value?.toLowerCase().includes(wanted)) ||
        row.accountNumber.toLowerCase().includes(compact) ||
        formatAmount(row.amountMinor, row.currency).includes(compact),
    );
  }

  return {
    payments(query, found) {
      const { limit, messageNumber } = query;
      const text = query.text?.trim() ?? '';
      const test = testOf(query);
      const after = placeOf(query.cursor);
      const ids =
        messageNumber !== undefined
          ? store.paymentsOfMessage(idOf(messageNumber))
          : found?.ids.filter((id) => id > FEED_FROM);
      const mustOpen = text !== '' && (found === undefined || messageNumber !== undefined);
      const { state: _state, fromMs: _fromMs, beforeMs: _beforeMs, ...asked } = test;
      const isPlain = ids === undefined && Object.values(asked).every((one) => one === null);
      const most = mustOpen ? Math.min(MOST_OPENED, limit) : isPlain ? limit + 1 : MOST_LOOKED_AT;
      const looked = ids === undefined ? store.walk(test, after, most) : nextOf(ids, after).slice(0, most);
      const fits = store.fitting(
        looked.map(({ id }) => id),
        test,
      );
      const places = looked.filter(({ id }) => fits.has(id));
      const isCut = !mustOpen && places.length > limit;
      const shown = isCut ? places.slice(0, limit) : places;
      const rows = toPaymentRows(context, store.payments(shown.map(({ id }) => id)));
      const last = isCut ? shown.at(-1) : looked.length === most ? looked.at(-1) : undefined;
      return {
        rows: mustOpen ? holding(rows, text) : rows,
        nextCursor: last === undefined ? null : cursorOf(last),
        total: null,
      };
    },
    standIns: (ids) => store.standIns(ids),
    counts: () => ({
      counts: Object.fromEntries(
        instantStates.map((state) => [state, store.countInState(state, MOST_COUNTED)]),
      ) as Record<InstantState, number>,
      mostCounted: MOST_COUNTED,
    }),
  };
}
