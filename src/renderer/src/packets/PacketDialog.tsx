import { Button, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { orpc, refetchRooms } from '../app/data.ts';
import { Dialog, ErrorState } from '../kit/index.ts';
import { HandOut } from './HandOut.tsx';
import { t } from './messages.ts';
import './packets.css';

/** Makes the packet of an open request, and hands it out. */
export function PacketDialog({
  requestId,
  onClose,
}: {
  readonly requestId: string;
  readonly onClose: () => void;
}) {
  const make = useMutation(
    orpc.approvals.exportPacket.mutationOptions({ onSuccess: () => refetchRooms(['audit']) }),
  );
  return (
    <Dialog isOpen onClose={onClose} title={t('packet.title')} className="cs-carry">
      <DialogBody>
        {make.data ? (
          <>
            <p>{t('packet.carry')}</p>
            <HandOut text={make.data.text} />
          </>
        ) : (
          <>
            <p>{t('packet.what')}</p>
            <p className="cs-muted">{t('packet.open')}</p>
          </>
        )}
        {make.isError && <ErrorState error={make.error} />}
      </DialogBody>
      <DialogFooter
        actions={
          make.data ? (
            <Button onClick={onClose}>{t('act.close')}</Button>
          ) : (
            <>
              <Button onClick={onClose}>{t('act.cancel')}</Button>
              <Button
                intent="primary"
                autoFocus
                loading={make.isPending}
                onClick={() => make.mutate({ requestId })}
              >
                {t('packet.make')}
              </Button>
            </>
          )
        }
      />
    </Dialog>
  );
}
