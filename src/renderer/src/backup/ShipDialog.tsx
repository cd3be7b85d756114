import { Button, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { orpc, refetchRooms } from '../app/data.ts';
import { Dialog, ErrorState, notify } from '../kit/index.ts';
import { t } from './messages.ts';
import { isFullPath, PathField } from './PathField.tsx';

/** Asks for the folder that changes are to be shipped to. */
export function ShipDialog({ folder, onClose }: { readonly folder: string; readonly onClose: () => void }) {
  const [place, setPlace] = useState(folder);
  const ship = useMutation(
    orpc.backup.ship.mutationOptions({
      onSuccess: () => {
        notify({ text: t('ship.set'), tone: 'success' });
        onClose();
      },
      onSettled: () => refetchRooms(['backup', 'audit']),
    }),
  );
  const act = () => {
    if (isFullPath(place) && !ship.isPending) ship.mutate({ folder: place.trim() });
  };
  return (
    <Dialog isOpen onClose={onClose} title={t('shipDialog.title')}>
      <DialogBody>
        <p>{t('shipDialog.what')}</p>
        <PathField label={t('shipDialog.folder')} value={place} onChange={setPlace} onEnter={act} autoFocus />
        {ship.isError && <ErrorState error={ship.error} />}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={onClose}>{t('act.cancel')}</Button>
            <Button intent="primary" disabled={!isFullPath(place)} loading={ship.isPending} onClick={act}>
              {t('shipDialog.act')}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}
