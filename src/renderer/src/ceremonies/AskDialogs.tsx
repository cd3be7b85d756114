/** What is asked beside the steps: an exception, the end before its time, leaving while a share is shown. */
import { Button, DialogBody, DialogFooter, FormGroup, HTMLSelect, TextArea } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { type CeremonyDetail, exceptionClasses } from '../../../contract/ceremonies.ts';
import { client, orpc } from '../app/data.ts';
import { Dialog, ErrorState, notify } from '../kit/index.ts';
import { t } from './messages.ts';
import { nameOf } from './steps.ts';

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
  /** Whether everything but the reason is there. */
  readonly isReady?: boolean;
  readonly work: (reason: string) => Promise<CeremonyDetail>;
  readonly onDone: (next: CeremonyDetail) => void;
  readonly onClose: () => void;
}) {
  const { title, text, act, intent, label, children, isReady = true, work, onDone, onClose } = props;
  const [reason, setReason] = useState('');
  const id = useId();
  const doing = useMutation({ mutationFn: () => work(reason.trim()), onSuccess: onDone });
  const isComplete = isReady && reason.trim().length >= LEAST_REASON;
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
              autoFocus={!children}
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

/** What the console enters by itself alone is not offered. */
type EnteredClass = Exclude<(typeof exceptionClasses)[number], 'abandoned' | 'leader-left'>;
const ENTERED = exceptionClasses.filter(
  (name): name is EnteredClass => name !== 'abandoned' && name !== 'leader-left',
);

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

/** Why it ends; and where somebody can sign no more, who signs in their place. */
export function AbandonDialog({
  ceremony,
  onTook,
  onClose,
}: Omit<Asked, 'ceremonyId'> & { readonly ceremony: CeremonyDetail }) {
  const { id: ceremonyId, leftLeaders } = ceremony;
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({});
  const standIns = leftLeaders.map((left) => chosen[left] ?? '');
  return (
    <ReasonForm
      title={t('abandon.title')}
      text={t('abandon.text')}
      act={t('abandon.act')}
      intent="danger"
      label={t('abandon.reason')}
      isReady={standIns.every((one) => one !== '')}
      work={(reason) => client.ceremonies.abandon({ ceremonyId, reason, standIns })}
      onDone={(next) => {
        onTook(next);
        onClose();
      }}
      onClose={onClose}
    >
      {leftLeaders.length > 0 && (
        <StandIns
          ceremony={ceremony}
          chosen={chosen}
          onChoose={(left, operatorId) => setChosen({ ...chosen, [left]: operatorId })}
        />
      )}
    </ReasonForm>
  );
}

/** A choice for each who can sign no more, among those who may lead and do not sign already. */
function StandIns(props: {
  readonly ceremony: CeremonyDetail;
  readonly chosen: Readonly<Record<string, string>>;
  readonly onChoose: (left: string, operatorId: string) => void;
}) {
  const { ceremony, chosen, onChoose } = props;
  const { participants, leftLeaders } = ceremony;
  const listed = useQuery(orpc.operators.list.queryOptions()).data?.operators;
  const signs = new Set(
    participants
      .filter(({ role, operatorId }) => role !== 'custodian' && !leftLeaders.includes(operatorId))
      .map(({ operatorId }) => operatorId),
  );
  const able = (listed ?? []).filter(
    ({ id, kind, state, permissions }) =>
      kind === 'person' && state === 'active' && permissions.includes('keys') && !signs.has(id),
  );
  const freeFor = (left: string) =>
    able.filter(({ id }) => chosen[left] === id || !Object.values(chosen).includes(id));
  if (listed !== undefined && able.length < leftLeaders.length)
    return <p className="cs-problem">{t('abandon.nobody')}</p>;
  return leftLeaders.map((left, at) => (
    <FormGroup
      key={left}
      label={t('abandon.left', { name: nameOf(ceremony, left) })}
      labelFor={`stands-in-${left}`}
      helperText={t('abandon.leftHint')}
    >
      <HTMLSelect
        id={`stands-in-${left}`}
        fill
        autoFocus={at === 0}
        value={chosen[left] ?? ''}
        onChange={(event) => onChoose(left, event.currentTarget.value)}
      >
        <option value="">{t('abandon.choose')}</option>
        {freeFor(left).map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </HTMLSelect>
    </FormGroup>
  ));
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
