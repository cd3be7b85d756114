import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import type { JournalEntry } from '../../../contract/ledger.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  Card,
  DateCell,
  ErrorState,
  engineWords,
  Facts,
  Money,
  Page,
  PlaceLink,
  Skeleton,
  StatusTag,
  TimeCell,
  useKeys,
} from '../kit/index.ts';
import { t } from './messages.ts';
import { accountAt, type Point, pointQuery, Reason, Source, Then } from './parts.tsx';
import { ReverseDialog } from './ReverseDialog.tsx';
import './ledger.css';

/** One journal entry: its postings, where it came from, and what took it back. */
export function Entry({ id, ...point }: { readonly id: string } & Point) {
  const router = useRouter();
  const entry = useQuery(orpc.ledger.entry.queryOptions({ input: { id } }));
  const [reversing, setReversing] = useState(false);
  const data = entry.data;
  const isThen = point.asOf !== undefined || point.knownAt !== undefined;
  const reversible =
    data !== undefined && data.state === 'posted' && data.reversedBy === null && data.reverses === null;
  useKeys(t('keys.group'), [
    { combo: 'v', label: t('keys.reverse'), disabled: !reversible, run: () => setReversing(true) },
  ]);
  return (
    <Page
      title={t('entry.title')}
      trail={
        <>
          <PlaceLink to={places.ledger()}>{t('title')}</PlaceLink>
          {isThen ? (
            <PlaceLink to={places.trialBalance(pointQuery(point))}>{t('tab.trial')}</PlaceLink>
          ) : (
            <PlaceLink to={places.journal()}>{t('tab.journal')}</PlaceLink>
          )}
        </>
      }
      actions={
        reversible && (
          <Button size="small" onClick={() => setReversing(true)}>
            {t('entry.reverse')}
          </Button>
        )
      }
      body="scroll"
    >
      <div className="cs-stack">
        <Then
          point={point}
          meaning={t('point.entryMeaning')}
          onChange={() => router.history.replace(places.entry(id))}
        />
        {entry.isError && <ErrorState error={entry.error} onRetry={() => void entry.refetch()} />}
        {entry.isPending && <Skeleton lines={8} />}
        {data && (
          <>
            <EntryFacts entry={data} />
            <Card title={t('entry.postings')}>
              <Postings postings={data.postings} point={point} />
            </Card>
            {reversing && <ReverseDialog entry={data} onClose={() => setReversing(false)} />}
          </>
        )}
      </div>
    </Page>
  );
}

type Posting = JournalEntry['postings'][number];

/** Debits left, credits right, and the sum of each currency below: what makes it an entry. */
function Postings({ postings, point }: { readonly postings: readonly Posting[]; readonly point: Point }) {
  const currencies = [...new Set(postings.map(({ currency }) => currency))];
  const sum = (currency: string, sign: 1n | -1n) =>
    postings
      .filter((posting) => posting.currency === currency && posting.amountMinor * sign > 0n)
      .reduce((total, { amountMinor }) => total + amountMinor * sign, 0n);
  return (
    <table className="cs-postings" aria-label={t('entry.postings')}>
      <thead>
        <tr>
          <th scope="col">{t('accounts.code')}</th>
          <th scope="col">{t('accounts.name')}</th>
          <th scope="col" className="cs-end">
            {t('trial.debit')}
          </th>
          <th scope="col" className="cs-end">
            {t('trial.credit')}
          </th>
        </tr>
      </thead>
      <tbody>
        {postings.map((posting, index) => (
          <tr key={`${posting.accountId}/${index + 1}`}>
            <td>{posting.accountCode}</td>
            <td>
              <PlaceLink to={accountAt(posting.accountId, point)}>
                {engineWords(posting.accountName)}
              </PlaceLink>
            </td>
            {([1n, -1n] as const).map((sign) => (
              <td key={sign.toString()} className="cs-end">
                {posting.amountMinor * sign > 0n && (
                  <Money amountMinor={posting.amountMinor * sign} currency={posting.currency} />
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot>
        {currencies.map((currency) => (
          <tr key={currency}>
            <th scope="row" colSpan={2}>
              {t('entry.total', { currency })}
            </th>
            <td className="cs-end">
              <Money amountMinor={sum(currency, 1n)} currency={currency} />
            </td>
            <td className="cs-end">
              <Money amountMinor={sum(currency, -1n)} currency={currency} />
            </td>
          </tr>
        ))}
      </tfoot>
    </table>
  );
}

function EntryFacts({ entry }: { readonly entry: JournalEntry }) {
  return (
    <Card title={t('entry.facts')}>
      <div className="cs-card-body">
        <Facts
          facts={[
            [t('statement.reason'), <Reason key="reason" reason={entry.reason} />],
            [t('journal.state'), <StatusTag key="state" status={entry.state} />],
            [t('statement.source'), <Source key="source" source={entry.source} />],
            [t('entry.effective'), <DateCell key="date" date={entry.effectiveDate} />],
            [t('entry.recorded'), <TimeCell key="recorded" atMs={entry.recordedAtMs} />],
            [
              t('journal.record'),
              <PlaceLink key="record" to={places.auditRecord(entry.record)}>
                {entry.record.toLocaleString()}
              </PlaceLink>,
            ],
            [t('entry.memo'), entry.memo],
            [
              t('entry.reverses'),
              entry.reverses && (
                <PlaceLink key="reverses" to={places.entry(entry.reverses)}>
                  {entry.reverses}
                </PlaceLink>
              ),
            ],
            [
              t('entry.reversedBy'),
              entry.reversedBy && (
                <PlaceLink key="reversedBy" to={places.entry(entry.reversedBy)}>
                  {entry.reversedBy}
                </PlaceLink>
              ),
            ],
            [
              t('entry.id'),
              <span key="id" className="cs-mono">
                {entry.id}
              </span>,
            ],
          ]}
        />
      </div>
    </Card>
  );
}
