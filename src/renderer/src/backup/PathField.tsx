import { FormGroup, InputGroup } from '@blueprintjs/core';
import { useId } from 'react';
import { t } from './messages.ts';

/** Whether a text is a full path, of Unix or of Windows. */
export const isFullPath = (text: string) => /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(text.trim());

/** A place on this machine, typed in full. */
export function PathField(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onEnter?: () => void;
  readonly autoFocus?: boolean;
  readonly disabled?: boolean;
}) {
  const id = useId();
  const wrong = props.value.trim() !== '' && !isFullPath(props.value);
  return (
    <FormGroup
      label={props.label}
      labelFor={id}
      intent={wrong ? 'warning' : 'none'}
      helperText={wrong ? t('path.form') : undefined}
    >
      <InputGroup
        id={id}
        value={props.value}
        autoFocus={props.autoFocus ?? false}
        readOnly={props.disabled ?? false}
        autoComplete="off"
        spellCheck={false}
        className="cs-mono"
        onChange={(event) => props.onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') props.onEnter?.();
        }}
      />
    </FormGroup>
  );
}
