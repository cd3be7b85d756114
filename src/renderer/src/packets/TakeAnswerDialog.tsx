import { Button, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import type { ApprovalDetail } from '../../../contract/approvals.ts';
import { orpc, refetchRooms } from '../app/data.ts';
import { Dialog, ErrorState, notify } from '../kit/index.ts';
import { t } from './messages.ts';
import { TextSource } from './TextSource.tsx';

/** Takes in an answer that was signed on another workstation. */
export function TakeAnswerDialog({
  onClose,
  onTaken,
}: {
  readonly onClose: () => void;
  readonly onTaken?: (detail: ApprovalDetail) => void;
}) {
  const take = useMutation(
    orpc.approvals.takeAnswer.mutationOptions({
      onSuccess: (detail) => {
        notify({ text: t(detail.state === 'executed' ? 'take.executed' : 'take.done'), tone: 'success' });
        onTaken?.(detail);
        onClose();
      },
      onSettled: () => refetchRooms(['approvals', 'audit']),
    }),
  );
  return (
    <Dialog isOpen onClose={onClose} title={t('take.title')}>
      <DialogBody>
        <p>{t('take.what')}</p>
        <TextSource busy={take.isPending} onText={(text) => take.mutate({ text })} />
        {take.isError && <ErrorState error={take.error} />}
      </DialogBody>
      <DialogFooter actions={<Button onClick={onClose}>{t('act.cancel')}</Button>} />
    </Dialog>
  );
}
