/** What is asked beside the steps: an exception, the end before its time, leaving while a share is shown. */
import { Button, DialogBody, DialogFooter, FormGroup, HTMLSelect, TextArea } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { type CeremonyDetail, exceptionClasses } from '../../../contract/ceremonies.ts';
import { client } from '../app/data.ts';
import { Dialog, ErrorState, notify } from '../kit/index.ts';
import { t } from './messages.ts';

const LEAST_REASON = 3;

interface Asked {
  readonly ceremonyId: string;
  readonly onTook: (next: CeremonyDetail) => void;
  readonly onClose: () => void;
}

function ReasonForm(props: {
  readonly title: string;
  readonly text: string;
  readonly act: string;
  readonly intent: 'primary' | 'danger';
  readonly label: string;
  readonly children?: ReactNode;
  readonly work: (reason: string) => Promise<CeremonyDetail>;
  readonly onDone: (next: CeremonyDetail) => void;
  readonly onClose: () => void;
}) {
  const { title, text, act, intent, label, children, work, onDone, onClose } = props;
  const [reason, setReason] = useState('');
  const id = useId();
  const doing = useMutation({ mutationFn: () => work(reason.trim()), onSuccess: onDone });
  const isComplete = reason.trim().length >= LEAST_REASON;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete && !doing.isPending) doing.mutate();
  };
  return (
    <Dialog isOpen className="cs-slot-dialog" title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <DialogBody>
          <p>{text}</p>
          {children}
          <FormGroup label={label} labelFor={id}>
            <TextArea
              id={id}
              fill
              rows={3}
              autoFocus={children === undefined}
              maxLength={400}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          </FormGroup>
          {doing.isError && <ErrorState error={doing.error} />}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={onClose}>{t('act.back')}</Button>
              <Button type="submit" intent={intent} disabled={!isComplete} loading={doing.isPending}>
                {act}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}

type EnteredClass = Exclude<(typeof exceptionClasses)[number], 'abandoned'>;
const ENTERED = exceptionClasses.filter((name): name is EnteredClass => name !== 'abandoned');

export function ExceptDialog({ ceremonyId, onTook, onClose }: Asked) {
  const [name, setName] = useState<EnteredClass>('environment');
  const id = useId();
  return (
    <ReasonForm
      title={t('except.title')}
      text={t('except.text')}
      act={t('except.act')}
      intent="primary"
      label={t('except.reason')}
      work={(reason) => client.ceremonies.except({ ceremonyId, class: name, reason })}
      onDone={(next) => {
        onTook(next);
        onClose();
        notify({ text: t('except.done'), tone: 'success' });
      }}
      onClose={onClose}
    >
      <FormGroup label={t('except.class')} labelFor={id}>
        <HTMLSelect
          id={id}
          fill
          autoFocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value as EnteredClass)}
          options={ENTERED.map((value) => ({ value, label: t(`class.${value}`) }))}
        />
      </FormGroup>
    </ReasonForm>
  );
}

export function AbandonDialog({ ceremonyId, onTook, onClose }: Asked) {
  return (
    <ReasonForm
      title={t('abandon.title')}
      text={t('abandon.text')}
      act={t('abandon.act')}
      intent="danger"
      label={t('abandon.reason')}
      work={(reason) => client.ceremonies.abandon({ ceremonyId, reason })}
      onDone={(next) => {
        onTook(next);
        onClose();
      }}
      onClose={onClose}
    />
  );
}

export function LeaveDialog({
  onLeave,
  onClose,
}: {
  readonly onLeave: () => void;
  readonly onClose: () => void;
}) {
  return (
    <Dialog isOpen className="cs-slot-dialog" title={t('leave.title')} onClose={onClose}>
      <DialogBody>
        <p>{t('leave.text')}</p>
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={onLeave} intent="danger">
              {t('leave.leave')}
            </Button>
            <Button onClick={onClose} intent="primary" autoFocus>
              {t('leave.stay')}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}
