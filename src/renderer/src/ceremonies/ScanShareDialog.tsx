import { Button, Callout, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useRef, useState } from 'react';
import { Dialog } from '../kit/index.ts';
import { useScanner } from '../packets/useScanner.ts';
import { t } from './messages.ts';
import { isWhole, type WordList } from './words.ts';

/** Reads the code of a sheet. The camera runs while it is open, and not longer; no picture of it is kept. */
export function ScanShareDialog({
  list,
  onShare,
  onClose,
}: {
  readonly list: WordList;
  readonly onShare: (text: string) => void;
  readonly onClose: () => void;
}) {
  const video = useRef<HTMLVideoElement | null>(null);
  const [isOther, setOther] = useState(false);
  const state = useScanner(video, (scanned) => {
    if (isWhole(scanned, list)) onShare(scanned);
    else setOther(true);
  });
  const isLooking = state === 'starting' || state === 'looking';
  return (
    <Dialog isOpen onClose={onClose} title={t('scan.title')} className="cs-scan">
      <DialogBody>
        <p>{t('scan.what')}</p>
        {isLooking ? (
          <video ref={video} className="cs-scan-picture" aria-label={t('scan.picture')} muted playsInline />
        ) : (
          <Callout intent="warning" icon={null} role="alert">
            {t(`scan.${state}`)}
          </Callout>
        )}
        <p role="status">{isLooking && t(isOther ? 'scan.other' : 'scan.none')}</p>
      </DialogBody>
      <DialogFooter
        actions={
          <Button autoFocus onClick={onClose}>
            {t('act.back')}
          </Button>
        }
      />
    </Dialog>
  );
}
