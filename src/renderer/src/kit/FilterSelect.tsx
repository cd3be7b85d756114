/** Selects above a queue, each of which narrows it; those that are set stand out. */
import { HTMLSelect } from '@blueprintjs/core';
import type { ReactNode } from 'react';
import './filters.css';

export function FilterRow({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <fieldset className="cs-filter-row">
      <legend className="cs-hidden">{label}</legend>
      {children}
    </fieldset>
  );
}

export function FilterSelect(props: {
  readonly label: string;
  /** What the select says while it filters nothing. */
  readonly any: string;
  readonly value: string | undefined;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onChange: (value: string | undefined) => void;
}) {
  return (
    <HTMLSelect
      minimal
      className={props.value === undefined ? 'cs-filter-select' : 'cs-filter-select cs-filter-select--set'}
      aria-label={props.label}
      value={props.value ?? ''}
      onChange={(event) => props.onChange(event.currentTarget.value || undefined)}
    >
      <option value="">{props.any}</option>
      {props.options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </HTMLSelect>
  );
}
