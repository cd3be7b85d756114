import { useQuery } from '@tanstack/react-query';
import type { DashboardFigures } from '../../../contract/dashboard.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { isDue } from '../keys/choosing.ts';
import { Card, MoneyList, PlaceLink } from '../kit/index.ts';
import { t } from './messages.ts';

type Need = DashboardFigures['needsYou'][number];

const QUEUES: Readonly<Record<Need['kind'], string>> = {
  suggested: places.reconciliation({ status: 'suggested' }),
  unmatched: places.reconciliation({ status: 'unmatched' }),
  quarantined: places.reconciliation({ status: 'quarantined' }),
  'statement-difference': places.statements(),
  'statement-gap': places.statements(),
};

const MOST_KEYS = 500;

/** Keys that must be replaced: they stand among the expiring and the compromised ones. */
function useKeysDue(): number {
  const input = { limit: MOST_KEYS };
  const expiring = useQuery(orpc.keys.list.queryOptions({ input: { ...input, state: 'expiring' } }));
  const stopped = useQuery(orpc.keys.list.queryOptions({ input: { ...input, state: 'compromised' } }));
  const keys = [...(expiring.data?.rows ?? []), ...(stopped.data?.rows ?? [])];
  return keys.filter(isDue).length;
}

/** What waits for a person, each a link into its queue. */
export function NeedsYou({ needs }: { readonly needs: DashboardFigures['needsYou'] }) {
  const keysDue = useKeysDue();
  const waiting = needs.filter((need) => need.count > 0);
  return (
    <Card title={t('needs.title')}>
      {waiting.length === 0 && keysDue === 0 ? (
        <p className="cs-card-note cs-muted">{t('needs.none')}</p>
      ) : (
        <table className="cs-plain-table">
          <thead>
            <tr>
              <th scope="col">{t('needs.kind')}</th>
              <th scope="col" className="cs-end">
                {t('needs.count')}
              </th>
              <th scope="col" className="cs-end">
                {t('needs.value')}
              </th>
            </tr>
          </thead>
          <tbody>
            {waiting.map((need) => (
              <tr key={need.kind}>
                <th scope="row">
                  <PlaceLink to={QUEUES[need.kind]}>{t(`needs.${need.kind}`)}</PlaceLink>
                </th>
                <td className="cs-end">{need.count.toLocaleString()}</td>
                <td className="cs-end">
                  <MoneyList amounts={need.value} inline />
                </td>
              </tr>
            ))}
            {keysDue > 0 && (
              <tr>
                <th scope="row">
                  <PlaceLink to={places.keys({ show: 'due' })}>{t('needs.keys')}</PlaceLink>
                </th>
                <td className="cs-end">{keysDue.toLocaleString()}</td>
                <td className="cs-end" />
              </tr>
            )}
          </tbody>
        </table>
      )}
    </Card>
  );
}
