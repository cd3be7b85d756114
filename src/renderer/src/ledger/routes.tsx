import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Page } from '../kit/index.ts';
import { t } from './messages.ts';

function Ledger() {
  return <Page title={t('title')}>{null}</Page>;
}

export const ledgerRoutes = [
  createRoute({ getParentRoute: () => rootRoute, path: '/ledger', component: Ledger }),
] as const;
