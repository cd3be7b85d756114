import type { InferContractRouterOutputs } from '@orpc/contract';
import type { UseQueryResult } from '@tanstack/react-query';
import type { contract } from '../../../contract/index.ts';
import { writeQuote } from '../../../contract/rates.ts';
import type { Suggestion } from '../../../contract/reconciliation.ts';
import { places } from '../app/places.ts';
import {
  DateCell,
  Figure,
  Iban,
  Meanwhile,
  Money,
  PlaceLink,
  StatusTag,
  writeMoney,
  writeProbability,
} from '../kit/index.ts';
import { useActorName } from '../operators/actors.tsx';
import { Reveal, useRevealed } from '../privacy/reveal.tsx';
import { ExchangeRow } from './Exchange.tsx';
import { t } from './messages.ts';

export type ItemData = InferContractRouterOutputs<typeof contract>['reconciliation']['item'];

export interface ItemProps {
  readonly query: UseQueryResult<ItemData, Error>;
  readonly data: ItemData | undefined;
  readonly chosen: number;
  readonly onChoose: (number: number) => void;
}

/** The line: what came in, and what it pays or may pay. */
export function Item({ query, data, chosen, onChoose }: ItemProps) {
  const nameOf = useActorName();
  if (!data || query.isError) return <Meanwhile query={query} none={t('item.none')} />;
  return (
    <div className="cs-item">
      <Headline data={data} />
      {data.match ? (
        <section aria-label={t('item.matchBy', { actor: nameOf(data.match.actor) })}>
          <p className="cs-item-by">
            {t('item.matchBy', {
              actor: data.match.decidedBy === 'machine' ? t('item.machine') : nameOf(data.match.actor),
            })}
            {data.match.journalEntryId && (
              <>
                {' · '}
                <PlaceLink to={places.entry(data.match.journalEntryId)}>{t('item.entry')}</PlaceLink>
              </>
            )}
          </p>
          {/* A hold, or what a rule booked, settles nothing: there is no likelihood to speak of. */}
          {data.match.allocations.length > 0 && (
            <>
              <p className="cs-explanation-head">
                <strong>{writeProbability(data.match.probability)}</strong>{' '}
                <span className="cs-muted">{t('item.rivalsThen', { count: data.match.rivals })}</span>
              </p>
              <Explanation suggestion={data.match} currency={data.transaction.currency} />
            </>
          )}
          {data.match.cleared && <p className="cs-note">{t('item.cleared')}</p>}
        </section>
      ) : (
        <Suggestions data={data} chosen={chosen} onChoose={onChoose} />
      )}
    </div>
  );
}

function Headline({ data }: { readonly data: ItemData }) {
  const masked = data.transaction;
  const transaction = useRevealed('bank-transaction', masked.id, masked);
  return (
    <header className="cs-item-head">
      <p className="cs-item-money">
        <Figure to={places.transaction(transaction.id)} label={t('item.open')}>
          <Money
            amountMinor={transaction.amountMinor}
            currency={transaction.currency}
            direction={transaction.direction}
          />
        </Figure>
        <span className="cs-reveal">
          <Reveal kind="bank-transaction" id={masked.id} of={masked} isRow />
          <StatusTag status={transaction.status} />
        </span>
      </p>
      <p className="cs-muted">
        <PlaceLink to={places.bankAccountDay(transaction.bankAccountId, transaction.bookingDate)}>
          <Iban account={transaction.accountNumber} masked />
        </PlaceLink>{' '}
        <DateCell date={transaction.bookingDate} />
        {transaction.valueDate && ` · ${t('item.value', { date: transaction.valueDate })}`}
        {' · '}
        <PlaceLink to={places.transaction(transaction.id, 'remittance')}>{t('item.open')}</PlaceLink>
      </p>
      {data.told && (
        <p className="cs-muted">
          {t('exchange.line', {
            amount: writeMoney(data.told.amountMinor, data.told.currency),
            quote: writeQuote(data.told, [data.told.currency, transaction.currency]),
          })}
        </p>
      )}
      <p>
        <span className="cs-muted">{t(transaction.direction === 'credit' ? 'item.from' : 'item.to')}</span>{' '}
        <strong>{transaction.counterparty ?? t('item.unnamed')}</strong>
      </p>
      <p className="cs-item-remittance">
        {transaction.remittance ? (
          t('item.remittance', { text: transaction.remittance })
        ) : (
          <span className="cs-muted">{t('item.noRemittance')}</span>
        )}
      </p>
    </header>
  );
}

function Suggestions({
  data,
  chosen,
  onChoose,
}: Pick<ItemProps, 'chosen' | 'onChoose'> & { readonly data: ItemData }) {
  if (data.suggestions.length === 0) {
    const rejected = data.history.some(({ action }) => action === 'reject');
    return <p className="cs-muted">{t(rejected ? 'item.rejected' : 'item.noSuggestions')}</p>;
  }
  return (
    <fieldset className="cs-explanations">
      <legend className="cs-hidden">{t('item.explanations')}</legend>
      {data.suggestions.map((suggestion, number) => (
        <div
          key={suggestion.id}
          className={number === chosen ? 'cs-explanation cs-explanation--chosen' : 'cs-explanation'}
        >
          <label className="cs-explanation-head">
            <input
              type="radio"
              name="explanation"
              checked={number === chosen}
              onChange={() => onChoose(number)}
            />
            <strong>{writeProbability(suggestion.probability)}</strong>
            <span className="cs-muted">
              {number === 0
                ? t('item.rivals', { count: suggestion.rivals })
                : t('item.instead', { number: number + 1 })}
            </span>
          </label>
          <Explanation suggestion={suggestion} currency={data.transaction.currency} />
        </div>
      ))}
    </fieldset>
  );
}

/** What an explanation settles, how sure it is, and what it leaves over. */
function Explanation({
  suggestion,
  currency,
}: {
  readonly suggestion: Suggestion;
  readonly currency: string;
}) {
  return (
    <table className="cs-settles" aria-label={t('item.settles')}>
      <tbody>
        {suggestion.allocations.map((allocation) => (
          <tr key={allocation.openItemId}>
            <th scope="row">
              <PlaceLink to={places.openItem(allocation.openItemId)}>{allocation.invoiceNumber}</PlaceLink>
              <span className="cs-muted"> {allocation.customerName}</span>
            </th>
            <td>
              <Money amountMinor={allocation.allocatedMinor} currency={allocation.currency} />
              <Takings allocation={allocation} />
            </td>
          </tr>
        ))}
        {suggestion.exchange && <ExchangeRow exchange={suggestion.exchange} currency={currency} />}
        {suggestion.remainderMinor !== 0n && (
          <tr>
            <th scope="row" className="cs-muted">
              {t('item.remainder')}
            </th>
            <td>
              <Money amountMinor={suggestion.remainderMinor} currency={currency} />
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function Takings({ allocation }: { readonly allocation: Suggestion['allocations'][number] }) {
  const { allocatedMinor, openMinor, discountMinor, chargesMinor, currency } = allocation;
  const words = [
    allocatedMinor > 0n &&
      allocatedMinor < openMinor &&
      t('item.ofOpen', { amount: writeMoney(openMinor, currency) }),
    discountMinor !== 0n && t('item.discount', { amount: writeMoney(discountMinor, currency) }),
    chargesMinor !== 0n && t('item.charges', { amount: writeMoney(chargesMinor, currency) }),
  ].filter((word) => word !== false);
  return words.length === 0 ? null : <span className="cs-note cs-takings">{words.join(' · ')}</span>;
}
