/** The root of the route tree. Rooms hang their routes under it. */
import { createRootRoute } from '@tanstack/react-router';
import { ErrorState } from '../kit/index.ts';
import { Frame } from './Frame.tsx';
import { NotFound } from './NotFound.tsx';

export const rootRoute = createRootRoute({
  component: Frame,
  notFoundComponent: NotFound,
  errorComponent: ({ error }) => <ErrorState error={error} />,
});
