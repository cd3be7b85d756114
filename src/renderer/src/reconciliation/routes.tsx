import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Page } from '../kit/index.ts';
import { t } from './messages.ts';

function Reconciliation() {
  return <Page title={t('title')}>{null}</Page>;
}

export const reconciliationRoutes = [
  createRoute({ getParentRoute: () => rootRoute, path: '/reconciliation', component: Reconciliation }),
] as const;
