import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Page } from '../kit/index.ts';
import { t } from './messages.ts';

function Audit() {
  return <Page title={t('title')}>{null}</Page>;
}

export const auditRoutes = [
  createRoute({ getParentRoute: () => rootRoute, path: '/audit', component: Audit }),
] as const;
