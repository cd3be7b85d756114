import type { DashboardFigures } from '../../../contract/dashboard.ts';
import { places } from '../app/places.ts';
import { Card, Figure, Money } from '../kit/index.ts';
import { t } from './messages.ts';

/** Open items by days past due, in the chosen currency; each line leads to its items. */
export function Ageing({
  ageing,
  currency,
}: {
  readonly ageing: DashboardFigures['ageing'];
  readonly currency: string;
}) {
  const rows = ageing.map(({ bucket, count, value }) => ({
    bucket,
    count,
    amountMinor: value.find((one) => one.currency === currency)?.amountMinor ?? 0n,
  }));
  let most = 1n;
  for (const { amountMinor } of rows) if (amountMinor > most) most = amountMinor;
  return (
    <Card title={t('ageing.title')}>
      <table className="cs-plain-table cs-ageing">
        <thead>
          <tr>
            <th scope="col">{t('ageing.bucket')}</th>
            <th scope="col">
              <span className="cs-hidden">{t('ageing.value')}</span>
            </th>
            <th scope="col" className="cs-end">
              {t('ageing.count')}
            </th>
            <th scope="col" className="cs-end">
              {t('ageing.value')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.bucket}>
              <th scope="row">
                <Figure to={places.openItems({ bucket: row.bucket })}>{t(`ageing.${row.bucket}`)}</Figure>
              </th>
              <td className="cs-ageing-bar" aria-hidden="true">
                <span
                  className={row.bucket === 'not-due' ? 'cs-bar-fill' : 'cs-bar-fill cs-bar-fill--late'}
                  style={{ width: `${Number((row.amountMinor * 1000n) / most) / 10}%` }}
                />
              </td>
              <td className="cs-end">{row.count.toLocaleString()}</td>
              <td className="cs-end">
                <Figure to={places.openItems({ bucket: row.bucket })}>
                  <Money amountMinor={row.amountMinor} currency={currency} />
                </Figure>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
