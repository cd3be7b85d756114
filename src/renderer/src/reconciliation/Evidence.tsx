import { useQuery } from '@tanstack/react-query';
import { formatAmount } from '../../../contract/money.ts';
import type { Suggestion } from '../../../contract/reconciliation.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { ErrorState, FilterTabs, PlaceLink, Reasons, Skeleton, SourceView, TimeCell } from '../kit/index.ts';
import { Actor } from '../operators/actors.tsx';
import { t as privacyText } from '../privacy/messages.ts';
import { useMay } from '../privacy/reveal.tsx';
import type { ItemData } from './Item.tsx';
import { t } from './messages.ts';

export const TABS = ['why', 'history', 'source'] as const;
export type Tab = (typeof TABS)[number];
export const TAB_KEYS: Readonly<Record<Tab, string>> = { why: 'w', history: 'h', source: 'b' };

/** What speaks for an explanation, what was decided before, and the bytes of the message. */
export function Evidence({
  data,
  suggestion,
  tab,
  onTab,
}: {
  readonly data: ItemData;
  readonly suggestion: Suggestion | undefined;
  readonly tab: Tab;
  readonly onTab: (tab: Tab) => void;
}) {
  return (
    <>
      <FilterTabs
        label={t('tab.label')}
        options={TABS.map((value) => ({ value, label: t(`tab.${value}`) }))}
        value={tab}
        onChange={onTab}
      />
      <div className="cs-evidence">
        {tab === 'why' &&
          (suggestion && suggestion.reasons.length > 0 ? (
            <Reasons reasons={suggestion.reasons} more={learnedFrom} />
          ) : (
            <p className="cs-muted">{t('item.noSuggestions')}</p>
          ))}
        {tab === 'history' && <History history={data.history} />}
        {tab === 'source' && <Source data={data} />}
      </div>
    </>
  );
}

/** The way from what was learned to the decision that it was learned from. */
function learnedFrom({ learnedFrom }: Suggestion['reasons'][number]) {
  if (!learnedFrom) return null;
  const { bankTransactionId, actor, atMs } = learnedFrom;
  return (
    <>
      {' · '}
      <PlaceLink to={places.reconciliation({ item: bankTransactionId })}>
        {t('learned.source', { id: bankTransactionId })}
      </PlaceLink>{' '}
      <span className="cs-muted">
        <Actor of={actor} /> <TimeCell atMs={atMs} />
      </span>
    </>
  );
}

function History({ history }: Pick<ItemData, 'history'>) {
  if (history.length === 0) return <p className="cs-muted">{t('history.none')}</p>;
  return (
    <ol className="cs-history" aria-label={t('history.label')}>
      {history.map((line) => {
        const key = `action.${line.action}`;
        return (
          <li key={`${line.record}/${line.action}`}>
            <TimeCell atMs={line.atMs} /> <Actor of={line.actor} /> {t.has(key) ? t(key) : line.action}
            {line.note && ` · ${line.note}`}{' '}
            <PlaceLink to={places.auditRecord(line.record)}>
              {t('history.record', { record: line.record })}
            </PlaceLink>
          </li>
        );
      })}
    </ol>
  );
}

function Source({ data }: { readonly data: ItemData }) {
  const { transaction } = data;
  const maySee = useMay('see-parties');
  const source = useQuery({
    ...orpc.statements.source.queryOptions({ input: { transactionId: transaction.id, field: 'remittance' } }),
    enabled: maySee,
  });
  if (!maySee) return <p className="cs-muted cs-pad">{privacyText('source.masked')}</p>;
  if (source.isError) return <ErrorState error={source.error} onRetry={() => void source.refetch()} />;
  if (!source.data) return <Skeleton lines={6} />;
  const candidates = [
    transaction.remittance ?? '',
    formatAmount(transaction.amountMinor, transaction.currency),
  ];
  return <SourceView excerpt={source.data} candidates={candidates} />;
}
