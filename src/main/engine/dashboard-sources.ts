import type { DashboardFigures } from '../../contract/dashboard.ts';
import type { CurrencyAmount, DashboardSources, DayMovement } from '../dashboard/index.ts';
import type { Incidents } from '../incidents/index.ts';
import type { Keys } from '../keys/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { ageBuckets, type Receivables } from '../receivables/index.ts';
import type { Reconciliation } from '../reconciliation/index.ts';
import type { OpenBreak, Statements } from '../statements/index.ts';

/** Reads what the dashboard shows off the faces of the rooms. */
export function dashboardSources(rooms: {
  ledger: Ledger;
  statements: Statements;
  receivables: Receivables;
  reconciliation: Reconciliation;
  incidents: Pick<Incidents, 'counts'>;
  keys: Pick<Keys, 'dueCount'>;
  lastVerified(): DashboardFigures['lastVerified'];
}): DashboardSources {
  const { ledger, statements, receivables, reconciliation } = rooms;
  const negated = (amounts: CurrencyAmount[]) =>
    amounts.map(({ currency, amountMinor }) => ({ currency, amountMinor: -amountMinor }));
  let days: readonly DayMovement[] = [];
  return {
    latestDay: () => {
      days = statements.cashByDay();
      return days.reduce<string | undefined>(
        (latest, { date }) => (latest && latest > date ? latest : date),
        undefined,
      );
    },
    cash: () => ledger.roleBalances('bank-account'),
    cashBefore: (date) => {
      const now = new Map<string, bigint>();
      for (const { currency, amountMinor } of ledger.roleBalances('bank-account'))
        now.set(currency, (now.get(currency) ?? 0n) + amountMinor);
      for (const day of days) {
        if (day.date >= date)
          now.set(day.currency, (now.get(day.currency) ?? 0n) - day.inMinor + day.outMinor);
      }
      return [...now].map(([currency, amountMinor]) => ({ currency, amountMinor }));
    },
    cashMovements: (from, to) => days.filter(({ date }) => date >= from && date <= to),
    unappliedCash: () => negated(ledger.roleBalances('unapplied-cash')),
    held: () => negated(ledger.roleBalances('held')),
    ageing: () => ageingOf(receivables),
    matchCounts: () => reconciliation.counts(),
    creditValue: () => reconciliation.creditValue(),
    matchRateByDay: () => reconciliation.rateByDay(),
    breaks: () => breaksOf(statements.openBreaks()),
    openIncidents: () => rooms.incidents.counts().open,
    keysDue: () => rooms.keys.dueCount(),
    lastVerified: rooms.lastVerified,
  };
}

function ageingOf(receivables: Receivables): DashboardFigures['ageing'] {
  const figures = receivables.ageing();
  return ageBuckets.map((bucket) => {
    const own = figures.filter((figure) => figure.bucket === bucket);
    return {
      bucket,
      count: own.reduce((sum, { count }) => sum + count, 0),
      value: own.map(({ currency, amountMinor }) => ({ currency, amountMinor })),
    };
  });
}

/** The opening balance of an account's first statement is no question to anybody; gaps and differences are. */
function breaksOf(breaks: readonly OpenBreak[]): ReturnType<DashboardSources['breaks']> {
  const kinds = { difference: 'statement-difference', gap: 'statement-gap' } as const;
  return (['difference', 'gap'] as const).map((kind) => {
    const own = breaks.filter((each) => each.kind === kind);
    return { kind: kinds[kind], count: own.length, value: own };
  });
}
