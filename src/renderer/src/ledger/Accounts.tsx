import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { Account } from '../../../contract/ledger.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { type Column, DataTable, EmptyState, Figure, Money, Page, PlaceLink, rowsOf } from '../kit/index.ts';
import { t } from './messages.ts';
import { Views } from './parts.tsx';
import './ledger.css';

/** An account with its depth in the tree. */
export interface TreeRow {
  readonly account: Account;
  readonly depth: number;
}

/** The chart in the order of a tree: each account under its parent, siblings by code. */
export function inTreeOrder(accounts: readonly Account[]): TreeRow[] {
  const children = new Map<string | null, Account[]>();
  for (const account of accounts) {
    const siblings = children.get(account.parentId);
    if (siblings) siblings.push(account);
    else children.set(account.parentId, [account]);
  }
  const rows: TreeRow[] = [];
  const walk = (parentId: string | null, depth: number) => {
    const siblings = [...(children.get(parentId) ?? [])].sort((a, b) => (a.code < b.code ? -1 : 1));
    for (const account of siblings) {
      rows.push({ account, depth });
      walk(account.id, depth + 1);
    }
  };
  walk(null, 0);
  return rows;
}

const columns: readonly Column<TreeRow>[] = [
  {
    id: 'name',
    header: () => t('accounts.name'),
    width: 280,
    grow: 3,
    cell: ({ account, depth }) => (
      <span className="cs-tree" style={{ paddingInlineStart: `${depth * 18}px` }}>
        {account.postable ? (
          <PlaceLink to={places.account(account.id)}>{account.name}</PlaceLink>
        ) : (
          <strong>{account.name}</strong>
        )}
      </span>
    ),
    title: ({ account }) => account.name,
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
    cell: ({ account }) =>
      account.pendingMinor && account.currency ? (
        <Money amountMinor={account.pendingMinor} currency={account.currency} />
      ) : null,
  },
  {
    id: 'balance',
    header: () => t('accounts.balance'),
    width: 190,
    align: 'end',
    cell: ({ account }) =>
      account.balanceMinor !== null && account.currency ? (
        <Figure to={places.account(account.id)} label={account.name}>
          <Money amountMinor={account.balanceMinor} currency={account.currency} />
        </Figure>
      ) : null,
  },
];

/** The chart of accounts with what stands on each. */
export function Accounts() {
  const router = useRouter();
  const accounts = useQuery(orpc.ledger.accounts.queryOptions());
  return (
    <Page title={t('title')} actions={<Views view="accounts" />}>
      <DataTable
        label={t('accounts.label')}
        columns={columns}
        rows={rowsOf(accounts, inTreeOrder)}
        rowKey={({ account }) => account.id}
        onOpen={({ account }) => {
          if (account.postable) router.history.push(places.account(account.id));
        }}
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
