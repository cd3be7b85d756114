import { Callout } from '@blueprintjs/core';
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { UseQueryResult } from '@tanstack/react-query';
import type { contract } from '../../../contract/index.ts';
import { places } from '../app/places.ts';
import {
  Facts,
  Figure,
  Iban,
  Meanwhile,
  Money,
  PlaceLink,
  RelativeTime,
  StatusTag,
  TimeCell,
  writeTimestamp,
} from '../kit/index.ts';
import { Reveal, useRevealed } from '../privacy/reveal.tsx';
import { Due, State } from './columns.tsx';
import { t } from './messages.ts';
import { noteWord, railWord } from './words.ts';

export type Story = InferContractRouterOutputs<typeof contract>['instant']['payment'];

/** The payment: who, how much, where it stands, and what can be done next. */
export function Item({
  query,
  data,
}: {
  readonly query: UseQueryResult<Story, Error>;
  readonly data: Story | undefined;
}) {
  if (!data || query.isError) return <Meanwhile query={query} none={t('item.none')} />;
  return <Payment data={data} />;
}

function Payment({ data }: { readonly data: Story }) {
  const masked = data.payment;
  const row = useRevealed('bank-transaction', masked.id, masked);
  return (
    <div className="cs-instant-item">
      <header className="cs-instant-head">
        <Figure to={places.transaction(row.id)} label={t('item.open')}>
          <Money amountMinor={row.amountMinor} currency={row.currency} direction={row.direction} />
        </Figure>
        <span className="cs-reveal">
          <Reveal kind="bank-transaction" id={masked.id} of={masked} isRow />
          <State row={row} />
        </span>
      </header>
      <p className="cs-instant-next">
        {t(`next.${row.state}`, { time: writeTimestamp(row.dueAtMs), candidates: data.candidates.length })}
      </p>
      {row.notes.length > 0 && (
        <Callout intent="warning" compact className="cs-instant-notes">
          {row.notes.map(noteWord).join(' ')}
        </Callout>
      )}
      <Facts
        facts={[
          [t(row.direction === 'credit' ? 'item.from' : 'item.to'), row.counterparty ?? t('list.unnamed')],
          [t('item.for'), row.remittance],
          [
            t('item.account'),
            <PlaceLink key="account" to={places.bankAccountDay(row.bankAccountId, row.bookingDate)}>
              <Iban account={row.accountNumber} masked />
            </PlaceLink>,
          ],
          [t('item.rail'), railWord(row.rail)],
          [
            t('item.received'),
            <span key="received">
              <TimeCell atMs={row.receivedAtMs} />{' '}
              <span className="cs-muted">
                <RelativeTime atMs={row.receivedAtMs} />
              </span>
            </span>,
          ],
          [
            t('item.due'),
            row.transitMinor === 0n ? null : (
              <span key="due">
                <TimeCell atMs={row.dueAtMs} /> <Due row={row} />
              </span>
            ),
          ],
          [t('item.matched'), <StatusTag key="matched" status={row.status} />],
          [
            t('item.transit'),
            row.transitMinor === 0n ? null : (
              <Money key="transit" amountMinor={row.transitMinor} currency={row.currency} />
            ),
          ],
          [
            t('item.returned'),
            row.returnedMinor === 0n ? null : (
              <Money key="returned" amountMinor={row.returnedMinor} currency={row.currency} />
            ),
          ],
          [t('item.endToEnd'), row.endToEndId],
          [t('item.uetr'), data.uetr],
          [t('item.servicer'), row.accountServicerReference],
        ]}
      />
    </div>
  );
}
