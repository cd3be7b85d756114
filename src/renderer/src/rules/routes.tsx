import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Rules } from './Rules.tsx';

const rulesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/rules',
  validateSearch: (search: Record<string, unknown>) => ({
    rule: /^\d{1,6}$/.test(String(search.rule)) ? Number(search.rule) : undefined,
  }),
  component: function RulesRoute() {
    return <Rules {...rulesRoute.useSearch()} />;
  },
});

export const rulesRoutes = [rulesRoute] as const;
