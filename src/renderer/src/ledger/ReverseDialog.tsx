import { Button, DialogBody, DialogFooter, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JournalEntry } from '../../../contract/ledger.ts';
import { formatAmount } from '../../../contract/money.ts';
import { orpc, refetchRooms } from '../app/data.ts';
import { Dialog, ErrorState, engineWords, Money, notify, plainAmount, whenWaiting } from '../kit/index.ts';
import { DateField } from './DateField.tsx';
import { t } from './messages.ts';

/** What is typed to confirm: the largest posting, as it is written. */
function amountToType(entry: JournalEntry): string {
  const largest = entry.postings.reduce((a, b) => (b.amountMinor > a.amountMinor ? b : a));
  return formatAmount(largest.amountMinor, largest.currency);
}

/** An entry may post an account more than once; what counts is how much it moves in all. */
function byAccount(entry: JournalEntry): JournalEntry['postings'] {
  const moved = new Map<string, JournalEntry['postings'][number]>();
  for (const posting of entry.postings) {
    const amountMinor = (moved.get(posting.accountId)?.amountMinor ?? 0n) + posting.amountMinor;
    moved.set(posting.accountId, { ...posting, amountMinor });
  }
  return [...moved.values()];
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
  const [date, setDate] = useState<string>();
  const balances = useQuery(orpc.ledger.trialBalance.queryOptions({ input: {} }));
  const reverse = useMutation(
    orpc.ledger.reverse.mutationOptions({
      onSuccess: () => {
        refetchRooms(['ledger', 'audit', 'dashboard']);
        notify({ text: t('reverse.done'), tone: 'success' });
        onClose();
      },
      onError: whenWaiting(onClose),
    }),
  );
  const amount = amountToType(entry);
  const ready = reason.trim().length >= 3 && plainAmount(typed) === amount;
  const balanceOf = (accountId: string) =>
    balances.data?.rows.find((row) => row.accountId === accountId)?.balanceMinor ?? 0n;
  const act = () => {
    if (!ready || reverse.isPending) return;
    reverse.mutate({
      entryId: entry.id,
      reason: reason.trim(),
      ...(date === undefined ? {} : { effectiveDate: date }),
    });
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
            {byAccount(entry).map(({ accountId, accountName, currency, amountMinor }) => (
              <tr key={accountId}>
                <th scope="row">{engineWords(accountName)}</th>
                <td>
                  <Money amountMinor={balanceOf(accountId)} currency={currency} />
                </td>
                <td>
                  <Money amountMinor={balanceOf(accountId) - amountMinor} currency={currency} />
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
        <FormGroup label="" helperText={t('reverse.dateHint')}>
          <DateField label={t('reverse.date')} value={date} onChange={setDate} />
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
