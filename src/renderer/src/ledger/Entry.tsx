import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JournalEntry } from '../../../contract/ledger.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  Card,
  type Column,
  DataTable,
  DateCell,
  ErrorState,
  Facts,
  fixedRows,
  Money,
  Page,
  PlaceLink,
  Skeleton,
  StatusTag,
  TimeCell,
  useKeys,
} from '../kit/index.ts';
import { t } from './messages.ts';
import { Reason, Source } from './parts.tsx';
import { ReverseDialog } from './ReverseDialog.tsx';
import './ledger.css';

type Posting = JournalEntry['postings'][number];

const side = (header: () => string, sign: 1n | -1n): Column<Posting> => ({
  id: sign > 0n ? 'debit' : 'credit',
  header,
  width: 180,
  align: 'end',
  cell: ({ amountMinor, currency }) =>
    amountMinor * sign > 0n ? <Money amountMinor={amountMinor * sign} currency={currency} /> : null,
});

const columns: readonly Column<Posting>[] = [
  { id: 'code', header: () => t('accounts.code'), width: 110, cell: (row) => row.accountCode },
  {
    id: 'name',
    header: () => t('accounts.name'),
    width: 200,
    grow: 2,
    cell: (row) => <PlaceLink to={places.account(row.accountId)}>{row.accountName}</PlaceLink>,
  },
  side(() => t('trial.debit'), 1n),
  side(() => t('trial.credit'), -1n),
];

/** One journal entry: its postings, where it came from, and what took it back. */
export function Entry({ id }: { readonly id: string }) {
  const entry = useQuery(orpc.ledger.entry.queryOptions({ input: { id } }));
  const [reversing, setReversing] = useState(false);
  const data = entry.data;
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
          <PlaceLink to={places.journal()}>{t('tab.journal')}</PlaceLink>
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
      {entry.isError && <ErrorState error={entry.error} onRetry={() => void entry.refetch()} />}
      {entry.isPending && <Skeleton lines={8} />}
      {data && (
        <div className="cs-stack">
          <EntryFacts entry={data} />
          <Card title={t('entry.postings')}>
            <div
              className="cs-postings"
              style={{ blockSize: `${Math.min(data.postings.length, 14) * 28 + 34}px` }}
            >
              <DataTable
                label={t('entry.postings')}
                columns={columns}
                rows={fixedRows(data.postings)}
                rowKey={(row) => `${row.accountId}/${row.amountMinor}`}
                bare
              />
            </div>
          </Card>
          {reversing && <ReverseDialog entry={data} onClose={() => setReversing(false)} />}
        </div>
      )}
    </Page>
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
