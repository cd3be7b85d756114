import { Button, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useState } from 'react';
import { DateCell, Dialog, Money } from '../kit/index.ts';
import type { Story } from './Item.tsx';
import { t } from './messages.ts';

/** Before a person says that a line is the payment, or that it is not: both, side by side, and what moves. */
export function LineDialog(props: {
  readonly data: Story;
  readonly lineId: string;
  readonly onClose: () => void;
  readonly onAnswer: () => Promise<void>;
}) {
  const [isRunning, setRunning] = useState(false);
  const { payment, candidates, line: confirmed } = props.data;
  const line = confirmed ?? candidates.find(({ id }) => id === props.lineId);
  if (line === undefined) return null;
  const act = confirmed === null ? 'choose' : 'part';
  const answer = async () => {
    setRunning(true);
    await props.onAnswer();
    setRunning(false);
  };
  return (
    <Dialog isOpen title={t(`line.${act}Title`)} onClose={props.onClose}>
      <DialogBody>
        <p>{t(`line.${act}Text`)}</p>
        <table className="cs-plain-table">
          <thead>
            <tr>
              <th scope="col">{t('line.which')}</th>
              <th scope="col">{t('line.date')}</th>
              <th scope="col">{t('list.party')}</th>
              <th scope="col" className="cs-end">
                {t('list.amount')}
              </th>
            </tr>
          </thead>
          <tbody>
            {[payment, line].map((row) => (
              <tr key={row.id}>
                <th scope="row">{t(row === payment ? 'line.payment' : 'line.line')}</th>
                <td>
                  <DateCell date={row.bookingDate} />
                </td>
                <td>{row.counterparty ?? row.remittance ?? t('list.unnamed')}</td>
                <td className="cs-end">
                  <Money amountMinor={row.amountMinor} currency={row.currency} direction={row.direction} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={props.onClose}>{t('line.back')}</Button>
            <Button autoFocus intent="primary" loading={isRunning} onClick={() => void answer()}>
              {t(`line.${act}`)}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}
