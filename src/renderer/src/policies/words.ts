/** A policy in plain words, clause by clause. The same words stand in the list, the history and the draft. */

import type { RoleId } from '../../../contract/operators.ts';
import { type Policy, type PolicyClauses, type PolicyLimit, spanUnits } from '../../../contract/policies.ts';
import { kindWords } from '../approvals/parts.tsx';
import { wordsLocale, writeMoney } from '../kit/index.ts';
import { t as people } from '../operators/messages.ts';
import { t } from './messages.ts';

export type Terms = Pick<Policy, 'commands' | 'clauses'>;
type ClauseName = keyof PolicyClauses;

/** A time in the largest unit of which it is a whole number: `15 minutes`, `1 day`. */
export function writeSpan(ms: number): string {
  const [size, unit] = spanUnits.find(([one]) => ms >= one && ms % one === 0) ?? spanUnits[3];
  return new Intl.NumberFormat(wordsLocale(), { style: 'unit', unit, unitDisplay: 'long' }).format(ms / size);
}

const list = (parts: readonly string[]) =>
  new Intl.ListFormat(wordsLocale(), { type: 'conjunction' }).format(parts);

const roleWords = (roles: readonly RoleId[], none: string) =>
  roles.length === 0 ? none : list(roles.map((role) => people(`role.${role}`)));

function bounds(count: number | null, amounts: PolicyLimit['amounts']): string {
  const money = amounts.map(({ amountMinor, currency }) => writeMoney(amountMinor, currency));
  return list([...(count === null ? [] : [t('words.times', { count })]), ...money]);
}

const limitWords = ({ windowMs, count, amounts }: PolicyLimit) =>
  t('words.limit', { most: bounds(count, amounts), window: writeSpan(windowMs) });

const yesNo = (value: boolean) => t(value ? 'words.yes' : 'words.no');

/** How each clause reads. A clause that the contract gains and this lacks does not compile. */
const WORDS: { readonly [Name in ClauseName]: (value: PolicyClauses[Name]) => string } = {
  askers: (roles) => roleWords(roles, t('words.anybody')),
  checkers: (roles) => roleWords(roles, t('words.nobody')),
  quorum: (count) => t('words.quorum', { count }),
  vetoers: (roles) => roleWords(roles, t('words.everyChecker')),
  answerWithinMs: writeSpan,
  freeUpTo: (free) =>
    free === null || (free.count === null && free.amounts.length === 0)
      ? t('words.never')
      : t('words.free', { most: bounds(free.count, free.amounts) }),
  limits: (limits) => (limits.length === 0 ? t('words.none') : limits.map(limitWords).join('; ')),
  delegation: yesNo,
  session: (session) =>
    session === null
      ? t('words.byRole')
      : t('words.session', { most: writeSpan(session.maxMs), idle: writeSpan(session.idleMs) }),
  secondFactor: (factor) => t(`words.factor.${factor}`),
  signature: (suite) => t('words.atLeast', { what: suite }),
  kem: (kem) => t('words.atLeast', { what: kem }),
  alertAtOnce: yesNo,
  maskAccounts: (masked) => t(masked ? 'words.masked' : 'words.maskedByRole'),
  retentionYears: (years) =>
    new Intl.NumberFormat(wordsLocale(), { style: 'unit', unit: 'year', unitDisplay: 'long' }).format(years),
  regimes: (regimes) => (regimes.length === 0 ? t('words.none') : list(regimes)),
};

/** The clauses in the order in which a person asks about them. */
export const CLAUSE_NAMES = Object.keys(WORDS) as ClauseName[];

export const clauseWords = <Name extends ClauseName>(name: Name, clauses: PolicyClauses): string =>
  WORDS[name](clauses[name]);

const isClause = (name: string): name is ClauseName => Object.hasOwn(WORDS, name);

/** What a difference is about; its path names a clause or the commands. */
export function pathLabel(path: string): string {
  const name = path.replace(/^clauses\./, '');
  if (name === 'commands') return t('clause.commands');
  return isClause(name) ? t(`clause.${name}`) : path;
}

/** How the terms read at a path; null where the path names nothing of ours. */
export function pathWords(path: string, terms: Terms): string | null {
  const name = path.replace(/^clauses\./, '');
  if (name === 'commands')
    return terms.commands.length === 0 ? t('words.none') : list(terms.commands.map(kindWords));
  return isClause(name) ? clauseWords(name, terms.clauses) : null;
}
