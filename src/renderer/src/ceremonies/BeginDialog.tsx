import {
  Button,
  Callout,
  DialogBody,
  DialogFooter,
  FormGroup,
  HTMLSelect,
  InputGroup,
} from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { type CeremonyKey, ceremonyKinds } from '../../../contract/ceremonies.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import { Dialog, ErrorState } from '../kit/index.ts';
import { toggled } from '../operators/drafting.ts';
import { Choices } from '../operators/Fields.tsx';
import { useSession } from '../operators/useSession.ts';
import { t } from './messages.ts';
import { BRINGS, type Draft, lacks, MAKES, planOf } from './steps.ts';

/** Puts a ceremony together: what it is about, who takes which part. Says what is missing before it is sent. */
export function BeginDialog(props: {
  readonly rehearsal: boolean;
  readonly keys: readonly CeremonyKey[];
  readonly onClose: () => void;
  readonly onBegun: (id: string) => void;
}) {
  const { rehearsal, onClose, onBegun } = props;
  const [draft, setDraft] = useState<Draft>({
    ...{ kind: 'generate', rehearsal, label: '', keyId: '', threshold: 2 },
    ...{ custodians: [], bringing: [], witnesses: [] },
  });
  const ids = { kind: useId(), label: useId(), key: useId(), threshold: useId() };
  const me = useSession(true).data?.operator;
  const people = (useQuery(orpc.operators.list.queryOptions()).data?.operators ?? []).filter(
    ({ id, kind, state }) => id !== me?.id && kind === 'person' && state === 'active',
  );
  const usable = props.keys.filter((key) => key.rehearsal === rehearsal && key.state === 'active');
  const key = usable.find(({ id }) => id === draft.keyId);
  const lack = lacks(draft, key);
  const begin = useMutation({
    mutationFn: () => client.ceremonies.begin(planOf(draft)),
    onSuccess: ({ id }) => onBegun(id),
    onSettled: () => refetchRooms(['ceremonies', 'audit']),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (lack === null && !begin.isPending) begin.mutate();
  };
  const nameOf = (id: string) => people.find((one) => one.id === id)?.name ?? id;
  const holders = new Set(key?.holders.map(({ operatorId }) => operatorId));
  const choices = (
    field: 'custodians' | 'bringing' | 'witnesses',
    legend: string,
    all: readonly string[],
  ) => (
    <Choices
      legend={legend}
      all={all}
      chosen={draft[field]}
      disabled={begin.isPending}
      words={nameOf}
      onToggle={(id) => setDraft({ ...draft, [field]: toggled(draft[field], id) })}
    />
  );
  const ours = people.map(({ id }) => id);
  return (
    <Dialog
      isOpen
      className="cs-slot-dialog cs-ceremony-begin"
      title={t(rehearsal ? 'begin.rehearse' : 'begin.title')}
      onClose={onClose}
      canEscapeKeyClose={!begin.isPending}
    >
      <form onSubmit={submit}>
        <DialogBody>
          <Callout intent={rehearsal ? 'none' : 'warning'} icon={null}>
            {t(rehearsal ? 'begin.rehearsalText' : 'begin.realText')}
          </Callout>
          <FormGroup label={t('begin.kind')} labelFor={ids.kind} helperText={t(`kindText.${draft.kind}`)}>
            <HTMLSelect
              id={ids.kind}
              fill
              autoFocus
              value={draft.kind}
              onChange={(event) => setDraft({ ...draft, kind: event.currentTarget.value as Draft['kind'] })}
              options={ceremonyKinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
            />
          </FormGroup>
          {draft.kind === 'generate' ? (
            <FormGroup label={t('begin.label')} labelFor={ids.label} helperText={t('begin.labelHint')}>
              <InputGroup
                id={ids.label}
                value={draft.label}
                maxLength={40}
                autoComplete="off"
                onChange={(event) => setDraft({ ...draft, label: event.currentTarget.value })}
              />
            </FormGroup>
          ) : (
            <FormGroup label={t('begin.key')} labelFor={ids.key}>
              <HTMLSelect
                id={ids.key}
                fill
                value={draft.keyId}
                onChange={(event) => setDraft({ ...draft, keyId: event.currentTarget.value, bringing: [] })}
              >
                <option value="">{t('begin.choose')}</option>
                {usable.map(({ id, label }) => (
                  <option key={id} value={id}>
                    {label}
                  </option>
                ))}
              </HTMLSelect>
            </FormGroup>
          )}
          {people.length === 0 && <p className="cs-muted">{t('begin.nobody')}</p>}
          {BRINGS.has(draft.kind) &&
            choices(
              'bringing',
              t('begin.bringing'),
              ours.filter((id) => holders.has(id)),
            )}
          {MAKES.has(draft.kind) && (
            <>
              {choices('custodians', t('begin.custodians'), ours)}
              <FormGroup label={t('begin.threshold')} labelFor={ids.threshold}>
                <InputGroup
                  id={ids.threshold}
                  type="number"
                  min={2}
                  max={16}
                  value={String(draft.threshold)}
                  onChange={(event) => setDraft({ ...draft, threshold: Number(event.currentTarget.value) })}
                />
              </FormGroup>
            </>
          )}
          {choices('witnesses', t('begin.witnesses'), ours)}
          {begin.isError && <ErrorState error={begin.error} />}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={onClose} disabled={begin.isPending}>
                {t('act.back')}
              </Button>
              <Button type="submit" intent="primary" disabled={lack !== null} loading={begin.isPending}>
                {t(rehearsal ? 'begin.rehearsal' : 'begin.submit')}
              </Button>
            </>
          }
        >
          <span role="status" className="cs-muted">
            {lack}
          </span>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
