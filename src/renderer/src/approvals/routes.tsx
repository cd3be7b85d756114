import { createRoute } from '@tanstack/react-router';
import { approvalStates } from '../../../contract/approvals.ts';
import { rootRoute } from '../app/root.tsx';
import { Approvals } from './Approvals.tsx';
import { Delegations } from './Delegations.tsx';
import { BOXES } from './reading.ts';

/** A search parameter as text; the router reads a bare number as one. */
const text = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

const approvalsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/approvals',
  validateSearch: (search: Record<string, unknown>) => ({
    box: BOXES.find((box) => box === search.box) ?? 'to-answer',
    state: approvalStates.find((state) => state === search.state),
    policy: text(search.policy),
    procedure: text(search.procedure),
    maker: text(search.maker),
    item: text(search.item),
  }),
  component: function ApprovalsRoute() {
    return <Approvals {...approvalsRoute.useSearch()} />;
  },
});

const delegationsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/approvals/delegations',
  component: Delegations,
});

export const approvalsRoutes = [approvalsRoute, delegationsRoute] as const;
