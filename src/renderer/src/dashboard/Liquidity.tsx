/** Money of the day as instant rails bring it, and when the statements should confirm what is in transit. */
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  ChartCard,
  chartHeight,
  Facts,
  Figure,
  FilterTabs,
  Money,
  maskIban,
  useNow,
  writeAxisAmount,
  writeMoney,
  writeUtc,
} from '../kit/index.ts';
import { type Account, type Curve, curveOf, type DuePoint, type HourPoint } from './liquidityCurve.ts';
import { t } from './messages.ts';

const AGAIN_MS = 15_000;
const ALL = 'all';
const AXIS = { tickLine: false, axisLine: false, tickMargin: 6, minTickGap: 24 } as const;

/** Stands where an own account has had instant payments; elsewhere there is no day to draw. */
export function Liquidity({ currency }: { readonly currency: string }) {
  const position = useQuery(orpc.instant.position.queryOptions({ input: {}, refetchInterval: AGAIN_MS }));
  const nowMs = useNow();
  const [chosen, setChosen] = useState(ALL);
  const { data } = position;
  if (data === undefined || !data.accounts.some(hasPayments)) return null;
  const accounts = data.accounts.filter((one) => one.currency === currency);
  const shown = accounts.some((one) => one.bankAccountId === chosen)
    ? accounts.filter((one) => one.bankAccountId === chosen)
    : accounts;
  const only = shown.length === 1 ? shown[0] : undefined;
  const asked: Asked = { currency, ...(only && accounts.length > 1 ? { account: only.bankAccountId } : {}) };
  const curve = curveOf(shown, data.date, Math.max(nowMs, Date.parse(`${data.date}T00:00:00Z`)));
  return (
    <ChartCard
      className="cs-dash-wide"
      title={t('liquidity.title')}
      unit={t('liquidity.unit', { currency })}
      summary={summaryOf(curve, currency)}
      controls={
        accounts.length > 1 && (
          <FilterTabs
            label={t('liquidity.account')}
            options={[
              { value: ALL, label: t('liquidity.allAccounts') },
              ...accounts.map((one) => ({ value: one.bankAccountId, label: maskIban(one.accountNumber) })),
            ]}
            value={chosen}
            onChange={setChosen}
          />
        )
      }
      lead={
        <div className="cs-liquidity-lead">
          <Totals curve={curve} asked={asked} />
          <Legend />
        </div>
      }
      table={tableOf(curve, asked, shown, data.date)}
      chart={<CurveChart curve={curve} asked={asked} />}
    />
  );
}

/** Of what the curve is: the list of payments is narrowed to it. */
interface Asked {
  readonly currency: string;
  readonly account?: string;
}

/** What stands now, each sum a link to the payments it is made of. */
function Totals({ curve, asked }: { readonly curve: Curve; readonly asked: Asked }) {
  const facts: readonly (readonly [name: string, amountMinor: bigint, to: string])[] = [
    [t('liquidity.booked'), curve.bookedMinor, places.statements()],
    [t('liquidity.transit'), curve.inTransitMinor, places.instant({ ...asked, transit: true })],
    [t('liquidity.waiting'), curve.waitingMinor, places.instant({ ...asked, state: 'waiting' })],
    [t('liquidity.late'), curve.overdueMinor, places.instant({ ...asked, state: 'overdue' })],
  ];
  return (
    <dl className="cs-liquidity-totals">
      {facts.map(([name, amountMinor, to]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Figure to={to}>
              <Money amountMinor={amountMinor} currency={asked.currency} />
            </Figure>
          </dd>
        </div>
      ))}
    </dl>
  );
}

const HOUR_MS = 3_600_000;
/** The payments of an hour, or of a deadline. */
function paymentsOf(point: HourPoint | DuePoint, asked: Asked, direction?: 'credit' | 'debit'): string {
  if (point.kind === 'due') return places.instant({ ...asked, due: point.atMs });
  const from = (Math.ceil(point.atMs / HOUR_MS) - 1) * HOUR_MS;
  return places.instant({ ...asked, direction, from, before: from + HOUR_MS });
}

const hasPayments = ({ hours, forecast }: Account) => hours.length > 0 || forecast.length > 0;

function Legend() {
  return (
    <span className="cs-legend" aria-hidden="true">
      <span className="cs-legend-key cs-legend-key--1" /> {t('liquidity.position')}
      <span className="cs-legend-key cs-legend-key--2" /> {t('liquidity.forecast')}
    </span>
  );
}

/** The day is that of UTC, and so is its clock. */
const utcClock = (atMs: number) => writeUtc(atMs).slice(11);

interface Drawn {
  readonly label: string;
  readonly position?: number;
  readonly forecast?: number;
  readonly point: HourPoint | DuePoint;
  readonly isNow: boolean;
}

/** Hours of today, then the times at which something is due: the places on the axis are of one width. */
function drawnOf(curve: Curve, currency: string): Drawn[] {
  const height = (minor: bigint) => chartHeight(minor, currency);
  const last = curve.hours.length - 1;
  return [
    ...curve.hours.map((point, place) => ({
      label: place === last ? t('liquidity.now') : utcClock(point.atMs),
      position: height(point.positionMinor),
      ...(place === last ? { forecast: height(curve.bookedMinor) } : {}),
      point,
      isNow: place === last,
    })),
    ...curve.due.map((point) => ({
      label: writeUtc(point.atMs).slice(5, 10),
      forecast: height(point.bookedMinor),
      point,
      isNow: false,
    })),
  ];
}

function CurveChart({ curve, asked }: { readonly curve: Curve; readonly asked: Asked }) {
  const router = useRouter();
  const { currency } = asked;
  const drawn = drawnOf(curve, currency);
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={drawn}
        onClick={({ activeTooltipIndex }) => {
          const at = drawn[Number(activeTooltipIndex ?? -1)];
          if (at) router.history.push(paymentsOf(at.point, asked));
        }}
        margin={{ top: 6, right: 8, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid vertical={false} stroke="var(--cs-line-soft)" />
        <XAxis dataKey="label" allowDuplicatedCategory {...AXIS} />
        <YAxis width={56} tickFormatter={(value: number) => writeAxisAmount(value)} {...AXIS} />
        <ReferenceLine y={0} stroke="var(--cs-line)" />
        <ReferenceLine x={t('liquidity.now')} stroke="var(--cs-ink-soft)" strokeDasharray="2 3" />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: 'var(--cs-ink-soft)', strokeDasharray: '3 3' }}
          content={({ active, payload }) => {
            const drawn = payload?.[0]?.payload as Drawn | undefined;
            return active && drawn ? <Tip drawn={drawn} curve={curve} currency={currency} /> : null;
          }}
        />
        <Area
          type="linear"
          dataKey="position"
          isAnimationActive={false}
          stroke="var(--cs-chart-1)"
          strokeWidth={1.75}
          fill="var(--cs-chart-1)"
          fillOpacity={0.14}
          activeDot={{ r: 3 }}
        />
        <Line
          type="stepAfter"
          dataKey="forecast"
          isAnimationActive={false}
          stroke="var(--cs-chart-2)"
          strokeWidth={1.75}
          strokeDasharray="5 4"
          dot={{ r: 2.5, strokeDasharray: '0' }}
        />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function Tip({
  drawn,
  curve,
  currency,
}: {
  readonly drawn: Drawn;
  readonly curve: Curve;
  readonly currency: string;
}) {
  const { point, isNow } = drawn;
  const money = (amountMinor: bigint) => <Money amountMinor={amountMinor} currency={currency} />;
  return (
    <div className="cs-chart-tip">
      <strong>{writeUtc(point.atMs)}</strong>
      <Facts
        facts={
          point.kind === 'hour'
            ? [
                [t('liquidity.position'), money(point.positionMinor)],
                [t('liquidity.in'), money(point.inMinor)],
                [t('liquidity.out'), money(-point.outMinor)],
                [t('liquidity.booked'), isNow ? money(curve.bookedMinor) : null],
                [t('liquidity.transit'), isNow ? money(curve.inTransitMinor) : null],
                [t('liquidity.waiting'), isNow ? money(curve.waitingMinor) : null],
              ]
            : [
                [t('liquidity.booked'), money(point.bookedMinor)],
                [t('liquidity.due'), money(point.transitMinor)],
              ]
        }
      />
    </div>
  );
}

function tableOf(curve: Curve, asked: Asked, accounts: readonly Account[], date: string) {
  const { currency } = asked;
  const only = accounts.length === 1 ? accounts[0] : undefined;
  const day = only ? places.bankAccountDay(only.bankAccountId, date) : places.statements();
  const money = (key: string, amountMinor: bigint) => (
    <Money key={key} amountMinor={amountMinor} currency={currency} showCurrency={false} />
  );
  const hourRow = (point: HourPoint) => ({
    key: `hour/${point.atMs}`,
    cells: [
      writeUtc(point.atMs),
      <Figure key="payments" to={paymentsOf(point, asked)}>
        {point.payments.toLocaleString()}
      </Figure>,
      <Figure key="in" to={paymentsOf(point, asked, 'credit')}>
        {money('in', point.inMinor)}
      </Figure>,
      <Figure key="out" to={paymentsOf(point, asked, 'debit')}>
        {money('out', -point.outMinor)}
      </Figure>,
      <Figure key="position" to={day}>
        {money('position', point.positionMinor)}
      </Figure>,
      '',
    ],
  });
  const dueRow = (point: DuePoint) => ({
    key: `due/${point.atMs}`,
    cells: [
      t('liquidity.by', { time: writeUtc(point.atMs) }),
      '',
      <Figure key="transit" to={paymentsOf(point, asked)}>
        {money('transit', point.transitMinor)}
      </Figure>,
      '',
      '',
      <Figure key="booked" to={day}>
        {money('booked', point.bookedMinor)}
      </Figure>,
    ],
  });
  return {
    columns: [
      { header: t('liquidity.when') },
      { header: t('liquidity.payments'), align: 'end' as const },
      { header: t('liquidity.in'), align: 'end' as const },
      { header: t('liquidity.out'), align: 'end' as const },
      { header: t('liquidity.position'), align: 'end' as const },
      { header: t('liquidity.booked'), align: 'end' as const },
    ],
    rows: [...curve.due.toReversed().map(dueRow), ...curve.hours.toReversed().map(hourRow)],
  };
}

function summaryOf(curve: Curve, currency: string): string {
  const overdue =
    curve.overdueMinor === 0n
      ? ''
      : ` ${t('liquidity.overdue', { amount: writeMoney(curve.overdueMinor, currency) })}`;
  return `${t('liquidity.summary', {
    booked: writeMoney(curve.bookedMinor, currency),
    transit: writeMoney(curve.inTransitMinor, currency),
    waiting: writeMoney(curve.waitingMinor, currency),
    payments: curve.hours.reduce((so, { payments }) => so + payments, 0),
  })}${overdue}`;
}
