import { InputGroup } from '@blueprintjs/core';
import { useEffect, useId, useState } from 'react';
import { isCalendarDay } from '../kit/index.ts';
import { t } from './messages.ts';

/** A day, typed as YYYY-MM-DD whatever the workstation's language: the form that the tables show. */
export function DateField({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string | undefined;
  /** Told of every whole date, and of none once the field is empty. */
  readonly onChange: (date: string | undefined) => void;
}) {
  const [text, setText] = useState(value ?? '');
  const [left, setLeft] = useState(false);
  const id = useId();
  const problemId = useId();
  useEffect(() => setText(value ?? ''), [value]);
  const bad = text !== '' && !isCalendarDay(text) && (left || text.length >= 10);
  return (
    <span className="cs-inline-field">
      <label htmlFor={id}>{label}</label>
      <InputGroup
        id={id}
        size="small"
        className="cs-date-field"
        placeholder={t('date.form')}
        inputMode="numeric"
        autoComplete="off"
        maxLength={10}
        intent={bad ? 'danger' : 'none'}
        aria-invalid={bad}
        aria-describedby={problemId}
        value={text}
        onBlur={() => setLeft(true)}
        onChange={(event) => {
          const typed = event.currentTarget.value.trim();
          setText(typed);
          setLeft(false);
          if (typed === '') onChange(undefined);
          else if (isCalendarDay(typed)) onChange(typed);
        }}
      />
      <span id={problemId} role="status" className={bad ? 'cs-problem' : 'cs-hidden'}>
        {bad ? t('date.bad') : ''}
      </span>
    </span>
  );
}
