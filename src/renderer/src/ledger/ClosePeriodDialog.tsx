import { Button, DialogBody, DialogFooter, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { orpc, refetchRooms } from '../app/data.ts';
import { Dialog, ErrorState, notify, whenWaiting, writeTimestamp } from '../kit/index.ts';
import { DateField } from './DateField.tsx';
import { lastMonthEnd } from './drafting.ts';
import { t } from './messages.ts';

/** Closes the books up to a day. It cannot be taken back, so the day is typed a second time. */
export function ClosePeriodDialog({ onClose }: { readonly onClose: () => void }) {
  const periods = useQuery(orpc.ledger.periods.queryOptions());
  const [through, setThrough] = useState<string | undefined>(() =>
    lastMonthEnd(writeTimestamp(Date.now()).slice(0, 10)),
  );
  const [typed, setTyped] = useState('');
  const close = useMutation(
    orpc.ledger.closePeriod.mutationOptions({
      onSuccess: ({ closedThrough }) => {
        refetchRooms(['ledger', 'reconciliation', 'audit', 'dashboard']);
        notify({ text: t('close.done', { date: closedThrough }), tone: 'success' });
        onClose();
      },
      onError: whenWaiting(onClose),
    }),
  );
  const ready = through !== undefined && typed.trim() === through;
  const act = () => {
    if (ready && !close.isPending) close.mutate({ through });
  };
  const before = periods.data?.closedThrough;
  return (
    <Dialog isOpen onClose={onClose} title={t('close.title')}>
      <DialogBody>
        <p>{t('close.what')}</p>
        <DateField label={t('close.through')} value={through} onChange={setThrough} />
        <table className="cs-before-after">
          <tbody>
            <tr>
              <th scope="row">{t('reverse.before')}</th>
              <td>{before ? t('close.closed', { date: before }) : t('close.open')}</td>
            </tr>
            <tr>
              <th scope="row">{t('reverse.after')}</th>
              <td>{through ? t('close.closed', { date: through }) : '–'}</td>
            </tr>
          </tbody>
        </table>
        <FormGroup label={t('close.type', { date: through ?? t('date.form') })} labelFor="close-typed">
          <InputGroup
            id="close-typed"
            autoFocus
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') act();
            }}
          />
        </FormGroup>
        {close.isError && <ErrorState error={close.error} />}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={onClose}>{t('reverse.cancel')}</Button>
            <Button intent="danger" disabled={!ready} loading={close.isPending} onClick={act}>
              {t('close.act')}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}
