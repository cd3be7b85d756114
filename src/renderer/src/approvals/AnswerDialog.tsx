/** What is asked before an answer is signed: what will run, in one sentence, with the total. */
import {
  Button,
  Callout,
  DialogBody,
  DialogFooter,
  FormGroup,
  HTMLSelect,
  type Intent,
} from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import type { ApprovalDetail } from '../../../contract/approvals.ts';
import { client, orpc, queryClient } from '../app/data.ts';
import {
  Dialog,
  ErrorState,
  engineWords,
  KeyCaps,
  MoneyList,
  notify,
  WordsField,
  type WordsFieldProps,
} from '../kit/index.ts';
import { useSession } from '../operators/useSession.ts';
import { t } from './messages.ts';
import { makerWords, titleOf } from './parts.tsx';
import { missingCount, totalsOf, wouldRun } from './reading.ts';
import { afterAnswer, tellAnswered } from './useActs.ts';

const LEAST_REASON = 3;
const MOST_REASON = 400;

/** A question with one act and a way back; a refusal stays in it. Enter sends it, Ctrl+Enter a longer text. */
export function Ask(props: {
  readonly title: string;
  readonly act: string;
  readonly intent: Intent;
  readonly combo: 'Enter' | 'mod+Enter';
  readonly isReady: boolean;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly onClose: () => void;
  readonly onAct: () => void;
  readonly children: ReactNode;
  readonly className?: string;
}) {
  const { isReady, isPending, onClose } = props;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !isPending) props.onAct();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={props.title}
      className={props.className ?? 'cs-answer-dialog'}
      canEscapeKeyClose={!isPending}
      canOutsideClickClose={!isPending}
    >
      <form
        onSubmit={submit}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
        }}
      >
        <DialogBody>
          {props.children}
          {props.error !== null && <ErrorState error={props.error} />}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={onClose} disabled={isPending}>
                {t('act.back')}
              </Button>
              <Button
                type="submit"
                intent={props.intent}
                disabled={!isReady}
                loading={isPending}
                autoFocus={props.combo === 'Enter'}
                endIcon={<KeyCaps combo={props.combo} />}
              >
                {props.act}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}

/** A reason in words, which others read. */
export const ReasonField = (props: WordsFieldProps) => <WordsField {...props} maxLength={MOST_REASON} />;

export const isReason = (text: string) => text.trim().length >= LEAST_REASON;

/** What happens with one's agreement, in one sentence. */
function consequence(detail: ApprovalDetail): string {
  const title = titleOf(detail);
  if (!wouldRun(detail)) return t('agree.waits', { title, count: missingCount(detail) - 1 });
  if (detail.bringsAnew) return t('agree.brings', { title, name: makerWords(detail) });
  return t('agree.runs', { title });
}

/** Rights that others have lent to whoever is here, for this policy, now. */
function useLentRights(policyId: string) {
  const me = useSession(true).data?.operator;
  const lent = useQuery(orpc.approvals.delegations.queryOptions());
  const policy = useQuery(orpc.policies.get.queryOptions({ input: { policyId } })).data?.policy;
  const rights = (lent.data ?? []).filter(
    ({ toId, state, policyIds }) => toId === me?.id && state === 'running' && policyIds.includes(policyId),
  );
  const hasOwn = policy === undefined || policy.clauses.checkers.some((role) => me?.roles.includes(role));
  const vetoers = policy?.clauses.vetoers ?? [];
  const ends = vetoers.length === 0 || vetoers.some((role) => me?.roles.includes(role));
  return { rights, hasOwn, ends };
}

/** Agrees or vetoes, signed over exactly what is shown. */
export function AnswerDialog(props: {
  readonly detail: ApprovalDetail;
  readonly decision: 'approve' | 'veto';
  readonly onClose: () => void;
  readonly onAnswered: () => void;
}) {
  const { detail, decision, onClose } = props;
  const [reason, setReason] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const behalfId = useId();
  const { rights, hasOwn, ends } = useLentRights(detail.policyId);
  const onBehalfOf = chosen ?? (hasOwn ? '' : (rights[0]?.fromId ?? ''));
  const vote = useMutation({
    mutationFn: () =>
      client.approvals.vote({
        requestId: detail.id,
        commandHash: detail.commandHash,
        decision,
        ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
        ...(onBehalfOf === '' ? {} : { onBehalfOf }),
      }),
    onSuccess: (now) => {
      onClose();
      tellAnswered(now, decision);
      props.onAnswered();
    },
    onError: afterAnswer,
  });
  const isVeto = decision === 'veto';
  return (
    <Ask
      title={t(isVeto ? 'veto.title' : 'agree.title')}
      act={t(isVeto ? 'act.veto' : 'act.agree')}
      intent={isVeto ? 'danger' : 'primary'}
      combo={isVeto ? 'mod+Enter' : 'Enter'}
      isReady={!isVeto || isReason(reason)}
      isPending={vote.isPending}
      error={vote.error}
      onClose={onClose}
      onAct={() => vote.mutate()}
    >
      {isVeto ? (
        <>
          <p>
            <strong>{titleOf(detail)}</strong>
          </p>
          <p>{t(ends ? 'veto.what' : 'veto.end', { maker: makerWords(detail) })}</p>
          <ReasonField
            label={t('veto.reason')}
            hint={t('veto.reasonHint')}
            value={reason}
            autoFocus
            onChange={setReason}
          />
        </>
      ) : (
        <>
          <p className="cs-answer-what">{consequence(detail)}</p>
          {detail.amounts.length > 0 && (
            <p className="cs-answer-total">
              <span>{t('agree.total')}</span>
              <MoneyList amounts={totalsOf([detail])} />
            </p>
          )}
          {detail.rendered.obstacle !== null && (
            <Callout intent="warning" icon={null} className="cs-answer-note">
              <strong>{t('item.obstacle')}</strong> {engineWords(detail.rendered.obstacle)}
            </Callout>
          )}
          <p className="cs-muted">{t('agree.signed')}</p>
        </>
      )}
      {rights.length > 0 && (
        <FormGroup className="cs-dialog-field" label={t('agree.behalf')} labelFor={behalfId}>
          <HTMLSelect
            id={behalfId}
            fill
            value={onBehalfOf}
            onChange={(event) => setChosen(event.currentTarget.value)}
          >
            {hasOwn && <option value="">{t('agree.own')}</option>}
            {rights.map(({ fromId, fromName }) => (
              <option key={fromId} value={fromId}>
                {t('agree.lent', { name: fromName })}
              </option>
            ))}
          </HTMLSelect>
        </FormGroup>
      )}
    </Ask>
  );
}

/** The maker takes the request back. */
export function WithdrawDialog({
  detail,
  onClose,
}: {
  readonly detail: ApprovalDetail;
  readonly onClose: () => void;
}) {
  const withdraw = useMutation({
    mutationFn: () => client.approvals.withdraw({ requestId: detail.id }),
    onSuccess: (now) => {
      onClose();
      queryClient.setQueryData(orpc.approvals.get.queryKey({ input: { requestId: now.id } }), now);
      notify({ text: t('done.withdrawn', { title: titleOf(now) }) });
      afterAnswer();
    },
    onError: afterAnswer,
  });
  return (
    <Ask
      title={t('withdraw.title')}
      act={t('act.withdraw')}
      intent="danger"
      combo="Enter"
      isReady
      isPending={withdraw.isPending}
      error={withdraw.error}
      onClose={onClose}
      onAct={() => withdraw.mutate()}
    >
      <p>
        <strong>{titleOf(detail)}</strong>
      </p>
      <p>{t('withdraw.what')}</p>
    </Ask>
  );
}
