/** A change is tried first; what it would do is read before a second person is asked for it. */
import { Button, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { RuleChange, RuleTrial } from '../../../contract/rules.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import { Dialog, ErrorState, KeyCaps, Skeleton, useKeys, whenWaiting } from '../kit/index.ts';
import { t } from './messages.ts';
import { TrialPanel } from './TrialPanel.tsx';

export function TrialDialog(props: {
  readonly title: string;
  readonly change: RuleChange;
  /** Back to what is being written; without it there is nothing to go back to. */
  readonly onBack?: () => void;
  readonly onClose: () => void;
}) {
  const { title, change, onBack, onClose } = props;
  // Leaving the dialog cancels what runs: the query's signal ends the job.
  const tried = useQuery(
    orpc.rules.dryRun.queryOptions({
      input: { change },
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
    }),
  );
  const ask = useMutation({
    mutationFn: (trial: RuleTrial) => client.rules.change({ change, trial }),
    onSuccess: onClose,
    onError: whenWaiting(onClose),
    onSettled: () => refetchRooms(['rules', 'approvals', 'audit']),
  });
  const act = () => {
    if (tried.data && !ask.isPending) ask.mutate(tried.data.trial);
  };
  useKeys(t('keys.group'), [{ combo: 'mod+Enter', label: t('keys.ask'), run: act, inFields: true }], {
    inDialog: true,
  });
  return (
    <Dialog isOpen className="cs-rule-dialog" title={title} canOutsideClickClose={false} onClose={onClose}>
      <DialogBody>
        <h3>{t('trial.title')}</h3>
        <div role="status">
          {tried.isPending && (
            <>
              <p className="cs-muted">{t('trial.running')}</p>
              <Skeleton lines={6} />
            </>
          )}
          {tried.data && <TrialPanel found={tried.data} />}
        </div>
        {tried.isError && <ErrorState error={tried.error} onRetry={() => void tried.refetch()} />}
        {ask.isError && <ErrorState error={ask.error} />}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            {onBack && <Button onClick={onBack}>{t('act.back')}</Button>}
            <Button onClick={onClose}>{t('act.close')}</Button>
            <Button
              intent="primary"
              disabled={!tried.data}
              loading={ask.isPending}
              endIcon={<KeyCaps combo="mod+Enter" />}
              onClick={act}
            >
              {t('act.ask')}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}
