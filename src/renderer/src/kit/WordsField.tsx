import { FormGroup, TextArea } from '@blueprintjs/core';
import { useId } from 'react';

export interface WordsFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly autoFocus?: boolean;
  readonly onChange: (text: string) => void;
}

/** Several words of a dialog: a reason, a note, a cause, with what becomes of them below. */
export function WordsField(props: WordsFieldProps & { readonly maxLength: number }) {
  const [id, hintId] = [useId(), useId()];
  return (
    <FormGroup
      className="cs-dialog-field"
      label={props.label}
      labelFor={id}
      helperText={<span id={hintId}>{props.hint}</span>}
    >
      <TextArea
        id={id}
        fill
        autoFocus={props.autoFocus ?? false}
        rows={3}
        maxLength={props.maxLength}
        value={props.value}
        aria-describedby={hintId}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
    </FormGroup>
  );
}
