import { FormGroup, HTMLSelect, InputGroup } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { Policy } from '../../../contract/policies.ts';
import { client, orpc } from '../app/data.ts';
import { engineWords, notify, writeTimestamp } from '../kit/index.ts';
import { toggled } from '../operators/drafting.ts';
import { Choices } from '../operators/Fields.tsx';
import { useSession } from '../operators/useSession.ts';
import { Ask, ReasonField } from './AnswerDialog.tsx';
import { type LendDraft, lendable, lendingOf, momentOf } from './lending.ts';
import { t } from './messages.ts';
import { writeUntil } from './parts.tsx';
import { afterAnswer } from './useActs.ts';

const DAY_MS = 86_400_000;

const emptyDraft = (nowMs: number): LendDraft => ({
  toId: '',
  policyIds: [],
  from: writeTimestamp(nowMs),
  until: writeTimestamp(nowMs + DAY_MS),
  reason: '',
});

/** Lends the right to agree: to whom, for which policies, from when until when, and why. */
export function LendDialog({
  policies,
  onClose,
}: {
  readonly policies: readonly Policy[];
  readonly onClose: () => void;
}) {
  const me = useSession(true).data?.operator;
  const people = useQuery(orpc.operators.list.queryOptions()).data?.operators ?? [];
  const mine = lendable(policies, me?.roles ?? []);
  const [draft, setDraft] = useState(() => emptyDraft(Date.now()));
  const toId = useId();
  const input = lendingOf(draft);
  const [fromMs, untilMs] = [momentOf(draft.from), momentOf(draft.until)];
  const isBackwards = fromMs !== null && untilMs !== null && untilMs <= fromMs;
  const lend = useMutation({
    mutationFn: () => client.approvals.delegate(input!),
    onSuccess: ({ toName, untilMs: until }) => {
      onClose();
      notify({ text: t('lend.done', { name: toName, time: writeUntil(until) }), tone: 'success' });
      afterAnswer();
    },
  });
  const others = people.filter(
    ({ id, kind, state }) => id !== me?.id && kind === 'person' && state === 'active',
  );
  const titleOf = (id: string) => engineWords(policies.find((one) => one.id === id)?.title ?? id);
  return (
    <Ask
      title={t('lend.act')}
      act={t('lend.submit')}
      intent="primary"
      combo="mod+Enter"
      isReady={input !== null}
      isPending={lend.isPending}
      error={lend.error}
      onClose={onClose}
      onAct={() => lend.mutate()}
    >
      {mine.length === 0 ? (
        <p>{t('lend.policies.none')}</p>
      ) : (
        <>
          <FormGroup className="cs-dialog-field" label={t('lend.to')} labelFor={toId}>
            <HTMLSelect
              id={toId}
              fill
              autoFocus
              value={draft.toId}
              onChange={(event) => setDraft({ ...draft, toId: event.currentTarget.value })}
            >
              <option value="">{t('lend.choose')}</option>
              {others.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </HTMLSelect>
          </FormGroup>
          <Choices
            legend={t('lend.policies.legend')}
            all={mine.map(({ id }) => id)}
            chosen={draft.policyIds}
            disabled={lend.isPending}
            words={titleOf}
            onToggle={(id) => setDraft({ ...draft, policyIds: toggled(draft.policyIds, id) })}
          />
          <div className="cs-lend-times">
            <Moment
              label={t('lend.fromTime')}
              value={draft.from}
              onChange={(from) => setDraft({ ...draft, from })}
            />
            <Moment
              label={t('lend.untilTime')}
              value={draft.until}
              onChange={(until) => setDraft({ ...draft, until })}
            />
          </div>
          <p className="cs-muted">{t('lend.timeHint')}</p>
          {isBackwards && (
            <p role="alert" className="cs-problem">
              {t('lend.badTime')}
            </p>
          )}
          <ReasonField
            label={t('lend.reason')}
            hint={t('lend.reasonHint')}
            value={draft.reason}
            onChange={(reason) => setDraft({ ...draft, reason })}
          />
        </>
      )}
    </Ask>
  );
}

/** A moment as tables write it; a text that is none is marked. */
export function Moment(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  const id = useId();
  return (
    <FormGroup className="cs-dialog-field" label={props.label} labelFor={id}>
      <InputGroup
        id={id}
        value={props.value}
        maxLength={16}
        autoComplete="off"
        intent={momentOf(props.value) === null ? 'danger' : 'none'}
        aria-invalid={momentOf(props.value) === null}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
    </FormGroup>
  );
}
