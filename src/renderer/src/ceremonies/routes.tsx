import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Ceremonies } from './Ceremonies.tsx';
import { Run } from './Run.tsx';

const listRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/ceremonies',
  component: Ceremonies,
});

const runRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/ceremonies/$ceremonyId',
  component: function RunRoute() {
    const { ceremonyId } = runRoute.useParams();
    return <Run key={ceremonyId} ceremonyId={ceremonyId} />;
  },
});

export const ceremoniesRoutes = [listRoute, runRoute] as const;
