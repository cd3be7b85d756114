import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { AuditRecordScreen } from './Record.tsx';
import { Records } from './Records.tsx';

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

export const auditRoutes = [recordsRoute, recordRoute] as const;
