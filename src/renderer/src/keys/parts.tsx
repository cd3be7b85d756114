/** What a key is in words and marks, as cells, facts and sentences show it. */
import type { Key, KeyState } from '../../../contract/keys.ts';
import { StatusTag, useNow, wordsLocale, writeExactTime, writeTimestamp } from '../kit/index.ts';
import { ageMs, byWeight, daysBetween } from './choosing.ts';
import { t } from './messages.ts';

/** States of keys by the kit's marks: each has a colour and a shape of its own kind beside its word. */
const MARKS: Readonly<Record<KeyState, string>> = {
  'pre-active': 'open',
  active: 'green',
  expiring: 'late',
  rotating: 'running',
  retired: 'cancelled',
  compromised: 'critical',
  destroyed: 'voided',
};

export function State({ state }: { readonly state: KeyState }) {
  return <StatusTag status={MARKS[state]} label={t(`state.${state}`)} />;
}

type Named = Pick<Key, 'type' | 'purpose'>;

/** `Data key of customer_pii`, `Signing key`. */
export const kindWords = ({ type, purpose }: Named): string => t(`kind.${type}`, { purpose: purpose ?? '' });

export const protectsWords = ({ protects, protectsWhat }: Pick<Key, 'protects' | 'protectsWhat'>): string =>
  t(`protects.${protectsWhat}`, { count: protects });

/** `2026Q4 7y`; empty for keys that belong to no quarter. */
export const classWords = ({ quarter, retentionClass }: Pick<Key, 'retentionClass' | 'quarter'>): string =>
  [quarter, retentionClass].filter(Boolean).join(' ');

const dayOf = (atMs: number) => writeTimestamp(atMs).slice(0, 10);

/** `2026-12-03`, with the exact time in the tooltip. */
export function Day({ atMs }: { readonly atMs: number }) {
  return (
    <time className="cs-date" dateTime={new Date(atMs).toISOString()} title={writeExactTime(atMs)}>
      {dayOf(atMs)}
    </time>
  );
}

/** The date of the next rotation and the days to it; what is overdue says so in word and colour. */
export function NextRotation({ atMs }: { readonly atMs: number | null }) {
  const nowMs = useNow();
  if (atMs === null) return <span className="cs-muted">{t('next.none')}</span>;
  const isOver = atMs <= nowMs;
  const days = daysBetween(nowMs, atMs);
  return (
    <>
      <span className="cs-key-next-day">
        <Day atMs={atMs} />{' '}
      </span>
      {isOver ? (
        <span className="cs-key-overdue">{t('next.overdue', { days: -days })}</span>
      ) : (
        <span className="cs-muted">{days === 0 ? t('next.today') : t('next.in', { days })}</span>
      )}
    </>
  );
}

const SPANS: readonly [leastMs: number, unit: 'day' | 'hour' | 'minute'][] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
];

/** `42 days`, `3 hours`: whole ones, in the largest unit that there is one of. */
export function writeSpan(ms: number): string {
  const [leastMs, unit] = SPANS.find(([least]) => ms >= least) ?? [0, null];
  if (unit === null) return t('time.underMinute');
  const form = { style: 'unit', unit, unitDisplay: 'long' } as const;
  return new Intl.NumberFormat(wordsLocale(), form).format(Math.floor(ms / leastMs));
}

/** How long a key has been in use, or was. */
export function Age({ of: key }: { readonly of: Key }) {
  const ms = ageMs(key, useNow());
  if (ms === null) return <span className="cs-muted">–</span>;
  return <span className={key.endedAtMs === null ? undefined : 'cs-muted'}>{writeSpan(ms)}</span>;
}

/** The most pressing finding in a word, and how many more there are. */
export function FindingsCell({ findings }: Pick<Key, 'findings'>) {
  const [first, ...rest] = byWeight(findings);
  if (!first) return <span className="cs-muted">{t('list.none')}</span>;
  const words = t(`short.${first.code}`);
  const isPressing = first.code !== 'HSM_REQUIRED';
  return (
    <span className={isPressing ? 'cs-key-pressing' : undefined}>
      <span aria-hidden="true">{isPressing ? '▲' : '△'}</span>{' '}
      {rest.length === 0 ? words : t('list.more', { words, count: rest.length })}
    </span>
  );
}

export const findingsTitle = ({ findings }: Pick<Key, 'findings'>): string | undefined =>
  findings.length === 0
    ? undefined
    : byWeight(findings)
        .map(({ code }) => t(`finding.${code}`))
        .join(', ');
