import { Button, Callout, DialogBody, DialogFooter, ProgressBar } from '@blueprintjs/core';
import { useRef, useState } from 'react';
import { Dialog } from '../kit/index.ts';
import { createFrameReader, type FrameWord } from './frames.ts';
import { t } from './messages.ts';
import { useScanner } from './useScanner.ts';
import './packets.css';

/** Reads a loop of codes off another screen. The camera runs while it is open, and not longer. */
export function ScanDialog({
  onText,
  onClose,
}: {
  readonly onText: (text: string) => void;
  readonly onClose: () => void;
}) {
  const video = useRef<HTMLVideoElement | null>(null);
  const [reader] = useState(createFrameReader);
  const [parts, setParts] = useState<readonly boolean[]>([]);
  const [word, setWord] = useState<FrameWord | null>(null);
  const last = useRef('');
  const hear = (scanned: string) => {
    // A code stays in sight for several looks.
    if (scanned === last.current) return;
    last.current = scanned;
    void reader.add(scanned).then((next) => {
      setWord(next);
      setParts(reader.parts());
      const text = reader.text();
      if (next === 'done' && text !== null) onText(text);
    });
  };
  const state = useScanner(video, hear);
  const have = parts.filter(Boolean).length;
  const startAgain = () => {
    reader.reset();
    last.current = '';
    setParts([]);
    setWord(null);
  };
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
        {isLooking && (
          <div className="cs-scan-progress">
            <ProgressBar
              aria-label={t('scan.progress')}
              animate={false}
              stripes={false}
              intent={have > 0 ? 'success' : 'none'}
              value={parts.length === 0 ? 0 : have / parts.length}
            />
            <p role="status">
              {parts.length === 0 ? t('scan.none') : t('scan.have', { have, total: parts.length })}
            </p>
            <p className="cs-muted">{(word === 'other-packet' || word === 'spoilt') && t(`scan.${word}`)}</p>
          </div>
        )}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button disabled={parts.length === 0} onClick={startAgain}>
              {t('scan.again')}
            </Button>
            <Button onClick={onClose}>{t('act.cancel')}</Button>
          </>
        }
      />
    </Dialog>
  );
}
