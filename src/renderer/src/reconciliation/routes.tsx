import { createRoute } from '@tanstack/react-router';
import { matchStatus } from '../../../contract/statements.ts';
import { rootRoute } from '../app/root.tsx';
import { Workbench } from './Workbench.tsx';

/** A search parameter as text; the router reads a bare number as one. */
const text = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

const workbenchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reconciliation',
  validateSearch: (search: Record<string, unknown>) => {
    const status = matchStatus.safeParse(search.status);
    return {
      status: status.success ? status.data : undefined,
      item: text(search.item),
      text: text(search.text),
      direction: search.direction === 'credit' || search.direction === 'debit' ? search.direction : undefined,
      currency: text(search.currency),
      least: text(search.least),
    };
  },
  component: function WorkbenchRoute() {
    return <Workbench {...workbenchRoute.useSearch()} />;
  },
});

export const reconciliationRoutes = [workbenchRoute] as const;
