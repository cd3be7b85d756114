import type { HeartbeatStatus } from '../../../contract/heartbeat.ts';
import { places } from '../app/places.ts';
import { PlaceLink } from '../kit/index.ts';
import { t } from './messages.ts';

const SHAPES = { green: ['success', '●'], late: ['warning', '▲'], failed: ['danger', '■'] } as const;

/** The heartbeat on the status bar: a shape, a colour and words, which lead to its page. */
export function HeartbeatMark({
  status,
  seconds,
}: {
  readonly status: HeartbeatStatus | undefined;
  /** Since the engine last answered. */
  readonly seconds: number;
}) {
  const [tone, shape] = status ? SHAPES[status.state] : (['none', '○'] as const);
  return (
    <PlaceLink to={places.heartbeat()} className="cs-bar-item cs-bar-heart">
      <span className={`cs-dot cs-dot--${tone}`} aria-hidden="true">
        {shape}
      </span>{' '}
      {wordsOf(status, seconds)}
    </PlaceLink>
  );
}

/** The worst source by name; what is green says how long ago the engine answered. */
function wordsOf(status: HeartbeatStatus | undefined, seconds: number): string {
  if (!status) return t('mark.none');
  const { state } = status;
  const wrong = status.sources.filter((source) => source.state !== 'green');
  const [worst] = wrong;
  if (state === 'green' || !worst) return t('mark.green', { seconds });
  const words = t(`mark.${state}`, { source: worst.source });
  return wrong.length > 1 ? `${words} ${t('mark.more', { count: wrong.length - 1 })}` : words;
}
