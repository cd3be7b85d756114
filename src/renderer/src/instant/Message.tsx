import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { Source } from '../connectors/Source.tsx';
import {
  Card,
  DataTable,
  EmptyState,
  ErrorState,
  Facts,
  Page,
  PlaceLink,
  Skeleton,
  TimeCell,
  usePages,
  writeBytes,
} from '../kit/index.ts';
import { t as privacyText } from '../privacy/messages.ts';
import { useMay } from '../privacy/reveal.tsx';
import { columns } from './columns.tsx';
import { t } from './messages.ts';
import { kindWord, railWord } from './words.ts';
import './instant.css';

/** One single message: what it is, the payments it told of, and its bytes as they came. */
export function Message({ number }: { readonly number: string }) {
  const router = useRouter();
  const message = useQuery(orpc.instant.message.queryOptions({ input: { messageNumber: number } }));
  const payments = usePages(orpc.instant.payments, { messageNumber: number });
  const { data } = message;
  return (
    <Page
      title={t('message.title', { number })}
      trail={<PlaceLink to={places.instant()}>{t('title')}</PlaceLink>}
      body="scroll"
    >
      {message.isError && <ErrorState error={message.error} onRetry={() => void message.refetch()} />}
      {message.isPending && <Skeleton lines={6} />}
      {data && (
        <div className="cs-stack">
          <Card title={t('message.about')}>
            <div className="cs-card-body">
              <Facts
                facts={[
                  [t('message.what'), t('message.kind', { kind: data.kind, what: kindWord(data.kind) })],
                  [t('message.version'), data.version],
                  [t('message.form'), data.form.toUpperCase()],
                  [t('item.rail'), railWord(data.rail)],
                  [t('message.source'), <Source key="source" source={data.source} />],
                  [t('item.received'), <TimeCell key="received" atMs={data.receivedAtMs} />],
                  [
                    t('message.inLog'),
                    <PlaceLink key="record" to={places.auditRecord(data.record)}>
                      {t('message.record', { record: data.record })}
                    </PlaceLink>,
                  ],
                ]}
              />
            </div>
          </Card>
          <Card title={t('message.payments')}>
            <div
              className="cs-instant-told"
              // As high as what is in it, up to ten payments: a notification may tell of hundreds.
              style={{
                blockSize: payments.rows.length === 0 ? 130 : 34 + 28 * Math.min(10, payments.rows.length),
              }}
            >
              <DataTable
                label={t('message.payments')}
                columns={columns}
                rows={payments}
                rowKey={(row) => row.id}
                onOpen={(row) => router.history.push(places.instant({ message: number, item: row.id }))}
                openOnClick
                bare
                empty={<EmptyState title={t('message.none')} text={t('message.noneText')} />}
              />
            </div>
          </Card>
          <Raw number={number} />
        </div>
      )}
    </Page>
  );
}

function Raw({ number }: { readonly number: string }) {
  const maySee = useMay('see-parties');
  const source = useQuery({
    ...orpc.instant.messageSource.queryOptions({ input: { messageNumber: number } }),
    enabled: maySee,
  });
  return (
    <Card
      title={t('message.raw')}
      controls={source.data && <span className="cs-muted">{writeBytes(source.data.sizeBytes)}</span>}
    >
      <div className="cs-card-body">
        {!maySee && <p className="cs-muted">{privacyText('source.masked')}</p>}
        {maySee && source.isPending && <Skeleton lines={8} />}
        {source.isError && <ErrorState error={source.error} onRetry={() => void source.refetch()} />}
        {source.data && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
          <pre className="cs-mono cs-instant-raw" tabIndex={0}>
            {source.data.text}
          </pre>
        )}
      </div>
    </Card>
  );
}
