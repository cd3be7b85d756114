import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Connectors } from './Connectors.tsx';
import { views } from './views.ts';

const connectorsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/connectors',
  validateSearch: (search: Record<string, unknown>) => ({
    view: views.find((view) => view === search.view) ?? ('connectors' as const),
  }),
  component: function ConnectorsRoute() {
    return <Connectors {...connectorsRoute.useSearch()} />;
  },
});

export const connectorsRoutes = [connectorsRoute] as const;
