import { Button, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import type { LearnedRow } from '../../../contract/reconciliation.ts';
import { orpc, refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  Dialog,
  EmptyState,
  ErrorState,
  KeyCaps,
  notify,
  Page,
  PlaceLink,
  TimeCell,
  useKeys,
  usePages,
  whenWaiting,
  writeIban,
  writeMoney,
} from '../kit/index.ts';
import { Actor } from '../operators/actors.tsx';
import { useMay } from '../privacy/reveal.tsx';
import { t } from './messages.ts';
import { ReceivablesTabs } from './ReceivablesTabs.tsx';
import './receivables.css';

/** What the engine learned of people's decisions, of one customer or of all, and from which decisions. */
export function Learned({ customerId }: { readonly customerId: string | undefined }) {
  const router = useRouter();
  const rows = usePages(orpc.reconciliation.learned, customerId === undefined ? {} : { customerId });
  const [activeId, setActiveId] = useState<string | null>(null);
  const [forgotten, setForgotten] = useState<LearnedRow | null>(null);
  const mayForget = useMay('match');
  const chosen = rows.rows.find(({ id }) => id === activeId) ?? rows.rows[0] ?? null;
  const forget = () => setForgotten(chosen);
  const open = (row: LearnedRow) =>
    router.history.push(places.reconciliation({ item: row.learnedFrom[0]!.bankTransactionId }));
  useKeys(t('keys.group'), [
    { combo: 'e', label: t('learned.forget'), disabled: !mayForget || chosen === null, run: forget },
  ]);
  return (
    <Page title={t('title')} actions={<ReceivablesTabs current="learned" />}>
      <DataTable
        label={t('learned.label')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        activeKey={chosen?.id ?? null}
        onActive={(row) => setActiveId(row.id)}
        onOpen={open}
        toolbar={
          <>
            {chosen && (
              <Button
                size="small"
                disabled={!mayForget}
                title={mayForget ? '' : t('learned.mayNot')}
                endIcon={<KeyCaps combo="e" />}
                onClick={forget}
              >
                {t('learned.forget')}
              </Button>
            )}
            {customerId !== undefined && (
              <Button size="small" variant="minimal" onClick={() => router.history.replace(places.learned())}>
                {t('items.customerFilter', { id: customerId })} · {t('items.clearCustomer')}
              </Button>
            )}
          </>
        }
        empty={<EmptyState title={t('learned.emptyTitle')} text={t('learned.emptyText')} />}
      />
      {forgotten && <ForgetDialog row={forgotten} onClose={() => setForgotten(null)} />}
    </Page>
  );
}

/** What was learned, in words. */
function learnedValue({ what, name, account, charges, lateDays }: LearnedRow): string {
  switch (what) {
    case 'name':
      return name ?? '';
    case 'account':
      return writeIban(account ?? '');
    case 'late-discount':
      return t('learned.lateDays', { days: lateDays ?? 0 });
    case 'charges':
      return charges ? t('learned.short', { amount: writeMoney(charges.amountMinor, charges.currency) }) : '';
  }
}

const columns: readonly Column<LearnedRow>[] = [
  {
    id: 'customer',
    header: () => t('items.customer'),
    width: 150,
    grow: 1,
    cell: (row) => (
      <PlaceLink to={places.openItems({ customerId: row.customerId })}>{row.customerName}</PlaceLink>
    ),
    title: (row) => `${row.customerId} ${row.customerName}`,
    sort: (row) => row.customerName,
  },
  {
    id: 'what',
    header: () => t('learned.what'),
    width: 136,
    cell: (row) => t(`learned.what.${row.what}`),
    sort: (row) => row.what,
  },
  {
    id: 'value',
    header: () => t('learned.value'),
    width: 218,
    grow: 2,
    cell: learnedValue,
    title: learnedValue,
    sort: learnedValue,
  },
  {
    id: 'standing',
    header: () => t('learned.standing'),
    width: 130,
    cell: (row) =>
      row.shared
        ? t('learned.shared')
        : t(row.decisions >= row.enough ? 'learned.relied' : 'learned.hint', {
            decisions: row.decisions,
            enough: row.enough,
          }),
    title: (row) => t(row.shared ? 'learned.sharedText' : 'learned.standingText', { enough: row.enough }),
    sort: (row) => row.decisions,
  },
  {
    id: 'uses',
    header: () => t('learned.uses'),
    width: 108,
    align: 'end',
    cell: (row) => row.uses,
    sort: (row) => row.uses,
  },
  {
    id: 'from',
    header: () => t('learned.from'),
    width: 340,
    cell: ({ learnedFrom: [latest] }) =>
      latest && (
        <>
          <PlaceLink to={places.reconciliation({ item: latest.bankTransactionId })}>
            {t('learned.decision', { id: latest.bankTransactionId })}
          </PlaceLink>{' '}
          <span className="cs-muted">
            <Actor of={latest.actor} /> <TimeCell atMs={latest.atMs} />
          </span>
        </>
      ),
    sort: (row) => row.learnedFrom[0]?.atMs ?? 0,
  },
];

function ForgetDialog({ row, onClose }: { readonly row: LearnedRow; readonly onClose: () => void }) {
  const forget = useMutation(
    orpc.reconciliation.forget.mutationOptions({
      onSuccess: ({ decisions }) => {
        refetchRooms(['reconciliation']);
        notify({ text: t('learned.forgotten', { decisions }), tone: 'success' });
        onClose();
      },
      onError: whenWaiting(onClose),
    }),
  );
  return (
    <Dialog isOpen title={t('learned.forgetTitle', { value: learnedValue(row) })} onClose={onClose}>
      <DialogBody>
        <p>{t('learned.forgetText')}</p>
        <ul aria-label={t('learned.sources')} className="cs-learned-sources">
          {row.learnedFrom.map(({ bankTransactionId, actor, atMs }) => (
            <li key={bankTransactionId}>
              <PlaceLink to={places.reconciliation({ item: bankTransactionId })}>
                {t('learned.decision', { id: bankTransactionId })}
              </PlaceLink>{' '}
              <span className="cs-muted">
                <Actor of={actor} /> <TimeCell atMs={atMs} />
              </span>
            </li>
          ))}
        </ul>
        {forget.error && <ErrorState error={forget.error} />}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={onClose}>{t('learned.keep')}</Button>
            <Button intent="danger" loading={forget.isPending} onClick={() => forget.mutate({ id: row.id })}>
              {t('learned.forget')}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}
