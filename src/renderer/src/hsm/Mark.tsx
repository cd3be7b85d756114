/** What the frame shows of the HSM on every screen: a mark on the status bar, a line while a circuit is open. */
import { useQuery } from '@tanstack/react-query';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { PlaceLink } from '../kit/index.ts';
import { downOf } from './down.ts';
import { t } from './messages.ts';

const REFRESH_MS = 10_000;

/** The room's standing; asked again by itself, since tokens come and go without anybody's act. */
export const useHsmStatus = () =>
  useQuery({ ...orpc.hsm.status.queryOptions(), refetchInterval: REFRESH_MS });

/** How many tokens serve, as a shape, a colour and words; nothing where none is configured. */
export function HsmMark() {
  const { data } = useHsmStatus();
  if (data === undefined || data.tokens.length === 0) return null;
  const all = data.tokens.length;
  const ready = data.tokens.filter(({ session }) => session === 'open').length;
  const { waiting } = data.queue;
  const [tone, shape] = ready === all ? ['success', '●'] : ready > 0 ? ['warning', '▲'] : ['danger', '■'];
  return (
    <PlaceLink to={places.hsm()} className="cs-bar-item cs-bar-hsm">
      <span className={`cs-dot cs-dot--${tone}`} aria-hidden="true">
        {shape}
      </span>{' '}
      {waiting > 0 ? t('mark.waiting', { ready, all, waiting }) : t('mark.ready', { ready, all })}
    </PlaceLink>
  );
}

/** A line across the top while a circuit is open or stopped; on its own page the table says it. */
export function HsmBanner({ path }: { readonly path: string }) {
  const { data } = useHsmStatus();
  const down = path === places.hsm() ? null : downOf(data?.tokens ?? []);
  const tone = down?.isServed === false ? ' cs-banner--critical' : '';
  return (
    <section
      aria-label={t('banner.region')}
      className={down === null ? 'cs-banner cs-banner--none' : `cs-banner${tone}`}
    >
      <span role="status" className="cs-banner-words">
        {down && (
          <>
            <strong>
              <span aria-hidden="true">{down.isServed ? '▲' : '■'}</span>{' '}
              {down.isServed
                ? t('banner.some', { names: down.names.join(', '), count: down.names.length })
                : t('banner.open')}
            </strong>
            <span>{t('banner.text', { waiting: data?.queue.waiting ?? 0 })}</span>
            <PlaceLink to={places.hsm()} className="cs-banner-link">
              {t('banner.go')}
            </PlaceLink>
          </>
        )}
      </span>
    </section>
  );
}
