import { Button, FormGroup, HTMLSelect, InputGroup } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { type DataClassId, dataClassIds, type Hold, type HoldTarget } from '../../../contract/privacy.ts';
import { orpc, refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import { ReasonDialog } from '../compliance/parts.tsx';
import {
  Card,
  type Column,
  DataTable,
  EmptyState,
  ErrorState,
  fixedRows,
  notify,
  PlaceLink,
  Skeleton,
  StatusTag,
  TimeCell,
  useKeys,
} from '../kit/index.ts';
import { Actor } from '../operators/actors.tsx';
import { t } from './messages.ts';
import { NOBODY, PartyFields, partyOf } from './PartyFields.tsx';
import { useMay } from './reveal.tsx';

const ONS = ['party', 'quarter', 'thing'] as const;
const KINDS = ['bank-transaction', 'open-item'] as const;

/** Legal holds: what stands, who set it and why; setting and releasing them. */
export function HoldsView() {
  const query = useQuery(orpc.privacy.holds.queryOptions());
  const mayHold = useMay('evidence');
  const [asked, setAsked] = useState<'new' | Hold | null>(null);
  useKeys(t('keys.group'), [
    { combo: 'h', label: t('keys.hold'), disabled: !mayHold, run: () => setAsked('new') },
  ]);
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton lines={8} />;
  return (
    <>
      <p className="cs-muted">{t('holds.intro')}</p>
      <Card
        title={t('holds.label')}
        controls={
          mayHold && (
            <Button size="small" intent="primary" onClick={() => setAsked('new')}>
              {t('hold.act')}
            </Button>
          )
        }
      >
        <DataTable
          label={t('holds.label')}
          columns={mayHold ? [...columns, releaseColumn(setAsked)] : columns}
          rows={fixedRows(query.data)}
          rowKey={(row) => row.id}
          bare
          empty={<EmptyState title={t('holds.empty')} text={t('holds.emptyText')} />}
        />
      </Card>
      {asked === 'new' && <HoldDialog onClose={() => setAsked(null)} />}
      {asked !== null && asked !== 'new' && <ReleaseDialog of={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function targetWords(hold: Hold): string {
  if (hold.on === 'quarter') {
    return t('target.quarter', {
      name: hold.dataClass === null ? '' : t(`class.${hold.dataClass}`),
      quarter: hold.quarter ?? '',
    });
  }
  if (hold.on === 'thing') {
    const kind = KINDS.find((one) => one === hold.kind);
    return t('target.thing', { kind: kind ? t(`hold.kind.${kind}`) : '', id: hold.thingId ?? '' });
  }
  const words = [hold.customerId, hold.partyName, hold.account].filter((word) => word !== null);
  return t('target.party', { words: words.length === 0 ? t('erased') : words.join(' · ') });
}

const columns: readonly Column<Hold>[] = [
  { id: 'id', header: () => 'Id', width: 48, align: 'end', cell: (row) => row.id },
  { id: 'on', header: () => t('holds.on'), width: 220, grow: 2, cell: targetWords, title: targetWords },
  {
    id: 'reason',
    header: () => t('holds.reason'),
    width: 180,
    grow: 2,
    cell: (row) => row.reason ?? <span className="cs-muted">{t('erased')}</span>,
    title: (row) => row.reason ?? t('erased'),
  },
  {
    id: 'set',
    header: () => t('holds.set'),
    width: 150,
    cell: (row) => <TimeCell atMs={row.setAtMs} />,
  },
  { id: 'by', header: () => t('purges.by'), width: 100, cell: (row) => <Actor of={row.setBy} /> },
  {
    id: 'record',
    header: () => t('purges.record'),
    width: 72,
    align: 'end',
    cell: (row) => <PlaceLink to={places.auditRecord(row.record)}>{String(row.record)}</PlaceLink>,
  },
  {
    id: 'state',
    header: () => t('holds.state'),
    width: 120,
    cell: (row) =>
      row.released === null ? (
        <StatusTag status="unmatched" label={t('holds.standing')} />
      ) : (
        <StatusTag status="voided" label={t('holds.released')} />
      ),
    title: (row) =>
      row.released === null ? '' : `${row.released.by}: ${row.released.reason ?? t('erased')}`,
  },
];

const releaseColumn = (onRelease: (hold: Hold) => void): Column<Hold> => ({
  id: 'release',
  header: () => '',
  width: 110,
  cell: (row) =>
    row.released === null && (
      <Button size="small" variant="minimal" onClick={() => onRelease(row)}>
        {t('hold.release')}
      </Button>
    ),
});

function HoldDialog({ onClose }: { readonly onClose: () => void }) {
  const [on, setOn] = useState<HoldTarget['on']>('party');
  const [party, setParty] = useState(NOBODY);
  const [dataClass, setDataClass] = useState<DataClassId>('parties');
  const [quarter, setQuarter] = useState('');
  const [kind, setKind] = useState<(typeof KINDS)[number]>('bank-transaction');
  const [thing, setThing] = useState('');
  const id = useId();
  const hold = useMutation(
    orpc.privacy.hold.mutationOptions({
      onSuccess: (made) => {
        refetchRooms(['privacy', 'audit']);
        notify({ text: t('done.hold', { id: made.id }), tone: 'success' });
        onClose();
      },
    }),
  );
  const target = (): HoldTarget | null => {
    if (on === 'quarter')
      return /^\d{4}Q[1-4]$/.test(quarter.trim()) ? { on, dataClass, quarter: quarter.trim() } : null;
    if (on === 'thing') return thing.trim() === '' ? null : { on, kind, id: thing.trim() };
    const named = partyOf(party);
    return named && { on, party: named };
  };
  const ready = target();
  return (
    <ReasonDialog
      title={t('hold.title')}
      act={t('hold.doAct')}
      blocked={ready === null}
      isRunning={hold.isPending}
      error={hold.error}
      onClose={onClose}
      onAct={(reason) => ready && hold.mutate({ target: ready, reason })}
    >
      <p>{t('hold.text')}</p>
      <FormGroup label={t('hold.on')} labelFor={`${id}-on`}>
        <HTMLSelect
          id={`${id}-on`}
          value={on}
          onChange={(event) => setOn(event.currentTarget.value as HoldTarget['on'])}
          options={ONS.map((value) => ({ value, label: t(`hold.on.${value}`) }))}
        />
      </FormGroup>
      {on === 'party' && <PartyFields draft={party} onChange={setParty} />}
      {on === 'quarter' && (
        <div className="cs-privacy-party">
          <FormGroup label={t('hold.class')} labelFor={`${id}-class`}>
            <HTMLSelect
              id={`${id}-class`}
              value={dataClass}
              onChange={(event) => setDataClass(event.currentTarget.value as DataClassId)}
              options={dataClassIds.map((value) => ({ value, label: t(`class.${value}`) }))}
            />
          </FormGroup>
          <FormGroup label={t('hold.quarter')} labelFor={`${id}-quarter`}>
            <InputGroup
              id={`${id}-quarter`}
              autoComplete="off"
              value={quarter}
              onChange={(event) => setQuarter(event.currentTarget.value)}
            />
          </FormGroup>
        </div>
      )}
      {on === 'thing' && (
        <div className="cs-privacy-party">
          <FormGroup label={t('hold.kind')} labelFor={`${id}-kind`}>
            <HTMLSelect
              id={`${id}-kind`}
              value={kind}
              onChange={(event) => setKind(event.currentTarget.value as (typeof KINDS)[number])}
              options={KINDS.map((value) => ({ value, label: t(`hold.kind.${value}`) }))}
            />
          </FormGroup>
          <FormGroup label={t('hold.thing')} labelFor={`${id}-thing`}>
            <InputGroup
              id={`${id}-thing`}
              autoComplete="off"
              value={thing}
              onChange={(event) => setThing(event.currentTarget.value)}
            />
          </FormGroup>
        </div>
      )}
    </ReasonDialog>
  );
}

function ReleaseDialog({ of: hold, onClose }: { readonly of: Hold; readonly onClose: () => void }) {
  const release = useMutation(
    orpc.privacy.release.mutationOptions({
      onSuccess: ({ id }) => {
        refetchRooms(['privacy', 'audit']);
        notify({ text: t('done.release', { id }), tone: 'success' });
        onClose();
      },
    }),
  );
  return (
    <ReasonDialog
      title={t('release.title', { id: hold.id })}
      act={t('hold.release')}
      danger
      isRunning={release.isPending}
      error={release.error}
      onClose={onClose}
      onAct={(reason) => release.mutate({ id: hold.id, reason })}
    >
      <p>{targetWords(hold)}</p>
      <p>{t('release.text')}</p>
    </ReasonDialog>
  );
}
