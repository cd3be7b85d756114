/** The small fields of a policy's draft: spans, amounts, checks and choices. */
import { Checkbox, FormGroup, HTMLSelect, InputGroup } from '@blueprintjs/core';
import { type ReactNode, useId } from 'react';
import { type SpanDraft, UNITS, type Unit } from './drafting.ts';
import { t } from './messages.ts';

export function Text(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly isWrong?: boolean;
  readonly hint?: string;
  readonly isNumber?: boolean;
  readonly autoFocus?: boolean;
  readonly placeholder?: string;
}) {
  const [id, hintId] = [useId(), useId()];
  return (
    <FormGroup
      className="cs-dialog-field"
      label={props.label}
      labelFor={id}
      helperText={props.hint === undefined ? undefined : <span id={hintId}>{props.hint}</span>}
    >
      <InputGroup
        id={id}
        value={props.value}
        autoComplete="off"
        spellCheck={false}
        maxLength={600}
        autoFocus={props.autoFocus ?? false}
        placeholder={props.placeholder ?? ''}
        {...(props.isNumber ? { inputMode: 'numeric' as const } : {})}
        intent={props.isWrong ? 'danger' : 'none'}
        aria-invalid={props.isWrong ?? false}
        {...(props.hint === undefined ? {} : { 'aria-describedby': hintId })}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
    </FormGroup>
  );
}

/** A number and its unit. */
export function Span(props: {
  readonly label: string;
  readonly value: SpanDraft;
  readonly onChange: (span: SpanDraft) => void;
  readonly isWrong?: boolean;
}) {
  const id = useId();
  const { label, value, onChange } = props;
  return (
    <FormGroup className="cs-dialog-field" label={label} labelFor={id}>
      <span className="cs-span-field">
        <InputGroup
          id={id}
          value={value.count}
          inputMode="numeric"
          maxLength={6}
          autoComplete="off"
          intent={props.isWrong ? 'danger' : 'none'}
          aria-invalid={props.isWrong ?? false}
          onChange={(event) => onChange({ ...value, count: event.currentTarget.value })}
        />
        <HTMLSelect
          aria-label={t('change.unit', { field: label })}
          value={value.unit}
          onChange={(event) => onChange({ ...value, unit: event.currentTarget.value as Unit })}
        >
          {(Object.keys(UNITS) as Unit[]).map((unit) => (
            <option key={unit} value={unit}>
              {t(`unit.${unit}`)}
            </option>
          ))}
        </HTMLSelect>
      </span>
    </FormGroup>
  );
}

export function Pick<T extends string>(props: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}) {
  const id = useId();
  return (
    <FormGroup className="cs-dialog-field" label={props.label} labelFor={id}>
      <HTMLSelect
        id={id}
        fill
        value={props.value}
        onChange={(event) => {
          const chosen = props.options.find(({ value }) => value === event.currentTarget.value);
          if (chosen) props.onChange(chosen.value);
        }}
      >
        {props.options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </HTMLSelect>
    </FormGroup>
  );
}

export function Check(props: {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  return (
    <Checkbox
      className="cs-policy-check"
      checked={props.isOn}
      label={props.label}
      onChange={(event) => props.onChange(event.currentTarget.checked)}
    />
  );
}

export function Part({ legend, children }: { readonly legend: string; readonly children: ReactNode }) {
  return (
    <fieldset className="cs-policy-part">
      <legend>{legend}</legend>
      {children}
    </fieldset>
  );
}
