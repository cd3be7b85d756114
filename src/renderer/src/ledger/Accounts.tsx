import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  EmptyState,
  engineWords,
  Figure,
  FilterTabs,
  Money,
  Page,
  PlaceLink,
  rowsOf,
} from '../kit/index.ts';
import { t } from './messages.ts';
import { LedgerActs, Views } from './parts.tsx';
import { currenciesOf, inTreeOrder, type TreeRow } from './tree.ts';
import './ledger.css';

const columns: readonly Column<TreeRow>[] = [
  {
    id: 'name',
    header: () => t('accounts.name'),
    width: 280,
    grow: 3,
    cell: ({ account, depth }) => (
      <span className="cs-tree" style={{ paddingInlineStart: `${depth * 18}px` }}>
        {account.postable ? (
          <PlaceLink to={places.account(account.id)}>{engineWords(account.name)}</PlaceLink>
        ) : (
          <strong>{engineWords(account.name)}</strong>
        )}
        {account.closed && <span className="cs-note"> {t('accounts.closed')}</span>}
      </span>
    ),
    title: ({ account }) => engineWords(account.name),
  },
  { id: 'code', header: () => t('accounts.code'), width: 120, cell: ({ account }) => account.code },
  {
    id: 'kind',
    header: () => t('accounts.kind'),
    width: 100,
    cell: ({ account }) => t(`kind.${account.kind}`),
  },
  {
    id: 'pending',
    header: () => t('accounts.pending'),
    width: 160,
    align: 'end',
    cell: ({ currencies: [currency], pendingMinor }) =>
      pendingMinor && currency ? <Money amountMinor={pendingMinor} currency={currency} /> : null,
  },
  {
    id: 'balance',
    header: () => t('accounts.balance'),
    width: 190,
    align: 'end',
    cell: (row) => <Balance row={row} />,
  },
];

/** What stands on an account, or on all below it; sums of several currencies are not made up. */
function Balance({ row: { account, currencies, totalMinor } }: { readonly row: TreeRow }) {
  const [currency] = currencies;
  if (totalMinor === null || currency === undefined) {
    return <span className="cs-muted">{t('accounts.several', { count: currencies.length })}</span>;
  }
  const money = <Money amountMinor={totalMinor} currency={currency} />;
  if (!account.postable) return <strong className="cs-total">{money}</strong>;
  return (
    <Figure to={places.account(account.id)} label={engineWords(account.name)}>
      {money}
    </Figure>
  );
}

/** The chart of accounts with what stands on each. */
export function Accounts() {
  const router = useRouter();
  const accounts = useQuery(orpc.ledger.accounts.queryOptions());
  const [currency, setCurrency] = useState<string | null>(null);
  const currencies = useMemo(() => currenciesOf(accounts.data ?? []), [accounts.data]);
  const tree = useMemo(
    () => (accounts.data === undefined ? [] : inTreeOrder(accounts.data, currency)),
    [accounts.data, currency],
  );
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <LedgerActs />
          <Views view="accounts" />
        </>
      }
    >
      <DataTable
        label={t('accounts.label')}
        columns={columns}
        rows={rowsOf(accounts, () => tree)}
        rowKey={({ account }) => account.id}
        onOpen={({ account }) => {
          if (account.postable) router.history.push(places.account(account.id));
        }}
        toolbar={
          currencies.length > 1 && (
            <FilterTabs
              label={t('accounts.currency')}
              options={[
                { value: '', label: t('accounts.allCurrencies') },
                ...currencies.map((value) => ({ value, label: value })),
              ]}
              value={currency ?? ''}
              onChange={(value) => setCurrency(value === '' ? null : value)}
            />
          )
        }
        empty={
          <EmptyState
            title={t('accounts.emptyTitle')}
            text={t('accounts.emptyText')}
            actions={<PlaceLink to={places.importFiles()}>{t('accounts.import')}</PlaceLink>}
          />
        }
      />
    </Page>
  );
}
