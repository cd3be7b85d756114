import { Button } from '@blueprintjs/core';
import { useRouter } from '@tanstack/react-router';
import type { OpenItem } from '../../../contract/receivables.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  DateCell,
  EmptyState,
  Figure,
  FilterTabs,
  Money,
  Page,
  PlaceLink,
  StatusTag,
  usePages,
} from '../kit/index.ts';
import { t } from './messages.ts';
import { ReceivablesTabs } from './ReceivablesTabs.tsx';
import { useFilterText } from './useFilterText.ts';
import './receivables.css';

const BUCKETS = ['not-due', '1-30', '31-60', '61-90', 'over-90'] as const;
const STATES = ['open', 'part-paid', 'paid'] as const;
const oneOf = <T extends string>(values: readonly T[], text: string | undefined): T | undefined =>
  values.find((value) => value === text);

export interface OpenItemsProps {
  readonly bucket?: string | undefined;
  readonly state?: string | undefined;
  readonly customerId?: string | undefined;
  readonly text?: string | undefined;
}

/** Invoices and credit notes with what remains of them, by age and state. */
export function OpenItems(props: OpenItemsProps) {
  const router = useRouter();
  const bucket = oneOf(BUCKETS, props.bucket);
  const state = oneOf(STATES, props.state);
  const { customerId } = props;
  const filter = useFilterText(props.text ?? '');
  const rows = usePages(orpc.receivables.openItems, {
    ...(bucket === undefined ? {} : { bucket }),
    ...(state === undefined ? {} : { state }),
    ...(customerId === undefined ? {} : { customerId }),
    ...(filter.asked === '' ? {} : { text: filter.asked }),
  });
  const show = (change: {
    bucket?: string | undefined;
    state?: string | undefined;
    customerId?: undefined;
  }) => {
    const next = { bucket, state, customerId, ...change };
    router.history.replace(
      places.openItems({
        ...(next.bucket === undefined ? {} : { bucket: next.bucket }),
        ...(next.state === undefined ? {} : { state: next.state }),
        ...(next.customerId === undefined ? {} : { customerId: next.customerId }),
      }),
    );
  };
  return (
    <Page title={t('title')} actions={<ReceivablesTabs current="items" />}>
      <DataTable
        label={t('items.label')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        onOpen={(row) => router.history.push(places.openItem(row.id))}
        filter={{ text: filter.text, onChange: filter.setText, label: t('items.filter') }}
        toolbar={
          <>
            <FilterTabs
              label={t('age.label')}
              options={[
                { value: '', label: t('age.all') },
                ...BUCKETS.map((value) => ({ value, label: t(`age.${value}`) })),
              ]}
              value={bucket ?? ''}
              onChange={(value) => show({ bucket: value === '' ? undefined : value })}
            />
            <FilterTabs
              label={t('state.label')}
              options={[
                { value: '', label: t('state.any') },
                ...STATES.map((value) => ({ value, label: t(`state.${value}`) })),
              ]}
              value={state ?? ''}
              onChange={(value) => show({ state: value === '' ? undefined : value })}
            />
            {customerId !== undefined && (
              <Button size="small" variant="minimal" onClick={() => show({ customerId: undefined })}>
                {t('items.customerFilter', { id: customerId })} · {t('items.clearCustomer')}
              </Button>
            )}
          </>
        }
        empty={
          <EmptyState
            title={t('items.emptyTitle')}
            text={t('items.emptyText')}
            actions={
              <Button intent="primary" onClick={() => router.history.push(places.importFiles())}>
                {t('items.import')}
              </Button>
            }
          />
        }
      />
    </Page>
  );
}

const columns: readonly Column<OpenItem>[] = [
  {
    id: 'number',
    header: () => t('items.number'),
    width: 178,
    cell: (row) => (
      <>
        <PlaceLink to={places.openItem(row.id)}>{row.invoiceNumber}</PlaceLink>
        {row.kind === 'credit_note' && <span className="cs-kind"> {t('items.creditNote')}</span>}
      </>
    ),
    title: (row) => row.invoiceNumber,
    sort: (row) => row.invoiceNumber,
  },
  {
    id: 'customer',
    header: () => t('items.customer'),
    width: 180,
    grow: 3,
    cell: (row) => (
      <PlaceLink to={places.openItems({ customerId: row.customerId })}>{row.customerName}</PlaceLink>
    ),
    title: (row) => row.customerName,
    sort: (row) => row.customerName,
  },
  {
    id: 'issued',
    header: () => t('items.issued'),
    width: 92,
    cell: (row) => <DateCell date={row.issuedOn} />,
    sort: (row) => row.issuedOn,
  },
  {
    id: 'due',
    header: () => t('items.due'),
    width: 92,
    cell: (row) => <DateCell date={row.dueOn} />,
    sort: (row) => row.dueOn,
  },
  {
    id: 'age',
    header: () => t('items.age'),
    width: 78,
    align: 'end',
    cell: (row) =>
      row.state === 'paid' || row.ageDays <= 0 ? (
        <span className="cs-muted">–</span>
      ) : (
        t('items.ageDays', { days: row.ageDays })
      ),
    sort: (row) => row.ageDays,
  },
  {
    id: 'amount',
    header: () => t('items.amount'),
    width: 140,
    align: 'end',
    cell: (row) => (
      <Money amountMinor={signed(row, row.amountMinor)} currency={row.currency} showCurrency={false} />
    ),
    sort: (row) => signed(row, row.amountMinor),
  },
  {
    id: 'open',
    header: () => t('items.open'),
    width: 164,
    align: 'end',
    cell: (row) => (
      <Figure to={places.openItem(row.id)}>
        <Money amountMinor={signed(row, row.openMinor)} currency={row.currency} />
      </Figure>
    ),
    sort: (row) => signed(row, row.openMinor),
  },
  {
    id: 'state',
    header: () => t('items.state'),
    width: 100,
    cell: (row) => <StatusTag status={row.state} />,
    sort: (row) => row.state,
  },
];

/** A credit note owes the customer: its amounts count the other way. */
function signed(row: OpenItem, amountMinor: bigint): bigint {
  return row.kind === 'credit_note' ? -amountMinor : amountMinor;
}
