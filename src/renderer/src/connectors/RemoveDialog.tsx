import { useMutation } from '@tanstack/react-query';
import type { ConnectorLine } from '../../../contract/connectors.ts';
import { orpc, refetchRooms } from '../app/data.ts';
import { ReasonDialog } from '../compliance/parts.tsx';
import { notify } from '../kit/index.ts';
import { t } from './messages.ts';

export function RemoveDialog({
  of: { id, label },
  onClose,
}: {
  readonly of: ConnectorLine;
  readonly onClose: () => void;
}) {
  const remove = useMutation(
    orpc.connectors.remove.mutationOptions({
      onSuccess: () => {
        refetchRooms(['connectors', 'audit']);
        notify({ text: t('done.removed', { name: label }), tone: 'success' });
        onClose();
      },
    }),
  );
  return (
    <ReasonDialog
      title={t('remove.title', { name: label })}
      act={t('act.remove')}
      danger
      isRunning={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onAct={(reason) => remove.mutate({ id, reason })}
    >
      <p>{t('remove.text')}</p>
    </ReasonDialog>
  );
}
