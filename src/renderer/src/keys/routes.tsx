import { createRoute, useParams } from '@tanstack/react-router';
import { keyStates, keyTypes } from '../../../contract/keys.ts';
import { rootRoute } from '../app/root.tsx';
import { SHOWS } from './choosing.ts';
import { Keys } from './Keys.tsx';

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

/**
 * The desk stays while its item changes: both addresses are children of the one that shows it. A link
 * leads to `/keys/dek-7`; moving through the queue only changes the item.
 */
const keysRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/keys',
  validateSearch: (search: Record<string, unknown>) => ({
    show: SHOWS.find((show) => show === search.show) ?? 'all',
    view: search.view === 'timeline' ? ('timeline' as const) : undefined,
    type: keyTypes.find((type) => type === search.type),
    state: keyStates.find((state) => state === search.state),
    purpose: text(search.purpose),
    item: text(search.item),
  }),
  component: function KeysRoute() {
    const { keyId } = useParams({ strict: false });
    const { item, ...place } = keysRoute.useSearch();
    return <Keys place={place} keyId={item ?? keyId} />;
  },
});

const inventoryRoute = createRoute({ getParentRoute: () => keysRoute, path: '/' });
const keyRoute = createRoute({ getParentRoute: () => keysRoute, path: '$keyId' });

export const keysRoutes = [keysRoute.addChildren([inventoryRoute, keyRoute])] as const;
