import type { DashboardFigures } from '../../contract/dashboard.ts';
import type { MatchStatus } from '../../contract/statements.ts';
import { addDays, type IsoDate } from '../base/index.ts';
import { balancesByDay, type CurrencyAmount, type DayMovement, sumByCurrency } from './figures.ts';

/** Days of history the charts show. */
const WINDOW_DAYS = 30;

type Ageing = DashboardFigures['ageing'];
type NeedsYou = DashboardFigures['needsYou'];

/** What the dashboard reads of the rooms; the engine makes it of their faces. */
export interface DashboardSources {
  /** The last day on which anything was booked; undefined in an empty vault. */
  latestDay(): IsoDate | undefined;
  cash(): readonly CurrencyAmount[];
  cashBefore(date: IsoDate): readonly CurrencyAmount[];
  cashMovements(from: IsoDate, to: IsoDate): readonly DayMovement[];
  unappliedCash(): readonly CurrencyAmount[];
  held(): readonly CurrencyAmount[];
  ageing(): Ageing;
  matchCounts(): {
    all: number;
    auto: number;
    confirmed: number;
    suggested: number;
    unmatched: number;
    quarantined: number;
  };
  /** Value of credits by status. */
  creditValue(): readonly (CurrencyAmount & { readonly status: MatchStatus })[];
  matchRateByDay(): DashboardFigures['matchRateByDay'];
  /** Differences between books and statements that nobody has explained. */
  breaks(): {
    kind: 'statement-difference' | 'statement-gap';
    count: number;
    value: readonly CurrencyAmount[];
  }[];
  /** Incidents that nobody has acknowledged. */
  openIncidents(): number;
  /** Keys that must be replaced now. */
  keysDue(): number;
  lastVerified(): DashboardFigures['lastVerified'];
}

export interface Dashboard {
  figures(): DashboardFigures;
}

/** Creates the dashboard: it holds nothing, every figure is read where it lives. */
export function createDashboard(sources: DashboardSources): Dashboard {
  return { figures: () => figuresOf(sources) };
}

function figuresOf(sources: DashboardSources): DashboardFigures {
  const counts = sources.matchCounts();
  const ageing = sources.ageing();
  const latest = sources.latestDay();
  const values = sources.creditValue();
  const openCount = ageing.reduce((sum, bucket) => sum + bucket.count, 0);
  return {
    cashNow: sumByCurrency(sources.cash()),
    reconciledValue: sumByCurrency(
      values.filter(({ status }) => status === 'auto' || status === 'confirmed'),
    ),
    matchRate: { matched: counts.auto + counts.confirmed, transactions: counts.all },
    openItems: { count: openCount, value: sumByCurrency(ageing.flatMap((bucket) => bucket.value)) },
    unappliedCash: sumByCurrency(sources.unappliedCash()),
    held: sumByCurrency(sources.held()),
    ageing,
    cashByDay: latest ? cashWindow(sources, latest) : [],
    matchRateByDay: latest
      ? sources.matchRateByDay().filter(({ date }) => date > addDays(latest, -WINDOW_DAYS))
      : [],
    needsYou: needsYou(sources, counts, values),
    lastVerified: sources.lastVerified(),
    empty: latest === undefined && openCount === 0,
  };
}

function cashWindow(sources: DashboardSources, latest: IsoDate): DashboardFigures['cashByDay'] {
  const from = addDays(latest, 1 - WINDOW_DAYS);
  return balancesByDay({
    from,
    to: latest,
    openings: sources.cashBefore(from),
    movements: sources.cashMovements(from, latest),
  });
}

function needsYou(
  sources: DashboardSources,
  counts: ReturnType<DashboardSources['matchCounts']>,
  values: ReturnType<DashboardSources['creditValue']>,
): NeedsYou {
  const queues = (['suggested', 'unmatched', 'quarantined'] as const).map((kind) => ({
    kind,
    count: counts[kind],
    value: sumByCurrency(values.filter(({ status }) => status === kind)),
  }));
  const breaks = sources
    .breaks()
    .map(({ kind, count, value }) => ({ kind, count, value: sumByCurrency(value) }));
  return [
    { kind: 'incidents' as const, count: sources.openIncidents(), value: [] },
    ...queues,
    ...breaks,
    { kind: 'keys' as const, count: sources.keysDue(), value: [] },
  ].filter((entry) => entry.count > 0);
}
