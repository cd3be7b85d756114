import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Page } from '../kit/index.ts';
import { t } from './messages.ts';

function Receivables() {
  return <Page title={t('title')}>{null}</Page>;
}

export const receivablesRoutes = [
  createRoute({ getParentRoute: () => rootRoute, path: '/receivables', component: Receivables }),
] as const;
