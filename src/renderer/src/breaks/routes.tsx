import { createRoute } from '@tanstack/react-router';
import { breakBuckets, breakKinds } from '../../../contract/breaks.ts';
import { rootRoute } from '../app/root.tsx';
import { isCalendarDay } from '../kit/index.ts';
import { Breaks, STATUSES } from './Breaks.tsx';
import { ProofDay } from './ProofDay.tsx';
import { Proofs } from './Proofs.tsx';

/** A search parameter as text; the router reads a bare number as one. */
const text = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
const day = (value: unknown) => (typeof value === 'string' && isCalendarDay(value) ? value : undefined);

const breaksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/breaks',
  validateSearch: (search: Record<string, unknown>) => ({
    status: STATUSES.find((status) => status === search.status) ?? 'to-do',
    kind: breakKinds.find((kind) => kind === search.kind),
    age: breakBuckets.find((bucket) => bucket === search.age),
    owner: text(search.owner),
    currency: text(search.currency),
    text: text(search.text),
    item: text(search.item),
  }),
  component: function BreaksRoute() {
    return <Breaks query={breaksRoute.useSearch()} />;
  },
});

const proofsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/proof',
  validateSearch: (search: Record<string, unknown>) => ({ date: day(search.date) }),
  component: function ProofsRoute() {
    return <Proofs date={proofsRoute.useSearch().date} />;
  },
});

const proofDayRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/proof/$bankAccountId',
  validateSearch: (search: Record<string, unknown>) => ({ date: day(search.date) }),
  component: function ProofDayRoute() {
    const { bankAccountId } = proofDayRoute.useParams();
    return <ProofDay id={bankAccountId} date={proofDayRoute.useSearch().date} />;
  },
});

export const breaksRoutes = [breaksRoute, proofsRoute, proofDayRoute] as const;
