import { Button, Checkbox, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useState } from 'react';
import { Dialog } from '../kit/index.ts';
import { t } from './slotMessages.ts';

/** What is shown of a new slot this once. */
export interface Printed {
  readonly recoveryKey: string | null;
  readonly shares: readonly string[];
  readonly threshold: number | null;
}

/** A recovery key or shares, to be printed; closes only on the word that they are on paper. */
export function PrintedOnce(props: {
  readonly printed: Printed;
  readonly vaultName: string;
  readonly onClose: () => void;
}) {
  const { recoveryKey, shares, threshold } = props.printed;
  const [onPaper, setOnPaper] = useState(false);
  const isKey = recoveryKey !== null;
  const secrets = isKey ? [recoveryKey] : shares;
  return (
    <Dialog
      isOpen
      className="cs-once"
      title={t(isKey ? 'once.key' : 'once.shares')}
      isCloseButtonShown={false}
      canEscapeKeyClose={false}
      canOutsideClickClose={false}
      onClose={props.onClose}
    >
      <DialogBody>
        <p>{t(isKey ? 'once.text' : 'once.textShares')}</p>
        <div className="cs-print">
          {secrets.map((secret, index) => (
            <section key={secret} className="cs-once-sheet">
              <p className="cs-print-only">{t(isKey ? 'once.printedKey' : 'once.printedShare')}</p>
              <p className="cs-key-vault">{t('once.vault', { name: props.vaultName })}</p>
              {!isKey && (
                <h2 className="cs-once-number">
                  {t('once.share', {
                    number: index + 1,
                    count: shares.length,
                    threshold: threshold ?? shares.length,
                  })}
                </h2>
              )}
              <ol className="cs-key-groups">
                {secret.split('-').map((group, at) => (
                  <li key={at}>
                    <span className="cs-key-number">{at + 1}</span>
                    <span className="cs-key-group">{group}</span>
                  </li>
                ))}
              </ol>
            </section>
          ))}
        </div>
        <Checkbox
          checked={onPaper}
          label={t('once.have')}
          onChange={(event) => setOnPaper(event.currentTarget.checked)}
        />
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button onClick={() => window.print()}>{t('once.print')}</Button>
            <Button intent="primary" disabled={!onPaper} onClick={props.onClose}>
              {t('once.close')}
            </Button>
          </>
        }
      />
    </Dialog>
  );
}
