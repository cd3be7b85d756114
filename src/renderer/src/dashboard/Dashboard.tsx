import { Button } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { DashboardFigures } from '../../../contract/dashboard.ts';
import { loadDemo } from '../app/commands.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { EmptyState, ErrorState, FilterTabs, Page, Skeleton } from '../kit/index.ts';
import { Ageing } from './Ageing.tsx';
import { Figures } from './Figures.tsx';
import { LatestRecords } from './LatestRecords.tsx';
import { LiveFeed } from './LiveFeed.tsx';
import { t } from './messages.ts';
import { NeedsYou } from './NeedsYou.tsx';
import './dashboard.css';

// The charts come after the figures: what is read first is painted first.
const Charts = lazy(() => import('./Charts.tsx'));

export function Dashboard() {
  const figures = useQuery(orpc.dashboard.figures.queryOptions());
  const [chosen, setChosen] = useState<string | null>(null);
  if (figures.data === undefined) {
    return (
      <Page title={t('title')} body="scroll">
        {figures.isError ? (
          <ErrorState error={figures.error} onRetry={() => void figures.refetch()} />
        ) : (
          <Skeleton lines={8} />
        )}
      </Page>
    );
  }
  if (figures.data.empty) return <EmptyBooks needs={figures.data.needsYou} />;
  const currencies = currenciesOf(figures.data);
  const currency = chosen !== null && currencies.includes(chosen) ? chosen : (currencies[0] ?? 'EUR');
  return (
    <Page
      title={t('title')}
      body="scroll"
      actions={
        currencies.length > 1 && (
          <FilterTabs
            label={t('currency.label')}
            options={currencies.map((code) => ({ value: code, label: code }))}
            value={currency}
            onChange={setChosen}
          />
        )
      }
    >
      <div className="cs-dash">
        <Figures figures={figures.data} currency={currency} />
        <LiveFeed />
        <Suspense fallback={<div className="cs-dash-charts" />}>
          <Charts figures={figures.data} currency={currency} />
        </Suspense>
        <LatestRecords />
        <div className="cs-dash-lists">
          <Ageing ageing={figures.data.ageing} currency={currency} />
          <NeedsYou needs={figures.data.needsYou} />
        </div>
      </div>
    </Page>
  );
}

/** Where nothing is booked yet, keys and incidents may still wait for somebody. */
function EmptyBooks({ needs }: { readonly needs: DashboardFigures['needsYou'] }) {
  const router = useRouter();
  const demo = useMutation({ mutationFn: loadDemo });
  return (
    <Page title={t('title')} body="scroll">
      <EmptyState
        title={t('empty.title')}
        text={t('empty.text')}
        actions={
          <>
            <Button intent="primary" onClick={() => router.history.push(places.importFiles())}>
              {t('empty.import')}
            </Button>
            <Button loading={demo.isPending} onClick={() => demo.mutate()}>
              {t('empty.demo')}
            </Button>
          </>
        }
      />
      {needs.length > 0 && (
        <div className="cs-dash">
          <NeedsYou needs={needs} />
        </div>
      )}
    </Page>
  );
}

/** The currencies that occur, the one with the most cash days and items first. */
function currenciesOf(figures: DashboardFigures): string[] {
  const seen = new Map<string, number>();
  const count = (currency: string, weight: number) => seen.set(currency, (seen.get(currency) ?? 0) + weight);
  for (const { currency } of figures.cashNow) count(currency, 1);
  for (const { currency, inMinor, outMinor } of figures.cashByDay)
    count(currency, inMinor !== 0n || outMinor !== 0n ? 2 : 0);
  for (const { value } of figures.ageing) for (const { currency } of value) count(currency, 1);
  return [...seen].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([currency]) => currency);
}
