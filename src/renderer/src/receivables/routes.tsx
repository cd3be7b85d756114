import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Customers } from './Customers.tsx';
import { Learned } from './Learned.tsx';
import { OpenItem } from './OpenItem.tsx';
import { OpenItems } from './OpenItems.tsx';

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

const itemsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/receivables',
  validateSearch: (search: Record<string, unknown>) => ({
    bucket: text(search.bucket),
    state: text(search.state),
    customerId: text(search.customerId),
    text: text(search.text),
  }),
  component: function ItemsRoute() {
    return <OpenItems {...itemsRoute.useSearch()} />;
  },
});

const customersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/receivables/customers',
  validateSearch: (search: Record<string, unknown>) => ({ text: text(search.text) }),
  component: function CustomersRoute() {
    return <Customers text={customersRoute.useSearch().text} />;
  },
});

const learnedRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/receivables/learned',
  validateSearch: (search: Record<string, unknown>) => ({ customerId: text(search.customerId) }),
  component: function LearnedRoute() {
    return <Learned customerId={learnedRoute.useSearch().customerId} />;
  },
});

const itemRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/receivables/items/$itemId',
  component: function ItemRoute() {
    return <OpenItem id={itemRoute.useParams().itemId} />;
  },
});

export const receivablesRoutes = [itemsRoute, customersRoute, learnedRoute, itemRoute] as const;
