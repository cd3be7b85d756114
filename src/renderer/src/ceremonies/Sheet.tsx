import { Button } from '@blueprintjs/core';
import { useEffect, useState } from 'react';
import type { CeremonyDetail } from '../../../contract/ceremonies.ts';
import { QrCode } from '../operators/QrCode.tsx';
import { saveFile } from './files.ts';
import { t } from './messages.ts';

/** A share as it leaves the console, once. */
export interface SheetShown {
  readonly share: number;
  readonly words: readonly string[];
  readonly code: string;
  readonly pdf: Blob;
}

/** A custodian's share: numbered words and the same as a code. Hidden while the window is not in front. */
export function Sheet(props: {
  readonly ceremony: CeremonyDetail;
  readonly sheet: SheetShown;
  readonly onAway: () => void;
}) {
  const { ceremony, sheet, onAway } = props;
  const { share, words, code, pdf } = sheet;
  const [isHidden, setHidden] = useState(false);
  const name = ceremony.participants.find(({ receives }) => receives === share)?.name ?? '';
  useEffect(() => {
    const hide = () => setHidden(true);
    const look = () => {
      if (document.hidden) setHidden(true);
    };
    window.addEventListener('blur', hide);
    document.addEventListener('visibilitychange', look);
    return () => {
      window.removeEventListener('blur', hide);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return (
    <div className="cs-step">
      <h2>{t('sheet.title', { share, shares: ceremony.shares, name })}</h2>
      <p className="cs-step-text">{t('sheet.text')}</p>
      {isHidden ? (
        <div className="cs-sheet-hidden">
          <p>{t('sheet.hidden')}</p>
          <Button size="large" autoFocus onClick={() => setHidden(false)}>
            {t('sheet.show')}
          </Button>
        </div>
      ) : (
        <>
          <div className="cs-print cs-sheet">
            <p className="cs-print-only">
              {ceremony.rehearsal && `${t('sheet.printedRehearsal')}. `}
              {t('sheet.printed', {
                ...{ share, name, shares: ceremony.shares },
                ...{ key: ceremony.keyLabel, id: ceremony.id },
              })}
            </p>
            <ol className="cs-sheet-words">
              {words.map((word, at) => (
                <li key={at}>
                  <span className="cs-sheet-number" aria-hidden="true">
                    {at + 1}
                  </span>
                  <span className="cs-mono">{word}</span>
                </li>
              ))}
            </ol>
            <QrCode text={code} label={t('sheet.code')} />
          </div>
          <div className="cs-sheet-acts">
            <Button size="large" onClick={() => window.print()}>
              {t('sheet.print')}
            </Button>
            <Button size="large" onClick={() => saveFile(`share-${ceremony.id}-${share}.pdf`, pdf)}>
              {t('sheet.pdf')}
            </Button>
            <Button size="large" intent="primary" autoFocus onClick={onAway}>
              {t('sheet.away')}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
