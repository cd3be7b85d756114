import { Button, Callout } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import type { BackupRun, BackupStatus, ShippingStatus } from '../../../contract/backup.ts';
import { orpc, refetchRooms } from '../app/data.ts';
import {
  Card,
  EmptyState,
  Facts,
  notify,
  notifyProblem,
  RelativeTime,
  StatusTag,
  writeBytes,
  writeDuration,
} from '../kit/index.ts';
import { t } from './messages.ts';

/** The last backup to one file. */
export function LastBackup({ status }: { readonly status: BackupStatus }) {
  const { lastBackup: run, record } = status;
  return (
    <Card title={t('last.title')}>
      <div className="cs-card-body">
        {run === null && <EmptyState title={t('last.none')} text={t('last.noneText')} />}
        {run !== null && (
          <>
            {!run.exists && (
              <Callout intent="warning" icon={null} className="cs-backup-note">
                {t('last.gone')}
              </Callout>
            )}
            <Facts
              facts={[
                [t('last.made'), <RelativeTime key="made" atMs={run.atMs} />],
                [
                  t('last.record'),
                  t('last.recordOf', { record: run.record.toLocaleString(), all: record.toLocaleString() }),
                ],
                [t('last.size'), writeBytes(run.sizeBytes)],
                [t('last.where'), run.path],
              ]}
            />
          </>
        )}
      </div>
    </Card>
  );
}

function stateOf({ state, lagSeconds }: ShippingStatus) {
  if (state === 'failed') return <StatusTag status="failed" label={t('ship.failed')} />;
  if (state === 'starting') return <StatusTag status="running" label={t('ship.starting')} />;
  const label = lagSeconds ? t('ship.behind', { seconds: lagSeconds }) : t('ship.current');
  return <StatusTag status="verified" label={label} />;
}

/** How far the second folder is, and what is wrong with it. */
export function SecondFolder({
  shipping,
  onChoose,
}: {
  readonly shipping: ShippingStatus;
  readonly onChoose: () => void;
}) {
  const stop = useMutation(
    orpc.backup.ship.mutationOptions({
      onSuccess: () => notify({ text: t('ship.stopped') }),
      onError: notifyProblem,
      onSettled: () => refetchRooms(['backup', 'audit']),
    }),
  );
  const { folder, problem, record, shippedAtMs } = shipping;
  if (folder === null) {
    return (
      <Card title={t('ship.title')}>
        <div className="cs-card-body">
          <EmptyState
            title={t('ship.off')}
            text={t('ship.offText')}
            actions={
              <Button size="small" onClick={onChoose}>
                {t('act.ship')}
              </Button>
            }
          />
        </div>
      </Card>
    );
  }
  return (
    <Card
      title={t('ship.title')}
      controls={
        <>
          <Button size="small" variant="minimal" onClick={onChoose}>
            {t('act.change')}
          </Button>
          <Button
            size="small"
            variant="minimal"
            loading={stop.isPending}
            onClick={() => stop.mutate({ folder: null })}
          >
            {t('act.stop')}
          </Button>
        </>
      }
    >
      <div className="cs-card-body">
        {problem && (
          <Callout intent="danger" icon={null} role="alert" className="cs-backup-note">
            {t('ship.problem', problem)}
          </Callout>
        )}
        <Facts
          facts={[
            [t('ship.state'), stateOf(shipping)],
            [t('ship.record'), record?.toLocaleString() ?? null],
            [t('ship.when'), shippedAtMs === null ? null : <RelativeTime key="when" atMs={shippedAtMs} />],
            [t('ship.folder'), folder],
          ]}
        />
      </div>
    </Card>
  );
}

/** A figure, and what it is a figure of. */
function Measured({ ms, words }: { readonly ms: number; readonly words: string }) {
  return (
    <>
      <strong className="cs-backup-figure">{writeDuration(ms)}</strong>{' '}
      <span className="cs-muted">{words}</span>
    </>
  );
}

/** What the last drill measured, and the button for the next one. */
export function LastDrill({
  run,
  isRunning,
  onDrill,
}: {
  readonly run: BackupRun | null;
  readonly isRunning: boolean;
  readonly onDrill: () => void;
}) {
  const lostMs = run?.recoveryPointMs ?? 0;
  return (
    <Card
      title={t('drill.title')}
      controls={
        <Button size="small" variant="minimal" loading={isRunning} onClick={onDrill}>
          {t('act.drillNow')}
        </Button>
      }
    >
      <div className="cs-card-body">
        {run === null && <EmptyState title={t('drill.none')} text={t('drill.noneText')} />}
        {run !== null && (
          <Facts
            facts={[
              [
                t('drill.outcome'),
                <StatusTag
                  key="outcome"
                  status={run.verified ? 'verified' : 'failed'}
                  label={t(run.verified ? 'drill.good' : 'drill.bad')}
                />,
              ],
              [t('drill.when'), <RelativeTime key="when" atMs={run.atMs} />],
              [
                t('drill.point'),
                <Measured
                  key="point"
                  ms={lostMs}
                  words={t(lostMs === 0 ? 'drill.pointNone' : 'drill.pointText')}
                />,
              ],
              [
                t('drill.time'),
                run.recoveryTimeMs === null ? null : (
                  <Measured key="time" ms={run.recoveryTimeMs} words={t('drill.timeText')} />
                ),
              ],
              [t('drill.record'), run.record.toLocaleString()],
            ]}
          />
        )}
      </div>
    </Card>
  );
}
