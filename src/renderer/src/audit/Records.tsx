import { Button, Callout, HTMLSelect, InputGroup } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useId, useState } from 'react';
import type { AuditRecord, AuditVerification } from '../../../contract/audit.ts';
import { client, orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  EmptyState,
  notify,
  notifyProblem,
  Page,
  PlaceLink,
  StatusTag,
  TimeCell,
  useDelayed,
  useKeys,
  usePages,
  writeDuration,
} from '../kit/index.ts';
import { Actor, useActorNames } from '../operators/actors.tsx';
import { t } from './messages.ts';
import { Kind, Subject, subjectWords } from './parts.tsx';
import { fieldOf, MINUTE_MS, msOf, TimeField, Timeline, VerifyProgress } from './Timeline.tsx';
import './audit.css';

const SHOWN_SUBJECTS = 2;

const columns: readonly Column<AuditRecord>[] = [
  {
    id: 'seq',
    header: () => t('records.seq'),
    width: 84,
    align: 'end',
    cell: (row) => <PlaceLink to={places.auditRecord(row.seq)}>{row.seq.toLocaleString()}</PlaceLink>,
  },
  {
    id: 'time',
    header: () => t('records.time'),
    width: 150,
    cell: (row) => <TimeCell atMs={row.recordedAtMs} />,
  },
  {
    id: 'kind',
    header: () => t('records.kind'),
    width: 170,
    grow: 1,
    cell: (row) => <Kind kind={row.kind} />,
  },
  { id: 'actor', header: () => t('records.actor'), width: 100, cell: (row) => <Actor of={row.actor} /> },
  {
    id: 'subjects',
    header: () => t('records.subjects'),
    width: 220,
    grow: 3,
    cell: (row) => (
      <span className="cs-subjects">
        {row.subjects.slice(0, SHOWN_SUBJECTS).map((subject) => (
          <Subject key={`${subject.kind}/${subject.id}`} subject={subject} />
        ))}
        {row.subjects.length > SHOWN_SUBJECTS && (
          <span className="cs-note">
            {t('records.more', { count: row.subjects.length - SHOWN_SUBJECTS })}
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'leaf',
    header: () => t('records.leaf'),
    width: 130,
    cell: (row) => <span className="cs-mono cs-muted">{row.leaf.slice(0, 16)}</span>,
    title: (row) => row.leaf,
  },
];

interface Filter {
  readonly kind: string | undefined;
  readonly actor: string | undefined;
  readonly subjectKind: string | undefined;
  readonly subjectId: string | undefined;
  /** Local times as a field writes them, `2026-05-01T08:00`. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Verifying is asked for, never done by itself; its answer stands until the vault is locked. */
function useVerification() {
  const query = useQuery({
    queryKey: ['audit-verification'],
    queryFn: () => client.audit.verify(),
    enabled: false,
    gcTime: Number.POSITIVE_INFINITY,
  });
  const run = () => {
    if (query.isFetching) return;
    void query.refetch().then(({ error }) => {
      if (error) notifyProblem(error);
    });
  };
  return { answer: query.data, isRunning: query.isFetching, run };
}

/** The log, newest first: filtered by kind or person, followed along one subject, and verified. */
export function Records(filter: Filter) {
  const { kind, actor, subjectKind, subjectId, from, to } = filter;
  const fromMs = msOf(from);
  const toMs = msOf(to);
  const router = useRouter();
  const subject = subjectKind && subjectId ? { kind: subjectKind, id: subjectId } : undefined;
  const rows = usePages(orpc.audit.records, {
    ...(kind === undefined ? {} : { kind }),
    ...(actor === undefined ? {} : { actor }),
    ...(subject === undefined ? {} : { subject }),
    ...(fromMs === undefined ? {} : { fromMs }),
    // The field names a minute, and all of it is meant.
    ...(toMs === undefined ? {} : { toMs: toMs + MINUTE_MS - 1 }),
  });
  const kinds = useQuery(orpc.audit.kinds.queryOptions());
  const verification = useVerification();
  const sign = useMutation(
    orpc.audit.checkpoint.mutationOptions({
      onSuccess: ({ size }) => notify({ text: t('checkpoint.made', { records: size }) }),
      onError: notifyProblem,
    }),
  );
  useKeys(t('keys.group'), [
    { combo: 'v', label: t('keys.verify'), run: verification.run },
    {
      combo: 'f',
      label: t('keys.follow'),
      disabled: subject === undefined,
      run: () => show({ subjectKind: undefined, subjectId: undefined }),
    },
  ]);
  const show = (next: Partial<Filter>) => {
    const given = Object.entries({ ...filter, ...next }).filter(([, value]) => value !== undefined);
    router.history.replace(places.audit(Object.fromEntries(given)));
  };
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <PlaceLink to={places.auditHeads()}>{t('heads.title')}</PlaceLink>
          <PlaceLink to={places.auditReplay()}>{t('replay.title')}</PlaceLink>
          <Button size="small" loading={sign.isPending} onClick={() => sign.mutate(undefined)}>
            {t('checkpoint.act')}
          </Button>
          <Button size="small" loading={verification.isRunning} onClick={verification.run}>
            {t('verify.act')}
          </Button>
        </>
      }
    >
      <Head verification={verification.answer} isRunning={verification.isRunning} />
      <Timeline
        fromMs={fromMs}
        toMs={toMs}
        kind={kind}
        onPick={(range) => show({ from: fieldOf(range?.fromMs), to: fieldOf(range?.toMs) })}
      />
      <DataTable
        label={t('records.label')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.seq.toString()}
        onOpen={(row) => router.history.push(places.auditRecord(row.seq))}
        toolbar={
          <>
            <HTMLSelect
              aria-label={t('filter.kind')}
              value={kind ?? ''}
              onChange={(event) => show({ kind: event.currentTarget.value || undefined })}
            >
              <option value="">{t('filter.allKinds')}</option>
              {(kinds.data ?? []).map((each) => {
                const key = `kind.${each}`;
                return (
                  <option key={each} value={each}>
                    {t.has(key) ? t(key) : each}
                  </option>
                );
              })}
            </HTMLSelect>
            <ActorField actor={actor} onChange={(next) => show({ actor: next })} />
            <TimeField label={t('filter.from')} value={from} onChange={(next) => show({ from: next })} />
            <TimeField label={t('filter.to')} value={to} onChange={(next) => show({ to: next })} />
            {subject && (
              <Button
                size="small"
                variant="minimal"
                onClick={() => show({ subjectKind: undefined, subjectId: undefined })}
              >
                {t('filter.subject', { subject: subjectWords(subject) })} · {t('filter.clear')}
              </Button>
            )}
          </>
        }
        empty={<EmptyState title={t('records.emptyTitle')} text={t('records.emptyText')} />}
      />
    </Page>
  );
}

/** Who did it, by name or as the log names them: taken over with Enter or on leaving the field. */
function ActorField({
  actor,
  onChange,
}: {
  readonly actor: string | undefined;
  readonly onChange: (actor: string | undefined) => void;
}) {
  const names = useActorNames();
  const shown = actor === undefined ? '' : names.nameOf(actor);
  const [typed, setTyped] = useState(shown);
  useEffect(() => setTyped(shown), [shown]);
  const list = useId();
  const commit = () => {
    const next = names.actorOf(typed.trim()) || undefined;
    if (next !== actor) onChange(next);
  };
  return (
    <>
      <datalist id={list}>
        {names.all.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <InputGroup
        size="small"
        className="cs-actor-field"
        aria-label={t('filter.actor')}
        placeholder={t('filter.actor')}
        list={list}
        maxLength={60}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
        }}
      />
    </>
  );
}

function Head({
  verification,
  isRunning,
}: {
  readonly verification: AuditVerification | undefined;
  readonly isRunning: boolean;
}) {
  const isLong = useDelayed(isRunning, 1000);
  const head = useQuery(orpc.audit.head.queryOptions());
  const checkpoints = useQuery(orpc.audit.checkpoints.queryOptions({ input: { limit: 1 } }));
  const signed = checkpoints.data?.rows[0];
  if (verification && !verification.verified) {
    const finding = verification.findings[0];
    return (
      <Callout intent="danger" role="alert" icon={null}>
        <p>
          <strong>
            {t('verify.bad', { finding: finding ? `${finding.message} (${finding.code})` : '' })}
          </strong>
        </p>
        <p>{t('verify.badMeaning')}</p>
      </Callout>
    );
  }
  if (!head.data) return null;
  return (
    <dl className="cs-strip">
      <div>
        <dt>{t('head.records')}</dt>
        <dd>{head.data.seq.toLocaleString()}</dd>
      </div>
      <div>
        <dt>{t('head.root')}</dt>
        <dd className="cs-mono" title={head.data.root}>
          {head.data.root.slice(0, 32)}
        </dd>
      </div>
      <div>
        <dt>{t('checkpoint.newest')}</dt>
        <dd title={signed?.origin}>
          {signed === undefined
            ? t('checkpoint.none')
            : t('checkpoint.over', { records: signed.size, left: head.data.seq - signed.size })}
        </dd>
      </div>
      <div>
        <dt>{t('head.state')}</dt>
        <dd>
          <span role="status" className="cs-verification">
            {isLong ? (
              <>
                {t('verify.running', { records: head.data.seq })}
                <VerifyProgress />
              </>
            ) : verification ? (
              <StatusTag
                status="verified"
                label={t('verify.good', {
                  records: verification.records,
                  duration: writeDuration(verification.durationMs),
                })}
              />
            ) : (
              <span className="cs-muted">{t('head.notVerified')}</span>
            )}
          </span>
        </dd>
      </div>
    </dl>
  );
}
