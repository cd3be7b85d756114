import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Policies } from './Policies.tsx';
import { Simulator } from './Simulator.tsx';

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

const policiesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policies',
  validateSearch: (search: Record<string, unknown>) => ({ policy: text(search.policy) }),
  component: function PoliciesRoute() {
    return <Policies {...policiesRoute.useSearch()} />;
  },
});

const simulatorRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policies/simulator',
  validateSearch: (search: Record<string, unknown>) => ({ procedure: text(search.procedure) }),
  component: function SimulatorRoute() {
    const { procedure } = simulatorRoute.useSearch();
    return <Simulator key={procedure} procedure={procedure} />;
  },
});

export const policiesRoutes = [policiesRoute, simulatorRoute] as const;
