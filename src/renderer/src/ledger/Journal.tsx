import { Button, HTMLSelect } from '@blueprintjs/core';
import { useRouter } from '@tanstack/react-router';
import { Fragment } from 'react';
import type { JournalEntry } from '../../../contract/ledger.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  DateCell,
  EmptyState,
  engineWords,
  Money,
  Page,
  PlaceLink,
  StatusTag,
  usePages,
  writeMoney,
} from '../kit/index.ts';
import { t } from './messages.ts';
import { LedgerActs, REASONS, Reason, Source, Views } from './parts.tsx';
import './ledger.css';

type Side = 'debit' | 'credit';

const postingsOf = (entry: JournalEntry, side: Side) =>
  entry.postings.filter(({ amountMinor }) => (side === 'debit' ? amountMinor > 0n : amountMinor < 0n));

/** What an entry moves of each of its currencies. */
function debitSums(entry: JournalEntry): [currency: string, amountMinor: bigint][] {
  const sums = new Map<string, bigint>();
  for (const { currency, amountMinor } of postingsOf(entry, 'debit')) {
    sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);
  }
  return [...sums];
}

function SideCell({ entry, side }: { readonly entry: JournalEntry; readonly side: Side }) {
  const [first, ...more] = postingsOf(entry, side);
  if (!first) return null;
  return (
    <>
      <PlaceLink to={places.account(first.accountId)}>{engineWords(first.accountName)}</PlaceLink>
      {more.length > 0 && <span className="cs-note"> {t('journal.more', { count: more.length })}</span>}
    </>
  );
}

const columns: readonly Column<JournalEntry>[] = [
  {
    id: 'record',
    header: () => t('journal.record'),
    width: 76,
    align: 'end',
    cell: (row) => row.record.toLocaleString(),
  },
  {
    id: 'date',
    header: () => t('journal.date'),
    width: 96,
    cell: (row) => <DateCell date={row.effectiveDate} />,
  },
  {
    id: 'reason',
    header: () => t('statement.reason'),
    width: 150,
    cell: (row) => (
      <PlaceLink to={places.entry(row.id)}>
        <Reason reason={row.reason} />
      </PlaceLink>
    ),
  },
  {
    id: 'debit',
    header: () => t('journal.debit'),
    width: 184,
    grow: 2,
    cell: (row) => <SideCell entry={row} side="debit" />,
  },
  {
    id: 'credit',
    header: () => t('journal.credit'),
    width: 184,
    grow: 2,
    cell: (row) => <SideCell entry={row} side="credit" />,
  },
  {
    id: 'amount',
    header: () => t('journal.amount'),
    width: 180,
    align: 'end',
    cell: (row) =>
      debitSums(row).map(([currency, amountMinor], at) => (
        <Fragment key={currency}>
          {at > 0 && ' · '}
          <Money amountMinor={amountMinor} currency={currency} />
        </Fragment>
      )),
    title: (row) =>
      debitSums(row)
        .map(([currency, amountMinor]) => writeMoney(amountMinor, currency))
        .join(' · '),
  },
  {
    id: 'source',
    header: () => t('statement.source'),
    width: 142,
    grow: 1,
    cell: (row) => <Source source={row.source} />,
  },
  {
    id: 'state',
    header: () => t('journal.state'),
    width: 100,
    cell: (row) => <StatusTag status={row.state} />,
  },
];

interface Filter {
  readonly accountId: string | undefined;
  readonly reason: string | undefined;
}

/** Every entry, the newest first. */
export function Journal({ accountId, reason }: Filter) {
  const router = useRouter();
  const rows = usePages(orpc.ledger.entries, {
    ...(accountId === undefined ? {} : { accountId }),
    ...(reason === undefined ? {} : { reason }),
  });
  const show = (next: Filter) =>
    router.history.replace(
      places.journal({
        ...(next.accountId === undefined ? {} : { accountId: next.accountId }),
        ...(next.reason === undefined ? {} : { reason: next.reason }),
      }),
    );
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <LedgerActs />
          <Views view="journal" />
        </>
      }
    >
      <DataTable
        label={t('journal.label')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        onOpen={(row) => router.history.push(places.entry(row.id))}
        toolbar={
          <>
            <HTMLSelect
              aria-label={t('journal.reason')}
              value={reason ?? ''}
              onChange={(event) => show({ accountId, reason: event.currentTarget.value || undefined })}
            >
              <option value="">{t('journal.allReasons')}</option>
              {REASONS.map((each) => (
                <option key={each} value={each}>
                  {t(`reason.${each}`)}
                </option>
              ))}
            </HTMLSelect>
            {accountId !== undefined && (
              <Button size="small" variant="minimal" onClick={() => show({ accountId: undefined, reason })}>
                {t('journal.ofAccount', { id: accountId })} · {t('journal.clear')}
              </Button>
            )}
          </>
        }
        empty={<EmptyState title={t('journal.emptyTitle')} text={t('journal.emptyText')} />}
      />
    </Page>
  );
}
