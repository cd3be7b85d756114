/** The day of instant rails; cash by day and match rate, side by side. Loaded after the figures stand. */
import {
  Area,
  AreaChart,
  Bar,
  BarChart,
  CartesianGrid,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { DashboardFigures } from '../../../contract/dashboard.ts';
import { places } from '../app/places.ts';
import {
  ChartCard,
  chartHeight,
  DateCell,
  Facts,
  Figure,
  Money,
  writeAxisAmount,
  writeMoney,
  writePercent,
} from '../kit/index.ts';
import { Liquidity } from './Liquidity.tsx';
import { t } from './messages.ts';

const AXIS = { tickLine: false, axisLine: false, tickMargin: 6, minTickGap: 28 } as const;
const shortDay = (date: string) => date.slice(5);

export default function Charts({
  figures,
  currency,
}: {
  readonly figures: DashboardFigures;
  readonly currency: string;
}) {
  return (
    <div className="cs-dash-charts">
      <Liquidity currency={currency} />
      <CashByDay days={figures.cashByDay.filter((day) => day.currency === currency)} currency={currency} />
      <MatchRate days={figures.matchRateByDay} />
    </div>
  );
}

type CashDay = DashboardFigures['cashByDay'][number];

function CashByDay({ days, currency }: { readonly days: readonly CashDay[]; readonly currency: string }) {
  const points = days.map((day) => ({ ...day, height: chartHeight(day.balanceMinor, currency) }));
  return (
    <ChartCard
      title={t('cash.title')}
      unit={t('cash.unit', { currency })}
      summary={cashSummary(days, currency)}
      table={{
        columns: [
          { header: t('cash.date') },
          { header: t('cash.in'), align: 'end' },
          { header: t('cash.out'), align: 'end' },
          { header: t('cash.balance'), align: 'end' },
        ],
        rows: [...days].reverse().map((day) => ({
          key: day.date,
          cells: [
            <DateCell key="date" date={day.date} />,
            <Money key="in" amountMinor={day.inMinor} currency={currency} showCurrency={false} />,
            <Money key="out" amountMinor={-day.outMinor} currency={currency} showCurrency={false} />,
            <Money key="balance" amountMinor={day.balanceMinor} currency={currency} showCurrency={false} />,
          ],
        })),
      }}
      chart={
        <ResponsiveContainer width="100%" height="100%">
          <AreaChart
            data={points}
            margin={{ top: 6, right: 8, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid vertical={false} stroke="var(--cs-line-soft)" />
            <XAxis dataKey="date" tickFormatter={shortDay} {...AXIS} />
            <YAxis width={52} tickFormatter={(value: number) => writeAxisAmount(value)} {...AXIS} />
            <ReferenceLine y={0} stroke="var(--cs-line)" />
            <Tooltip
              isAnimationActive={false}
              cursor={{ stroke: 'var(--cs-ink-soft)', strokeDasharray: '3 3' }}
              content={({ active, payload }) => {
                const day = payload?.[0]?.payload as CashDay | undefined;
                return active && day ? <CashTip day={day} /> : null;
              }}
            />
            <Area
              type="stepAfter"
              dataKey="height"
              isAnimationActive={false}
              stroke="var(--cs-chart-1)"
              strokeWidth={1.75}
              fill="var(--cs-chart-1)"
              fillOpacity={0.14}
              activeDot={{ r: 3 }}
            />
          </AreaChart>
        </ResponsiveContainer>
      }
    />
  );
}

function CashTip({ day }: { readonly day: CashDay }) {
  return (
    <div className="cs-chart-tip">
      <strong>{day.date}</strong>
      <Facts
        facts={[
          [t('cash.balance'), <Money key="b" amountMinor={day.balanceMinor} currency={day.currency} />],
          [t('cash.in'), <Money key="i" amountMinor={day.inMinor} currency={day.currency} />],
          [t('cash.out'), <Money key="o" amountMinor={-day.outMinor} currency={day.currency} />],
        ]}
      />
    </div>
  );
}

function cashSummary(days: readonly CashDay[], currency: string): string {
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last) return t('cash.none', { currency });
  let lowest = first;
  let highest = first;
  for (const day of days) {
    if (day.balanceMinor < lowest.balanceMinor) lowest = day;
    if (day.balanceMinor > highest.balanceMinor) highest = day;
  }
  return t('cash.summary', {
    currency,
    from: first.date,
    to: last.date,
    lowest: writeMoney(lowest.balanceMinor, currency),
    highest: writeMoney(highest.balanceMinor, currency),
    last: writeMoney(last.balanceMinor, currency),
  });
}

type RateDay = DashboardFigures['matchRateByDay'][number];

const rateOf = (day: { readonly matched: number; readonly transactions: number }) =>
  day.transactions === 0 ? '–' : writePercent(day.matched / day.transactions);

function MatchRate({ days }: { readonly days: readonly RateDay[] }) {
  const points = days.map((day) => ({ ...day, rest: day.transactions - day.matched }));
  const matched = days.reduce((sum, day) => sum + day.matched, 0);
  const transactions = days.reduce((sum, day) => sum + day.transactions, 0);
  return (
    <ChartCard
      title={t('rate.title')}
      unit={t('rate.unit')}
      summary={t('rate.summary', { matched, transactions, rate: rateOf({ matched, transactions }) })}
      controls={
        <span className="cs-legend" aria-hidden="true">
          <span className="cs-legend-key cs-legend-key--1" /> {t('rate.matched')}
          <span className="cs-legend-key cs-legend-key--2" /> {t('rate.unmatched')}
        </span>
      }
      table={{
        columns: [
          { header: t('rate.date') },
          { header: t('rate.transactions'), align: 'end' },
          { header: t('rate.matched'), align: 'end' },
          { header: t('rate.rate'), align: 'end' },
        ],
        rows: [...days].reverse().map((day) => ({
          key: day.date,
          cells: [
            <DateCell key="date" date={day.date} />,
            <Figure key="all" to={places.reconciliation()}>
              {day.transactions.toLocaleString()}
            </Figure>,
            day.matched.toLocaleString(),
            rateOf(day),
          ],
        })),
      }}
      chart={
        <ResponsiveContainer width="100%" height="100%">
          <BarChart
            data={points}
            margin={{ top: 6, right: 8, bottom: 0, left: 0 }}
            barCategoryGap="20%"
            maxBarSize={28}
            accessibilityLayer={false}
          >
            <CartesianGrid vertical={false} stroke="var(--cs-line-soft)" />
            <XAxis dataKey="date" tickFormatter={shortDay} {...AXIS} />
            <YAxis width={40} allowDecimals={false} {...AXIS} />
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: 'var(--cs-hover)' }}
              content={({ active, payload }) => {
                const day = payload?.[0]?.payload as RateDay | undefined;
                return active && day ? <RateTip day={day} /> : null;
              }}
            />
            <Bar dataKey="matched" stackId="day" isAnimationActive={false} fill="var(--cs-chart-1)" />
            <Bar dataKey="rest" stackId="day" isAnimationActive={false} fill="var(--cs-chart-2)" />
          </BarChart>
        </ResponsiveContainer>
      }
    />
  );
}

function RateTip({ day }: { readonly day: RateDay }) {
  return (
    <div className="cs-chart-tip">
      <strong>{day.date}</strong>
      <Facts
        facts={[
          [t('rate.transactions'), day.transactions.toLocaleString()],
          [t('rate.matched'), day.matched.toLocaleString()],
          [t('rate.rate'), rateOf(day)],
        ]}
      />
    </div>
  );
}
