import { createRoute } from '@tanstack/react-router';
import { evidenceStates } from '../../../contract/compliance.ts';
import { rootRoute } from '../app/root.tsx';
import { EvidenceScreen } from './EvidenceScreen.tsx';
import { InventoryScreen } from './InventoryScreen.tsx';

const evidenceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/evidence',
  validateSearch: (search: Record<string, unknown>) => ({
    state: evidenceStates.find((state) => state === search.state),
    item: /^\d{1,18}$/.test(String(search.item)) ? String(search.item) : undefined,
  }),
  component: function EvidenceRoute() {
    return <EvidenceScreen {...evidenceRoute.useSearch()} />;
  },
});

const inventoryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/inventory',
  component: InventoryScreen,
});

export const complianceRoutes = [evidenceRoute, inventoryRoute] as const;
