import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { Card, ErrorState, Facts, Page, PlaceLink, Skeleton, TimeCell, useKeys } from '../kit/index.ts';
import { t } from './messages.ts';
import { Kind, Subject } from './parts.tsx';
import './audit.css';

/** One record: who did what, the detail it commits to, and its way to the root of the log. */
export function AuditRecordScreen({ seq }: { readonly seq: bigint }) {
  const router = useRouter();
  const query = useQuery(orpc.audit.record.queryOptions({ input: { seq } }));
  const go = (to: bigint) => router.history.push(places.auditRecord(to));
  const newest = query.data?.proof.treeSize ?? seq;
  useKeys(t('keys.group'), [
    { combo: 'j', label: t('keys.before'), disabled: seq <= 1n, run: () => go(seq - 1n) },
    { combo: 'k', label: t('keys.after'), disabled: seq >= newest, run: () => go(seq + 1n) },
  ]);
  const data = query.data;
  return (
    <Page
      title={t('record.title', { seq })}
      trail={<PlaceLink to={places.audit()}>{t('title')}</PlaceLink>}
      actions={
        <>
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
                  [t('records.actor'), data.record.actor],
                  [t('records.time'), <TimeCell key="time" atMs={data.record.recordedAtMs} />],
                  [
                    t('records.subjects'),
                    <span key="subjects" className="cs-subjects cs-subjects--wrap">
                      {data.record.subjects.map((subject) => (
                        <span key={`${subject.kind}/${subject.id}`}>
                          <Subject subject={subject} />{' '}
                          <PlaceLink
                            to={places.audit({ subjectKind: subject.kind, subjectId: subject.id })}
                            label={t('filter.subject', subject)}
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
          <Card title={t('record.detail')}>
            <div className="cs-card-body">
              {data.detail === null ? (
                <p className="cs-muted">{t('record.erased')}</p>
              ) : (
                // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
                <pre className="cs-detail" tabIndex={0}>
                  {JSON.stringify(JSON.parse(data.detail), null, 2)}
                </pre>
              )}
            </div>
          </Card>
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
