import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Dashboard } from './Dashboard.tsx';

export const dashboardRoutes = [
  createRoute({ getParentRoute: () => rootRoute, path: '/', component: Dashboard }),
] as const;
