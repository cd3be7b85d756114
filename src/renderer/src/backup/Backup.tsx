import { Button } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { BackupRun } from '../../../contract/backup.ts';
import { orpc, refetchRooms } from '../app/data.ts';
import {
  type Brought,
  type Column,
  countColumn,
  DataTable,
  EmptyState,
  ErrorState,
  notify,
  notifyProblem,
  Page,
  rowsOf,
  Skeleton,
  StatusTag,
  timeColumn,
  useBrought,
  useKeys,
  writeBytes,
  writeDuration,
} from '../kit/index.ts';
import { LastBackup, LastDrill, SecondFolder } from './Cards.tsx';
import { t } from './messages.ts';
import { RestoreDialog } from './RestoreDialog.tsx';
import { ShipDialog } from './ShipDialog.tsx';
import './backup.css';

/** What can be brought back here once it is countersigned. */
const COMMANDS = ['backup.restore'];

/** The state of the second folder moves by itself. */
const REFRESH_MS = 5_000;

const columns: readonly Column<BackupRun>[] = [
  timeColumn({ id: 'when', header: () => t('list.when'), width: 136, of: (run) => run.atMs }),
  {
    id: 'kind',
    header: () => t('list.kind'),
    width: 110,
    cell: (run) => t(`list.${run.kind}`),
    sort: (run) => run.kind,
  },
  {
    id: 'outcome',
    header: () => t('list.outcome'),
    width: 116,
    cell: (run) => (
      <StatusTag
        status={run.verified ? 'verified' : 'failed'}
        label={t(run.verified ? 'list.verified' : 'list.broken')}
      />
    ),
  },
  countColumn({ id: 'record', header: () => t('list.record'), width: 104, of: (run) => run.record }),
  {
    id: 'size',
    header: () => t('list.size'),
    width: 90,
    align: 'end',
    cell: (run) => writeBytes(run.sizeBytes),
    sort: (run) => run.sizeBytes,
  },
  {
    id: 'took',
    header: () => t('list.took'),
    width: 84,
    align: 'end',
    cell: (run) => writeDuration(run.durationMs),
    sort: (run) => run.durationMs,
  },
  {
    id: 'point',
    header: () => t('list.point'),
    width: 112,
    align: 'end',
    cell: (run) => duration(run.recoveryPointMs),
  },
  {
    id: 'back',
    header: () => t('list.back'),
    width: 84,
    align: 'end',
    cell: (run) => duration(run.recoveryTimeMs),
  },
  {
    id: 'path',
    header: () => t('list.path'),
    width: 180,
    grow: 1,
    cell: (run) => (
      <span className={run.exists ? '' : 'cs-muted'}>
        {run.path}
        {!run.exists && ` (${t('list.gone')})`}
      </span>
    ),
    title: (run) => run.path,
  },
];

const duration = (ms: number | null) => (ms === null ? '' : writeDuration(ms));

const refresh = () => refetchRooms(['backup', 'audit']);

/** Backups of this vault: how they stand, what can be done, and all that were made. */
export function BackupScreen() {
  const status = useQuery({ ...orpc.backup.status.queryOptions(), refetchInterval: REFRESH_MS });
  const list = useQuery(orpc.backup.list.queryOptions());
  const rows = rowsOf(list, (runs) => runs);
  const [dialog, setDialog] = useState<'ship' | 'restore' | null>(null);
  const [brought, setBrought] = useState<Brought | null>(null);
  useBrought(COMMANDS, true, (command) => {
    setBrought(command);
    setDialog('restore');
  });
  const create = useMutation(
    orpc.backup.create.mutationOptions({
      onSuccess: ({ record, sizeBytes }) =>
        notify({ text: t('create.done', { record, size: writeBytes(sizeBytes) }), tone: 'success' }),
      onError: notifyProblem,
      onSettled: refresh,
    }),
  );
  const drill = useMutation(
    orpc.backup.drill.mutationOptions({
      onSuccess: ({ verified, recoveryTimeSeconds, record }) =>
        notify(
          verified
            ? {
                text: t('drill.done', { duration: writeDuration(recoveryTimeSeconds * 1000), record }),
                tone: 'success',
              }
            : { text: t('drill.failed'), tone: 'danger' },
        ),
      onError: notifyProblem,
      onSettled: refresh,
    }),
  );
  const isBusy = create.isPending || drill.isPending;
  const startCreate = () => {
    if (!isBusy) create.mutate({});
  };
  const startDrill = () => {
    if (!isBusy) drill.mutate(undefined);
  };
  useKeys(t('keys.group'), [
    { combo: 'b', label: t('keys.create'), disabled: isBusy, run: startCreate },
    { combo: 'd', label: t('keys.drill'), disabled: isBusy, run: startDrill },
    { combo: 'r', label: t('keys.restore'), run: () => setDialog('restore') },
    { combo: 'f', label: t('keys.ship'), run: () => setDialog('ship') },
  ]);
  const createButton = (
    <Button
      size="small"
      intent="primary"
      loading={create.isPending}
      disabled={drill.isPending}
      onClick={startCreate}
    >
      {t('act.create')}
    </Button>
  );
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <Button size="small" onClick={() => setDialog('restore')}>
            {t('act.restore')}
          </Button>
          {createButton}
        </>
      }
    >
      {status.isError && !status.data && (
        <ErrorState error={status.error} onRetry={() => void status.refetch()} />
      )}
      {status.isPending && <Skeleton lines={5} />}
      {status.data && (
        <div className="cs-backup-cards">
          <LastBackup status={status.data} />
          <SecondFolder shipping={status.data.shipping} onChoose={() => setDialog('ship')} />
          <LastDrill run={status.data.lastDrill} isRunning={drill.isPending} onDrill={startDrill} />
        </div>
      )}
      <DataTable
        label={t('list.label')}
        columns={columns}
        rows={rows}
        rowKey={(run) => run.id}
        empty={<EmptyState title={t('list.emptyTitle')} text={t('list.emptyText')} />}
      />
      {dialog === 'ship' && (
        <ShipDialog folder={status.data?.shipping.folder ?? ''} onClose={() => setDialog(null)} />
      )}
      {dialog === 'restore' && (
        <RestoreDialog
          source={status.data?.shipping.folder ?? status.data?.lastBackup?.path ?? ''}
          brought={brought}
          onClose={() => {
            setDialog(null);
            setBrought(null);
          }}
        />
      )}
    </Page>
  );
}
