import { Button, Callout, DialogBody, DialogFooter } from '@blueprintjs/core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import { contract } from '../../../contract/index.ts';
import type { Policy, PolicyChange } from '../../../contract/policies.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import { ReasonField } from '../approvals/AnswerDialog.tsx';
import {
  Dialog,
  ErrorState,
  engineWords,
  KeyCaps,
  notify,
  problemOf,
  Skeleton,
  useKeys,
  whenWaiting,
} from '../kit/index.ts';
import { Differences } from './Differences.tsx';
import { DraftForm } from './DraftForm.tsx';
import { changeOf, type DraftProblem, draftOf, hasReason, termsOf } from './drafting.ts';
import { t } from './messages.ts';
import { commandsOf } from './simulating.ts';

const ROOMS = ['policies', 'approvals', 'audit'];
/** While nobody has typed a reason: comparing writes nothing, and the contract asks for one. */
const NO_REASON = 'draft';

/** A policy is edited on the left; on the right stands, as it is typed, what that changes. */
export function ChangeDialog(props: {
  readonly policy: Policy;
  readonly all: readonly Policy[];
  readonly onClose: () => void;
}) {
  const { policy, all, onClose } = props;
  const [draft, setDraft] = useState(() => draftOf(policy));
  const drafted = useMemo(() => termsOf(draft), [draft]);
  const free = useMemo(() => {
    const taken = new Set(all.filter(({ id }) => id !== policy.id).flatMap(({ commands }) => commands));
    return commandsOf(contract).filter((command) => !taken.has(command));
  }, [all, policy.id]);
  const change = drafted.ok ? changeOf(policy, drafted, NO_REASON) : null;
  const compared = useCompared(change);
  const ask = useMutation({
    mutationFn: (input: PolicyChange) => client.policies.change(input),
    onSuccess: () => {
      refetchRooms(ROOMS);
      notify({ text: t('change.done', { title: engineWords(policy.title) }), tone: 'success' });
      onClose();
    },
    onError: whenWaiting(onClose),
  });
  const isReady = change !== null && hasReason(draft) && compared.data !== undefined && !compared.isError;
  const act = () => {
    if (isReady && !ask.isPending) ask.mutate({ ...change, reason: draft.reason.trim() });
    return true;
  };
  useKeys(t('keys.group'), [{ combo: 'mod+Enter', label: t('change.ask'), run: act, inFields: true }], {
    inDialog: true,
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      canOutsideClickClose={false}
      title={t('change.title', { title: engineWords(policy.title) })}
      className="cs-policy-dialog"
    >
      <DialogBody className="cs-policy-body">
        <div className="cs-policy-form">
          <DraftForm
            draft={draft}
            problems={drafted.ok ? [] : drafted.problems}
            free={free}
            onChange={setDraft}
          />
        </div>
        <aside className="cs-policy-difference" aria-label={t('change.difference')}>
          <h3>{t('change.difference')}</h3>
          <div role="status">
            {drafted.ok ? (
              <Compared query={compared} before={policy} after={drafted} />
            ) : (
              <Problems problems={drafted.problems} />
            )}
          </div>
          <ReasonField
            label={t('change.reason')}
            hint={t('change.reasonHint')}
            value={draft.reason}
            onChange={(reason) => setDraft({ ...draft, reason })}
          />
          {ask.isError && <ErrorState error={ask.error} />}
        </aside>
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={onClose}>{t('change.back')}</Button>
            <Button
              intent="primary"
              disabled={!isReady}
              loading={ask.isPending}
              endIcon={<KeyCaps combo="mod+Enter" />}
              onClick={act}
            >
              {t('change.ask')}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}

/** What the draft would change, asked of the engine as it is typed. */
function useCompared(change: PolicyChange | null) {
  const asked = useDeferredValue(change);
  return useQuery({
    ...orpc.policies.compare.queryOptions({ input: asked ?? EMPTY }),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

const EMPTY: PolicyChange = {
  policyId: '-',
  baseVersion: 1,
  commands: [],
  clauses: {} as PolicyChange['clauses'],
  reason: NO_REASON,
};

function Compared(props: {
  readonly query: ReturnType<typeof useCompared>;
  readonly before: Policy;
  readonly after: Pick<Policy, 'commands' | 'clauses'>;
}) {
  const { query, before, after } = props;
  if (query.isError && problemOf(query.error).code === 'POLICY_SAME')
    return <p className="cs-muted">{t('change.nothing')}</p>;
  if (query.isError) return <ErrorState error={query.error} />;
  if (!query.data) return <Skeleton lines={3} />;
  const loosening = query.data.filter(({ loosens }) => loosens).length;
  return (
    <>
      {loosening > 0 && (
        <Callout intent="warning" icon={null} className="cs-answer-note">
          {t('change.loosens', { count: loosening })}
        </Callout>
      )}
      <Differences differences={query.data} before={before} after={after} />
    </>
  );
}

function Problems({ problems }: { readonly problems: readonly DraftProblem[] }) {
  return (
    <ul className="cs-policy-problems">
      {problems.map((problem) => (
        <li key={problem} className="cs-problem">
          {t(`problem.${problem}`)}
        </li>
      ))}
    </ul>
  );
}
