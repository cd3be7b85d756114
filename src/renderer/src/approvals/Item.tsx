import { Callout } from '@blueprintjs/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ApprovalDetail } from '../../../contract/approvals.ts';
import { places } from '../app/places.ts';
import {
  ErrorState,
  engineWords,
  Facts,
  MoneyList,
  PlaceLink,
  RelativeTime,
  Skeleton,
  TimeCell,
  whatHappened,
} from '../kit/index.ts';
import { Change } from './Change.tsx';
import { t } from './messages.ts';
import { kindWords, makerWords, State, TimeLeft, titleOf } from './parts.tsx';
import { Votes } from './Votes.tsx';

export interface ItemProps {
  readonly query: UseQueryResult<ApprovalDetail, Error>;
  readonly data: ApprovalDetail | undefined;
  readonly showsRaw: boolean;
  readonly onRaw: () => void;
}

/** A request: what would run and the difference it makes, who asked, who agrees, and until when. */
export function Item({ query, data, showsRaw, onRaw }: ItemProps) {
  if (query.isError && !data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!data) return query.isFetching ? <Skeleton lines={10} /> : <p className="cs-muted">{t('item.none')}</p>;
  return (
    <div className="cs-approval">
      <header className="cs-approval-head">
        <div>
          <p className="cs-muted">{kindWords(data.procedure)}</p>
          <h2>{engineWords(data.rendered.title || titleOf(data))}</h2>
        </div>
        <p className="cs-approval-state">
          {data.state === 'pending' ? <TimeLeft of={data} /> : <State state={data.state} />}
        </p>
      </header>
      <Banners data={data} />
      <Change detail={data} showsRaw={showsRaw} onRaw={onRaw} />
      <Standing data={data} />
      <Votes detail={data} />
    </div>
  );
}

/** What stands in the way, what went wrong, and what the maker has to do now. */
function Banners({ data }: { readonly data: ApprovalDetail }) {
  const { obstacle } = data.rendered;
  const isOpen = data.state === 'pending' || data.state === 'approved';
  return (
    <>
      {isOpen && obstacle !== null && (
        <Callout intent="warning" icon={null} className="cs-answer-note" role="status">
          <p>
            <strong>{t('item.obstacle')}</strong> {engineWords(obstacle)}
          </p>
          <p>{t('item.obstacleHint')}</p>
        </Callout>
      )}
      {data.state === 'approved' && (
        <Callout intent="primary" icon={null} className="cs-answer-note" role="status">
          {data.mine === 'made'
            ? t('item.approvedMine')
            : t('item.approvedOther', { name: makerWords(data) })}
        </Callout>
      )}
      {data.failure !== null && (
        <Callout intent="danger" icon={null} className="cs-answer-note" role="status">
          <p>
            <strong>{t(data.state === 'void' ? 'item.void' : 'item.failure')}</strong>{' '}
            {whatHappened({ ...data.failure, details: {} })} <code>{data.failure.code}</code>
          </p>
        </Callout>
      )}
    </>
  );
}

function Standing({ data }: { readonly data: ApprovalDetail }) {
  return (
    <Facts
      facts={[
        [t('item.amounts'), data.amounts.length === 0 ? null : <Linked key="amounts" data={data} />],
        [t('item.count'), data.count > 1 ? data.count.toLocaleString() : null],
        [
          t('item.maker'),
          <span key="maker">
            {t.rich('item.makerAt', {
              name: <strong key="name">{makerWords(data)}</strong>,
              time: <RelativeTime key="time" atMs={data.askedAtMs} />,
            })}
          </span>,
        ],
        [t('item.reason'), data.reason],
        [
          t('item.policy'),
          <PlaceLink key="policy" to={places.policies({ policy: data.policyId })}>
            {t('item.policyVersion', {
              title: engineWords(data.policyTitle),
              version: String(data.policyVersion),
            })}
          </PlaceLink>,
        ],
        [t('item.clock'), data.state === 'pending' ? <TimeCell key="until" atMs={data.expiresAtMs} /> : null],
        [t('item.decided'), data.decidedAtMs === null ? null : <TimeCell key="at" atMs={data.decidedAtMs} />],
        [
          t('item.records'),
          <span key="records" className="cs-approval-records">
            <PlaceLink to={places.auditRecord(data.askedRecord)}>
              {t('item.asked', { seq: data.askedRecord })}
            </PlaceLink>
            {data.executedRecord !== null && (
              <PlaceLink to={places.auditRecord(data.executedRecord)}>
                {t('item.executed', { seq: data.executedRecord })}
              </PlaceLink>
            )}
          </span>,
        ],
      ]}
    />
  );
}

/** An amount leads to where it comes from, where the command names one place. */
function Linked({ data }: { readonly data: ApprovalDetail }) {
  const source = data.rendered.sources[0];
  const amounts = <MoneyList amounts={data.amounts} inline />;
  return source === undefined ? (
    amounts
  ) : (
    <PlaceLink to={source.to} className="cs-figure">
      {amounts}
    </PlaceLink>
  );
}
