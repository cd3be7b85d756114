import { Callout } from '@blueprintjs/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { BreakDetail } from '../../../contract/breaks.ts';
import { places } from '../app/places.ts';
import {
  DateCell,
  Facts,
  Figure,
  Iban,
  Meanwhile,
  Money,
  PlaceLink,
  TimeCell,
  writeMoney,
} from '../kit/index.ts';
import { Status } from './columns.tsx';
import { t } from './messages.ts';
import { kindWord, reasonWord, roleWord, sourceOf } from './words.ts';

/** The break: what it is, why it is one, where the money lies meanwhile, and where it comes from. */
export function Item({
  query,
  data,
}: {
  readonly query: UseQueryResult<BreakDetail, Error>;
  readonly data: BreakDetail | undefined;
}) {
  if (!data || query.isError) return <Meanwhile query={query} none={t('item.none')} />;
  const { amountMinor, currency, sinceDate } = data;
  const to = sourceOf(data);
  const money = <Money amountMinor={amountMinor} currency={currency} />;
  return (
    <div className="cs-break">
      <header className="cs-break-head">
        <h2>
          {t('item.title', { id: data.id })} <span className="cs-muted">{kindWord(data.kind)}</span>
        </h2>
        <Status row={data} />
      </header>
      <p className="cs-break-money">{to === null ? money : <Figure to={to}>{money}</Figure>}</p>
      <p className="cs-break-story">
        {t(`item.story.${data.kind}`, { amount: writeMoney(amountMinor, currency), date: sinceDate })}
      </p>
      {data.causeGone && (
        <Callout intent="danger" compact className="cs-break-gone">
          {t('item.gone')}
        </Callout>
      )}
      <BreakFacts data={data} to={to} />
    </div>
  );
}

function BreakFacts({ data, to }: { readonly data: BreakDetail; readonly to: string | null }) {
  const { accountNumber, bankAccountId, holding, source, writeOff } = data;
  const sourceKey = `item.source.${source.kind}`;
  return (
    <Facts
      facts={[
        [
          t('item.account'),
          accountNumber !== null && bankAccountId !== null ? (
            <PlaceLink key="account" to={places.bankAccount(bankAccountId)}>
              <Iban account={accountNumber} masked />
            </PlaceLink>
          ) : null,
        ],
        [t('item.party'), data.counterparty],
        [
          t('item.since'),
          <span key="since">
            <DateCell date={data.sinceDate} />{' '}
            <span className="cs-muted">{t('item.age', { count: data.ageDays })}</span>
          </span>,
        ],
        [
          t('item.owner'),
          data.ownerName ?? data.owner ?? (
            <span key="owner" className="cs-muted">
              {t('item.nobody')}
            </span>
          ),
        ],
        [
          t('item.reason'),
          data.reason === null ? (
            <span key="reason" className="cs-muted">
              {t('item.noReason')}
            </span>
          ) : (
            reasonWord(data.reason)
          ),
        ],
        [
          t('item.held'),
          holding &&
            (holding.accountId === null ? (
              roleWord(holding.role)
            ) : (
              <PlaceLink key="held" to={places.account(holding.accountId)}>
                {`${roleWord(holding.role)} ${data.currency}`}
              </PlaceLink>
            )),
        ],
        [
          t('item.source'),
          <span key="source">
            {to !== null && t.has(sourceKey) && <PlaceLink to={to}>{t(sourceKey)}</PlaceLink>}
            {bankAccountId !== null && (
              <>
                {to !== null && ' · '}
                <PlaceLink to={places.proof(bankAccountId, data.sinceDate)}>{t('item.proof')}</PlaceLink>
              </>
            )}
          </span>,
        ],
        [
          t('item.writeOff'),
          writeOff && (
            <span key="written" className="cs-break-written">
              {writeOff.actorName ?? ''} <TimeCell atMs={writeOff.atMs} /> ·{' '}
              <PlaceLink to={places.entry(writeOff.entryId)}>{t('item.entry')}</PlaceLink>
            </span>
          ),
        ],
      ]}
    />
  );
}
