/** Values as they stand in cells and sentences: money, accounts, dates, states, reasons. */
import { Tag } from '@blueprintjs/core';
import { useRouter } from '@tanstack/react-router';
import { type MouseEvent, type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { places } from '../app/places.ts';
import { engineWords } from './engine.ts';
import {
  daysUntil,
  maskIban,
  writeAmount,
  writeExactTime,
  writeIban,
  writeRelative,
  writeTimestamp,
} from './format.ts';
import { t } from './messages.ts';

export interface MoneyProps {
  readonly amountMinor: bigint;
  readonly currency: string;
  /** `debit` writes a minus before an unsigned amount, and says so in a word. */
  readonly direction?: 'credit' | 'debit';
  /** The word after the amount; on by default where a direction is given. */
  readonly showWord?: boolean;
  readonly showCurrency?: boolean;
}

/** An amount, right-aligned by its cell, in tabular figures, never cut short. */
export function Money({ amountMinor, currency, direction, showWord, showCurrency = true }: MoneyProps) {
  const signed = direction === 'debit' ? -amountMinor : amountMinor;
  const word =
    direction && (showWord ?? true) ? t(direction === 'debit' ? 'money.debit' : 'money.credit') : null;
  return (
    <span className="cs-money">
      <span className={signed < 0n ? 'cs-amount cs-amount--negative' : 'cs-amount'}>
        {writeAmount(signed, currency)}
      </span>
      {showCurrency && <span className="cs-currency">{currency}</span>}
      {word && <span className="cs-direction">{word}</span>}
    </span>
  );
}

/** One amount a currency, one under the other or in a line. */
export function MoneyList({
  amounts,
  empty = '–',
  inline = false,
}: {
  readonly amounts: readonly { readonly currency: string; readonly amountMinor: bigint }[];
  readonly empty?: string;
  readonly inline?: boolean;
}) {
  if (amounts.length === 0) return <span className="cs-muted">{empty}</span>;
  return (
    <span className={inline ? 'cs-money-list cs-money-list--inline' : 'cs-money-list'}>
      {amounts.map((amount) => (
        <Money key={amount.currency} amountMinor={amount.amountMinor} currency={amount.currency} />
      ))}
    </span>
  );
}

/** An account number in fours; `masked` keeps country, check digits and the last four. */
export function Iban({ account, masked = false }: { readonly account: string; readonly masked?: boolean }) {
  return <span className="cs-iban">{masked ? maskIban(account) : writeIban(account)}</span>;
}

const tickListeners = new Set<() => void>();
let nowMs = Date.now();
let ticking: ReturnType<typeof setInterval> | undefined;

function subscribeToClock(listener: () => void): () => void {
  tickListeners.add(listener);
  ticking ??= setInterval(() => {
    nowMs = Date.now();
    for (const tell of tickListeners) tell();
  }, 15_000);
  return () => {
    tickListeners.delete(listener);
    if (tickListeners.size === 0) {
      clearInterval(ticking);
      ticking = undefined;
    }
  };
}

/** The time now, renewed every 15 seconds, the same for all that show it. */
export function useNow(): number {
  return useSyncExternalStore(subscribeToClock, () => nowMs);
}

/** An ISO date as tables show it. */
export function DateCell({ date }: { readonly date: string | null }) {
  if (!date) return <span className="cs-muted">–</span>;
  return (
    <time className="cs-date" dateTime={date}>
      {date}
    </time>
  );
}

/** A moment as tables show it, spoken in the tooltip with its zone. */
export function TimeCell({ atMs }: { readonly atMs: number }) {
  return (
    <time className="cs-date" dateTime={new Date(atMs).toISOString()} title={writeExactTime(atMs)}>
      {writeTimestamp(atMs)}
    </time>
  );
}

/** `2 hr. ago`, with the exact time and zone in the tooltip. */
export function RelativeTime({ atMs }: { readonly atMs: number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(atMs).toISOString()} title={writeExactTime(atMs)}>
      {writeRelative(atMs, Math.max(now, atMs))}
    </time>
  );
}

/** A date that something is due by: counts down, then up. */
export function Deadline({ date }: { readonly date: string }) {
  const days = daysUntil(date, useNow());
  const words =
    days === 0 ? t('time.dueToday') : days > 0 ? t('time.due', { days }) : t('time.overdue', { days: -days });
  return (
    <span className={days < 0 ? 'cs-deadline cs-deadline--past' : 'cs-deadline'}>
      <DateCell date={date} /> <span className="cs-muted">{words}</span>
    </span>
  );
}

interface Reason {
  readonly code: string;
  readonly text: string;
  readonly weight: number;
  /** The desk's rule that is the reason. */
  readonly rule?: number | undefined;
}

/**
 * Reasons in words, strongest first; the bar's length is the weight, and the weight is also written. `more`
 * is what stands behind the words of one.
 */
export function Reasons<R extends Reason>({
  reasons,
  limit,
  more,
}: {
  readonly reasons: readonly R[];
  readonly limit?: number;
  readonly more?: (reason: R) => ReactNode;
}) {
  const isRule = ({ rule }: (typeof reasons)[number]) => Number(rule !== undefined);
  // What the desk itself has said comes before all that was weighed.
  const strongest = [...reasons]
    .sort((a, b) => isRule(b) - isRule(a) || Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, limit);
  const most = Math.max(...strongest.map((reason) => Math.abs(reason.weight)), 0.0001);
  return (
    <ol className="cs-reasons" aria-label={t('reasons.label')}>
      {strongest.map((reason) => (
        <li
          key={`${reason.code}/${reason.text}`}
          className={reason.weight < 0 ? 'cs-reason cs-reason--against' : 'cs-reason'}
        >
          <span className="cs-reason-bar" aria-hidden="true">
            <span style={{ width: `${(Math.abs(reason.weight) / most) * 100}%` }} />
          </span>
          <span className="cs-reason-text">
            {reason.rule === undefined ? (
              engineWords(reason.text)
            ) : (
              <PlaceLink to={places.rules({ rule: String(reason.rule) })}>
                {engineWords(reason.text)}
              </PlaceLink>
            )}
            {more?.(reason)}
          </span>
          <span
            className="cs-reason-weight"
            title={t('reasons.weight', { weight: reason.weight.toFixed(2) })}
          >
            {reason.weight > 0 ? '+' : ''}
            {reason.weight.toFixed(2)}
          </span>
        </li>
      ))}
    </ol>
  );
}

type Tone = 'none' | 'primary' | 'success' | 'warning' | 'danger';

const TONES: Readonly<Record<string, readonly [Tone, shape: string]>> = {
  auto: ['success', '●'],
  confirmed: ['success', '✓'],
  suggested: ['primary', '◐'],
  unmatched: ['warning', '○'],
  quarantined: ['danger', '■'],
  posted: ['success', '●'],
  pending: ['primary', '◐'],
  voided: ['none', '✕'],
  expired: ['none', '✕'],
  open: ['none', '○'],
  'part-paid': ['primary', '◐'],
  paid: ['success', '●'],
  imported: ['success', '✓'],
  duplicate: ['none', '='],
  refused: ['danger', '✕'],
  running: ['primary', '◐'],
  done: ['success', '✓'],
  failed: ['danger', '✕'],
  cancelled: ['none', '–'],
  verified: ['success', '✓'],
  broken: ['danger', '✕'],
  critical: ['danger', '■'],
  high: ['danger', '▲'],
  medium: ['warning', '◆'],
  low: ['none', '●'],
  acknowledged: ['primary', '◐'],
  resolved: ['success', '✓'],
  green: ['success', '●'],
  late: ['warning', '▲'],
};

/** A state: a colour, a shape and a word, so that none stands alone. */
export function StatusTag({ status, label }: { readonly status: string; readonly label?: string }) {
  const [tone, shape] = TONES[status] ?? ['none', '○'];
  const key = `status.${status}`;
  return (
    <Tag minimal className="cs-status" intent={tone}>
      <span aria-hidden="true">{shape}</span> {label ?? (t.has(key) ? t(key) : status)}
    </Tag>
  );
}

export interface PlaceLinkProps {
  /** A path of the router, made by `places`: `/ledger/entries/…`. */
  readonly to: string;
  readonly children: ReactNode;
  readonly className?: string;
  readonly label?: string;
  readonly current?: boolean;
}

/** A link to a place in the console. */
export function PlaceLink({ to, children, className, label, current }: PlaceLinkProps) {
  const router = useRouter();
  const go = (event: MouseEvent<HTMLAnchorElement>) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    router.history.push(to);
  };
  return (
    <a
      href={`#${to}`}
      className={className ?? 'cs-link'}
      onClick={go}
      aria-label={label}
      aria-current={current ? 'page' : undefined}
    >
      {children}
    </a>
  );
}

/** A number that leads to its source. */
export function Figure({
  to,
  label,
  children,
}: {
  readonly to: string;
  /** What the number is, for those who hear it. */
  readonly label?: string;
  readonly children: ReactNode;
}) {
  return (
    <PlaceLink to={to} className="cs-figure">
      {label !== undefined && <span className="cs-hidden">{label} </span>}
      {children}
    </PlaceLink>
  );
}

/** True once `flag` has stood for `ms`: nothing is shown before 200 ms, so that quick answers do not flicker. */
export function useDelayed(flag: boolean, ms = 200): boolean {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!flag) {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), ms);
    return () => clearTimeout(timer);
  }, [flag, ms]);
  return flag && shown;
}
