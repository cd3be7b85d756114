import { Button, Callout, HTMLSelect } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type {
  HeartbeatRow,
  HeartbeatSource,
  HeartbeatStatus,
  HeartbeatVerification,
} from '../../../contract/heartbeat.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import {
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  notify,
  notifyProblem,
  Page,
  RelativeTime,
  Skeleton,
  StatusTag,
  TimeCell,
  useKeys,
  useNow,
  usePages,
  writeDuration,
  writeExactTime,
  writeRelative,
} from '../kit/index.ts';
import { t } from './messages.ts';
import './heartbeat.css';

const HASH_CHARACTERS = 12;
const REFRESH_MS = 15_000;

const columns: readonly Column<HeartbeatRow>[] = [
  { id: 'seq', header: () => t('log.seq'), width: 70, align: 'end', cell: (row) => row.seq.toLocaleString() },
  { id: 'time', header: () => t('log.time'), width: 132, cell: (row) => <TimeCell atMs={row.atMs} /> },
  { id: 'source', header: () => t('log.source'), width: 150, cell: (row) => row.source },
  {
    id: 'outcome',
    header: () => t('log.outcome'),
    width: 92,
    cell: (row) => (
      <StatusTag status={row.ok ? 'done' : 'failed'} label={t(row.ok ? 'log.ok' : 'log.failed')} />
    ),
  },
  {
    id: 'message',
    header: () => t('log.message'),
    width: 200,
    grow: 2,
    cell: (row) => row.message,
    title: (row) => row.message,
  },
  {
    id: 'facts',
    header: () => t('log.facts'),
    width: 140,
    grow: 1,
    cell: (row) => <span className="cs-muted">{factsText(row)}</span>,
    title: factsText,
  },
  {
    id: 'hash',
    header: () => t('log.hash'),
    width: 116,
    cell: (row) => <span className="cs-mono cs-muted">{row.hash.slice(0, HASH_CHARACTERS)}</span>,
    title: (row) => row.hash,
  },
];

function factsText({ facts }: HeartbeatRow): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(' · ');
}

/** Walking the chain is asked for, never done by itself. */
function useVerification() {
  const [answer, setAnswer] = useState<HeartbeatVerification | null>(null);
  const [isRunning, setRunning] = useState(false);
  const run = async () => {
    if (isRunning) return;
    setRunning(true);
    try {
      const done = await client.heartbeat.verify();
      setAnswer(done);
      if (done.verified) {
        const duration = writeDuration(Math.round(done.durationMs));
        notify({ text: t('verify.good', { events: done.events, duration }), tone: 'success' });
      }
    } catch (error) {
      notifyProblem(error);
    } finally {
      setRunning(false);
      refetchRooms(['heartbeat', 'incidents']);
    }
  };
  return { answer, isRunning, run: () => void run() };
}

/** The security heartbeat: how it stands, each source with its age, and the chained log. */
export function Heartbeat({
  source,
  onSource,
}: {
  readonly source: string | undefined;
  readonly onSource: (source: string | undefined) => void;
}) {
  const status = useQuery({ ...orpc.heartbeat.status.queryOptions(), refetchInterval: REFRESH_MS });
  const rows = usePages(orpc.heartbeat.list, source === undefined ? {} : { source });
  const verification = useVerification();
  useKeys(t('keys.group'), [
    { combo: 'v', label: t('keys.verify'), run: verification.run },
    {
      combo: 'f',
      label: t('keys.all'),
      disabled: source === undefined,
      run: () => onSource(undefined),
    },
  ]);
  const sources = status.data?.sources ?? [];
  const broken = verification.answer?.findings[0];
  return (
    <Page
      title={t('title')}
      actions={
        <Button size="small" loading={verification.isRunning} onClick={verification.run}>
          {t('verify.act')}
        </Button>
      }
    >
      {status.isError && !status.data && (
        <ErrorState error={status.error} onRetry={() => void status.refetch()} />
      )}
      {status.isPending && <Skeleton lines={5} />}
      {broken && (
        <Callout intent="danger" role="alert" icon={null}>
          <p>
            <strong>{t('verify.bad', { finding: `${broken.message} (${broken.code})` })}</strong>
          </p>
          <p>{t('verify.badMeaning')}</p>
        </Callout>
      )}
      {status.data && <Strip status={status.data} />}
      {sources.length > 0 && <Sources sources={sources} chosen={source} onChoose={onSource} />}
      <DataTable
        label={t('log.label')}
        columns={columns}
        rows={rows}
        rowKey={(row) => String(row.seq)}
        toolbar={
          <HTMLSelect
            aria-label={t('log.source')}
            value={source ?? ''}
            onChange={(event) => onSource(event.currentTarget.value || undefined)}
          >
            <option value="">{t('log.allSources')}</option>
            {sources.map((each) => (
              <option key={each.source} value={each.source}>
                {each.source}
              </option>
            ))}
          </HTMLSelect>
        }
        empty={<EmptyState title={t('log.emptyTitle')} />}
      />
    </Page>
  );
}

function Strip({ status }: { readonly status: HeartbeatStatus }) {
  const { state, last, events, chain } = status;
  return (
    <dl className="cs-strip">
      <div>
        <dt>{t('strip.state')}</dt>
        <dd>
          <StatusTag status={state} label={t(`state.${state}`)} />{' '}
          <span className="cs-muted">{t(`meaning.${state}`)}</span>
        </dd>
      </div>
      <div>
        <dt>{t('strip.last')}</dt>
        <dd>
          {last && (
            <>
              {last.source}{' '}
              <span className="cs-muted">
                <RelativeTime atMs={last.atMs} />
              </span>
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>{t('strip.events')}</dt>
        <dd>{events.toLocaleString()}</dd>
      </div>
      <div>
        <dt>{t('strip.chain')}</dt>
        <dd>
          <span role="status">
            {chain === null ? (
              <span className="cs-muted">{t('strip.notVerified')}</span>
            ) : (
              <>
                <span aria-hidden="true" className={chain.verified ? 'cs-dot--success' : 'cs-dot--danger'}>
                  {chain.verified ? '✓' : '✕'}
                </span>{' '}
                {t.rich(chain.verified ? 'strip.verified' : 'strip.broken', {
                  events: chain.events,
                  time: <RelativeTime key="time" atMs={chain.atMs} />,
                })}
              </>
            )}
          </span>
        </dd>
      </div>
    </dl>
  );
}

/** Each source with its state, how long ago it reported and when it is expected; its name filters the log. */
function Sources({
  sources,
  chosen,
  onChoose,
}: {
  readonly sources: readonly HeartbeatSource[];
  readonly chosen: string | undefined;
  readonly onChoose: (source: string | undefined) => void;
}) {
  const nowMs = useNow();
  return (
    <section className="cs-sources" aria-label={t('sources.title')}>
      <table className="cs-plain-table">
        <thead>
          <tr>
            <th scope="col">{t('sources.source')}</th>
            <th scope="col">{t('sources.state')}</th>
            <th scope="col">{t('sources.last')}</th>
            <th scope="col">{t('sources.due')}</th>
            <th scope="col">{t('sources.said')}</th>
          </tr>
        </thead>
        <tbody>
          {sources.map(({ source, state, last, dueAtMs }) => (
            <tr key={source}>
              <td>
                <button
                  type="button"
                  className="cs-sort cs-source-name"
                  aria-pressed={chosen === source}
                  onClick={() => onChoose(chosen === source ? undefined : source)}
                >
                  {source}
                </button>
              </td>
              <td>
                <StatusTag status={state} label={t(`state.${state}`)} />
              </td>
              <td>
                <TimeCell atMs={last.atMs} />{' '}
                <span className="cs-muted">
                  <RelativeTime atMs={last.atMs} />
                </span>
              </td>
              <td>
                {dueAtMs === null ? (
                  <span className="cs-muted">{t('sources.whenever')}</span>
                ) : (
                  <time dateTime={new Date(dueAtMs).toISOString()} title={writeExactTime(dueAtMs)}>
                    {writeRelative(dueAtMs, nowMs)}
                  </time>
                )}
              </td>
              <td className="cs-source-said" title={last.message}>
                {last.message}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
