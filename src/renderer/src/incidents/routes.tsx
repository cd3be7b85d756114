import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { FILTERS, Incidents } from './Incidents.tsx';

/** A search parameter as text; the router reads a bare number as one. */
const text = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

const incidentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/incidents',
  validateSearch: (search: Record<string, unknown>) => ({
    state: FILTERS.find((filter) => filter === search.state) ?? 'unresolved',
    item: text(search.item),
  }),
  component: function IncidentsRoute() {
    return <Incidents {...incidentsRoute.useSearch()} />;
  },
});

export const incidentsRoutes = [incidentsRoute] as const;
