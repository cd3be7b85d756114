import type { DashboardFigures } from '../../../contract/dashboard.ts';
import { places } from '../app/places.ts';
import { Card, MoneyList, PlaceLink } from '../kit/index.ts';
import { t } from './messages.ts';

type Need = DashboardFigures['needsYou'][number];

const QUEUES: Readonly<Record<Need['kind'], string>> = {
  incidents: places.incidents({ state: 'open' }),
  keys: places.keys({ show: 'due' }),
  suggested: places.reconciliation({ status: 'suggested' }),
  unmatched: places.reconciliation({ status: 'unmatched' }),
  quarantined: places.reconciliation({ status: 'quarantined' }),
  'statement-difference': places.breaks({ kind: 'difference' }),
  'statement-gap': places.breaks({ kind: 'gap' }),
};

/** What waits for a person, each a link into its queue. */
export function NeedsYou({ needs }: { readonly needs: DashboardFigures['needsYou'] }) {
  const waiting = needs.filter((need) => need.count > 0);
  return (
    <Card title={t('needs.title')}>
      {waiting.length === 0 ? (
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
          </tbody>
        </table>
      )}
    </Card>
  );
}
