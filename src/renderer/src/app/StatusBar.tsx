/** The line at the foot: is the engine there, do the books verify, what is running. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Job } from '../../../contract/jobs.ts';
import { HeartbeatMark } from '../heartbeat/Mark.tsx';
import { HsmMark } from '../hsm/Mark.tsx';
import {
  KeyCaps,
  notify,
  notifyProblem,
  RelativeTime,
  useKeys,
  writeClock,
  writePercent,
} from '../kit/index.ts';
import { useConnection } from './connection.ts';
import { client, orpc } from './data.ts';
import { onJobEnd, useRunningJobs } from './feed.ts';
import { t } from './messages.ts';

const HEARTBEAT_MS = 5_000;
const OVERDUE_S = 15;

/** What kind of work it is, in a word of the desk. */
export function jobWords(job: Pick<Job, 'kind' | 'label'>): string {
  const key = `job.${job.kind}`;
  return t.has(key) ? t(key) : job.label || t('job.other');
}

export function StatusBar({ onKeys }: { readonly onKeys: () => void }) {
  const figures = useQuery(orpc.dashboard.figures.queryOptions());
  const verified = figures.data?.lastVerified ?? null;
  const running = useRunningJobs();

  useEffect(
    () =>
      onJobEnd((job) => {
        if (job.state === 'failed' && job.error) {
          notify({
            text: t('job.failed', { label: jobWords(job), message: job.error.message }),
            tone: 'danger',
          });
        }
        if (job.state === 'cancelled') notify({ text: t('job.cancelled', { label: jobWords(job) }) });
      }),
    [],
  );

  return (
    <footer className="cs-bar">
      <h2 className="cs-hidden">{t('bar.label')}</h2>
      <Heartbeat />
      <HsmMark />
      <span className="cs-bar-item">
        {verified === null ? (
          <>
            <Dot tone="none" /> {t('bar.notVerified')}
          </>
        ) : (
          <>
            <Dot tone={verified.verified ? 'success' : 'danger'} />
            {t.rich(verified.verified ? 'bar.verified' : 'bar.broken', {
              time: <RelativeTime key="time" atMs={verified.atMs} />,
            })}
          </>
        )}
      </span>
      <RunningJob jobs={running} />
      <button type="button" className="cs-bar-keys" onClick={onKeys}>
        <KeyCaps combo="?" /> {t('bar.keys')}
      </button>
    </footer>
  );
}

function Dot({ tone }: { readonly tone: 'success' | 'danger' | 'warning' | 'none' }) {
  const shape = { success: '●', danger: '■', warning: '▲', none: '○' }[tone];
  return (
    <span className={`cs-dot cs-dot--${tone}`} aria-hidden="true">
      {shape}
    </span>
  );
}

function Heartbeat() {
  const health = useQuery({
    ...orpc.system.health.queryOptions(),
    refetchInterval: HEARTBEAT_MS,
    refetchIntervalInBackground: true,
    staleTime: 0,
  });
  const status = useQuery({
    ...orpc.heartbeat.status.queryOptions(),
    refetchInterval: HEARTBEAT_MS,
    refetchIntervalInBackground: true,
  });
  const [nowMs, setNowMs] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = health.dataUpdatedAt ? Math.max(0, Math.round((nowMs - health.dataUpdatedAt) / 1000)) : 0;
  const wrong = health.data?.checks.find((check) => !check.ok);
  const connection = useConnection();
  const overdue = health.dataUpdatedAt > 0 && (connection.kind !== 'ready' || seconds >= OVERDUE_S);
  if (overdue) {
    return (
      <span className="cs-bar-item" title={writeClock(health.dataUpdatedAt)}>
        <Dot tone="danger" /> {t('bar.noHeartbeat', { seconds })}
      </span>
    );
  }
  return (
    <>
      <HeartbeatMark status={status.data} seconds={seconds} />
      {wrong && (
        <span className="cs-bar-item">
          <Dot tone="warning" /> {t('bar.unhealthy', { problem: wrong.message })}
        </span>
      )}
    </>
  );
}

function RunningJob({ jobs }: { readonly jobs: readonly Job[] }) {
  const [cancelling, setCancelling] = useState<string | null>(null);
  const job = jobs.find((one) => one.cancellable) ?? jobs[0];
  const cancel = () => {
    if (!job?.cancellable) return false;
    setCancelling(job.id);
    void client.jobs.cancel({ id: job.id }).catch(notifyProblem);
    return true;
  };
  useKeys(
    t('keys.everywhere'),
    [{ combo: 'Escape', label: t('keys.cancel'), run: cancel, disabled: !job?.cancellable }],
    {
      level: 'frame',
    },
  );
  if (!job) return <span className="cs-bar-job" />;
  const percent = job.progress === null ? null : Math.floor(job.progress * 100);
  const words =
    job.progress !== null
      ? t('bar.job', { label: jobWords(job), percent: writePercent(job.progress) })
      : job.doneCount
        ? t('bar.jobOpen', { label: jobWords(job), count: job.doneCount })
        : t('bar.jobStarting', { label: jobWords(job) });
  return (
    <span className="cs-bar-job">
      <span className="cs-bar-job-words">{words}</span>
      <span
        className={percent === null ? 'cs-progress cs-progress--open' : 'cs-progress'}
        role="progressbar"
        aria-label={jobWords(job)}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent === null ? {} : { 'aria-valuenow': percent })}
      >
        <span style={{ width: percent === null ? '30%' : `${percent}%` }} />
      </span>
      {jobs.length > 1 && <span className="cs-muted">{t('bar.moreJobs', { count: jobs.length - 1 })}</span>}
      {job.cancellable && (
        <button type="button" className="cs-bar-cancel" onClick={cancel} disabled={cancelling === job.id}>
          {cancelling === job.id ? t('bar.cancelling') : t('bar.cancelKey')}
        </button>
      )}
    </span>
  );
}
