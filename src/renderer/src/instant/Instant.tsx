import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useDeferredValue, useMemo, useState } from 'react';
import { type InstantPaymentRow, type InstantState, instantStates } from '../../../contract/instant.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  DataTable,
  Deck,
  EmptyState,
  FilterTabs,
  KeyCaps,
  MoneyList,
  notify,
  notifyProblem,
  Page,
  PlaceLink,
  type Rows,
  Skeleton,
  useDesk,
  useKeys,
  useLanguage,
  usePages,
} from '../kit/index.ts';
import { useMay } from '../privacy/reveal.tsx';
import { columns } from './columns.tsx';
import { Evidence, type Tab } from './Evidence.tsx';
import { Filters } from './Filters.tsx';
import { Item, type Story } from './Item.tsx';
import { LineDialog } from './LineDialog.tsx';
import { t } from './messages.ts';
import { filterOf, type InstantQuery, isNarrowed } from './query.ts';
import './instant.css';

const SHOWN = ['all', ...instantStates] as const;
type Shown = (typeof SHOWN)[number];

/** Where a person goes on from a payment; the first of them is what its state asks for. */
interface Step {
  readonly combo: string;
  readonly label: string;
  readonly to: string | undefined;
}

/** Payments of instant rails: what came, where each stands, what told of it, and what can be done next. */
export function Instant({ query }: { readonly query: InstantQuery }) {
  const router = useRouter();
  const [tab, setTab] = useState<Tab>('messages');
  const [line, setLine] = useState<string | null>(null);
  const mayMatch = useMay('match');
  const counts = useQuery(orpc.instant.counts.queryOptions());
  const wanted = useDeferredValue(query.text);
  const rows = usePages(orpc.instant.payments, filterOf({ ...query, text: wanted }));
  const activeId = query.item ?? rows.rows[0]?.id;
  const desk = useDesk(activeId, { inDialog: line !== null });
  const detail = useQuery({
    ...orpc.instant.payment.queryOptions({ input: { paymentId: activeId ?? '' } }),
    enabled: activeId !== undefined,
  });
  const data = detail.data?.payment.id === activeId ? detail.data : undefined;
  const breakId = useBreakOf(data);
  const show = (next: Partial<InstantQuery>) => router.history.replace(places.instant({ ...query, ...next }));
  const narrow = (next: Partial<InstantQuery>) => show({ ...next, item: undefined });
  const clear = () => router.history.replace(places.instant());

  const steps = stepsOf(data, breakId);
  const candidate = mayMatch && data?.line === null ? data.candidates[0] : undefined;
  const go = (to: string | undefined) => () => {
    if (to !== undefined) router.history.push(to);
    return to !== undefined;
  };
  useKeys(t('keys.group'), [
    ...steps.map(({ combo, label, to }) => ({ combo, label, run: go(to) })),
    {
      combo: 'c',
      label: t('keys.confirm'),
      run: () => {
        if (candidate === undefined) return false;
        setLine(candidate.id);
        return true;
      },
    },
    ...SHOWN.map((value, at) => ({
      combo: String(at + 1),
      label: t('keys.show', { state: t(`state.${value}`) }),
      run: () => narrow({ state: value === 'all' ? undefined : value }),
    })),
  ]);
  const language = useLanguage();
  const options = useMemo(() => {
    const { counts: of, mostCounted = 0 } = counts.data ?? {};
    const countOf = (state: InstantState) => {
      const count = of?.[state];
      return count === mostCounted ? `${count.toLocaleString()}+` : count;
    };
    return SHOWN.map((value) => ({
      value,
      label: t(`state.${value}`),
      count: value === 'all' ? undefined : countOf(value),
    }));
    // The labels are written in the language.
  }, [counts.data, language]);

  return (
    <Page
      title={t('title')}
      actions={
        <FilterTabs<Shown>
          label={t('filter.state')}
          options={options}
          value={query.state ?? 'all'}
          onChange={(value) => narrow({ state: value === 'all' ? undefined : value })}
        />
      }
    >
      <div className="cs-instant" ref={desk.ref}>
        <Deck
          name={t('item.region')}
          initialPercent={64}
          queue={
            <>
              <Filters query={query} onChange={narrow} />
              <Sums rows={rows} />
              <DataTable
                label={t('list.label')}
                columns={columns}
                rows={rows}
                rowKey={(row) => row.id}
                activeKey={activeId ?? null}
                onActive={(row) => show({ item: row.id })}
                onOpen={desk.enterItem}
                filter={{
                  text: query.text ?? '',
                  onChange: (typed) => narrow({ text: typed }),
                  label: t('filter.text'),
                }}
                empty={<Nothing rows={rows} query={query} onClear={clear} />}
              />
            </>
          }
          item={<Item query={detail} data={data} />}
          evidence={
            data && <Evidence data={data} tab={tab} onTab={setTab} onLine={mayMatch ? setLine : undefined} />
          }
          decision={
            data && (
              <>
                {steps
                  .filter(({ to }) => to !== undefined)
                  .map(({ combo, label, to }, at) => (
                    <Button
                      key={combo}
                      size="small"
                      intent={at === 0 ? 'primary' : 'none'}
                      endIcon={<KeyCaps combo={combo} />}
                      onClick={go(to)}
                    >
                      {label}
                    </Button>
                  ))}
                {candidate && (
                  <Button size="small" endIcon={<KeyCaps combo="c" />} onClick={() => setLine(candidate.id)}>
                    {t('act.confirm')}
                  </Button>
                )}
              </>
            )
          }
        />
      </div>
      {line !== null && data && (
        <LineDialog
          data={data}
          lineId={line}
          onClose={() => setLine(null)}
          onAnswer={async () => {
            try {
              await client.instant.confirm({ paymentId: data.payment.id, bankTransactionId: line });
              notify({ text: t('done.confirmed'), tone: 'success' });
              setLine(null);
            } catch (error) {
              notifyProblem(error);
            }
            refetchRooms(['instant', 'reconciliation', 'statements', 'ledger', 'breaks', 'audit']);
          }}
        />
      )}
    </Page>
  );
}

/** The break of a payment that no statement confirmed in time. */
function useBreakOf(data: Story | undefined): string | undefined {
  const found = useQuery({
    ...orpc.breaks.list.queryOptions({
      input: { kind: 'pre-post', status: 'standing', sourceId: data?.payment.id ?? '', limit: 1 },
    }),
    enabled: data?.payment.state === 'overdue',
  });
  return data?.payment.state === 'overdue' ? found.data?.rows[0]?.id : undefined;
}

function stepsOf(data: Story | undefined, breakId: string | undefined): readonly Step[] {
  const payment = data?.payment;
  const first = data?.messages[0];
  return [
    {
      combo: 'b',
      label: t('act.break'),
      to: breakId === undefined ? undefined : places.breaks({ status: 'all', item: breakId }),
    },
    {
      combo: 'm',
      label: t('act.match'),
      to: payment && places.reconciliation({ item: payment.lineId ?? payment.id }),
    },
    {
      combo: 'l',
      label: t('act.line'),
      to: payment?.lineId ? places.transaction(payment.lineId) : undefined,
    },
    {
      combo: 's',
      label: t('act.source'),
      to: first && places.instantMessage(first.messageNumber),
    },
    {
      combo: 'e',
      label: t('act.entry'),
      to: data?.entries[0] && places.entry(data.entries[0].id),
    },
    {
      combo: 'p',
      label: t('act.proof'),
      to: payment && places.proof(payment.bankAccountId, payment.bookingDate),
    },
  ];
}

/** What the rows come to, in less out, once all of them are here: the figure that led here can be checked. */
function Sums({ rows }: { readonly rows: Rows<InstantPaymentRow> }) {
  if (!rows.whole || rows.rows.length === 0) return null;
  const sums = new Map<string, bigint>();
  for (const { currency, direction, amountMinor } of rows.rows)
    sums.set(currency, (sums.get(currency) ?? 0n) + (direction === 'debit' ? -amountMinor : amountMinor));
  const amounts = [...sums].map(([currency, amountMinor]) => ({ currency, amountMinor }));
  return (
    <p className="cs-instant-sums">
      <span className="cs-muted">{t('list.sum')}</span> <MoneyList amounts={amounts} inline />
    </p>
  );
}

function Nothing({
  rows,
  query,
  onClear,
}: {
  readonly rows: Rows<InstantPaymentRow>;
  readonly query: InstantQuery;
  readonly onClear: () => void;
}) {
  // A page that found nothing may not be the last one: the table asks on by itself.
  if (rows.hasMore) return <Skeleton lines={4} />;
  if (query.message !== undefined) {
    return (
      <EmptyState
        title={t('message.none')}
        text={t('message.noneText')}
        actions={
          <PlaceLink to={places.instantMessage(query.message)}>
            {t('message.title', { number: query.message })}
          </PlaceLink>
        }
      />
    );
  }
  if (query.state !== undefined || isNarrowed(query))
    return (
      <EmptyState
        title={t('list.emptyOther')}
        actions={<Button onClick={onClear}>{t('list.clear')}</Button>}
      />
    );
  return (
    <EmptyState
      title={t('list.emptyTitle')}
      text={t('list.emptyText')}
      actions={<PlaceLink to={places.connectors()}>{t('list.setUp')}</PlaceLink>}
    />
  );
}
