import { useInfiniteQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useMemo } from 'react';
import { client } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  DateCell,
  EmptyState,
  ErrorState,
  engineWords,
  Figure,
  Money,
  Page,
  PlaceLink,
  type Rows,
} from '../kit/index.ts';
import { DateField } from './DateField.tsx';
import { t } from './messages.ts';
import { type Point, pointQuery, Reason, RecordField, Source, Then } from './parts.tsx';
import './ledger.css';

type Answer = Awaited<ReturnType<typeof client.ledger.accountStatement>>;
type Line = Answer['rows'][number];

/** Debits in one column, credits in the other, both without a sign. */
const side = (
  id: string,
  header: () => string,
  sign: 1n | -1n,
  currency: string,
  point: Point,
): Column<Line> => ({
  id,
  header,
  width: 160,
  align: 'end',
  cell: (row) =>
    row.amountMinor * sign > 0n ? (
      <Figure to={places.entry(row.entryId, pointQuery(point))} label={t('entry.title')}>
        <Money amountMinor={row.amountMinor * sign} currency={currency} />
      </Figure>
    ) : null,
});

const columnsFor = (currency: string, point: Point): readonly Column<Line>[] => [
  {
    id: 'date',
    header: () => t('statement.date'),
    width: 96,
    cell: (row) => <DateCell date={row.effectiveDate} />,
  },
  {
    id: 'reason',
    header: () => t('statement.reason'),
    width: 170,
    cell: (row) => (
      <PlaceLink to={places.entry(row.entryId, pointQuery(point))}>
        <Reason reason={row.reason} />
      </PlaceLink>
    ),
  },
  {
    id: 'source',
    header: () => t('statement.source'),
    width: 200,
    grow: 2,
    cell: (row) => <Source source={row.source} />,
  },
  side('debit', () => t('trial.debit'), 1n, currency, point),
  side('credit', () => t('trial.credit'), -1n, currency, point),
  {
    id: 'running',
    header: () => t('statement.running'),
    width: 190,
    align: 'end',
    cell: (row) => <Money amountMinor={row.runningMinor} currency={currency} />,
  },
];

interface Range {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly knownAt: string | undefined;
}

/** One account: what it opens with, each movement with the balance after it, what it closes with. */
export function AccountStatement({ id, ...range }: { readonly id: string } & Range) {
  const { from, to, knownAt } = range;
  const router = useRouter();
  const query = useInfiniteQuery({
    queryKey: [['ledger', 'accountStatement'], { id, from, to, knownAt }],
    queryFn: ({ pageParam }) =>
      client.ledger.accountStatement({
        accountId: id,
        limit: 200,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        ...(knownAt === undefined ? {} : { knownAt: BigInt(knownAt) }),
        ...(pageParam === undefined ? {} : { cursor: pageParam }),
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Answer) => page.nextCursor ?? undefined,
  });
  const lines = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  const head = query.data?.pages[0];
  const currency = head?.account.currency ?? '';
  const columns = useMemo(() => columnsFor(currency, { asOf: to, knownAt }), [currency, to, knownAt]);
  const point = { asOf: to, knownAt };
  const isThen = to !== undefined || knownAt !== undefined;
  const show = (next: Range) =>
    router.history.replace(
      places.account(id, {
        ...(next.from === undefined ? {} : { from: next.from }),
        ...(next.to === undefined ? {} : { to: next.to }),
        ...(next.knownAt === undefined ? {} : { knownAt: next.knownAt }),
      }),
    );
  const rows: Rows<Line> = {
    rows: lines,
    total: query.data && !query.hasNextPage ? lines.length : null,
    state: query.data ? 'ready' : query.isError ? 'error' : 'loading',
    error: query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    staleSinceMs: query.data && query.isError ? query.dataUpdatedAt : null,
    whole: false,
    loadMore: () => void query.fetchNextPage(),
    retry: () => void query.refetch(),
  };
  return (
    <Page
      title={head ? engineWords(head.account.name) : t('statement.label')}
      trail={
        <>
          <PlaceLink to={places.ledger()}>{t('title')}</PlaceLink>
          {isThen && <PlaceLink to={places.trialBalance(pointQuery(point))}>{t('tab.trial')}</PlaceLink>}
        </>
      }
      actions={<RangeFields range={range} onChange={show} />}
    >
      {query.isError && !query.data ? (
        <div className="cs-pad">
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        </div>
      ) : (
        <>
          <Then point={point} onChange={() => show({ from, to: undefined, knownAt: undefined })} />
          {head && <Balances answer={head} currency={currency} />}
          <DataTable
            label={t('statement.label')}
            columns={columns}
            rows={rows}
            rowKey={(row) => `${row.record}/${row.entryId}/${row.runningMinor}`}
            onOpen={(row) => router.history.push(places.entry(row.entryId, pointQuery(point)))}
            empty={<EmptyState title={t('statement.emptyTitle')} text={t('statement.emptyText')} />}
          />
        </>
      )}
    </Page>
  );
}

function RangeFields({
  range,
  onChange,
}: {
  readonly range: Range;
  readonly onChange: (range: Range) => void;
}) {
  const { from, to, knownAt } = range;
  return (
    <>
      <DateField
        label={t('statement.from')}
        value={from}
        onChange={(next) => onChange({ ...range, from: next })}
      />
      <DateField label={t('statement.to')} value={to} onChange={(next) => onChange({ ...range, to: next })} />
      <RecordField value={knownAt} onChange={(next) => onChange({ ...range, knownAt: next })} />
    </>
  );
}

function Balances({ answer, currency }: { readonly answer: Answer; readonly currency: string }) {
  const facts = [
    [t('accounts.code'), answer.account.code],
    [t('accounts.kind'), t(`kind.${answer.account.kind}`)],
    [t('statement.opening'), <Money key="opening" amountMinor={answer.openingMinor} currency={currency} />],
    [t('statement.closing'), <Money key="closing" amountMinor={answer.closingMinor} currency={currency} />],
  ] as const;
  return (
    <dl className="cs-strip">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
