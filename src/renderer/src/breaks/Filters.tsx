import { type BreakSettings, type BreakSummary, breakBuckets, breakKinds } from '../../../contract/breaks.ts';
import { FilterRow, FilterSelect } from '../kit/index.ts';
import { t } from './messages.ts';
import { ageWord, kindWord } from './words.ts';

export interface Chosen {
  readonly kind: string | undefined;
  readonly owner: string | undefined;
  readonly age: string | undefined;
  readonly currency: string | undefined;
}

/** Kind, hand, age and currency beside the text: each narrows the queue, all of them at once. */
export function Filters(props: {
  readonly chosen: Chosen;
  readonly settings: BreakSettings | undefined;
  readonly summary: BreakSummary | undefined;
  readonly onChange: (next: Partial<Chosen>) => void;
}) {
  const { chosen, settings, summary, onChange } = props;
  const standing = summary?.standing ?? [];
  const counted = (label: string, of: (row: (typeof standing)[number]) => boolean) => {
    const count = standing.filter(of).reduce((sum, row) => sum + row.count, 0);
    return count === 0 ? label : `${label} ${count.toLocaleString()}`;
  };
  return (
    <FilterRow label={t('filter.group')}>
      <FilterSelect
        label={t('filter.kind')}
        any={t('filter.anyKind')}
        value={chosen.kind}
        options={breakKinds.map((kind) => [kind, counted(kindWord(kind), (row) => row.kind === kind)])}
        onChange={(kind) => onChange({ kind })}
      />
      <FilterSelect
        label={t('filter.owner')}
        any={t('filter.anyOwner')}
        value={chosen.owner}
        options={[
          ['me', `${t('filter.me')} ${summary?.mine ?? ''}`],
          ['nobody', `${t('filter.nobody')} ${summary?.unassigned ?? ''}`],
          ...(settings?.people ?? []).map(({ actor, name }) => [actor, name] as const),
        ]}
        onChange={(owner) => onChange({ owner })}
      />
      <FilterSelect
        label={t('filter.age')}
        any={t('filter.anyAge')}
        value={chosen.age}
        options={breakBuckets.map((age) => [age, counted(ageWord(age), (row) => row.bucket === age)])}
        onChange={(age) => onChange({ age })}
      />
      <FilterSelect
        label={t('filter.currency')}
        any={t('filter.anyCurrency')}
        value={chosen.currency}
        options={(summary?.currencies ?? []).map((currency) => [currency, currency])}
        onChange={(currency) => onChange({ currency })}
      />
    </FilterRow>
  );
}
