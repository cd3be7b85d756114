import { Callout } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { TrialBalance as TrialBalanceAnswer } from '../../../contract/ledger.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  EmptyState,
  engineWords,
  Figure,
  Money,
  Page,
  PlaceLink,
  rowsOf,
  StatusTag,
} from '../kit/index.ts';
import { t } from './messages.ts';
import { accountAt, type Point, PointInTime, pointQuery, Then, Views } from './parts.tsx';
import './ledger.css';

type Row = TrialBalanceAnswer['rows'][number];

const amount = (id: string, header: () => string, of: (row: Row) => bigint): Column<Row> => ({
  id,
  header,
  width: 180,
  align: 'end',
  cell: (row) =>
    of(row) === 0n ? (
      <span className="cs-muted">–</span>
    ) : (
      <Money amountMinor={of(row)} currency={row.currency} />
    ),
  sort: of,
});

const columnsFor = (point: Point): readonly Column<Row>[] => [
  {
    id: 'code',
    header: () => t('accounts.code'),
    width: 110,
    cell: (row) => row.code,
    sort: (row) => row.code,
  },
  {
    id: 'name',
    header: () => t('accounts.name'),
    width: 220,
    grow: 3,
    cell: (row) => <PlaceLink to={accountAt(row.accountId, point)}>{engineWords(row.name)}</PlaceLink>,
    title: (row) => engineWords(row.name),
    sort: (row) => row.name,
  },
  amount(
    'debit',
    () => t('trial.debit'),
    (row) => row.debitMinor,
  ),
  amount(
    'credit',
    () => t('trial.credit'),
    (row) => row.creditMinor,
  ),
  {
    id: 'balance',
    header: () => t('accounts.balance'),
    width: 190,
    align: 'end',
    cell: (row) => (
      <Figure to={accountAt(row.accountId, point)} label={engineWords(row.name)}>
        <Money amountMinor={row.balanceMinor} currency={row.currency} />
      </Figure>
    ),
    sort: (row) => row.balanceMinor,
  },
];

/** Debits and credits of every account, now or as of a date as known at a record. */
export function TrialBalance(point: Point) {
  const router = useRouter();
  const query = useQuery(
    orpc.ledger.trialBalance.queryOptions({
      input: {
        ...(point.asOf === undefined ? {} : { asOf: point.asOf }),
        ...(point.knownAt === undefined ? {} : { knownAt: BigInt(point.knownAt) }),
      },
    }),
  );
  const { asOf, knownAt } = point;
  const columns = useMemo(() => columnsFor({ asOf, knownAt }), [asOf, knownAt]);
  const show = (next: Point) => router.history.replace(places.trialBalance(pointQuery(next)));
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <PointInTime point={point} onChange={show} />
          <Views view="trial" />
        </>
      }
    >
      <Then point={point} onChange={show} />
      {query.data && <Totals answer={query.data} />}
      <DataTable
        label={t('trial.label')}
        columns={columns}
        rows={rowsOf(query, (answer) => answer.rows)}
        rowKey={(row) => row.accountId}
        onOpen={(row) => router.history.push(accountAt(row.accountId, point))}
        empty={<EmptyState title={t('trial.emptyTitle')} />}
      />
    </Page>
  );
}

function Totals({ answer }: { readonly answer: TrialBalanceAnswer }) {
  if (!answer.balanced) {
    return (
      <Callout intent="danger" role="alert">
        {t('trial.unbalanced')}
      </Callout>
    );
  }
  return (
    <dl className="cs-strip">
      {answer.totals.map((total) => (
        <div key={total.currency}>
          <dt>{t('trial.total')}</dt>
          <dd>
            <Money amountMinor={total.debitMinor} currency={total.currency} />
          </dd>
        </div>
      ))}
      <div>
        <dt>{t('trial.label')}</dt>
        <dd>
          <StatusTag status="verified" label={t('trial.balanced')} />
        </dd>
      </div>
    </dl>
  );
}
