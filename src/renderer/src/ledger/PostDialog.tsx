import { Button, DialogBody, DialogFooter, FormGroup, HTMLSelect, InputGroup } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { orpc, refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  Dialog,
  ErrorState,
  engineWords,
  KeyCaps,
  Money,
  notify,
  useKeys,
  whenWaiting,
  writeTimestamp,
} from '../kit/index.ts';
import { DateField } from './DateField.tsx';
import { type DraftEntry, type DraftPosting, type EntryProblem, evaluateEntry, uuidV7 } from './drafting.ts';
import { t } from './messages.ts';

const emptyLine = (key: number): DraftPosting => ({ key, accountId: '', debitText: '', creditText: '' });

const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

function sentence(problem: EntryProblem): string {
  if (problem.kind === 'badAmount') return t('post.badAmount', problem);
  return problem.kind === 'bothSides' ? t('post.bothSides', problem) : t('post.unbalanced', problem);
}

/** A manual adjustment: accounts and amounts; the sums of both sides stand below while they are typed. */
export function PostDialog({ onClose }: { readonly onClose: () => void }) {
  const router = useRouter();
  const accounts = useQuery(orpc.ledger.accounts.queryOptions());
  const [lines, setLines] = useState<readonly DraftPosting[]>([emptyLine(1), emptyLine(2)]);
  const [date, setDate] = useState<string | undefined>(writeTimestamp(Date.now()).slice(0, 10));
  const [memo, setMemo] = useState('');
  // One id for the whole dialog: sending the same entry twice posts it once.
  const [id] = useState(newId);
  const post = useMutation(
    orpc.ledger.post.mutationOptions({
      onSuccess: () => {
        refetchRooms(['ledger', 'audit', 'dashboard']);
        notify({ text: t('post.done'), tone: 'success' });
        onClose();
        router.history.push(places.entry(id));
      },
      onError: whenWaiting(onClose),
    }),
  );
  const choices = (accounts.data ?? []).filter(
    (account) => account.postable && !account.closed && account.currency !== null,
  );
  const draft = evaluateEntry(
    lines,
    (accountId) => choices.find((account) => account.id === accountId)?.currency ?? null,
  );
  const ready = draft.ready && date !== undefined;
  const change = (key: number, part: Partial<DraftPosting>) =>
    setLines(lines.map((line) => (line.key === key ? { ...line, ...part } : line)));
  const act = () => {
    if (!ready || post.isPending) return;
    const note = memo.trim();
    post.mutate({
      entries: [
        { id, effectiveDate: date, postings: draft.postings, ...(note === '' ? {} : { memo: note }) },
      ],
    });
  };
  useKeys(t('post.title'), [{ combo: 'mod+Enter', label: t('post.act'), run: act, inFields: true }], {
    inDialog: true,
  });
  return (
    <Dialog isOpen onClose={onClose} title={t('post.title')} className="cs-wide-dialog">
      <DialogBody>
        <p className="cs-muted">{t('post.what')}</p>
        <DateField label={t('entry.effective')} value={date} onChange={setDate} />
        <Lines
          lines={lines}
          choices={choices}
          onChange={change}
          onAdd={() => setLines([...lines, emptyLine(Math.max(...lines.map(({ key }) => key)) + 1)])}
          onRemove={(key) => setLines(lines.filter((line) => line.key !== key))}
        />
        <Sums draft={draft} />
        <FormGroup label={t('entry.memo')} labelFor="post-memo" helperText={t('post.memoHint')}>
          <InputGroup
            id="post-memo"
            value={memo}
            maxLength={200}
            onChange={(event) => setMemo(event.currentTarget.value)}
          />
        </FormGroup>
        {post.isError && <ErrorState error={post.error} />}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={onClose}>{t('reverse.cancel')}</Button>
            <Button
              intent="primary"
              disabled={!ready}
              loading={post.isPending}
              onClick={act}
              endIcon={<KeyCaps combo="mod+Enter" />}
            >
              {t('post.act')}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}

function Lines(props: {
  readonly lines: readonly DraftPosting[];
  readonly choices: readonly { readonly id: string; readonly code: string; readonly name: string }[];
  readonly onChange: (key: number, part: Partial<DraftPosting>) => void;
  readonly onAdd: () => void;
  readonly onRemove: (key: number) => void;
}) {
  const add = useRef<HTMLButtonElement>(null);
  return (
    <>
      <table className="cs-form-table" aria-label={t('entry.postings')}>
        <thead>
          <tr>
            <th scope="col">{t('accounts.name')}</th>
            <th scope="col" className="cs-end">
              {t('trial.debit')}
            </th>
            <th scope="col" className="cs-end">
              {t('trial.credit')}
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {props.lines.map((line, index) => (
            <tr key={line.key}>
              <td>
                <HTMLSelect
                  fill
                  autoFocus={index === 0}
                  aria-label={t('post.account', { line: index + 1 })}
                  value={line.accountId}
                  onChange={(event) => props.onChange(line.key, { accountId: event.currentTarget.value })}
                >
                  <option value="">{t('post.choose')}</option>
                  {props.choices.map((account) => (
                    <option key={account.id} value={account.id}>
                      {account.code} {engineWords(account.name)}
                    </option>
                  ))}
                </HTMLSelect>
              </td>
              {(['debitText', 'creditText'] as const).map((side) => (
                <td key={side}>
                  <InputGroup
                    className="cs-amount-field"
                    inputMode="decimal"
                    autoComplete="off"
                    aria-label={t(side === 'debitText' ? 'post.debit' : 'post.credit', { line: index + 1 })}
                    value={line[side]}
                    onChange={(event) => props.onChange(line.key, { [side]: event.currentTarget.value })}
                  />
                </td>
              ))}
              <td>
                {props.lines.length > 2 && (
                  <Button
                    size="small"
                    variant="minimal"
                    aria-label={t('post.remove', { line: index + 1 })}
                    onClick={() => {
                      props.onRemove(line.key);
                      add.current?.focus();
                    }}
                  >
                    ✕
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Button size="small" ref={add} onClick={props.onAdd}>
        {t('post.add')}
      </Button>
    </>
  );
}

function Sums({ draft }: { readonly draft: DraftEntry }) {
  return (
    <div role="status" className="cs-sums">
      {draft.sums.map((sum) => (
        <p key={sum.currency}>
          <span className="cs-muted">{t('trial.debit')}</span>{' '}
          <Money amountMinor={sum.debitMinor} currency={sum.currency} />{' '}
          <span className="cs-muted">{t('trial.credit')}</span>{' '}
          <Money amountMinor={sum.creditMinor} currency={sum.currency} />
        </p>
      ))}
      {draft.problems.map((problem) => (
        <p key={sentence(problem)} className="cs-problem">
          {sentence(problem)}
        </p>
      ))}
      {draft.ready && <p className="cs-agrees">{t('entry.sum')}</p>}
    </div>
  );
}
