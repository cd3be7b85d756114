import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  DataTable,
  EmptyState,
  ErrorState,
  Figure,
  Iban,
  Money,
  Page,
  PlaceLink,
  Skeleton,
  usePages,
  writeIban,
} from '../kit/index.ts';
import { Reveal, useRevealed } from '../privacy/reveal.tsx';
import { t } from './messages.ts';
import { transactionColumns } from './transactionColumns.tsx';
import './statements.css';

const DAY_MS = 86_400_000;
const shift = (date: string, days: number) =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** A bank account and its lines, of all days or of one. */
export function BankAccount({ id, date }: { readonly id: string; readonly date: string | null }) {
  const router = useRouter();
  const accounts = useQuery(orpc.statements.bankAccounts.queryOptions());
  const masked = accounts.data?.find((one) => one.id === id);
  const account = useRevealed('account', id, masked);
  const lines = usePages(orpc.statements.transactions, {
    bankAccountId: id,
    ...(date === null ? {} : { bookingDate: date }),
  });
  const goTo = (day: string | null) =>
    router.history.replace(day === null ? places.bankAccount(id) : places.bankAccountDay(id, day));
  const today = date ?? account?.bankDate ?? null;
  return (
    <Page
      title={t('account.title', { number: account ? writeIban(account.number) : '' })}
      trail={<PlaceLink to={places.statements()}>{t('title')}</PlaceLink>}
      actions={
        <>
          <Reveal kind="account" id={id} of={masked} />
          {today !== null && (
            <PlaceLink to={places.proof(id, today)} className="bp6-button bp6-small">
              {t('account.proof')}
            </PlaceLink>
          )}
        </>
      }
    >
      {accounts.isError && (
        <div className="cs-pad">
          <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />
        </div>
      )}
      {account && (
        <dl className="cs-strip">
          <div>
            <dt>{t('account.owner')}</dt>
            <dd>{account.ownerName ?? '–'}</dd>
          </div>
          <div>
            <dt>{t('accounts.number')}</dt>
            <dd>
              <Iban account={account.number} />
            </dd>
          </div>
          <div>
            <dt>{t('account.ledger')}</dt>
            <dd>
              <Figure to={places.account(account.ledgerAccountId)}>
                <Money amountMinor={account.ledgerMinor} currency={account.currency} />
              </Figure>
            </dd>
          </div>
          <div>
            <dt>{t('account.bank')}</dt>
            <dd>
              {account.bankMinor === null ? (
                <span className="cs-muted">{t('accounts.unknown')}</span>
              ) : (
                <>
                  <Money amountMinor={account.bankMinor} currency={account.currency} />{' '}
                  <span className="cs-muted">{account.bankDate}</span>
                </>
              )}
            </dd>
          </div>
          {account.differenceMinor !== null && account.differenceMinor !== 0n && (
            <div>
              <dt>{t('accounts.difference')}</dt>
              <dd>
                <Money amountMinor={account.differenceMinor} currency={account.currency} />
              </dd>
            </div>
          )}
        </dl>
      )}
      {accounts.isPending && <Skeleton lines={10} />}
      {!accounts.isPending && (
        <DataTable
          label={t('lines.label')}
          columns={transactionColumns}
          rows={lines}
          rowKey={(row) => row.id}
          onOpen={(row) => router.history.push(places.transaction(row.id))}
          toolbar={
            <span className="cs-days">
              <label>
                {t('account.day')}{' '}
                <input
                  className="bp6-input bp6-small"
                  type="date"
                  value={date ?? ''}
                  onChange={(event) =>
                    goTo(event.currentTarget.value === '' ? null : event.currentTarget.value)
                  }
                />
              </label>
              {today !== null && (
                <>
                  <Button size="small" variant="minimal" onClick={() => goTo(shift(today, -1))}>
                    {t('account.previousDay')}
                  </Button>
                  <Button size="small" variant="minimal" onClick={() => goTo(shift(today, 1))}>
                    {t('account.nextDay')}
                  </Button>
                </>
              )}
              {date !== null && (
                <Button size="small" variant="minimal" onClick={() => goTo(null)}>
                  {t('account.allDays')}
                </Button>
              )}
            </span>
          }
          empty={<EmptyState title={t('lines.emptyTitle')} text={t('lines.emptyText')} />}
        />
      )}
    </Page>
  );
}
