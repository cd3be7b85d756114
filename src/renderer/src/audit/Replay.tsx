/** The state of the vault at any record, rebuilt from the log, and what the live tables say otherwise. */
import { Button, Callout, InputGroup } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import type { AuditReplay } from '../../../contract/audit.ts';
import { client, orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  Card,
  type Column,
  DataTable,
  ErrorState,
  Facts,
  fixedRows,
  Page,
  PlaceLink,
  StatusTag,
  useKeys,
  writeAmount,
  writeDuration,
  writeTimestamp,
} from '../kit/index.ts';
import { t } from './messages.ts';
import { VerifyProgress } from './Timeline.tsx';
import './audit.css';

type Account = AuditReplay['accounts'][number];

const amount = (id: string, header: () => string, value: (row: Account) => bigint): Column<Account> => ({
  id,
  header,
  width: 130,
  align: 'end',
  cell: (row) => (row.currency === null ? String(value(row)) : writeAmount(value(row), row.currency)),
});

const columns: readonly Column<Account>[] = [
  { id: 'code', header: () => t('replay.code'), width: 90, cell: (row) => row.code },
  { id: 'name', header: () => t('replay.account'), width: 220, grow: 1, cell: (row) => row.name },
  { id: 'currency', header: () => t('replay.currency'), width: 70, cell: (row) => row.currency ?? '' },
  amount(
    'debit',
    () => t('replay.debit'),
    (row) => row.debitMinor,
  ),
  amount(
    'credit',
    () => t('replay.credit'),
    (row) => row.creditMinor,
  ),
  amount(
    'balance',
    () => t('replay.balance'),
    (row) => row.debitMinor - row.creditMinor,
  ),
];

export function Replay({ at }: { readonly at: string | undefined }) {
  const router = useRouter();
  const head = useQuery(orpc.audit.head.queryOptions());
  const [typed, setTyped] = useState(at ?? '');
  const record = at !== undefined && /^\d{1,15}$/.test(at) ? BigInt(at) : undefined;
  const query = useQuery({
    queryKey: ['audit-replay', at ?? 'head'],
    queryFn: () => client.audit.replay(record === undefined ? {} : { at: record }),
    enabled: false,
    gcTime: Number.POSITIVE_INFINITY,
  });
  const run = () => void query.refetch();
  const show = () => {
    const next = typed.trim();
    if (next !== (at ?? '')) router.history.replace(places.auditReplay(next === '' ? {} : { at: next }));
  };
  useKeys(t('keys.group'), [{ combo: 'v', label: t('replay.act'), run }]);
  return (
    <Page
      title={t('replay.title')}
      trail={<PlaceLink to={places.audit()}>{t('title')}</PlaceLink>}
      body="scroll"
      actions={
        <>
          <InputGroup
            size="small"
            className="cs-actor-field"
            inputMode="numeric"
            aria-label={t('replay.at')}
            placeholder={head.data ? t('replay.head', { seq: head.data.seq }) : t('replay.at')}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value.replace(/\D/g, ''))}
            onBlur={show}
            onKeyDown={(event) => {
              if (event.key === 'Enter') show();
            }}
          />
          <Button size="small" intent="primary" loading={query.isFetching} onClick={run}>
            {t('replay.act')}
          </Button>
        </>
      }
    >
      {query.isFetching && <VerifyProgress kind="audit.replay" />}
      {query.isError && <ErrorState error={query.error} onRetry={run} />}
      {!query.data && !query.isFetching && !query.isError && <p className="cs-muted">{t('replay.what')}</p>}
      {query.data && <Answer replayed={query.data} />}
    </Page>
  );
}

function Answer({ replayed }: { readonly replayed: AuditReplay }) {
  const { at, recordedAtMs, matches, queue, incidents, unread, agrees, durationMs } = replayed;
  return (
    <div className="cs-stack">
      {agrees === true && (
        <p role="status">
          <StatusTag status="verified" label={t('replay.agrees', { duration: writeDuration(durationMs) })} />
        </p>
      )}
      {agrees === null && <p className="cs-muted">{t('replay.then')}</p>}
      <Differences compared={replayed.compared} />
      {unread.length > 0 && (
        <Callout intent="warning" icon={null}>
          {t('replay.unread', { count: unread.length, first: unread[0]!.seq })}
        </Callout>
      )}
      <Card title={t('replay.state', { at })}>
        <div className="cs-card-body">
          <Facts
            facts={[
              [t('records.time'), recordedAtMs === null ? '' : writeTimestamp(recordedAtMs)],
              [t('replay.matches'), t('replay.matchesText', { ...matches })],
              [
                t('replay.queue'),
                queue.map(({ status, count }) => `${statusWords(status)}: ${count}`).join(' · '),
              ],
              [
                t('replay.incidents'),
                incidents.map(({ state, count }) => `${statusWords(state)}: ${count}`).join(' · '),
              ],
            ]}
          />
        </div>
      </Card>
      <Card title={t('replay.balances')}>
        <DataTable
          label={t('replay.balances')}
          columns={columns}
          rows={fixedRows(replayed.accounts)}
          rowKey={(row) => row.code}
        />
      </Card>
    </div>
  );
}

function statusWords(status: string): string {
  const key = `state.${status}`;
  return t.has(key) ? t(key) : status;
}

function Differences({ compared }: Pick<AuditReplay, 'compared'>) {
  if (compared === null) return null;
  const wrong = Object.entries(compared).filter(([, { differing }]) => differing > 0);
  if (wrong.length === 0) return null;
  return (
    <Callout intent="danger" role="alert" icon={null}>
      <p>
        <strong>{t('replay.differs')}</strong>
      </p>
      <ul>
        {wrong.flatMap(([part, { differences }]) =>
          differences.map(({ place, expected, found }) => (
            <li key={`${part} ${place}`}>{t('replay.difference', { place, expected, found })}</li>
          )),
        )}
      </ul>
    </Callout>
  );
}
