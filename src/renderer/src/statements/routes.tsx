import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { BankAccount } from './BankAccount.tsx';
import { Imports } from './Imports.tsx';
import { Statement } from './Statement.tsx';
import { Statements } from './Statements.tsx';
import { Transaction } from './Transaction.tsx';

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

const statementsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/statements',
  component: Statements,
});

const importsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/statements/imports',
  validateSearch: (search: Record<string, unknown>) => ({ pick: text(search.pick), show: text(search.show) }),
  component: function ImportsRoute() {
    const { pick, show } = importsRoute.useSearch();
    return (
      <Imports pick={pick === '1'} show={show === 'history' ? 'history' : show === 'now' ? 'now' : null} />
    );
  },
});

const statementRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/statements/$statementId',
  component: function StatementRoute() {
    return <Statement id={statementRoute.useParams().statementId} />;
  },
});

const transactionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/transactions/$transactionId',
  validateSearch: (search: Record<string, unknown>) => ({ field: text(search.field) }),
  component: function TransactionRoute() {
    return (
      <Transaction
        id={transactionRoute.useParams().transactionId}
        field={transactionRoute.useSearch().field ?? 'amount'}
      />
    );
  },
});

const bankAccountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/bank-accounts/$bankAccountId',
  validateSearch: (search: Record<string, unknown>) => ({ date: text(search.date) }),
  component: function BankAccountRoute() {
    return (
      <BankAccount
        id={bankAccountRoute.useParams().bankAccountId}
        date={bankAccountRoute.useSearch().date ?? null}
      />
    );
  },
});

export const statementsRoutes = [
  statementsRoute,
  importsRoute,
  statementRoute,
  transactionRoute,
  bankAccountRoute,
] as const;
