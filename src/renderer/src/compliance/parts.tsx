/** What the screens of evidence share. */
import { Button, DialogBody, DialogFooter, FormGroup, TextArea } from '@blueprintjs/core';
import { type ReactNode, useId, useState } from 'react';
import type { EvidenceState } from '../../../contract/compliance.ts';
import { Dialog, ErrorState, StatusTag } from '../kit/index.ts';
import { t } from './messages.ts';

/** Colour and shape of each state. */
const LOOKS: Readonly<Record<EvidenceState, string>> = {
  kept: 'posted',
  held: 'unmatched',
  due: 'suggested',
  removed: 'voided',
};

export const StateTag = ({ state }: { readonly state: EvidenceState }) => (
  <StatusTag status={LOOKS[state]} label={t(`state.${state}`)} />
);

const LEAST = 3;
const MOST = 400;

/** A dialog that asks why, says what it does, and acts once. */
export function ReasonDialog(props: {
  readonly title: string;
  readonly act: string;
  readonly danger?: boolean;
  readonly isRunning: boolean;
  readonly error: unknown;
  /** Asked for besides the reason. */
  readonly blocked?: boolean;
  readonly children: ReactNode;
  readonly onClose: () => void;
  readonly onAct: (reason: string) => void;
}) {
  const [reason, setReason] = useState('');
  const [id, hintId] = [useId(), useId()];
  const ready = reason.trim().length >= LEAST && !props.blocked && !props.isRunning;
  return (
    <Dialog isOpen onClose={props.onClose} title={props.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) props.onAct(reason.trim());
        }}
      >
        <DialogBody>
          {props.children}
          <FormGroup
            className="cs-dialog-field"
            label={t('reason')}
            labelFor={id}
            helperText={<span id={hintId}>{t('reason.hint')}</span>}
          >
            <TextArea
              id={id}
              fill
              autoFocus
              rows={2}
              maxLength={MOST}
              value={reason}
              aria-describedby={hintId}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          </FormGroup>
          {props.error !== null && props.error !== undefined && <ErrorState error={props.error} />}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={props.onClose}>{t('act.cancel')}</Button>
              <Button
                type="submit"
                intent={props.danger ? 'danger' : 'primary'}
                disabled={!ready}
                loading={props.isRunning}
              >
                {props.act}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}
