/** A policy as it is edited: texts as they are typed, and what they make. Pure. */
import type { Money } from '../../../contract/common.ts';
import { formatAmount, parseAmount } from '../../../contract/money.ts';
import type { RoleId } from '../../../contract/operators.ts';
import type { Policy, PolicyChange, PolicyClauses } from '../../../contract/policies.ts';
import { plainAmount } from '../kit/typed.ts';

export const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
export type Unit = keyof typeof UNITS;
const LARGEST_FIRST: readonly Unit[] = ['day', 'hour', 'minute'];

/** A time as it is typed: a number and its unit. */
export interface SpanDraft {
  readonly count: string;
  readonly unit: Unit;
}

export interface LimitDraft {
  readonly key: number;
  readonly count: string;
  readonly amounts: string;
  readonly window: SpanDraft;
}

export interface PolicyDraft {
  readonly commands: readonly string[];
  readonly askers: readonly RoleId[];
  readonly checkers: readonly RoleId[];
  readonly vetoers: readonly RoleId[];
  readonly quorum: string;
  readonly answerWithin: SpanDraft;
  readonly isFree: boolean;
  readonly freeCount: string;
  readonly freeAmounts: string;
  readonly limits: readonly LimitDraft[];
  readonly delegation: boolean;
  readonly hasSession: boolean;
  readonly sessionMax: SpanDraft;
  readonly sessionIdle: SpanDraft;
  readonly secondFactor: PolicyClauses['secondFactor'];
  readonly signature: PolicyClauses['signature'];
  readonly kem: PolicyClauses['kem'];
  readonly alertAtOnce: boolean;
  readonly maskAccounts: boolean;
  readonly retentionYears: string;
  readonly regimes: string;
  readonly reason: string;
}

/** What is typed wrongly; the field is marked with it. */
export type DraftProblem =
  | 'quorum'
  | 'answerWithin'
  | 'freeCount'
  | 'freeAmounts'
  | 'free'
  | 'limits'
  | 'session'
  | 'retentionYears'
  | 'checkers';

export function spanDraft(ms: number): SpanDraft {
  const unit = LARGEST_FIRST.find((one) => ms % UNITS[one] === 0) ?? 'minute';
  return { count: String(ms / UNITS[unit]), unit };
}

/** The time in milliseconds; null where the number is none above zero. */
export function spanOf({ count, unit }: SpanDraft): number | null {
  const number = Number(count.trim());
  const ms = number * UNITS[unit];
  return count.trim() !== '' && Number.isInteger(ms) && ms > 0 ? ms : null;
}

/** A whole number of one and more; null where it is none, or too many. */
function wholeOf(text: string, most = 999_999_999): number | null {
  const number = /^[1-9]\d{0,8}$/.test(text.trim()) ? Number(text.trim()) : null;
  return number !== null && number <= most ? number : null;
}

/** As many as the contract takes. */
const MOST_CHECKERS = 9;
const MOST_YEARS = 100;

/** `10000.00 EUR, 5000.00 USD`. */
export const amountsText = (amounts: readonly Money[]): string =>
  amounts.map(({ amountMinor, currency }) => `${formatAmount(amountMinor, currency)} ${currency}`).join(', ');

const ONE_AMOUNT = /[\s,;]*([\d.,'’\s]*\d)\s*([a-z]{3})\b/giy;

/** Amounts as people write them, one after the other; null where something of it is no amount. */
export function amountsOf(text: string): Money[] | null {
  const amounts: Money[] = [];
  let at = 0;
  while (text.slice(at).trim().replace(/[,;]/g, '') !== '') {
    ONE_AMOUNT.lastIndex = at;
    const found = ONE_AMOUNT.exec(text);
    if (!found) return null;
    const currency = found[2]!.toUpperCase();
    const read = parseAmount(plainAmount(found[1]!), currency);
    if (!read.ok || read.amountMinor < 0n || amounts.some((one) => one.currency === currency)) return null;
    amounts.push({ amountMinor: read.amountMinor, currency });
    at = ONE_AMOUNT.lastIndex;
  }
  return amounts;
}

export function draftOf({ commands, clauses }: Pick<Policy, 'commands' | 'clauses'>): PolicyDraft {
  const { freeUpTo, session } = clauses;
  return {
    commands,
    askers: clauses.askers,
    checkers: clauses.checkers,
    vetoers: clauses.vetoers,
    quorum: String(clauses.quorum),
    answerWithin: spanDraft(clauses.answerWithinMs),
    isFree: freeUpTo !== null,
    freeCount: freeUpTo?.count == null ? '' : String(freeUpTo.count),
    freeAmounts: amountsText(freeUpTo?.amounts ?? []),
    limits: clauses.limits.map(({ count, amounts, windowMs }, key) => ({
      key,
      count: count === null ? '' : String(count),
      amounts: amountsText(amounts),
      window: spanDraft(windowMs),
    })),
    delegation: clauses.delegation,
    hasSession: session !== null,
    sessionMax: spanDraft(session?.maxMs ?? 4 * UNITS.hour),
    sessionIdle: spanDraft(session?.idleMs ?? UNITS.hour),
    secondFactor: clauses.secondFactor,
    signature: clauses.signature,
    kem: clauses.kem,
    alertAtOnce: clauses.alertAtOnce,
    maskAccounts: clauses.maskAccounts,
    retentionYears: String(clauses.retentionYears),
    regimes: clauses.regimes.join(', '),
    reason: '',
  };
}

function limitOf({ count, amounts, window }: LimitDraft): PolicyClauses['limits'][number] | null {
  const read = amountsOf(amounts);
  const windowMs = spanOf(window);
  const number = count.trim() === '' ? null : wholeOf(count);
  if (read === null || windowMs === null || (count.trim() !== '' && number === null)) return null;
  // A limit of nothing limits nothing.
  if (number === null && read.length === 0) return null;
  return { windowMs, count: number, amounts: read };
}

export type Drafted =
  | { readonly ok: true; readonly commands: string[]; readonly clauses: PolicyClauses }
  | { readonly ok: false; readonly problems: readonly DraftProblem[] };

/** What the draft makes, or what of it cannot be read. */
export function termsOf(draft: PolicyDraft): Drafted {
  const problems: DraftProblem[] = [];
  const need = <T>(value: T | null, problem: DraftProblem): T | null => {
    if (value === null) problems.push(problem);
    return value;
  };
  const quorum = need(wholeOf(draft.quorum, MOST_CHECKERS), 'quorum');
  const answerWithinMs = need(spanOf(draft.answerWithin), 'answerWithin');
  const retentionYears = need(wholeOf(draft.retentionYears, MOST_YEARS), 'retentionYears');
  const limits = draft.limits.map(limitOf);
  if (limits.includes(null)) problems.push('limits');
  const freeUpTo = draft.isFree ? freeOf(draft, problems) : null;
  const session = draft.hasSession ? sessionOf(draft, problems) : null;
  if (draft.checkers.length === 0) problems.push('checkers');
  if (problems.length > 0 || quorum === null || answerWithinMs === null || retentionYears === null)
    return { ok: false, problems };
  const { commands, askers, checkers, vetoers, delegation, secondFactor, signature, kem } = draft;
  return {
    ok: true,
    commands: [...commands],
    clauses: {
      askers: [...askers],
      checkers: [...checkers],
      quorum,
      vetoers: [...vetoers],
      answerWithinMs,
      freeUpTo,
      limits: limits.filter((limit) => limit !== null),
      delegation,
      session,
      secondFactor,
      signature,
      kem,
      alertAtOnce: draft.alertAtOnce,
      maskAccounts: draft.maskAccounts,
      retentionYears,
      regimes: draft.regimes
        .split(/[,;]/)
        .map((one) => one.trim())
        .filter((one) => one !== ''),
    },
  };
}

function freeOf(
  { freeCount, freeAmounts }: PolicyDraft,
  problems: DraftProblem[],
): PolicyClauses['freeUpTo'] {
  const count = freeCount.trim() === '' ? null : wholeOf(freeCount);
  const amounts = amountsOf(freeAmounts);
  if (freeCount.trim() !== '' && count === null) problems.push('freeCount');
  if (amounts === null) problems.push('freeAmounts');
  else if (count === null && amounts.length === 0) problems.push('free');
  return { count, amounts: amounts ?? [] };
}

function sessionOf(
  { sessionMax, sessionIdle }: PolicyDraft,
  problems: DraftProblem[],
): PolicyClauses['session'] {
  const [maxMs, idleMs] = [spanOf(sessionMax), spanOf(sessionIdle)];
  if (maxMs === null || idleMs === null) {
    problems.push('session');
    return null;
  }
  return { maxMs, idleMs };
}

const LEAST_REASON = 3;

export const hasReason = ({ reason }: PolicyDraft) => reason.trim().length >= LEAST_REASON;

/** The change as the contract takes it. */
export function changeOf(
  { id, version }: Pick<Policy, 'id' | 'version'>,
  drafted: Extract<Drafted, { ok: true }>,
  reason: string,
): PolicyChange {
  const { commands, clauses } = drafted;
  return { policyId: id, baseVersion: version, commands, clauses, reason };
}
