import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ConnectorLine } from '../../../contract/connectors.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  Card,
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  Facts,
  Figure,
  fixedRows,
  notifyProblem,
  Skeleton,
  StatusTag,
  TimeCell,
  useKeys,
  writeExactTime,
} from '../kit/index.ts';
import { useMay } from '../privacy/reveal.tsx';
import { ConnectorDialog } from './ConnectorDialog.tsx';
import { KeysDialog } from './KeysDialog.tsx';
import { t } from './messages.ts';
import { RemoveDialog } from './RemoveDialog.tsx';
import { meaningOf } from './words.ts';

/** Counts move while messages come, which the feed tells of once a second at most. */
const REFRESH_MS = 2_000;

type Asked =
  | { readonly kind: 'add' }
  | { readonly kind: 'change' | 'keys' | 'remove'; readonly of: ConnectorLine };

const shapeOf = ({ state }: ConnectorLine) =>
  ({ running: 'green', waiting: 'late', failed: 'failed', stopped: 'voided', starting: 'running' })[state];

function takenTitle({ taken, files, lastMessageAtMs }: ConnectorLine): string {
  const counts = t('list.takenTitle', { messages: taken, files });
  if (lastMessageAtMs === null) return counts;
  return `${counts} · ${t('list.last', { time: writeExactTime(lastMessageAtMs) })}`;
}

const problemText = ({ code, what }: ConnectorLine['problems'][number]) =>
  `${what} · ${meaningOf(code)} (${code})`;

const columns: readonly Column<ConnectorLine>[] = [
  {
    id: 'label',
    header: () => t('list.name'),
    width: 130,
    grow: 1,
    cell: (row) => row.label,
    title: (row) => row.label,
  },
  { id: 'kind', header: () => t('list.kind'), width: 132, cell: (row) => t(`kind.${row.settings.kind}`) },
  {
    id: 'state',
    header: () => t('list.state'),
    width: 104,
    cell: (row) => <StatusTag status={shapeOf(row)} label={t(`state.${row.state}`)} />,
    title: (row) => (row.code === null ? '' : row.code),
  },
  {
    id: 'address',
    header: () => t('list.address'),
    width: 150,
    grow: 2,
    cell: (row) =>
      row.address === null ? (
        row.code !== null && meaningOf(row.code)
      ) : (
        <span className="cs-mono">{row.address}</span>
      ),
    title: (row) => row.address ?? (row.code === null ? '' : `${row.code}: ${meaningOf(row.code)}`),
  },
  {
    id: 'taken',
    header: () => t('list.taken'),
    width: 78,
    align: 'end',
    cell: (row) => (row.taken + row.files).toLocaleString(),
    title: takenTitle,
  },
  {
    id: 'dead',
    header: () => t('list.dead'),
    width: 116,
    align: 'end',
    cell: (row) => (
      <Figure to={places.connectors({ view: 'dead-letters' })}>{row.deadLettered.toLocaleString()}</Figure>
    ),
  },
  {
    id: 'refused',
    header: () => t('list.refused'),
    width: 92,
    align: 'end',
    cell: (row) => (
      <span className={row.problems.length === 0 ? undefined : 'cs-connector-refused'}>
        {row.refused.toLocaleString()}
      </span>
    ),
    title: (row) => row.problems.map(problemText).join('\n'),
  },
];

/** Every connector with its state; adding, starting, stopping, changing and removing them. */
export function ListView() {
  const query = useQuery({ ...orpc.connectors.list.queryOptions(), refetchInterval: REFRESH_MS });
  const may = useMay('connectors');
  const [asked, setAsked] = useState<Asked | null>(null);
  const [active, setActive] = useState<string | null>(null);
  const chosen = query.data?.find(({ id }) => id === active);
  const toggle = (row: ConnectorLine) => void switchIt(row);
  useKeys(t('keys.group'), [
    { combo: 'a', label: t('keys.add'), disabled: !may, run: () => setAsked({ kind: 'add' }) },
    {
      combo: 's',
      label: t('keys.switch'),
      disabled: !may || chosen === undefined,
      run: () => chosen && toggle(chosen),
    },
    {
      combo: 'y',
      label: t('keys.keys'),
      disabled: !may || chosen?.settings.kind !== 'http',
      run: () => chosen && setAsked({ kind: 'keys', of: chosen }),
    },
    {
      combo: 'd',
      label: t('keys.remove'),
      disabled: !may || chosen === undefined,
      run: () => chosen && setAsked({ kind: 'remove', of: chosen }),
    },
  ]);
  if (query.isError && !query.data)
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton lines={6} />;
  return (
    <>
      <p className="cs-muted">{t('list.intro')}</p>
      <Card
        title={t('list.label')}
        controls={
          may && (
            <Button size="small" intent="primary" onClick={() => setAsked({ kind: 'add' })}>
              {t('act.add')}
            </Button>
          )
        }
      >
        {query.data.length === 0 ? (
          <EmptyState
            title={t('list.empty')}
            text={t(may ? 'list.emptyText' : 'list.emptyOther')}
            actions={may && <Button onClick={() => setAsked({ kind: 'add' })}>{t('act.add')}</Button>}
          />
        ) : (
          <DataTable
            label={t('list.label')}
            columns={may ? [...columns, actsColumn(toggle, setAsked)] : columns}
            rows={fixedRows(query.data)}
            rowKey={(row) => row.id}
            activeKey={active}
            onActive={(row) => setActive(row.id)}
            {...(may ? { onOpen: (row: ConnectorLine) => setAsked({ kind: 'change', of: row }) } : {})}
            bare
          />
        )}
        {chosen && <Details of={chosen} />}
      </Card>
      {asked?.kind === 'add' && <ConnectorDialog onClose={() => setAsked(null)} />}
      {asked?.kind === 'change' && <ConnectorDialog of={asked.of} onClose={() => setAsked(null)} />}
      {asked?.kind === 'keys' && <KeysDialog of={asked.of} onClose={() => setAsked(null)} />}
      {asked?.kind === 'remove' && <RemoveDialog of={asked.of} onClose={() => setAsked(null)} />}
    </>
  );
}

/** Of the connector under the cursor: where it is in full, when it last brought something, what it could not take. */
function Details({ of }: { readonly of: ConnectorLine }) {
  const { label, address, code, lastMessageAtMs, problems } = of;
  return (
    <section className="cs-connector-details" aria-label={label}>
      <Facts
        facts={[
          [t('list.address'), address],
          [t('list.why'), code === null ? null : `${meaningOf(code)} (${code})`],
          [
            t('list.lastMessage'),
            lastMessageAtMs === null ? null : <TimeCell key="last" atMs={lastMessageAtMs} />,
          ],
          [
            t('list.problems'),
            problems.length === 0 ? null : (
              <span key="problems" className="cs-lines">
                {problems.map((one) => (
                  <span key={`${one.atMs}/${one.code}/${one.what}`}>
                    <TimeCell atMs={one.atMs} /> {problemText(one)}
                  </span>
                ))}
              </span>
            ),
          ],
        ]}
      />
    </section>
  );
}

async function switchIt({ id, enabled, state }: ConnectorLine): Promise<void> {
  try {
    const isOn = enabled && state !== 'stopped' && state !== 'failed';
    await (isOn ? client.connectors.stop({ id }) : client.connectors.start({ id }));
  } catch (error) {
    notifyProblem(error);
  } finally {
    refetchRooms(['connectors', 'audit']);
  }
}

const actsColumn = (
  onToggle: (row: ConnectorLine) => void,
  onAsk: (asked: Asked) => void,
): Column<ConnectorLine> => ({
  id: 'acts',
  header: () => t('list.acts'),
  width: 268,
  cell: (row) => (
    <span className="cs-connector-acts">
      <Button size="small" variant="minimal" onClick={() => onToggle(row)}>
        {t(row.state === 'stopped' || row.state === 'failed' ? 'act.start' : 'act.stop')}
      </Button>
      {row.settings.kind === 'http' && (
        <Button size="small" variant="minimal" onClick={() => onAsk({ kind: 'keys', of: row })}>
          {t('act.keys')}
        </Button>
      )}
      <Button size="small" variant="minimal" onClick={() => onAsk({ kind: 'change', of: row })}>
        {t('act.change')}
      </Button>
      <Button
        size="small"
        variant="minimal"
        intent="danger"
        onClick={() => onAsk({ kind: 'remove', of: row })}
      >
        {t('act.remove')}
      </Button>
    </span>
  ),
});
