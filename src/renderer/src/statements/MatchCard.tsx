import { useQuery } from '@tanstack/react-query';
import { writeQuote } from '../../../contract/rates.ts';
import type { MatchExchange, Suggestion } from '../../../contract/reconciliation.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  Card,
  ErrorState,
  Figure,
  Money,
  PlaceLink,
  Reasons,
  RelativeTime,
  Skeleton,
  writeMoney,
  writeProbability,
} from '../kit/index.ts';
import { Actor } from '../operators/actors.tsx';
import { t } from './messages.ts';

/** What the transaction settled and why, or what waits for a decision. */
export function MatchCard({ id }: { readonly id: string }) {
  const item = useQuery(orpc.reconciliation.item.queryOptions({ input: { bankTransactionId: id } }));
  const match = item.data?.match;
  return (
    <Card
      title={t('transaction.match')}
      controls={<PlaceLink to={places.reconciliation({ item: id })}>{t('transaction.openRoom')}</PlaceLink>}
    >
      <div className="cs-card-body">
        {item.isPending && <Skeleton lines={4} />}
        {item.isError && <ErrorState error={item.error} onRetry={() => void item.refetch()} />}
        {item.data && !match && (
          <p>
            {item.data.suggestions.length === 0
              ? t('transaction.noMatch')
              : t('transaction.suggestions', { count: item.data.suggestions.length })}
          </p>
        )}
        {match && (
          <>
            <p className="cs-match-line">
              {match.allocations.length > 0 && (
                <>
                  <strong>{writeProbability(match.probability)}</strong>
                  <span>{t('transaction.rivals', { count: match.rivals })}</span>
                </>
              )}
              <span className="cs-muted">
                {t.rich('transaction.decidedBy', {
                  time: <RelativeTime key="time" atMs={match.decidedAtMs} />,
                  actor: <Actor key="actor" of={match.actor} />,
                })}
              </span>
            </p>
            <Allocations allocations={match.allocations} />
            {item.data && match.exchange && (
              <Exchanged exchange={match.exchange} currency={item.data.transaction.currency} />
            )}
            <Reasons reasons={match.reasons} />
          </>
        )}
      </div>
    </Card>
  );
}

/** What a match of another currency's items uses of the money, and at which rate. */
function Exchanged(props: { readonly exchange: MatchExchange; readonly currency: string }) {
  const amount = writeMoney(props.exchange.moneyMinor, props.currency);
  const rate = writeQuote(props.exchange, [props.exchange.currency, props.currency]);
  return <p className="cs-muted">{t('transaction.exchanged', { amount, rate })}</p>;
}

function Allocations({ allocations }: { readonly allocations: Suggestion['allocations'] }) {
  if (allocations.length === 0) return null;
  return (
    <table className="cs-plain-table cs-allocations">
      <thead>
        <tr>
          <th scope="col">{t('transaction.item')}</th>
          <th scope="col">{t('transaction.customer')}</th>
          <th scope="col" className="cs-end">
            {t('transaction.discount')}
          </th>
          <th scope="col" className="cs-end">
            {t('transaction.allocated')}
          </th>
        </tr>
      </thead>
      <tbody>
        {allocations.map((one) => (
          <tr key={one.openItemId}>
            <td>
              <PlaceLink to={places.openItem(one.openItemId)}>{one.invoiceNumber}</PlaceLink>
            </td>
            <td>{one.customerName}</td>
            <td className="cs-end">
              {one.discountMinor + one.chargesMinor === 0n ? (
                <span className="cs-muted">–</span>
              ) : (
                <Money
                  amountMinor={one.discountMinor + one.chargesMinor}
                  currency={one.currency}
                  showCurrency={false}
                />
              )}
            </td>
            <td className="cs-end">
              <Figure to={places.openItem(one.openItemId)}>
                <Money amountMinor={one.allocatedMinor} currency={one.currency} />
              </Figure>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
