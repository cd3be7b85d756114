import { Button } from '@blueprintjs/core';
import { Cross } from '@blueprintjs/icons';
import { useQuery } from '@tanstack/react-query';
import { instantAges, railNames } from '../../../contract/instant.ts';
import { orpc } from '../app/data.ts';
import { FilterRow, FilterSelect, maskIban, writeUtc } from '../kit/index.ts';
import { t } from './messages.ts';
import type { InstantQuery } from './query.ts';
import { railWord } from './words.ts';

interface FiltersProps {
  readonly query: InstantQuery;
  readonly onChange: (next: Partial<InstantQuery>) => void;
}

/** Rail, currency, side and age; below them what a figure of another screen asked for, each to be taken away. */
export function Filters({ query, onChange }: FiltersProps) {
  const accounts = useQuery(orpc.statements.bankAccounts.queryOptions()).data ?? [];
  const currencies = [...new Set(accounts.map(({ currency }) => currency))].sort();
  const account = accounts.find(({ id }) => id === query.account);
  return (
    <>
      <FilterRow label={t('filter.group')}>
        <FilterSelect
          label={t('filter.rail')}
          any={t('filter.anyRail')}
          value={query.rail}
          options={[...Object.keys(railNames), 'other'].map((rail) => [rail, railWord(rail)])}
          onChange={(rail) => onChange({ rail })}
        />
        <FilterSelect
          label={t('filter.currency')}
          any={t('filter.anyCurrency')}
          value={query.currency}
          options={currencies.map((currency) => [currency, currency])}
          onChange={(currency) => onChange({ currency })}
        />
        <FilterSelect
          label={t('filter.side')}
          any={t('filter.anySide')}
          value={query.direction}
          options={[
            ['credit', t('filter.credit')],
            ['debit', t('filter.debit')],
          ]}
          onChange={(side) =>
            onChange({ direction: side === 'credit' || side === 'debit' ? side : undefined })
          }
        />
        <FilterSelect
          label={t('filter.age')}
          any={t('filter.anyAge')}
          value={query.age}
          options={instantAges.map((age) => [age, t(`age.${age}`)])}
          onChange={(age) => onChange({ age: instantAges.find((one) => one === age) })}
        />
      </FilterRow>
      <Asked query={query} account={account && maskIban(account.number)} onChange={onChange} />
    </>
  );
}

/** The hours of the day are those of UTC, as on the curve of the dashboard that leads here. */
function Asked({ query, account, onChange }: FiltersProps & { readonly account: string | undefined }) {
  const { from, before, due, message } = query;
  const asked: { words: string; without: Partial<InstantQuery> }[] = [];
  if (query.account !== undefined)
    asked.push({
      words: t('asked.account', { account: account ?? query.account }),
      without: { account: undefined },
    });
  if (from !== undefined || before !== undefined) {
    const span = [from, before].map((atMs) => (atMs === undefined ? '' : writeUtc(atMs)));
    asked.push({
      words: t('asked.received', { from: span[0]!, before: span[1]! }),
      without: { from: undefined, before: undefined },
    });
  }
  if (due !== undefined)
    asked.push({ words: t('asked.due', { time: writeUtc(due) }), without: { due: undefined } });
  if (query.matched) asked.push({ words: t('asked.matched'), without: { matched: undefined } });
  if (query.transit) asked.push({ words: t('asked.transit'), without: { transit: undefined } });
  if (message !== undefined)
    asked.push({ words: t('asked.message', { number: message }), without: { message: undefined } });
  if (asked.length === 0) return null;
  return (
    <ul className="cs-instant-asked" aria-label={t('asked.label')}>
      {asked.map(({ words, without }) => (
        <li key={words}>
          <Button
            size="small"
            endIcon={<Cross />}
            title={t('asked.remove', { words })}
            onClick={() => onChange(without)}
          >
            {words}
          </Button>
        </li>
      ))}
    </ul>
  );
}
