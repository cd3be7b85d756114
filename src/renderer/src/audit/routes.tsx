import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { Heads } from './Heads.tsx';
import { AuditRecordScreen } from './Record.tsx';
import { Records } from './Records.tsx';
import { Replay } from './Replay.tsx';

/** A search parameter as text; the router reads a bare number as one. */
const text = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

const recordsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>) => ({
    kind: text(search.kind),
    actor: text(search.actor),
    subjectKind: text(search.subjectKind),
    subjectId: text(search.subjectId),
    from: text(search.from),
    to: text(search.to),
  }),
  component: function RecordsRoute() {
    return <Records {...recordsRoute.useSearch()} />;
  },
});

const recordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit/$seq',
  component: function RecordRoute() {
    const { seq } = recordRoute.useParams();
    return <AuditRecordScreen seq={/^\d{1,18}$/.test(seq) ? BigInt(seq) : 0n} />;
  },
});

const headsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit/heads',
  component: Heads,
});

const replayRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit/replay',
  validateSearch: (search: Record<string, unknown>) => ({ at: text(search.at) }),
  component: function ReplayRoute() {
    return <Replay at={replayRoute.useSearch().at} />;
  },
});

export const auditRoutes = [recordsRoute, recordRoute, headsRoute, replayRoute] as const;
