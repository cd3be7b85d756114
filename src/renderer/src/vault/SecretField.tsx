/** A field for a passphrase: hidden unless asked, never completed or kept by the browser. */
import { Button, FormGroup, InputGroup, type Intent } from '@blueprintjs/core';
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { t } from './messages.ts';

export interface SecretFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ReactNode;
  readonly intent?: Intent;
  readonly autoFocus?: boolean;
  /** While work is under way: it keeps the focus, but cannot be changed. */
  readonly disabled?: boolean;
}

export function SecretField(props: SecretFieldProps) {
  const [shown, setShown] = useState(false);
  const [caps, setCaps] = useState(false);
  const id = useId();
  const hintId = useId();
  const watchCaps = (event: KeyboardEvent) => setCaps(event.getModifierState('CapsLock'));
  return (
    <FormGroup
      label={props.label}
      labelFor={id}
      helperText={
        <span id={hintId} role="status">
          {caps ? t('open.caps') : props.hint}
        </span>
      }
    >
      <InputGroup
        id={id}
        type={shown ? 'text' : 'password'}
        value={props.value}
        autoFocus={props.autoFocus ?? false}
        readOnly={props.disabled ?? false}
        intent={props.intent ?? 'none'}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={hintId}
        onChange={(event) => props.onChange(event.currentTarget.value)}
        onKeyDown={watchCaps}
        onKeyUp={watchCaps}
        rightElement={
          <Button
            variant="minimal"
            size="small"
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
            disabled={props.disabled ?? false}
          >
            {t(shown ? 'open.hide' : 'open.show')}
          </Button>
        }
      />
    </FormGroup>
  );
}
