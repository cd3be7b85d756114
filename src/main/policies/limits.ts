import type { Money } from '../../contract/common.ts';
import { formatAmount } from '../../contract/money.ts';
import type { Policy, PolicyLimit, Simulation } from '../../contract/policies.ts';

/** What of a command limits and thresholds count. */
export interface Facts {
  readonly amounts: readonly Money[];
  readonly count: number;
}

/** What a request took of the limits, and when it was asked for. */
export interface Use extends Facts {
  readonly atMs: number;
}

export type LimitLeft = Simulation['limits'][number];

/** What is asked for or used in each currency; what flows out counts like what flows in. */
function sums(all: readonly Pick<Facts, 'amounts'>[]): Map<string, bigint> {
  const total = new Map<string, bigint>();
  for (const { amounts } of all) {
    for (const { amountMinor, currency } of amounts) {
      const size = amountMinor < 0n ? -amountMinor : amountMinor;
      total.set(currency, (total.get(currency) ?? 0n) + size);
    }
  }
  return total;
}

/**
 * Whether a command is small enough to need no checker. Money is measured by money alone: a currency
 * without a threshold is never free, and neither is a command of unknown amount where amounts count.
 */
export function withinFree({ clauses: { freeUpTo } }: Policy, facts: Facts): boolean {
  if (freeUpTo === null) return false;
  if (freeUpTo.count === null && freeUpTo.amounts.length === 0) return false;
  if (freeUpTo.count !== null && facts.count > freeUpTo.count) return false;
  if (freeUpTo.amounts.length > 0 && facts.amounts.length === 0) return false;
  const most = sums([freeUpTo]);
  return [...sums([facts])].every(([currency, minor]) => minor <= (most.get(currency) ?? -1n));
}

/** How far back what was used must be known. */
export const longestWindowMs = ({ clauses }: Policy): number =>
  Math.max(0, ...clauses.limits.map(({ windowMs }) => windowMs));

/**
 * What of the uses lies in the window that ends now. The clock never runs backwards here: the latest
 * use counts as now where the clock says less, so that setting it back frees nothing.
 */
function usedIn({ windowMs }: PolicyLimit, uses: readonly Use[], nowMs: number): Use[] {
  const latestMs = uses.reduce((latest, { atMs }) => Math.max(latest, atMs), nowMs);
  return uses.filter(({ atMs }) => atMs > latestMs - windowMs);
}

const atLeastZero = (minor: bigint): bigint => (minor < 0n ? 0n : minor);

/** What is left of each limit, in the order of the policy. */
export function limitsLeft({ clauses }: Policy, uses: readonly Use[], nowMs: number): LimitLeft[] {
  return clauses.limits.map((limit) => {
    const used = usedIn(limit, uses, nowMs);
    const count = used.reduce((sum, use) => sum + use.count, 0);
    const amounts = sums(used);
    return {
      windowMs: limit.windowMs,
      countLeft: limit.count === null ? null : Math.max(0, limit.count - count),
      amountsLeft: limit.amounts.map(({ amountMinor, currency }) => ({
        amountMinor: atLeastZero(amountMinor - (amounts.get(currency) ?? 0n)),
        currency,
      })),
    };
  });
}

/** Why a command does not fit into what is left of the limits; null where it does. */
export function limitObstacle(
  policy: Policy,
  uses: readonly Use[],
  facts: Facts,
  nowMs: number,
): string | null {
  for (const left of limitsLeft(policy, uses, nowMs)) {
    if (left.countLeft !== null && facts.count > left.countLeft) {
      const rest = `${left.countLeft} are left, and this needs ${facts.count}`;
      return `Of the number that the policy allows, ${rest}.`;
    }
    const most = sums([{ amounts: left.amountsLeft }]);
    for (const [currency, minor] of left.amountsLeft.length > 0 ? sums([facts]) : []) {
      const remaining = most.get(currency);
      if (remaining === undefined) return `The policy lists no limit in ${currency}, so none of it may move.`;
      if (minor <= remaining) continue;
      const [rest, asked] = [remaining, minor].map((one) => formatAmount(one, currency));
      return `Of the value that the policy allows, ${rest} ${currency} is left, and this needs ${asked}.`;
    }
  }
  return null;
}
