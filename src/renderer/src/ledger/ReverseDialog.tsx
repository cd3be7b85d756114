import { Button, Dialog, DialogBody, DialogFooter, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JournalEntry } from '../../../contract/ledger.ts';
import { formatAmount } from '../../../contract/money.ts';
import { orpc, refetchRooms } from '../app/data.ts';
import { ErrorState, Money, notify } from '../kit/index.ts';
import { t } from './messages.ts';

/** What is typed to confirm: the largest posting, as it is written. */
function amountToType(entry: JournalEntry): string {
  const largest = entry.postings.reduce((a, b) => (b.amountMinor > a.amountMinor ? b : a));
  return formatAmount(largest.amountMinor, largest.currency);
}

/** Shows what the reversal does to each account before and after, and asks for the amount to be typed. */
export function ReverseDialog({
  entry,
  onClose,
}: {
  readonly entry: JournalEntry;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const balances = useQuery(orpc.ledger.trialBalance.queryOptions({ input: {} }));
  const reverse = useMutation(
    orpc.ledger.reverse.mutationOptions({
      onSuccess: () => {
        refetchRooms(['ledger', 'audit', 'dashboard']);
        notify({ text: t('reverse.done'), tone: 'success' });
        onClose();
      },
    }),
  );
  const amount = amountToType(entry);
  const ready = reason.trim().length >= 3 && typed.replace(/[\s,']/g, '') === amount;
  const balanceOf = (accountId: string) =>
    balances.data?.rows.find((row) => row.accountId === accountId)?.balanceMinor ?? 0n;
  const act = () => {
    if (ready) reverse.mutate({ entryId: entry.id, reason: reason.trim() });
  };
  return (
    <Dialog isOpen onClose={onClose} title={t('reverse.title')}>
      <DialogBody>
        <p>{t('reverse.what')}</p>
        <table className="cs-before-after">
          <thead>
            <tr>
              <th scope="col">{t('accounts.name')}</th>
              <th scope="col">{t('reverse.before')}</th>
              <th scope="col">{t('reverse.after')}</th>
            </tr>
          </thead>
          <tbody>
            {entry.postings.map((posting) => (
              <tr key={`${posting.accountId}/${posting.amountMinor}`}>
                <th scope="row">{posting.accountName}</th>
                <td>
                  <Money amountMinor={balanceOf(posting.accountId)} currency={posting.currency} />
                </td>
                <td>
                  <Money
                    amountMinor={balanceOf(posting.accountId) - posting.amountMinor}
                    currency={posting.currency}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <FormGroup label={t('reverse.reason')} labelFor="reverse-reason" helperText={t('reverse.reasonHint')}>
          <InputGroup
            id="reverse-reason"
            autoFocus
            value={reason}
            maxLength={200}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </FormGroup>
        <FormGroup label={t('reverse.amount', { amount })} labelFor="reverse-amount">
          <InputGroup
            id="reverse-amount"
            value={typed}
            autoComplete="off"
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') act();
            }}
          />
        </FormGroup>
        {reverse.isError && <ErrorState error={reverse.error} />}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={onClose}>{t('reverse.cancel')}</Button>
            <Button intent="danger" disabled={!ready} loading={reverse.isPending} onClick={act}>
              {t('reverse.act')}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}
