import { Button, Callout, HTMLSelect } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { AuditRecord, AuditVerification } from '../../../contract/audit.ts';
import { client, orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  EmptyState,
  notifyProblem,
  Page,
  PlaceLink,
  StatusTag,
  TimeCell,
  useKeys,
  usePages,
  writeDuration,
} from '../kit/index.ts';
import { t } from './messages.ts';
import { Kind, Subject } from './parts.tsx';
import './audit.css';

const SHOWN_SUBJECTS = 3;

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
  { id: 'actor', header: () => t('records.actor'), width: 100, cell: (row) => row.actor },
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
  readonly subjectKind: string | undefined;
  readonly subjectId: string | undefined;
}

/** The log, newest first: filtered by kind or followed along one subject, and verified. */
export function Records({ kind, subjectKind, subjectId }: Filter) {
  const router = useRouter();
  const subject = subjectKind && subjectId ? { kind: subjectKind, id: subjectId } : undefined;
  const rows = usePages(orpc.audit.records, {
    ...(kind === undefined ? {} : { kind }),
    ...(subject === undefined ? {} : { subject }),
  });
  const kinds = useQuery(orpc.audit.kinds.queryOptions());
  const verify = useMutation({ mutationFn: () => client.audit.verify(), onError: notifyProblem });
  useKeys(t('keys.group'), [{ combo: 'v', label: t('keys.verify'), run: () => verify.mutate() }]);
  const show = (next: Partial<Record<keyof Filter, string>>) => router.history.replace(places.audit(next));
  return (
    <Page
      title={t('title')}
      actions={
        <>
          {subject && (
            <Button size="small" variant="minimal" onClick={() => show(kind === undefined ? {} : { kind })}>
              {t('filter.subject', subject)} · {t('filter.clear')}
            </Button>
          )}
          <HTMLSelect
            aria-label={t('filter.kind')}
            value={kind ?? ''}
            onChange={(event) =>
              show({
                ...(event.currentTarget.value === '' ? {} : { kind: event.currentTarget.value }),
                ...(subject ? { subjectKind: subject.kind, subjectId: subject.id } : {}),
              })
            }
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
          <Button size="small" loading={verify.isPending} onClick={() => verify.mutate()}>
            {t('verify.act')}
          </Button>
        </>
      }
    >
      <Head verification={verify.data} />
      <DataTable
        label={t('records.label')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.seq.toString()}
        onOpen={(row) => router.history.push(places.auditRecord(row.seq))}
        empty={<EmptyState title={t('records.emptyTitle')} text={t('records.emptyText')} />}
      />
    </Page>
  );
}

function Head({ verification }: { readonly verification: AuditVerification | undefined }) {
  const head = useQuery(orpc.audit.head.queryOptions());
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
        <dt>{t('head.state')}</dt>
        <dd role="status">
          {verification ? (
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
        </dd>
      </div>
    </dl>
  );
}
