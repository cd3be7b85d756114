import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Privacy } from './Privacy.tsx';
import { views } from './views.ts';

const privacyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/privacy',
  validateSearch: (search: Record<string, unknown>) => ({
    view: views.find((view) => view === search.view) ?? ('retention' as const),
  }),
  component: function PrivacyRoute() {
    return <Privacy {...privacyRoute.useSearch()} />;
  },
});

export const privacyRoutes = [privacyRoute] as const;
