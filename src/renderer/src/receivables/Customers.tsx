import { Button } from '@blueprintjs/core';
import { useRouter } from '@tanstack/react-router';
import type { z } from 'zod';
import type { customer } from '../../../contract/receivables.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  EmptyState,
  Figure,
  MoneyList,
  Page,
  PlaceLink,
  usePages,
  writeIban,
} from '../kit/index.ts';
import { Reveal, Revealed } from '../privacy/reveal.tsx';
import { t } from './messages.ts';
import { ReceivablesTabs } from './ReceivablesTabs.tsx';
import { useFilterText } from './useFilterText.ts';
import './receivables.css';

type Customer = z.infer<typeof customer>;

/** The customers, their accounts and what they owe. */
export function Customers({ text }: { readonly text: string | undefined }) {
  const router = useRouter();
  const filter = useFilterText(text ?? '');
  const rows = usePages(orpc.receivables.customers, filter.asked === '' ? {} : { text: filter.asked });
  return (
    <Page title={t('title')} actions={<ReceivablesTabs current="customers" />}>
      <DataTable
        label={t('customers.label')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        onOpen={(row) => router.history.push(places.openItems({ customerId: row.customerId }))}
        filter={{ text: filter.text, onChange: filter.setText, label: t('customers.filter') }}
        empty={
          <EmptyState
            title={t('customers.emptyTitle')}
            text={t('customers.emptyText')}
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

const columns: readonly Column<Customer>[] = [
  {
    id: 'id',
    header: () => t('customers.id'),
    width: 110,
    cell: (row) => row.customerId,
    title: (row) => row.customerId,
    sort: (row) => row.customerId,
  },
  {
    id: 'name',
    header: () => t('customers.name'),
    width: 200,
    grow: 2,
    cell: (row) => (
      <Revealed kind="customer" id={row.id} of={row}>
        {(clear) => (
          <>
            <PlaceLink to={places.openItems({ customerId: row.customerId })}>{clear.name}</PlaceLink>{' '}
            <Reveal kind="customer" id={row.id} of={row} combo={null} isRow />
          </>
        )}
      </Revealed>
    ),
    title: (row) => row.name,
    sort: (row) => row.name,
  },
  {
    id: 'country',
    header: () => t('customers.country'),
    width: 70,
    cell: (row) => row.country ?? t('customers.none'),
    sort: (row) => row.country ?? '',
  },
  {
    id: 'accounts',
    header: () => t('customers.accounts'),
    width: 262,
    grow: 1,
    cell: (row) => (
      <Revealed kind="customer" id={row.id} of={row}>
        {({ ibans }) => (
          <span className="cs-iban">{ibans.map(writeIban).join(', ') || t('customers.none')}</span>
        )}
      </Revealed>
    ),
    title: (row) => row.ibans.map(writeIban).join('\n'),
  },
  {
    id: 'aliases',
    header: () => t('customers.aliases'),
    width: 120,
    grow: 1,
    cell: (row) => (
      <Revealed kind="customer" id={row.id} of={row}>
        {({ aliases }) => aliases.join(', ') || <span className="cs-muted">{t('customers.none')}</span>}
      </Revealed>
    ),
    title: (row) => row.aliases.join('\n'),
  },
  {
    id: 'learned',
    header: () => t('customers.learned'),
    width: 76,
    cell: (row) => (
      <PlaceLink to={places.learned({ customerId: row.customerId })}>{t('customers.learnedOpen')}</PlaceLink>
    ),
  },
  {
    id: 'open',
    header: () => t('customers.open'),
    width: 190,
    align: 'end',
    cell: (row) => (
      <Figure to={places.openItems({ customerId: row.customerId })}>
        <MoneyList amounts={row.openMinor.filter((one) => one.amountMinor !== 0n)} inline />
      </Figure>
    ),
    sort: (row) => row.openMinor[0]?.amountMinor ?? 0n,
  },
];
