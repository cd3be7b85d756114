import type { LookLine, UnmaskKind } from '../../../contract/privacy.ts';
import { orpc } from '../app/data.ts';
import { placeOf, places } from '../app/places.ts';
import { Card, type Column, DataTable, EmptyState, PlaceLink, TimeCell, usePages } from '../kit/index.ts';
import { Actor } from '../operators/actors.tsx';
import { t } from './messages.ts';

/** Who looked at what in the clear, and why. */
export function LooksView() {
  const rows = usePages(orpc.privacy.looks, {});
  return (
    <>
      <p className="cs-muted">{t('looks.intro')}</p>
      <Card title={t('looks.label')}>
        <DataTable
          label={t('looks.label')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          bare
          empty={<EmptyState title={t('looks.empty')} />}
        />
      </Card>
    </>
  );
}

/** Our own accounts have a screen under another word. */
const placeKind = (kind: UnmaskKind) => (kind === 'account' ? 'bank-account' : kind);

function Thing({ row }: { readonly row: LookLine }) {
  const words = t(`thing.${row.kind}`, { id: row.thingId });
  const to = placeOf({ kind: placeKind(row.kind), id: row.thingId });
  return to === null || row.kind === 'customer' ? words : <PlaceLink to={to}>{words}</PlaceLink>;
}

const columns: readonly Column<LookLine>[] = [
  { id: 'at', header: () => t('purges.at'), width: 150, cell: (row) => <TimeCell atMs={row.atMs} /> },
  { id: 'who', header: () => t('looks.who'), width: 120, cell: (row) => <Actor of={row.by} /> },
  { id: 'what', header: () => t('looks.what'), width: 170, cell: (row) => <Thing row={row} /> },
  {
    id: 'why',
    header: () => t('looks.why'),
    width: 240,
    grow: 2,
    cell: (row) => row.reason ?? <span className="cs-muted">{t('erased')}</span>,
    title: (row) => row.reason ?? t('erased'),
  },
  {
    id: 'record',
    header: () => t('purges.record'),
    width: 80,
    align: 'end',
    cell: (row) => <PlaceLink to={places.auditRecord(row.record)}>{String(row.record)}</PlaceLink>,
  },
];
