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
  countColumn,
  DataTable,
  dateColumn,
  EmptyState,
  Iban,
  Money,
  moneyColumn,
  Page,
  PlaceLink,
  rowsOf,
  Skeleton,
  timeColumn,
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
  moneyColumn({
    id: 'ledger',
    header: () => t('accounts.ledger'),
    width: 190,
    minor: (account) => account.ledgerMinor,
    to: (account) => places.account(account.ledgerAccountId),
  }),
  moneyColumn({
    id: 'bank',
    header: () => t('accounts.bank'),
    width: 190,
    minor: (account) => account.bankMinor,
    to: (account) => places.bankAccount(account.id),
    none: () => t('accounts.unknown'),
  }),
  dateColumn({
    id: 'date',
    header: () => t('accounts.bankDate'),
    width: 96,
    of: (account) => account.bankDate,
  }),
  moneyColumn({
    id: 'difference',
    header: () => t('accounts.difference'),
    width: 150,
    minor: (account) => account.differenceMinor,
    to: (account) => account.bankDate && places.proof(account.id, account.bankDate),
    zero: () => t('accounts.agrees'),
  }),
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
  dateColumn({ id: 'to', header: () => t('list.to'), width: 92, of: (row) => row.closingDate }),
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
  countColumn({ id: 'lines', header: () => t('list.count'), width: 58, of: (row) => row.transactions }),
  moneyColumn({
    id: 'opening',
    header: () => t('list.opening'),
    width: 138,
    minor: (row) => row.openingMinor,
    to: (row) => places.statement(row.id),
    showCurrency: false,
  }),
  moneyColumn({
    id: 'closing',
    header: () => t('list.closing'),
    width: 162,
    minor: (row) => row.closingMinor,
    to: (row) => places.statement(row.id),
  }),
  {
    id: 'break',
    header: () => t('list.break'),
    width: 134,
    align: 'end',
    cell: (row) => <Unexplained row={row} />,
    sort: (row) => row.gapMinor + row.differenceMinor,
  },
  timeColumn({ id: 'received', header: () => t('list.received'), width: 132, of: (row) => row.receivedAtMs }),
];
