import { createRoute, useRouter } from '@tanstack/react-router';
import { places } from '../app/places.ts';
import { rootRoute } from '../app/root.tsx';
import { Heartbeat } from './Heartbeat.tsx';

const heartbeatRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/heartbeat',
  validateSearch: (search: Record<string, unknown>) => ({
    source: typeof search.source === 'string' && search.source !== '' ? search.source : undefined,
  }),
  component: function HeartbeatRoute() {
    const router = useRouter();
    const { source } = heartbeatRoute.useSearch();
    return (
      <Heartbeat
        source={source}
        onSource={(next) =>
          router.history.replace(places.heartbeat(next === undefined ? {} : { source: next }))
        }
      />
    );
  },
});

export const heartbeatRoutes = [heartbeatRoute] as const;
