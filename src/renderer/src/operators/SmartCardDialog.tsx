import { Button, Callout, DialogBody, DialogFooter, FormGroup, HTMLSelect } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { OperatorLine } from '../../../contract/operators.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import { Dialog, ErrorState, Facts, notify, problemOf } from '../kit/index.ts';
import { SecretField } from '../vault/SecretField.tsx';
import { t } from './messages.ts';
import { ReaderState } from './SecondFactor.tsx';

const ROOMS = ['operators', 'session', 'approvals', 'audit'] as const;

/** The card that somebody signs in with: the one in the reader is enrolled, or a lost one taken away. */
export function SmartCardDialog(props: { readonly operator: OperatorLine; readonly onClose: () => void }) {
  const { operator, onClose } = props;
  const { id, name, card } = operator;
  const [pin, setPin] = useState('');
  const [picked, setPicked] = useState<string | null>(null);
  const selectId = useId();
  const reader = useQuery({ ...orpc.session.cardInReader.queryOptions({ staleTime: 0 }), retry: false });
  const cards = reader.data?.cards ?? [];
  const serial = cards.find((one) => one.serial === picked)?.serial ?? cards[0]?.serial ?? null;
  const settled = (text: string) => {
    notify({ text, tone: 'success' });
    onClose();
  };
  const enrol = useMutation({
    mutationFn: (of: string) => client.operators.enrolSmartCard({ id, serial: of, pin }),
    onSuccess: () => settled(t('done.card', { name })),
    onError: () => setPin(''),
    onSettled: () => refetchRooms(ROOMS),
  });
  const remove = useMutation({
    mutationFn: () => client.operators.removeSmartCard({ id }),
    onSuccess: () => settled(t('done.cardRemoved', { name })),
    onSettled: () => refetchRooms(ROOMS),
  });
  const waits = enrol.isError && problemOf(enrol.error).code === 'APPROVAL_REQUIRED';
  const closeButton = useRef<HTMLButtonElement>(null);
  // The field that held the focus is gone with the question.
  useEffect(() => {
    if (waits) closeButton.current?.focus();
  }, [waits]);
  const isBusy = enrol.isPending || remove.isPending;
  const isReady = serial !== null && pin !== '' && !isBusy && !waits;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) enrol.mutate(serial);
  };
  return (
    <Dialog
      isOpen
      className="cs-slot-dialog"
      title={t('card.title', { name })}
      onClose={onClose}
      canOutsideClickClose={false}
      canEscapeKeyClose={!isBusy}
      isCloseButtonShown={!isBusy}
    >
      <form onSubmit={submit}>
        <DialogBody>
          <p>{t('card.text', { name })}</p>
          {card !== null && <Facts facts={[[t('card.now'), cardWords(card)]]} />}
          {waits ? (
            <Callout intent="success" icon={null} role="status">
              {t('card.waits')}
            </Callout>
          ) : (
            <>
              <ReaderState />
              {cards.length > 0 && (
                <FormGroup label={t('card.inReader')} labelFor={selectId}>
                  <HTMLSelect
                    id={selectId}
                    fill
                    value={serial ?? ''}
                    disabled={isBusy}
                    options={cards.map((one) => ({
                      value: one.serial,
                      label: `${one.serial} · ${one.label}`,
                    }))}
                    onChange={(event) => setPicked(event.currentTarget.value)}
                  />
                </FormGroup>
              )}
              <SecretField
                label={t('card.pin')}
                value={pin}
                disabled={isBusy}
                hint={t('card.pinHint')}
                onChange={setPin}
              />
            </>
          )}
          {enrol.isError && !waits && <ErrorState error={enrol.error} />}
          {remove.isError && <ErrorState error={remove.error} />}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button ref={closeButton} onClick={onClose} disabled={isBusy}>
                {t('act.cancel')}
              </Button>
              {card !== null && (
                <Button
                  intent="danger"
                  variant="outlined"
                  loading={remove.isPending}
                  onClick={() => remove.mutate()}
                >
                  {t('card.remove')}
                </Button>
              )}
              <Button type="submit" intent="primary" disabled={!isReady} loading={enrol.isPending}>
                {t('card.enrol')}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}

const cardWords = ({ serial, algorithm, kind }: NonNullable<OperatorLine['card']>): string =>
  t(kind === 'software' ? 'card.software' : 'card.serial', { serial, algorithm });
