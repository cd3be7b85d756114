import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { StatementRow } from '../../../contract/statements.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  DataTable,
  DateCell,
  EmptyState,
  ErrorState,
  Iban,
  Money,
  Page,
  PlaceLink,
  Skeleton,
  TimeCell,
  usePages,
} from '../kit/index.ts';
import { Reveal, useRevealed } from '../privacy/reveal.tsx';
import { t } from './messages.ts';
import { transactionColumns } from './transactionColumns.tsx';
import './statements.css';

/** One statement: what the bank says it opens and closes with, and its lines. */
export function Statement({ id }: { readonly id: string }) {
  const router = useRouter();
  const statement = useQuery(orpc.statements.get.queryOptions({ input: { id } }));
  const shown = useRevealed('statement', id, statement.data);
  const lines = usePages(orpc.statements.transactions, { statementId: id });
  return (
    <Page
      title={t('statement.title', { id: shown?.statementId ?? id })}
      trail={<PlaceLink to={places.statements()}>{t('title')}</PlaceLink>}
      actions={<Reveal kind="statement" id={id} of={statement.data} />}
    >
      {statement.isError && (
        <div className="cs-pad">
          <ErrorState error={statement.error} onRetry={() => void statement.refetch()} />
        </div>
      )}
      {shown && <StatementHead statement={shown} />}
      {statement.isPending && <Skeleton lines={10} />}
      {statement.data && (
        <DataTable
          label={t('lines.label')}
          columns={transactionColumns}
          rows={lines}
          rowKey={(row) => row.id}
          onOpen={(row) => router.history.push(places.transaction(row.id))}
          empty={<EmptyState title={t('lines.emptyTitle')} text={t('lines.emptyText')} />}
        />
      )}
    </Page>
  );
}

function StatementHead({ statement }: { readonly statement: StatementRow }) {
  const balance = (amountMinor: bigint | null, date: string | null): ReactNode =>
    amountMinor === null ? (
      <span className="cs-muted">{t('statement.notStated')}</span>
    ) : (
      <>
        <Money amountMinor={amountMinor} currency={statement.currency} />{' '}
        <span className="cs-muted">
          <DateCell date={date} />
        </span>
      </>
    );
  const unexplained = (amountMinor: bigint): ReactNode =>
    amountMinor === 0n ? null : <Money amountMinor={amountMinor} currency={statement.currency} />;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [
      t('statement.account'),
      <PlaceLink key="account" to={places.bankAccount(statement.bankAccountId)}>
        <Iban account={statement.accountNumber} />
      </PlaceLink>,
    ],
    [t('statement.opening'), balance(statement.openingMinor, statement.openingDate)],
    [t('statement.closing'), balance(statement.closingMinor, statement.closingDate)],
    [t('statement.gap'), unexplained(statement.gapMinor)],
    [t('statement.difference'), unexplained(statement.differenceMinor)],
    [t('statement.type'), statement.type],
    [t('statement.sequence'), statement.sequenceNumber],
    [t('statement.file'), statement.fileName],
    [t('statement.received'), <TimeCell key="received" atMs={statement.receivedAtMs} />],
  ];
  return (
    <dl className="cs-strip">
      {facts
        .filter(([, value]) => value !== null)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
