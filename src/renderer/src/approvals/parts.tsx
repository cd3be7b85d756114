import type { ApprovalLine, ApprovalState } from '../../../contract/approvals.ts';
import type { RoleId } from '../../../contract/operators.ts';
import {
  engineWords,
  MoneyList,
  StatusTag,
  useSecond,
  wordsLocale,
  writeClock,
  writeClockSpan,
  writeExactTime,
  writeTimestamp,
} from '../kit/index.ts';
import { t as people } from '../operators/messages.ts';
import { t } from './messages.ts';
import { isDaysAway, urgencyOf } from './reading.ts';

/** Colour and shape of each state, as the kit has them for states that mean the same. */
const LOOK: Readonly<Record<ApprovalState, string>> = {
  pending: 'pending',
  approved: 'acknowledged',
  executed: 'done',
  failed: 'failed',
  vetoed: 'refused',
  expired: 'expired',
  withdrawn: 'voided',
  void: 'voided',
};

export function State({ state }: { readonly state: ApprovalState }) {
  return <StatusTag status={LOOK[state]} label={t(`state.${state}`)} />;
}

/** A kind of command in a word of the desk; one that nobody has named is called as the contract does. */
export function kindWords(procedure: string): string {
  const key = `kind.${procedure}`;
  return t.has(key) ? t(key) : procedure;
}

/** `treasury approver or security officer`, in the language of the screen. */
export function rolesWords(roles: readonly RoleId[]): string {
  return new Intl.ListFormat(wordsLocale(), { type: 'disjunction' }).format(
    roles.map((role) => people(`role.${role}`).toLowerCase()),
  );
}

/** The time of today as a clock, of another day with its date. */
export function writeUntil(atMs: number, nowMs = Date.now()): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return isToday ? writeClock(atMs) : writeTimestamp(atMs);
}

const HOUR_MS = 3_600_000;

/** What is left to answer: a clock that turns urgent, a date while it is days away. */
export function TimeLeft({ of: line }: { readonly of: Pick<ApprovalLine, 'askedAtMs' | 'expiresAtMs'> }) {
  const nowMs = useSecond();
  const leftMs = line.expiresAtMs - nowMs;
  const urgency = urgencyOf(line, nowMs);
  const title = writeExactTime(line.expiresAtMs);
  if (urgency === 'over') return <strong className="cs-left cs-left--over">{t('clock.over')}</strong>;
  if (isDaysAway(leftMs))
    return (
      <span title={title}>{t('clock.until', { time: writeTimestamp(line.expiresAtMs).slice(0, 10) })}</span>
    );
  return (
    <span className={urgency === 'soon' ? 'cs-left cs-left--soon' : 'cs-left'} title={title}>
      {urgency === 'soon' && <span aria-hidden="true">▲ </span>}
      {leftMs > HOUR_MS
        ? t('clock.hours', { hours: Math.floor(leftMs / HOUR_MS) })
        : t('clock.left', { time: writeClockSpan(leftMs) })}
    </span>
  );
}

/** The first amount, and how many more there are: a line of a table has room for one. */
export function Amounts({ amounts }: { readonly amounts: ApprovalLine['amounts'] }) {
  if (amounts.length === 0) return <span className="cs-muted">–</span>;
  return (
    <>
      {amounts.length > 1 && (
        <span className="cs-muted">{t('list.more', { count: amounts.length - 1 })} </span>
      )}
      <MoneyList amounts={amounts.slice(0, 1)} inline />
    </>
  );
}

/** The title of a request, which the engine writes. */
export const titleOf = ({ title }: { readonly title: string }) => engineWords(title);

/** The program asks by itself, for a key that is due. */
const PROGRAM = 'system';

export const makerWords = ({ makerId, makerName }: Pick<ApprovalLine, 'makerId' | 'makerName'>): string =>
  makerId === PROGRAM ? t('maker.program') : makerName;
