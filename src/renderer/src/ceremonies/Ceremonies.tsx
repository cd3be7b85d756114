import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import type { CeremonyKey, CeremonyLine } from '../../../contract/ceremonies.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  FilterTabs,
  fixedRows,
  Page,
  PlaceLink,
  Skeleton,
  StatusTag,
  TimeCell,
  useKeys,
} from '../kit/index.ts';
import { useMay } from '../privacy/reveal.tsx';
import { BeginDialog } from './BeginDialog.tsx';
import { Hex } from './Hex.tsx';
import { t } from './messages.ts';
import { VerifyDialog } from './VerifyDialog.tsx';
import './ceremonies.css';

type Ask = 'rehearse' | 'begin' | 'verify';

/** Ceremonies that were held, the keys they made, and the ways to begin one. */
export function Ceremonies() {
  const router = useRouter();
  const held = useQuery(orpc.ceremonies.list.queryOptions());
  const keys = useQuery(orpc.ceremonies.keys.queryOptions());
  const [ask, setAsk] = useState<Ask | null>(null);
  const [shown, setShown] = useState<'held' | 'keys'>('held');
  const may = useMay('keys');
  const open = (id: string) => router.history.push(places.ceremony(id));
  useKeys(t('keys.group'), [
    { combo: 'n', label: t('keys.rehearse'), disabled: !may, run: () => setAsk('rehearse') },
    { combo: 'b', label: t('keys.begin'), disabled: !may, run: () => setAsk('begin') },
    { combo: 'c', label: t('keys.verify'), run: () => setAsk('verify') },
  ]);
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <FilterTabs
            label={t('title')}
            value={shown}
            onChange={setShown}
            options={[
              { value: 'held', label: t('list.held'), count: held.data?.length },
              { value: 'keys', label: t('list.keys'), count: keys.data?.length },
            ]}
          />
          <Button size="small" onClick={() => setAsk('verify')}>
            {t('act.verify')}
          </Button>
          {may && (
            <>
              <Button size="small" onClick={() => setAsk('begin')}>
                {t('act.begin')}
              </Button>
              <Button size="small" intent="primary" onClick={() => setAsk('rehearse')}>
                {t('act.rehearse')}
              </Button>
            </>
          )}
        </>
      }
    >
      {!may && <p className="cs-muted cs-page-note">{t('looks.list')}</p>}
      {held.isError && <ErrorState error={held.error} onRetry={() => void held.refetch()} />}
      {held.isPending && <Skeleton lines={5} />}
      {held.data && shown === 'held' && (
        <DataTable
          label={t('list.held')}
          columns={heldColumns()}
          rows={fixedRows(held.data)}
          rowKey={({ id }) => id}
          onOpen={({ id }) => open(id)}
          empty={
            <EmptyState
              title={t('list.empty')}
              text={t('list.emptyText')}
              actions={
                may && (
                  <Button intent="primary" onClick={() => setAsk('rehearse')}>
                    {t('act.rehearse')}
                  </Button>
                )
              }
            />
          }
        />
      )}
      {keys.data && shown === 'keys' && (
        <DataTable
          label={t('list.keys')}
          columns={keyColumns()}
          rows={fixedRows(keys.data)}
          rowKey={({ id }) => id}
          empty={<EmptyState title={t('list.noKeys')} />}
        />
      )}
      {(ask === 'rehearse' || ask === 'begin') && (
        <BeginDialog
          rehearsal={ask === 'rehearse'}
          keys={keys.data ?? []}
          onClose={() => setAsk(null)}
          onBegun={open}
        />
      )}
      {ask === 'verify' && <VerifyDialog onClose={() => setAsk(null)} />}
    </Page>
  );
}

const CEREMONY_STATUS = { running: 'pending', done: 'done', abandoned: 'expired' } as const;

const realWords = (rehearsal: boolean) =>
  rehearsal ? <span className="cs-rehearsal-word">{t('real.no')}</span> : t('real.yes');

const heldColumns = (): readonly Column<CeremonyLine>[] => [
  {
    id: 'kind',
    header: () => t('col.kind'),
    width: 150,
    grow: 1,
    cell: ({ id, kind }) => <PlaceLink to={places.ceremony(id)}>{t(`kind.${kind}`)}</PlaceLink>,
  },
  { id: 'key', header: () => t('col.key'), width: 150, grow: 2, cell: ({ keyLabel }) => keyLabel },
  { id: 'real', header: () => t('col.real'), width: 110, cell: ({ rehearsal }) => realWords(rehearsal) },
  {
    id: 'state',
    header: () => t('col.state'),
    width: 130,
    cell: ({ state }) => <StatusTag status={CEREMONY_STATUS[state]} label={t(`state.${state}`)} />,
  },
  {
    id: 'steps',
    header: () => t('col.steps'),
    width: 90,
    cell: ({ stepsDone, steps }) => t('of.steps', { done: stepsDone, all: steps }),
  },
  {
    id: 'begun',
    header: () => t('col.begun'),
    width: 150,
    cell: ({ startedAtMs }) => <TimeCell atMs={startedAtMs} />,
  },
  {
    id: 'ended',
    header: () => t('col.ended'),
    width: 150,
    cell: ({ endedAtMs }) => (endedAtMs === null ? '' : <TimeCell atMs={endedAtMs} />),
  },
];

const KEY_STATUS = {
  making: 'pending',
  active: 'green',
  retired: 'expired',
  destroyed: 'expired',
  abandoned: 'expired',
} as const;

const keyColumns = (): readonly Column<CeremonyKey>[] => [
  { id: 'key', header: () => t('col.key'), width: 150, grow: 1, cell: ({ label }) => label },
  { id: 'real', header: () => t('col.real'), width: 110, cell: ({ rehearsal }) => realWords(rehearsal) },
  {
    id: 'state',
    header: () => t('col.state'),
    width: 120,
    cell: ({ state }) => <StatusTag status={KEY_STATUS[state]} label={t(`key.${state}`)} />,
  },
  {
    id: 'quorum',
    header: () => t('col.quorum'),
    width: 90,
    cell: ({ threshold, holders }) =>
      holders.length === 0 ? '' : t('of.quorum', { threshold, shares: holders.length }),
  },
  {
    id: 'holders',
    header: () => t('col.holders'),
    width: 220,
    grow: 2,
    cell: ({ holders }) => holders.map(({ name }) => name).join(', '),
    title: ({ holders }) => holders.map(({ share, name }) => `${share} ${name}`).join(', '),
  },
  {
    id: 'fingerprint',
    header: () => t('col.fingerprint'),
    width: 330,
    cell: ({ fingerprint }) => fingerprint && <Hex text={fingerprint} />,
    title: ({ fingerprint }) => fingerprint ?? '',
  },
];
