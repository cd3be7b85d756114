import { Button } from '@blueprintjs/core';
import type { QueueRow } from '../../../contract/reconciliation.ts';
import { KeyCaps, MoneyList } from '../kit/index.ts';
import { isFor, type ManyAct, totalsOf, whyNotCombined } from './marking.ts';
import { t } from './messages.ts';

const ACTS = ['confirm', 'reject', 'undo'] as const;
export const MANY_KEYS = { confirm: 'Enter', reject: 'r', undo: 'u' } as const;

/** What can be done with the marked lines together, in the place of the decision about one. */
export function Marked(props: {
  readonly rows: readonly QueueRow[];
  readonly onAct: (act: ManyAct) => void;
  readonly onCombine: () => void;
  readonly onClear: () => void;
}) {
  const { rows } = props;
  return (
    <div className="cs-marked">
      <p className="cs-marked-total" role="status">
        <span>{t('many.marked', { count: rows.length })}</span>
        <MoneyList amounts={totalsOf(rows)} inline />
      </p>
      <Button
        size="small"
        variant="minimal"
        className="cs-marked-clear"
        onClick={props.onClear}
        endIcon={<KeyCaps combo="Escape" />}
      >
        {t('many.clear')}
      </Button>
      {ACTS.map((act) => {
        const count = rows.filter((row) => isFor(act, row)).length;
        // The bar stays one line: of what none of them is for only the first act is shown, as not to be done.
        if (count === 0 && act !== 'confirm') return null;
        return (
          <Button
            key={act}
            size="small"
            disabled={count === 0}
            intent={act === 'confirm' ? 'primary' : 'none'}
            onClick={() => props.onAct(act)}
            endIcon={<KeyCaps combo={MANY_KEYS[act]} />}
          >
            {t(`many.count.${act}`, { count })}
          </Button>
        );
      })}
      <Button
        size="small"
        disabled={whyNotCombined(rows) !== null}
        onClick={props.onCombine}
        endIcon={<KeyCaps combo="c" />}
      >
        {t('combine.open-dialog')}
      </Button>
    </div>
  );
}
