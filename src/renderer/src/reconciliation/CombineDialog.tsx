import { Button, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useState } from 'react';
import type { OpenItem } from '../../../contract/receivables.ts';
import type { QueueRow } from '../../../contract/reconciliation.ts';
import { client } from '../app/data.ts';
import { DateCell, Dialog, KeyCaps, Money, useKeys } from '../kit/index.ts';
import { combine } from './combining.ts';
import { Finder } from './Finder.tsx';
import { t } from './messages.ts';
import { useMany } from './useMany.ts';

/** Several payments settle the same open items: all of them, or none where one is refused. */
export function CombineDialog(props: {
  /** Incoming lines of one currency that nothing is matched to; two at least. */
  readonly rows: readonly QueueRow[];
  readonly onClose: () => void;
  readonly onDone: (ids: readonly string[]) => void;
}) {
  const { onClose } = props;
  // As they were marked: the queue may move below the dialog.
  const [rows] = useState(props.rows);
  const [items, setItems] = useState<readonly OpenItem[]>([]);
  const many = useMany();
  const currency = rows[0]!.currency;
  const totalMinor = rows.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const laid = combine(
    rows,
    items.map(({ id, openMinor, kind }) => ({
      openItemId: id,
      openMinor,
      isCreditNote: kind === 'credit_note',
    })),
  );
  const isReady = items.length > 0 && laid.idle.length === 0 && many.progress === null;
  const start = async () => {
    if (!isReady) return;
    const steps = laid.lines.map(({ bankTransactionId, allocations }) => ({
      key: bankTransactionId,
      run: () => client.reconciliation.confirm({ bankTransactionId, allocations: [...allocations] }),
      back: () => client.reconciliation.undo({ bankTransactionId }),
    }));
    const { done, refused } = await many.start(steps, {
      done: (count) => t('combine.done', { count }),
      undone: (count) => t('many.undone', { count }),
      together: true,
    });
    props.onDone(done);
    if (refused.length === 0) onClose();
  };
  useKeys(
    t('keys.group'),
    [{ combo: 'mod+Enter', label: t('combine.act'), run: () => void start(), inFields: true }],
    { inDialog: true },
  );
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('combine.title', { count: rows.length })}
      className="cs-allocate"
    >
      <DialogBody>
        <p className="cs-allocate-money">
          <span>{t('combine.money', { count: rows.length })}</span>
          <Money amountMinor={totalMinor} currency={currency} direction="credit" />
        </p>
        <Finder
          currency={currency}
          notesFirst={false}
          onAdd={(item) => items.every(({ id }) => id !== item.id) && setItems([...items, item])}
        />
        <Chosen items={items} onRemove={(id) => setItems(items.filter((item) => item.id !== id))} />
        {items.length > 0 && <Laid rows={rows} items={items} laid={laid} />}
        <p className="cs-allocate-money" role="status">
          <span>{t('allocate.rest')}</span> <Money amountMinor={laid.restMinor} currency={currency} />
        </p>
        <p className="cs-allocate-money">
          <span>{t('combine.open')}</span> <Money amountMinor={laid.openMinor} currency={currency} />
        </p>
        {items.length > 0 && laid.idle.length > 0 && (
          <p className="cs-problem" role="alert">
            {t('combine.idle', { count: laid.idle.length })}
          </p>
        )}
        {many.refused.map(({ key, words }) => (
          <p key={key} className="cs-problem" role="alert">
            {t('combine.refused', { words })}
          </p>
        ))}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={onClose}>{t('allocate.cancel')}</Button>
            <Button
              intent="primary"
              disabled={!isReady}
              onClick={() => void start()}
              endIcon={<KeyCaps combo="mod+Enter" />}
            >
              {t('combine.act')}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}

function Chosen(props: { readonly items: readonly OpenItem[]; readonly onRemove: (id: string) => void }) {
  if (props.items.length === 0) return <p className="cs-muted">{t('combine.none')}</p>;
  return (
    <table className="cs-settles cs-settles--edit">
      <thead>
        <tr>
          <th scope="col">{t('allocate.item')}</th>
          <th scope="col">{t('allocate.open')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {props.items.map(({ id, invoiceNumber, customerName, openMinor, currency, kind }) => (
          <tr key={id}>
            <th scope="row">
              {invoiceNumber}
              <span className="cs-muted"> {customerName}</span>
            </th>
            <td>
              <Money amountMinor={kind === 'credit_note' ? -openMinor : openMinor} currency={currency} />
            </td>
            <td>
              <Button
                size="small"
                variant="minimal"
                aria-label={t('allocate.remove', { item: invoiceNumber })}
                onClick={() => props.onRemove(id)}
              >
                ✕
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Which payment settles how much of what: what is confirmed is what stands here. */
function Laid(props: {
  readonly rows: readonly QueueRow[];
  readonly items: readonly OpenItem[];
  readonly laid: ReturnType<typeof combine>;
}) {
  const numbers = new Map(props.items.map(({ id, invoiceNumber }) => [id, invoiceNumber]));
  const rows = new Map(props.rows.map((row) => [row.id, row]));
  return (
    <table className="cs-settles">
      <caption>{t('combine.laid')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('combine.payment')}</th>
          <th scope="col">{t('allocate.item')}</th>
          <th scope="col">{t('allocate.settle')}</th>
        </tr>
      </thead>
      <tbody>
        {props.laid.lines.flatMap(({ bankTransactionId, allocations }) => {
          const { bookingDate, counterparty, currency } = rows.get(bankTransactionId)!;
          return allocations.map(({ openItemId, allocatedMinor }) => (
            <tr key={`${bankTransactionId} ${openItemId}`}>
              <th scope="row">
                <DateCell date={bookingDate} />
                <span className="cs-muted"> {counterparty ?? t('queue.unnamed')}</span>
              </th>
              <td>{numbers.get(openItemId)}</td>
              <td>
                <Money amountMinor={allocatedMinor} currency={currency} />
              </td>
            </tr>
          ));
        })}
      </tbody>
    </table>
  );
}
