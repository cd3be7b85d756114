import { Button } from '@blueprintjs/core';
import { isCalendarDay } from '../kit/index.ts';
import { t } from './messages.ts';

const DAY_MS = 86_400_000;
export const shift = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** Today as the engine counts days. */
export const today = (): string => new Date().toISOString().slice(0, 10);

/** The day a proof is of, and its neighbours; none in the future, which nobody can prove. */
export function DayPicker({
  date,
  onChange,
}: {
  readonly date: string;
  readonly onChange: (date: string) => void;
}) {
  const last = today();
  return (
    <span className="cs-days">
      <Button size="small" variant="minimal" onClick={() => onChange(shift(date, -1))}>
        {t('proof.previous')}
      </Button>
      <label>
        {t('proof.day')}{' '}
        <input
          className="bp6-input bp6-small"
          type="date"
          max={last}
          value={date}
          onChange={(event) => {
            const { value } = event.currentTarget;
            if (isCalendarDay(value) && value <= last) onChange(value);
          }}
        />
      </label>
      <Button size="small" variant="minimal" disabled={date >= last} onClick={() => onChange(shift(date, 1))}>
        {t('proof.next')}
      </Button>
    </span>
  );
}
