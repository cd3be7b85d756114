import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Slots } from './Slots.tsx';

const slotsRoute = createRoute({ getParentRoute: () => rootRoute, path: '/slots', component: Slots });

export const vaultRoutes = [slotsRoute] as const;
