import { Button, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { orpc } from '../app/data.ts';
import { Dialog, ErrorState, Skeleton } from '../kit/index.ts';
import { Fingerprint, fingerprintOfCard } from './Fingerprint.tsx';
import { HandOut } from './HandOut.tsx';
import { t } from './messages.ts';
import './packets.css';

/** The card of whoever is signed in: what another workstation knows their answers by. */
export function CardDialog({ onClose }: { readonly onClose: () => void }) {
  const card = useQuery(orpc.approvals.card.queryOptions({ staleTime: Number.POSITIVE_INFINITY, gcTime: 0 }));
  return (
    <Dialog isOpen onClose={onClose} title={t('card.title')} className="cs-carry">
      <DialogBody>
        <p>{t('card.what')}</p>
        {card.isPending && <Skeleton lines={6} />}
        {card.isError && <ErrorState error={card.error} onRetry={() => void card.refetch()} />}
        {card.data && (
          <>
            <Fingerprint label={t('card.fingerprint')} value={fingerprintOfCard(card.data.text)} />
            <HandOut text={card.data.text} />
          </>
        )}
      </DialogBody>
      <DialogFooter actions={<Button onClick={onClose}>{t('act.close')}</Button>} />
    </Dialog>
  );
}
