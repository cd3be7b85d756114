import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { AccountStatement } from './AccountStatement.tsx';
import { Accounts } from './Accounts.tsx';
import { Entry } from './Entry.tsx';
import { Journal } from './Journal.tsx';
import { TrialBalance } from './TrialBalance.tsx';

/** A search parameter as text; the router reads a bare number as one. */
const text = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
const date = (value: unknown) =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined;
const record = (value: unknown) => (/^\d{1,15}$/.test(text(value) ?? '') ? text(value) : undefined);

const pointOf = (search: Record<string, unknown>) => ({
  asOf: date(search.asOf),
  knownAt: record(search.knownAt),
});

const accountsRoute = createRoute({ getParentRoute: () => rootRoute, path: '/ledger', component: Accounts });

const trialBalanceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/ledger/trial-balance',
  validateSearch: pointOf,
  component: function TrialBalanceRoute() {
    const { asOf, knownAt } = trialBalanceRoute.useSearch();
    return <TrialBalance asOf={asOf} knownAt={knownAt} />;
  },
});

const journalRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/ledger/journal',
  validateSearch: (search: Record<string, unknown>) => ({
    accountId: text(search.accountId),
    reason: text(search.reason),
  }),
  component: function JournalRoute() {
    const { accountId, reason } = journalRoute.useSearch();
    return <Journal accountId={accountId} reason={reason} />;
  },
});

const entryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/ledger/entries/$entryId',
  validateSearch: pointOf,
  component: function EntryRoute() {
    const { asOf, knownAt } = entryRoute.useSearch();
    return <Entry id={entryRoute.useParams().entryId} asOf={asOf} knownAt={knownAt} />;
  },
});

const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/ledger/accounts/$accountId',
  validateSearch: (search: Record<string, unknown>) => ({
    from: date(search.from),
    to: date(search.to),
    knownAt: record(search.knownAt),
  }),
  component: function AccountRoute() {
    const { from, to, knownAt } = accountRoute.useSearch();
    const { accountId } = accountRoute.useParams();
    return <AccountStatement id={accountId} from={from} to={to} knownAt={knownAt} />;
  },
});

export const ledgerRoutes = [
  accountsRoute,
  trialBalanceRoute,
  journalRoute,
  entryRoute,
  accountRoute,
] as const;
