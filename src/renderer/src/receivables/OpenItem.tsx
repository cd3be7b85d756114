import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { JournalEntry } from '../../../contract/ledger.ts';
import type { OpenItem as Item } from '../../../contract/receivables.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  Card,
  type Column,
  DataTable,
  DateCell,
  Deadline,
  EmptyState,
  ErrorState,
  Facts,
  Money,
  Page,
  PlaceLink,
  Skeleton,
  StatusTag,
  usePages,
} from '../kit/index.ts';
import { Reveal, useRevealed } from '../privacy/reveal.tsx';
import { t } from './messages.ts';
import './receivables.css';

/** One invoice or credit note: what it was, what remains, and the entries that tell how. */
export function OpenItem({ id }: { readonly id: string }) {
  const router = useRouter();
  const item = useQuery(orpc.receivables.openItem.queryOptions({ input: { id } }));
  const entries = usePages(orpc.ledger.entries, { source: { kind: 'open-item', id } });
  const data = useRevealed('open-item', id, item.data);
  return (
    <Page
      title={data ? t('item.title', { kind: data.kind, number: data.invoiceNumber }) : t('item.card')}
      trail={<PlaceLink to={places.openItems()}>{t('title')}</PlaceLink>}
      actions={<Reveal kind="open-item" id={id} of={item.data} />}
      body="scroll"
    >
      {item.isPending && <Skeleton lines={8} />}
      {item.isError && <ErrorState error={item.error} onRetry={() => void item.refetch()} />}
      {data && (
        <div className="cs-item-page">
          <Card title={t('item.card')}>
            <div className="cs-card-body">
              <ItemFacts item={data} />
            </div>
          </Card>
          <Card title={t('item.entries')}>
            <div className="cs-item-entries">
              <DataTable
                label={t('item.entries')}
                columns={entryColumns}
                rows={entries}
                rowKey={(entry) => entry.id}
                onOpen={(entry) => router.history.push(places.entry(entry.id))}
                bare
                empty={<EmptyState title={t('item.entriesNone')} />}
              />
            </div>
          </Card>
        </div>
      )}
    </Page>
  );
}

function ItemFacts({ item }: { readonly item: Item }) {
  return (
    <Facts
      facts={[
        [
          t('item.customer'),
          <PlaceLink key="customer" to={places.openItems({ customerId: item.customerId })}>
            {item.customerName}
          </PlaceLink>,
        ],
        [t('item.state'), <StatusTag key="state" status={item.state} />],
        [t('item.amount'), <Money key="amount" amountMinor={item.amountMinor} currency={item.currency} />],
        [t('item.open'), <Money key="open" amountMinor={item.openMinor} currency={item.currency} />],
        [
          t('item.settled'),
          <Money key="settled" amountMinor={item.amountMinor - item.openMinor} currency={item.currency} />,
        ],
        [t('item.issued'), <DateCell key="issued" date={item.issuedOn} />],
        [
          t('item.due'),
          item.state === 'paid' ? (
            <DateCell key="due" date={item.dueOn} />
          ) : (
            <Deadline key="due" date={item.dueOn} />
          ),
        ],
        [t('item.reference'), item.structuredReference],
        [
          t('item.discount'),
          item.discountPercent !== null && item.discountUntil !== null
            ? t('item.discountText', { percent: item.discountPercent, date: item.discountUntil })
            : null,
        ],
        [
          t('item.records'),
          <PlaceLink key="records" to={places.audit({ subjectKind: 'open-item', subjectId: item.id })}>
            {t('item.records')}
          </PlaceLink>,
        ],
      ]}
    />
  );
}

const entryColumns: readonly Column<JournalEntry>[] = [
  {
    id: 'date',
    header: () => t('item.entryDate'),
    width: 96,
    cell: (entry) => <DateCell date={entry.effectiveDate} />,
  },
  {
    id: 'reason',
    header: () => t('item.entryReason'),
    width: 110,
    grow: 1,
    cell: (entry) => <PlaceLink to={places.entry(entry.id)}>{entry.memo ?? entry.reason}</PlaceLink>,
  },
  {
    id: 'postings',
    header: () => t('item.entryPosted'),
    width: 190,
    grow: 2,
    cell: (entry) => entry.postings.map((posting) => posting.accountName).join(' · '),
    title: (entry) => entry.postings.map((posting) => posting.accountName).join(' · '),
  },
  {
    id: 'amount',
    header: () => t('item.amount'),
    width: 160,
    align: 'end',
    cell: (entry) => {
      const debit = entry.postings.find((posting) => posting.amountMinor > 0n);
      return debit ? <Money amountMinor={debit.amountMinor} currency={debit.currency} /> : null;
    },
  },
];
