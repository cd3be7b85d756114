import { Button, Callout, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Key, KeyLoss } from '../../../contract/keys.ts';
import { orpc } from '../app/data.ts';
import { Dialog, ErrorState, Skeleton, useNow, writeRelative, writeTimestamp } from '../kit/index.ts';
import { Ask, BeforeAfter, TypedWords } from './dialogs.tsx';
import { t } from './messages.ts';

export type DestroyWhat =
  | { readonly retentionClass: string; readonly quarter: string }
  | { readonly keyId: string };

/** What a destruction beginning at a key takes: data keys go with their class and quarter. */
function destroyWhat({ id, retentionClass, quarter }: Key): DestroyWhat {
  return retentionClass !== null && quarter !== null ? { retentionClass, quarter } : { keyId: id };
}

/** For good: what is lost in numbers, why it may not be, and the words typed. */
export function DestroyDialog({
  of: key,
  onClose,
  onAnswer,
}: {
  readonly of: Key;
  readonly onClose: () => void;
  readonly onAnswer: (what: DestroyWhat, confirm: string) => void;
}) {
  const what = destroyWhat(key);
  const loss = useQuery({ ...orpc.keys.loss.queryOptions({ input: what }), staleTime: 0 });
  const [typed, setTyped] = useState('');
  const title = 'keyId' in what ? t('destroy.titleKey', { id: what.keyId }) : t('destroy.titleLine', what);
  if (!loss.data || loss.data.refusal !== null) {
    return (
      <Dialog isOpen onClose={onClose} title={title} className="cs-key-dialog">
        <DialogBody>
          {loss.isError && <ErrorState error={loss.error} onRetry={() => void loss.refetch()} />}
          {loss.isPending && <Skeleton lines={4} />}
          {loss.data && <Refusal loss={loss.data} of={key} />}
        </DialogBody>
        <DialogFooter
          actions={
            <Button autoFocus onClick={onClose}>
              {t('act.back')}
            </Button>
          }
        />
      </Dialog>
    );
  }
  const { confirmation } = loss.data;
  return (
    <Ask
      title={title}
      act={t('act.destroy')}
      intent="danger"
      isComplete={typed.trim() === confirmation}
      onClose={onClose}
      onAct={() => onAnswer(what, confirmation)}
    >
      <p className="cs-key-dialog-danger">{t('destroy.text')}</p>
      <Lost loss={loss.data} />
      <p className="cs-key-dialog-note">{t('destroy.second')}</p>
      <TypedWords words={confirmation} typed={typed} onType={setTyped} />
    </Ask>
  );
}

function Lost({ loss: { keyIds, values } }: { readonly loss: KeyLoss }) {
  const total = values.reduce((sum, { count }) => sum + count, 0);
  const line = (name: string, count: number) => ({
    name,
    before: t('destroy.opens', { count }),
    after: t('destroy.lost', { count }),
  });
  return (
    <BeforeAfter
      before={t('destroy.before')}
      after={t('destroy.after')}
      rows={[
        {
          name: t('destroy.keys'),
          before: t('destroy.keysNow', { count: keyIds.length }),
          after: t('destroy.keysAfter'),
        },
        ...values.map(({ purpose, count }) => line(purpose, count)),
        ...(values.length > 1 ? [line(t('destroy.total'), total)] : []),
      ]}
    />
  );
}

/** Why it is refused, from when on it is not, and what would be lost then. */
function Refusal({ loss, of: key }: { readonly loss: KeyLoss; readonly of: Key }) {
  const nowMs = useNow();
  const { allowedFromMs } = loss;
  const words = refusalWords(loss, key);
  return (
    <>
      <Callout intent="warning" icon={null} className="cs-key-refusal" role="status">
        <p>
          <strong>{t('destroy.refused')}</strong> {words}
        </p>
        {allowedFromMs !== null && (
          <p>
            {t('destroy.from', {
              date: writeTimestamp(allowedFromMs).slice(0, 10),
              words: writeRelative(allowedFromMs, nowMs),
            })}
          </p>
        )}
      </Callout>
      {loss.values.length > 0 && <Lost loss={loss} />}
    </>
  );
}

function refusalWords({ refusal, allowedFromMs }: KeyLoss, key: Key): string {
  if (refusal === null) return '';
  if (refusal.code === 'KEY_UNDER_HOLD') return t('destroy.KEY_UNDER_HOLD');
  if (refusal.code === 'KEY_RETENTION_RUNS') {
    return t(allowedFromMs === null ? 'destroy.class' : 'destroy.KEY_RETENTION_RUNS');
  }
  if (key.type === 'KEK') return t('destroy.KEK');
  return refusal.code === 'KEY_STATE_REFUSED' ? t('destroy.inUse') : refusal.message;
}
