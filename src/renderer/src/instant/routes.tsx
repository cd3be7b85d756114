import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Instant } from './Instant.tsx';
import { Message } from './Message.tsx';
import { readQuery } from './query.ts';

const listRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/instant',
  validateSearch: readQuery,
  component: function InstantRoute() {
    return <Instant query={listRoute.useSearch()} />;
  },
});

const messageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/instant/messages/$number',
  component: function MessageRoute() {
    return <Message number={messageRoute.useParams().number} />;
  },
});

export const instantRoutes = [listRoute, messageRoute] as const;
