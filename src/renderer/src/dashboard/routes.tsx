import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Dashboard } from './Dashboard.tsx';
import { InstantMessage } from './InstantMessage.tsx';

const messageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/instant/messages/$number',
  component: function MessageRoute() {
    return <InstantMessage number={messageRoute.useParams().number} />;
  },
});

export const dashboardRoutes = [
  createRoute({ getParentRoute: () => rootRoute, path: '/', component: Dashboard }),
  messageRoute,
] as const;
