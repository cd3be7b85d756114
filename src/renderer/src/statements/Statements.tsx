import { Button } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { z } from 'zod';
import type { bankAccount, StatementRow } from '../../../contract/statements.ts';
import { loadDemo } from '../app/commands.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  DateCell,
  EmptyState,
  Figure,
  Iban,
  Money,
  Page,
  PlaceLink,
  rowsOf,
  Skeleton,
  TimeCell,
  usePages,
  writeIban,
  writeMoney,
} from '../kit/index.ts';
import { t } from './messages.ts';
import './statements.css';

type Account = z.infer<typeof bankAccount>;

const MOST_ACCOUNT_ROWS = 6;

/** The bank accounts, and every statement the banks sent for them. */
export function Statements() {
  const router = useRouter();
  const [chosen, setChosen] = useState<string | null>(null);
  const accounts = rowsOf(useQuery(orpc.statements.bankAccounts.queryOptions()), (data) => data);
  const statements = usePages(orpc.statements.list, chosen === null ? {} : { bankAccountId: chosen });
  const chosenAccount = accounts.rows.find((account) => account.id === chosen);
  const height = 28 * (Math.min(MOST_ACCOUNT_ROWS, Math.max(1, accounts.rows.length)) + 1) + 2;
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <PlaceLink to={places.proofs()} className="bp6-button bp6-small bp6-minimal">
            {t('accounts.proof')}
          </PlaceLink>
          <PlaceLink to={places.imports()} className="bp6-button bp6-small bp6-minimal">
            {t('imports.title')}
          </PlaceLink>
          <Button size="small" intent="primary" onClick={() => router.history.push(places.importFiles())}>
            {t('imports.choose')}
          </Button>
        </>
      }
    >
      {accounts.state === 'loading' && <Skeleton lines={4} />}
      {accounts.rows.length > 0 && (
        <div className="cs-accounts" style={{ height }}>
          <DataTable
            label={t('accounts.label')}
            columns={accountColumns}
            rows={accounts}
            rowKey={accountKey}
            primary={false}
            bare
            activeKey={chosen}
            onActive={(account) => setChosen(account.id === chosen ? null : account.id)}
            onOpen={(account) => router.history.push(places.bankAccount(account.id))}
          />
        </div>
      )}
      {accounts.state !== 'loading' && (
        <DataTable
          label={t('list.label')}
          columns={statementColumns}
          rows={statements}
          rowKey={statementKey}
          onOpen={(statement) => router.history.push(places.statement(statement.id))}
          toolbar={
            chosenAccount && (
              <>
                <span>
                  <Iban account={chosenAccount.number} />
                </span>
                <Button size="small" variant="minimal" onClick={() => setChosen(null)}>
                  {t('accounts.all')}
                </Button>
              </>
            )
          }
          empty={<NoStatements />}
        />
      )}
    </Page>
  );
}

function NoStatements() {
  const router = useRouter();
  const demo = useMutation({ mutationFn: loadDemo });
  return (
    <EmptyState
      title={t('list.emptyTitle')}
      text={t('list.emptyText')}
      actions={
        <>
          <Button intent="primary" onClick={() => router.history.push(places.importFiles())}>
            {t('imports.choose')}
          </Button>
          <Button loading={demo.isPending} onClick={() => demo.mutate()}>
            {t('list.emptyDemo')}
          </Button>
        </>
      }
    />
  );
}

const accountKey = (account: Account) => account.id;
const statementKey = (statement: StatementRow) => statement.id;

const accountColumns: readonly Column<Account>[] = [
  {
    id: 'number',
    header: () => t('accounts.number'),
    width: 256,
    cell: (account) => (
      <PlaceLink to={places.bankAccount(account.id)}>
        <Iban account={account.number} />
      </PlaceLink>
    ),
    sort: (account) => account.number,
  },
  {
    id: 'owner',
    header: () => t('accounts.owner'),
    width: 140,
    grow: 1,
    cell: (account) => account.ownerName ?? <span className="cs-muted">–</span>,
    title: (account) => account.ownerName ?? undefined,
    sort: (account) => account.ownerName ?? '',
  },
  {
    id: 'ledger',
    header: () => t('accounts.ledger'),
    width: 190,
    align: 'end',
    cell: (account) => (
      <Figure to={places.account(account.ledgerAccountId)}>
        <Money amountMinor={account.ledgerMinor} currency={account.currency} />
      </Figure>
    ),
    sort: (account) => account.ledgerMinor,
  },
  {
    id: 'bank',
    header: () => t('accounts.bank'),
    width: 190,
    align: 'end',
    cell: (account) =>
      account.bankMinor === null ? (
        <span className="cs-muted">{t('accounts.unknown')}</span>
      ) : (
        <Money amountMinor={account.bankMinor} currency={account.currency} />
      ),
    sort: (account) => account.bankMinor ?? 0n,
  },
  {
    id: 'date',
    header: () => t('accounts.bankDate'),
    width: 96,
    cell: (account) => <DateCell date={account.bankDate} />,
    sort: (account) => account.bankDate ?? '',
  },
  {
    id: 'difference',
    header: () => t('accounts.difference'),
    width: 150,
    align: 'end',
    cell: (account) =>
      account.differenceMinor === null || account.bankDate === null ? (
        <span className="cs-muted">–</span>
      ) : (
        <Figure to={places.proof(account.id, account.bankDate)}>
          {account.differenceMinor === 0n ? (
            t('accounts.agrees')
          ) : (
            <Money amountMinor={account.differenceMinor} currency={account.currency} />
          )}
        </Figure>
      ),
    sort: (account) => account.differenceMinor ?? 0n,
  },
];

function Unexplained({ row }: { readonly row: StatementRow }) {
  const parts = useMemo(
    () =>
      [
        { kind: 'gap', amountMinor: row.gapMinor },
        { kind: 'difference', amountMinor: row.differenceMinor },
      ].filter((part) => part.amountMinor !== 0n),
    [row],
  );
  if (parts.length === 0) return <span className="cs-muted">–</span>;
  return (
    <>
      {parts.map((part) => (
        <span
          key={part.kind}
          title={t(part.kind === 'gap' ? 'list.gapTitle' : 'list.differenceTitle', {
            amount: writeMoney(part.amountMinor, row.currency),
          })}
        >
          <span className="cs-note cs-note--warn">
            {t(part.kind === 'gap' ? 'list.gap' : 'list.difference')}
          </span>
          <Money amountMinor={part.amountMinor} currency={row.currency} showCurrency={false} />
        </span>
      ))}
    </>
  );
}

const statementColumns: readonly Column<StatementRow>[] = [
  {
    id: 'to',
    header: () => t('list.to'),
    width: 92,
    cell: (row) => <DateCell date={row.closingDate} />,
    sort: (row) => row.closingDate ?? '',
  },
  {
    id: 'id',
    header: () => t('list.id'),
    width: 120,
    grow: 1,
    cell: (row) => <PlaceLink to={places.statement(row.id)}>{row.statementId}</PlaceLink>,
    title: (row) => row.statementId,
    sort: (row) => row.statementId,
  },
  {
    id: 'account',
    header: () => t('list.account'),
    width: 148,
    cell: (row) => <Iban account={row.accountNumber} masked />,
    title: (row) => writeIban(row.accountNumber),
    sort: (row) => row.accountNumber,
  },
  { id: 'type', header: () => t('list.type'), width: 74, cell: (row) => row.type, sort: (row) => row.type },
  {
    id: 'lines',
    header: () => t('list.count'),
    width: 58,
    align: 'end',
    cell: (row) => row.transactions.toLocaleString(),
    sort: (row) => row.transactions,
  },
  {
    id: 'opening',
    header: () => t('list.opening'),
    width: 138,
    align: 'end',
    cell: (row) =>
      row.openingMinor === null ? (
        <span className="cs-muted">–</span>
      ) : (
        <Money amountMinor={row.openingMinor} currency={row.currency} showCurrency={false} />
      ),
    sort: (row) => row.openingMinor ?? 0n,
  },
  {
    id: 'closing',
    header: () => t('list.closing'),
    width: 162,
    align: 'end',
    cell: (row) =>
      row.closingMinor === null ? (
        <span className="cs-muted">–</span>
      ) : (
        <Money amountMinor={row.closingMinor} currency={row.currency} />
      ),
    sort: (row) => row.closingMinor ?? 0n,
  },
  {
    id: 'break',
    header: () => t('list.break'),
    width: 134,
    align: 'end',
    cell: (row) => <Unexplained row={row} />,
    sort: (row) => row.gapMinor + row.differenceMinor,
  },
  {
    id: 'received',
    header: () => t('list.received'),
    width: 132,
    cell: (row) => <TimeCell atMs={row.receivedAtMs} />,
    sort: (row) => row.receivedAtMs,
  },
];
