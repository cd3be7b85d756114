/** What stands in In-transit, as the desk of breaks asks for it. */
import { dateOfMs, type IsoDate } from '../base/index.ts';
import type { OpenLeg, ReadingStore } from './store-reading.ts';

/** Money in In-transit that no statement has confirmed. */
export interface OpenPrePosting {
  readonly key: string;
  readonly bankAccountId: bigint;
  readonly currency: string;
  /** Signed as the own account sees it. */
  readonly amountMinor: bigint;
  readonly date: IsoDate;
  /** The last day on which a statement confirms it in time. */
  readonly confirmBy: IsoDate;
  readonly source: { readonly kind: string; readonly id: string };
}

export interface PrePostReading {
  /** What stood in In-transit of an account at the end of a day. */
  openAt(bankAccountId: bigint, date: IsoDate): OpenPrePosting[];
  /** What stands unconfirmed after its last day. */
  overdue(today: IsoDate): OpenPrePosting[];
  find(key: string): OpenPrePosting | undefined;
}

/** Overdue ones that are told of at a time: a desk that has more has another problem. */
const MOST_OVERDUE = 10_000;
/** By what the desk of breaks knows a leg. */
const legKey = (leg: OpenLeg['leg'], id: bigint): string => `${leg}-${id}`;

const KEY = /^(payment|return)-(\d{1,18})$/;

/** The leg that stands under a key; undefined where a line has cleared it. */
function legOfKey(reads: ReadingStore, key: string): OpenLeg | undefined {
  const parts = KEY.exec(key);
  return parts === null ? undefined : reads.openLeg(parts[1] as OpenLeg['leg'], BigInt(parts[2]!));
}

export function createPrePostReading(reads: ReadingStore): PrePostReading {
  return {
    openAt: (bankAccountId, date) => reads.openAt(bankAccountId, date).map((leg) => toOpen(leg, leg.paidOn)),
    overdue: (today) =>
      reads
        .openLegs(Date.parse(`${today}T00:00:00Z`) + 1, true, { due: -1n, id: -1n }, MOST_OVERDUE)
        .map((leg) => toOpen(leg)),
    find(key) {
      const leg = legOfKey(reads, key);
      return leg && toOpen(leg);
    },
  };
}

function toOpen(leg: OpenLeg, date = dateOfMs(Number(leg.receivedAtMs))): OpenPrePosting {
  return {
    key: legKey(leg.leg, leg.legId),
    bankAccountId: leg.bankAccountId,
    currency: leg.currency,
    amountMinor: leg.transitMinor,
    date,
    // The deadline is the end of that day.
    confirmBy: dateOfMs(Number(leg.dueAtMs) - 1),
    source: { kind: 'bank-transaction', id: leg.paymentId.toString() },
  };
}
