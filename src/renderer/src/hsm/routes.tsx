import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Hsm } from './Hsm.tsx';

const hsmRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/hsm',
  component: Hsm,
});

export const hsmRoutes = [hsmRoute] as const;
