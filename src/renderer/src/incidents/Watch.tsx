/** What the frame shows of incidents on every screen: a notice as each comes up, a line for critical ones. */
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { FeedEvent } from '../../../contract/jobs.ts';
import { client, orpc } from '../app/data.ts';
import { onIncident } from '../app/feed.ts';
import { places } from '../app/places.ts';
import { engineWords, notify, PlaceLink } from '../kit/index.ts';
import { t } from './messages.ts';
import { Clock, State } from './parts.tsx';
import { showSystemNotice } from './SystemNotices.tsx';
import './incidents.css';

type Heard = Extract<FeedEvent, { type: 'incident' }>['incident'];

/** Says what has come up, here and by the operating system; both lead to the incident. */
export function useIncidentNotices(): void {
  const router = useRouter();
  useEffect(() => {
    const say = async ({ id, action, severity }: Heard) => {
      const go = () => router.history.push(places.incidents({ state: 'all', item: id }));
      const { title } = await client.incidents.get({ id });
      const text = t(`notice.${action}`, { severity: t(`severity.${severity}`), title });
      notify({
        text,
        tone: severity === 'critical' || severity === 'high' ? 'danger' : 'warning',
        action: { text: t('notice.open'), run: go },
      });
      showSystemNotice(text, `incident-${id}`, go);
    };
    // An incident that cannot be read (a locked vault, a missing permission) is not for this window.
    return onIncident((heard) => void say(heard).catch(() => undefined));
  }, [router]);
}

/** A line across the top while something critical is not resolved; on its own screen the list says it. */
export function CriticalBanner({ path }: { readonly path: string }) {
  const critical = useQuery(
    orpc.incidents.list.queryOptions({ input: { state: 'unresolved', severity: 'critical', limit: 1 } }),
  );
  const worst = critical.data?.rows[0];
  const more = (critical.data?.total ?? 1) - 1;
  const isShown = worst !== undefined && path !== places.incidents();
  return (
    <section
      aria-label={t('banner.region')}
      className={isShown ? 'cs-banner cs-banner--critical' : 'cs-banner cs-banner--none'}
    >
      {/* What is announced holds no clock: it would be read out every second. */}
      <span role="status" className="cs-banner-words">
        {isShown && (
          <>
            <strong>
              <span aria-hidden="true">■</span> {t('banner.critical')}
            </strong>
            <PlaceLink to={places.incidents({ item: worst.id })} className="cs-banner-link">
              {engineWords(worst.title)}
            </PlaceLink>
            <State state={worst.state} />
            {more > 0 && <span>{t('banner.more', { count: more })}</span>}
          </>
        )}
      </span>
      {isShown && worst.acknowledgeByMs !== null && <Clock untilMs={worst.acknowledgeByMs} />}
    </section>
  );
}
