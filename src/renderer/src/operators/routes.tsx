import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Operators } from './Operators.tsx';

const operatorsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/operators',
  component: Operators,
});

export const operatorsRoutes = [operatorsRoute] as const;
