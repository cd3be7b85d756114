import { Button, Callout, Checkbox, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { client, refetchRooms } from '../app/data.ts';
import { Dialog, ErrorState, Facts, notify, problemOf } from '../kit/index.ts';
import { Fingerprint, fingerprintOfCard } from './Fingerprint.tsx';
import { t } from './messages.ts';
import { TextSource } from './TextSource.tsx';

/** Binds the key that somebody signs with on another workstation to the person they are here. */
export function EnrolCardDialog({
  operator,
  onClose,
}: {
  readonly operator: { readonly id: string; readonly name: string };
  readonly onClose: () => void;
}) {
  const [text, setText] = useState<string | null>(null);
  const [compared, setCompared] = useState(false);
  const enrol = useMutation({
    mutationFn: (card: string) => client.approvals.enrolCard({ operatorId: operator.id, text: card }),
    onSuccess: () => {
      notify({ text: t('enrol.done', { name: operator.name }), tone: 'success' });
      onClose();
    },
    onSettled: () => refetchRooms(['operators', 'approvals', 'audit']),
  });
  const waits = enrol.isError && problemOf(enrol.error).code === 'APPROVAL_REQUIRED';
  return (
    <Dialog isOpen onClose={onClose} title={t('enrol.title', { name: operator.name })}>
      <DialogBody>
        {waits ? (
          <Callout intent="success" icon={null} role="status">
            {t('enrol.waits')}
          </Callout>
        ) : text === null ? (
          <>
            <p>{t('enrol.what', { name: operator.name })}</p>
            <TextSource onText={setText} />
          </>
        ) : (
          <>
            <Facts facts={[[t('enrol.onCard'), nameOnCard(text)]]} />
            <Fingerprint label={t('card.fingerprint')} value={fingerprintOfCard(text)} />
            <Checkbox checked={compared} onChange={() => setCompared(!compared)}>
              {t('enrol.compared', { name: operator.name })}
            </Checkbox>
          </>
        )}
        {enrol.isError && !waits && <ErrorState error={enrol.error} />}
      </DialogBody>
      <DialogFooter
        actions={
          waits ? (
            <Button onClick={onClose}>{t('act.close')}</Button>
          ) : (
            <>
              {text !== null && <Button onClick={() => setText(null)}>{t('act.back')}</Button>}
              <Button onClick={onClose}>{t('act.cancel')}</Button>
              <Button
                intent="primary"
                disabled={text === null || !compared}
                loading={enrol.isPending}
                onClick={() => text !== null && enrol.mutate(text)}
              >
                {t('enrol.act')}
              </Button>
            </>
          )
        }
      />
    </Dialog>
  );
}

/** What a card says; the engine checks the rest. */
function nameOnCard(text: string): string {
  try {
    const said = (JSON.parse(text) as { name?: unknown } | null)?.name;
    return typeof said === 'string' ? said : '';
  } catch {
    return '';
  }
}
