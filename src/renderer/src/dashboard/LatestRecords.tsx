import { useQuery } from '@tanstack/react-query';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { PlaceLink, RelativeTime } from '../kit/index.ts';
import { Actor } from '../operators/actors.tsx';
import { t } from './messages.ts';
import { gatherRuns } from './runs.ts';

const SHOWN = 5;
const ASKED = 100;

/** The live feed: the latest records of the log, the newest first. */
export function LatestRecords() {
  const records = useQuery(orpc.audit.records.queryOptions({ input: { limit: ASKED } }));
  return (
    <section className="cs-card cs-feed" aria-label={t('feed.title')}>
      <h2>{t('feed.title')}</h2>
      {records.data?.rows.length === 0 && <span className="cs-muted">{t('feed.none')}</span>}
      <ol>
        {gatherRuns(records.data?.rows ?? [], SHOWN).map(({ record, count }) => (
          <li key={String(record.seq)}>
            <PlaceLink to={places.auditRecord(record.seq)}>{record.kind}</PlaceLink>{' '}
            {count > 1 && <span>{t('feed.times', { count })} </span>}
            <span className="cs-muted">
              <Actor of={record.actor} /> · <RelativeTime atMs={record.recordedAtMs} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
