/** The day of some own accounts of one currency, hour by hour, and when what is in transit should be booked. */
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../../contract/index.ts';

export type Position = InferContractRouterOutputs<typeof contract>['instant']['position'];
export type Account = Position['accounts'][number];

const HOUR_MS = 3_600_000;

export interface HourPoint {
  readonly kind: 'hour';
  /** The end of the hour, or now in the one that runs. */
  readonly atMs: number;
  /** Booked, in transit and not explained yet, at that moment. */
  readonly positionMinor: bigint;
  readonly inMinor: bigint;
  readonly outMinor: bigint;
  readonly payments: number;
}

export interface DuePoint {
  readonly kind: 'due';
  readonly atMs: number;
  readonly transitMinor: bigint;
  /** What is booked once everything due by then is. */
  readonly bookedMinor: bigint;
}

export interface Curve {
  readonly bookedMinor: bigint;
  readonly inTransitMinor: bigint;
  /** What came and nobody has explained: it is in the bank and not in the books. */
  readonly waitingMinor: bigint;
  readonly overdueMinor: bigint;
  /** From the start of the day to now. */
  readonly hours: readonly HourPoint[];
  /** From now on, the one due first, first; what is overdue is left out, since nobody knows when it comes. */
  readonly due: readonly DuePoint[];
}

const sum = <T>(all: readonly T[], of: (one: T) => bigint) => all.reduce((so, one) => so + of(one), 0n);

/** Adds accounts up and walks the day back from what stands now. */
export function curveOf(accounts: readonly Account[], date: string, nowMs: number): Curve {
  const bookedMinor = sum(accounts, (one) => one.bookedMinor);
  const inTransitMinor = sum(accounts, (one) => one.inTransitMinor);
  const waitingMinor = sum(accounts, (one) => one.waitingMinor);
  const legs = accounts.flatMap(({ forecast }) => forecast).toSorted((a, b) => a.dueAtMs - b.dueAtMs);
  const overdueMinor = sum(
    legs.filter(({ dueAtMs }) => dueAtMs <= nowMs),
    (one) => one.transitMinor,
  );
  return {
    ...{ bookedMinor, inTransitMinor, waitingMinor, overdueMinor },
    hours: hoursOf(
      accounts,
      Date.parse(`${date}T00:00:00Z`),
      nowMs,
      bookedMinor + inTransitMinor + waitingMinor,
    ),
    due: dueOf(
      legs.filter(({ dueAtMs }) => dueAtMs > nowMs),
      bookedMinor,
    ),
  };
}

function hoursOf(accounts: readonly Account[], fromMs: number, nowMs: number, endMinor: bigint): HourPoint[] {
  const last = Math.min(23, Math.max(0, Math.floor((nowMs - fromMs) / HOUR_MS)));
  const points: HourPoint[] = [];
  let positionMinor = endMinor;
  for (let hour = last; hour >= 0; hour--) {
    const flows = accounts.flatMap(({ hours }) => hours.filter((one) => one.hour === hour));
    const inMinor = sum(flows, (one) => one.inMinor);
    const outMinor = sum(flows, (one) => one.outMinor);
    const atMs = Math.min(nowMs, fromMs + (hour + 1) * HOUR_MS);
    const payments = flows.reduce((so, one) => so + one.payments, 0);
    points.push({ kind: 'hour', atMs, positionMinor, inMinor, outMinor, payments });
    positionMinor -= inMinor - outMinor;
  }
  const start = { inMinor: 0n, outMinor: 0n, payments: 0 };
  points.push({ kind: 'hour', atMs: fromMs, positionMinor, ...start });
  return points.reverse();
}

function dueOf(legs: readonly Account['forecast'][number][], nowMinor: bigint): DuePoint[] {
  const points: DuePoint[] = [];
  let bookedMinor = nowMinor;
  for (const { dueAtMs, transitMinor } of legs) {
    bookedMinor += transitMinor;
    const before = points.at(-1);
    if (before?.atMs === dueAtMs) {
      points[points.length - 1] = {
        ...before,
        transitMinor: before.transitMinor + transitMinor,
        bookedMinor,
      };
    } else points.push({ kind: 'due', atMs: dueAtMs, transitMinor, bookedMinor });
  }
  return points;
}
