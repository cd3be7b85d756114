import { Button, DialogBody, DialogFooter, FormGroup, TextArea } from '@blueprintjs/core';
import { useId, useState } from 'react';
import { Dialog } from '../kit/index.ts';
import { t } from './messages.ts';

const LEAST = 3;
const MOST = 400;

/** Asks for the reason with which a person takes in a statement that does not add up. */
export function AcceptDifference(props: {
  readonly fileName: string;
  readonly onClose: () => void;
  readonly onAccept: (reason: string) => void;
}) {
  const [reason, setReason] = useState('');
  const id = useId();
  const hintId = useId();
  const complete = reason.trim().length >= LEAST;
  return (
    <Dialog isOpen onClose={props.onClose} title={t('accept.title')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (complete) props.onAccept(reason.trim());
        }}
      >
        <DialogBody>
          <p>
            <strong>{props.fileName}</strong>
          </p>
          <p>{t('accept.text')}</p>
          <FormGroup
            className="cs-dialog-field"
            label={t('accept.reason')}
            labelFor={id}
            helperText={<span id={hintId}>{t('accept.hint')}</span>}
          >
            <TextArea
              id={id}
              fill
              autoFocus
              rows={3}
              maxLength={MOST}
              value={reason}
              aria-describedby={hintId}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          </FormGroup>
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={props.onClose}>{t('accept.back')}</Button>
              <Button type="submit" intent="warning" disabled={!complete}>
                {t('accept.submit')}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}
