import { Button } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  Card,
  ErrorState,
  Facts,
  FilterTabs,
  notify,
  notifyProblem,
  Page,
  PlaceLink,
  Skeleton,
  TimeCell,
  useKeys,
} from '../kit/index.ts';
import { Actor } from '../operators/actors.tsx';
import { Reveal, useRevealed } from '../privacy/reveal.tsx';
import { factsOf } from './factsOf.ts';
import { t } from './messages.ts';
import { Kind, Subject, subjectWords } from './parts.tsx';
import './audit.css';

/** One record: who did what, the detail it commits to, and its way to the root of the log. */
export function AuditRecordScreen({ seq }: { readonly seq: bigint }) {
  const router = useRouter();
  const query = useQuery(orpc.audit.record.queryOptions({ input: { seq } }));
  const go = (to: bigint) => router.history.push(places.auditRecord(to));
  const [raw, setRaw] = useState(false);
  const receipt = useMutation(
    orpc.audit.receipt.mutationOptions({
      onSuccess: ({ path }) => notify({ text: t('receipt.made', { path: path ?? '' }) }),
      onError: notifyProblem,
    }),
  );
  const makeReceipt = () => receipt.mutate({ seq, keep: true });
  const newest = query.data?.proof.treeSize ?? seq;
  useKeys(t('keys.group'), [
    { combo: 'j', label: t('keys.before'), disabled: seq <= 1n, run: () => go(seq - 1n) },
    { combo: 'k', label: t('keys.after'), disabled: seq >= newest, run: () => go(seq + 1n) },
    { combo: 'c', label: t('receipt.act'), disabled: !query.data, run: makeReceipt },
    { combo: 't', label: t('keys.raw'), run: () => setRaw(!raw) },
  ]);
  const data = useRevealed('audit-record', String(seq), query.data);
  return (
    <Page
      title={t('record.title', { seq })}
      trail={<PlaceLink to={places.audit()}>{t('title')}</PlaceLink>}
      actions={
        <>
          <Reveal kind="audit-record" id={String(seq)} of={query.data} />
          <Button size="small" loading={receipt.isPending} disabled={!query.data} onClick={makeReceipt}>
            {t('receipt.act')}
          </Button>
          {seq > 1n && <PlaceLink to={places.auditRecord(seq - 1n)}>{t('record.before')}</PlaceLink>}
          {seq < newest && <PlaceLink to={places.auditRecord(seq + 1n)}>{t('record.after')}</PlaceLink>}
        </>
      }
      body="scroll"
    >
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeleton lines={10} />}
      {data && (
        <div className="cs-stack">
          <Card title={t('record.facts')}>
            <div className="cs-card-body">
              <Facts
                facts={[
                  [t('records.kind'), <Kind key="kind" kind={data.record.kind} />],
                  [t('records.actor'), <Actor key="actor" of={data.record.actor} />],
                  [t('records.time'), <TimeCell key="time" atMs={data.record.recordedAtMs} />],
                  [
                    t('records.subjects'),
                    <span key="subjects" className="cs-subjects cs-subjects--wrap">
                      {data.record.subjects.map((subject) => (
                        <span key={`${subject.kind}/${subject.id}`}>
                          <Subject subject={subject} />{' '}
                          <PlaceLink
                            to={places.audit({ subjectKind: subject.kind, subjectId: subject.id })}
                            label={t('record.follow', { subject: subjectWords(subject) })}
                          >
                            ⌕
                          </PlaceLink>
                        </span>
                      ))}
                    </span>,
                  ],
                  [t('record.trace'), data.record.traceId],
                ]}
              />
            </div>
          </Card>
          <Detail detail={data.detail} raw={raw} onRaw={setRaw} />
          <Card title={t('record.proof')}>
            <div className="cs-card-body cs-hashes">
              <Facts
                facts={[
                  [t('records.leaf'), data.record.leaf],
                  [t('record.commitment'), data.commitment],
                  [t('record.previous'), seq === 1n ? t('record.first') : data.previousLeaf],
                  [t('record.root', { size: data.proof.treeSize }), data.proof.root],
                  [
                    t('record.path'),
                    <span key="path" className="cs-lines">
                      {data.proof.path.map((node) => (
                        <span key={node}>{node}</span>
                      ))}
                    </span>,
                  ],
                ]}
              />
            </div>
          </Card>
        </div>
      )}
    </Page>
  );
}

type View = 'table' | 'raw';

/** What the record commits to: a table of facts, or the JSON that the commitment is over (`t`). */
function Detail({
  detail,
  raw,
  onRaw,
}: {
  readonly detail: string | null;
  readonly raw: boolean;
  readonly onRaw: (raw: boolean) => void;
}) {
  const parsed: unknown = useMemo(() => (detail === null ? null : JSON.parse(detail)), [detail]);
  const facts = useMemo(() => factsOf(parsed), [parsed]);
  return (
    <Card
      title={t('record.detail')}
      controls={
        detail !== null && (
          <FilterTabs<View>
            label={t('record.detailAs')}
            options={[
              { value: 'table', label: t('record.asTable') },
              { value: 'raw', label: t('record.asJson') },
            ]}
            value={raw ? 'raw' : 'table'}
            onChange={(value) => onRaw(value === 'raw')}
          />
        )
      }
    >
      <div className="cs-card-body">
        {detail === null ? (
          <p className="cs-muted">{t('record.erased')}</p>
        ) : raw ? (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
          <pre className="cs-detail" tabIndex={0}>
            {JSON.stringify(parsed, null, 2)}
          </pre>
        ) : facts.length === 0 ? (
          <p className="cs-muted">{t('record.empty')}</p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
          <section className="cs-detail-facts" tabIndex={0} aria-label={t('record.asTable')}>
            <Facts facts={facts.map(({ name, text }) => [name, text] as const)} />
          </section>
        )}
      </div>
    </Card>
  );
}
