import { Button } from '@blueprintjs/core';
import { useEffect, useState } from 'react';
import type { Key, KeyEvent } from '../../../contract/keys.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  EmptyState,
  fixedRows,
  PlaceLink,
  type Rows,
  TimeCell,
  useKeys,
  useNow,
  usePages,
} from '../kit/index.ts';
import { Actor } from '../operators/actors.tsx';
import { BandChart } from './BandChart.tsx';
import { type Band, type Line, linesOf, spanOf } from './bands.ts';
import { isDue, isInUse } from './choosing.ts';
import { reasonWords } from './Item.tsx';
import { t } from './messages.ts';
import { classWords, Day, kindWords, protectsWords, State } from './parts.tsx';

const utcDay = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);

/** More bands than these are no picture any more; the filters of the inventory choose among them. */
const MOST_DRAWN = 2_000;

/** Keys by line over time, as bands or as a table, and below it what happened to all keys. */
export function Timeline({
  rows,
  onOpen,
}: {
  readonly rows: Rows<Key>;
  readonly onOpen: (keyId: string) => void;
}) {
  const nowMs = useNow();
  const { hasMore, isLoadingMore, loadMore } = rows;
  const isCut = hasMore && rows.rows.length >= MOST_DRAWN;
  useEffect(() => {
    if (hasMore && !isCut && !isLoadingMore) loadMore();
  });
  const [asTable, setAsTable] = useState(false);
  const toggle = () => setAsTable(!asTable);
  useKeys(t('keys.group'), [{ combo: 't', label: t('keys.asTable'), run: toggle }]);
  const lines = linesOf(rows.rows, nowMs);
  const span = spanOf(lines, nowMs);
  const bands = lines.flatMap((line) => line.bands.map((band) => ({ line, band })));
  const summary = t('timeline.summary', {
    lines: lines.length,
    from: utcDay(span.fromMs),
    to: utcDay(span.toMs),
    keys: bands.length,
    active: bands.filter(({ band }) => isInUse(band.key)).length,
    due: bands.filter(({ band }) => isDue(band.key)).length,
  });
  return (
    <div className="cs-key-timeline">
      <section className="cs-card cs-key-bands" aria-label={t('timeline.title')}>
        <header className="cs-card-head">
          <h2>{t('timeline.title')}</h2>
          <span className="cs-muted">
            {isCut ? t('timeline.cut', { count: rows.rows.length }) : t('timeline.unit')}
          </span>
          <span className="cs-card-controls">
            <Button size="small" variant="minimal" aria-pressed={asTable} onClick={toggle}>
              {t(asTable ? 'timeline.asChart' : 'timeline.asTable')}
            </Button>
          </span>
        </header>
        {asTable ? (
          <DataTable
            bare
            label={t('timeline.title')}
            columns={bandColumns}
            rows={rows.state === 'ready' ? fixedRows(bands) : { ...rows, rows: [] }}
            rowKey={({ band }) => band.key.id}
            onOpen={({ band }) => onOpen(band.key.id)}
            empty={<EmptyState title={t('timeline.noKeys')} />}
          />
        ) : (
          <>
            <p className="cs-hidden">{summary}</p>
            {rows.state === 'ready' && lines.length === 0 ? (
              <EmptyState title={t('timeline.noKeys')} />
            ) : (
              <BandChart lines={lines} span={span} nowMs={nowMs} onOpen={onOpen} />
            )}
          </>
        )}
      </section>
      <Events isPrimary={!asTable} onOpen={onOpen} />
    </div>
  );
}

interface BandRow {
  readonly line: Line;
  readonly band: Band;
}

const bandColumns: readonly Column<BandRow>[] = [
  {
    id: 'line',
    header: () => t('timeline.line'),
    width: 200,
    grow: 1,
    cell: ({ line }) => kindWords(line),
    sort: ({ line }) => line.id,
  },
  {
    id: 'class',
    header: () => t('list.class'),
    width: 150,
    cell: ({ line }) => classWords(line) || <span className="cs-muted">–</span>,
    sort: ({ line }) => classWords(line),
  },
  {
    id: 'key',
    header: () => t('list.id'),
    width: 110,
    cell: ({ band }) => <PlaceLink to={places.key(band.key.id)}>{band.key.id}</PlaceLink>,
    sort: ({ band }) => band.key.id,
  },
  {
    id: 'version',
    header: () => t('list.version'),
    width: 52,
    align: 'end',
    cell: ({ band }) => band.key.version.toLocaleString(),
    sort: ({ band }) => band.key.version,
  },
  {
    id: 'state',
    header: () => t('list.state'),
    width: 120,
    cell: ({ band }) => <State state={band.key.state} />,
    sort: ({ band }) => band.key.state,
  },
  {
    id: 'from',
    header: () => t('timeline.from'),
    width: 100,
    cell: ({ band }) => <Day atMs={band.fromMs} />,
    sort: ({ band }) => band.fromMs,
  },
  {
    id: 'to',
    header: () => t('timeline.to'),
    width: 160,
    cell: ({ band }) => endWords(band),
    sort: ({ band }) => band.key.endedAtMs ?? band.key.expiresAtMs ?? 0,
  },
  {
    id: 'protects',
    header: () => t('list.protects'),
    width: 116,
    align: 'end',
    cell: ({ band }) => protectsWords(band.key),
    sort: ({ band }) => band.key.protects,
  },
];

/** The day it left use, or the day it is planned to. */
function endWords({ key }: Band): string {
  if (key.endedAtMs !== null) return utcDay(key.endedAtMs);
  return key.expiresAtMs === null ? '' : t('timeline.toPlanned', { date: utcDay(key.expiresAtMs) });
}

const eventColumns: readonly Column<KeyEvent>[] = [
  { id: 'time', header: () => t('events.time'), width: 140, cell: (row) => <TimeCell atMs={row.atMs} /> },
  {
    id: 'event',
    header: () => t('events.event'),
    width: 150,
    cell: (row) => t(`did.${row.event}`),
  },
  {
    id: 'key',
    header: () => t('events.key'),
    width: 110,
    cell: (row) => <PlaceLink to={places.key(row.keyId)}>{row.keyId}</PlaceLink>,
  },
  {
    id: 'states',
    header: () => t('events.states'),
    width: 170,
    grow: 1,
    cell: ({ fromState, toState }) =>
      fromState === null
        ? t(`state.${toState}`)
        : t('event.states', { from: t(`state.${fromState}`), to: t(`state.${toState}`) }),
  },
  {
    id: 'reason',
    header: () => t('events.reason'),
    width: 190,
    cell: ({ reason, actor }) =>
      reason === null ? <span className="cs-muted">–</span> : reasonWords(reason, actor),
  },
  { id: 'actor', header: () => t('events.actor'), width: 130, cell: (row) => <Actor of={row.actor} /> },
  {
    id: 'record',
    header: () => t('events.record'),
    width: 96,
    align: 'end',
    cell: ({ record }) =>
      record === null ? (
        <span className="cs-muted">–</span>
      ) : (
        <PlaceLink to={places.auditRecord(record)}>{String(record)}</PlaceLink>
      ),
  },
];

function Events({
  isPrimary,
  onOpen,
}: {
  readonly isPrimary: boolean;
  readonly onOpen: (keyId: string) => void;
}) {
  const rows = usePages(orpc.keys.events, {});
  return (
    <section className="cs-card cs-key-events" aria-label={t('events.title')}>
      <header className="cs-card-head">
        <h2>{t('events.title')}</h2>
      </header>
      <DataTable
        bare
        label={t('events.title')}
        columns={eventColumns}
        rows={rows}
        rowKey={(row) => String(row.seq)}
        primary={isPrimary}
        onOpen={(row) => onOpen(row.keyId)}
        empty={<EmptyState title={t('events.empty')} />}
      />
    </section>
  );
}
