import type { Money } from '../../contract/common.ts';
import { formatAmount } from '../../contract/money.ts';
import {
  type Policy,
  type PolicyClauses,
  type PolicyDifference,
  type PolicyLimit,
  spanUnits,
} from '../../contract/policies.ts';
import { isAsStrong } from './who.ts';

/** What a change gives a policy. */
export type Terms = Pick<Policy, 'commands' | 'clauses'>;

/** One clause: how it reads, and whether `after` asks for less than `before`. */
interface Clause<T> {
  readonly words: (value: T) => string;
  readonly loosens: (before: T, after: T) => boolean;
}

const listed = (names: readonly string[], none: string): string =>
  names.length === 0 ? none : names.join(', ');

const within = <T>(few: readonly T[], many: readonly T[]): boolean => few.every((one) => many.includes(one));

/** A time in the largest unit that it is a whole number of. */
export function inWords(ms: number): string {
  const [size, unit] =
    spanUnits.find(([one]) => ms >= one && ms % one === 0) ?? ([1, 'millisecond'] as const);
  return `${ms / size} ${unit}${ms === size ? '' : 's'}`;
}

const money = (amounts: readonly Money[]): string =>
  amounts.map(({ amountMinor, currency }) => `${formatAmount(amountMinor, currency)} ${currency}`).join(', ');

const bounds = (count: number | null, amounts: readonly Money[]): string =>
  [...(count === null ? [] : [`${count} in number`]), ...(amounts.length === 0 ? [] : [money(amounts)])].join(
    ' and ',
  );

const limitWords = ({ windowMs, count, amounts }: PolicyLimit): string =>
  `${bounds(count, amounts)} in ${inWords(windowMs)}`;

const mostOf = (amounts: readonly Money[], currency: string): bigint | undefined =>
  amounts.find((one) => one.currency === currency)?.amountMinor;

/** Whether what `limit` refuses is still refused by `others`: its number, and its values. */
function stillBound(limit: PolicyLimit, others: readonly PolicyLimit[]): boolean {
  const asLong = others.filter(({ windowMs }) => windowMs >= limit.windowMs);
  const { count } = limit;
  const countBound = count === null || asLong.some((other) => other.count !== null && other.count <= count);
  const valueBound =
    limit.amounts.length === 0 ||
    asLong.some(
      ({ amounts }) =>
        amounts.length > 0 &&
        amounts.every(({ amountMinor, currency }) => amountMinor <= (mostOf(limit.amounts, currency) ?? -1n)),
    );
  return countBound && valueBound;
}

type Free = PolicyClauses['freeUpTo'];

function freesMore(before: Free, after: Free): boolean {
  if (after === null) return false;
  if (before === null) return true;
  if (before.count !== null && (after.count === null || after.count > before.count)) return true;
  // Where amounts count, what names none is never free; a list that goes frees what names none.
  if (before.amounts.length > 0 && after.amounts.length === 0) return true;
  return after.amounts.some(
    ({ amountMinor, currency }) => amountMinor > (mostOf(before.amounts, currency) ?? -1n),
  );
}

type Session = PolicyClauses['session'];

function lastsLonger(before: Session, after: Session): boolean {
  if (before === null) return false;
  return after === null || after.maxMs > before.maxMs || after.idleMs > before.idleMs;
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
const strength = <T extends string>(): Clause<T> => ({
  words: (value) => value,
  loosens: (before, after) => !isAsStrong(after, before),
});
const flagThatGuards: Clause<boolean> = { words: yesNo, loosens: (before, after) => before && !after };

/** How each clause is compared. A clause that the contract gains and this lacks does not compile. */
const CLAUSES: { readonly [Name in keyof PolicyClauses]: Clause<PolicyClauses[Name]> } = {
  askers: {
    words: (roles) => listed(roles, 'whoever holds the permission'),
    loosens: (before, after) => before.length > 0 && (after.length === 0 || !within(after, before)),
  },
  checkers: {
    words: (roles) => listed(roles, 'nobody'),
    loosens: (before, after) => !within(after, before),
  },
  quorum: { words: (quorum) => `${quorum} besides who asks`, loosens: (before, after) => after < before },
  vetoers: {
    words: (roles) => listed(roles, 'every checker'),
    loosens: (before, after) => after.length > 0 && (before.length === 0 || !within(before, after)),
  },
  answerWithinMs: { words: inWords, loosens: (before, after) => after > before },
  freeUpTo: {
    words: (free) => (free === null ? 'nothing' : `up to ${bounds(free.count, free.amounts)}`),
    loosens: freesMore,
  },
  limits: {
    words: (limits) => listed(limits.map(limitWords), 'none'),
    loosens: (before, after) => before.some((limit) => !stillBound(limit, after)),
  },
  delegation: { words: yesNo, loosens: (before, after) => !before && after },
  session: {
    words: (session) =>
      session === null ? 'by the role alone' : `${inWords(session.maxMs)}, idle ${inWords(session.idleMs)}`,
    loosens: lastsLonger,
  },
  secondFactor: strength(),
  signature: strength(),
  kem: strength(),
  alertAtOnce: flagThatGuards,
  maskAccounts: flagThatGuards,
  retentionYears: { words: (years) => `${years} years`, loosens: (before, after) => after < before },
  regimes: {
    words: (regimes) => listed(regimes, 'none'),
    loosens: (before, after) => !within(before, after),
  },
};

/** The clauses, in the order in which they are shown. */
export const CLAUSE_NAMES = Object.keys(CLAUSES) as (keyof PolicyClauses)[];

function differenceOf<Name extends keyof PolicyClauses>(
  name: Name,
  before: PolicyClauses,
  after: PolicyClauses,
): PolicyDifference[] {
  const { words, loosens } = CLAUSES[name];
  const [was, will] = [words(before[name]), words(after[name])];
  if (was === will) return [];
  return [{ path: `clauses.${name}`, before: was, after: will, loosens: loosens(before[name], after[name]) }];
}

/** A list whose order says nothing, in one order. */
const inOrder = <T>(list: readonly T[], key: (one: T) => string | number): T[] =>
  [...list].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));

const self = (name: string) => name;
const amountsInOrder = (amounts: readonly Money[]): Money[] => inOrder(amounts, ({ currency }) => currency);

/** The same terms with every list in one order, so that a change of order is no change. */
export function inOneOrder({ commands, clauses }: Terms): Terms {
  const { freeUpTo } = clauses;
  return {
    commands: inOrder(commands, self),
    clauses: {
      ...clauses,
      askers: inOrder(clauses.askers, self),
      checkers: inOrder(clauses.checkers, self),
      vetoers: inOrder(clauses.vetoers, self),
      regimes: inOrder(clauses.regimes, self),
      freeUpTo: freeUpTo && { ...freeUpTo, amounts: amountsInOrder(freeUpTo.amounts) },
      limits: inOrder(clauses.limits, ({ windowMs }) => windowMs).map((limit) => ({
        ...limit,
        amounts: amountsInOrder(limit.amounts),
      })),
    },
  };
}

/** What a change touches, clause by clause; empty where it changes nothing. */
export function differences(before: Terms, after: Terms): PolicyDifference[] {
  const [was, will] = [inOneOrder(before), inOneOrder(after)];
  const [commandsBefore, commandsAfter] = [was, will].map(({ commands }) => listed(commands, 'none'));
  const ofCommands = {
    path: 'commands',
    before: commandsBefore!,
    after: commandsAfter!,
    loosens: !within(was.commands, will.commands),
  };
  return [
    ...(commandsBefore === commandsAfter ? [] : [ofCommands]),
    ...CLAUSE_NAMES.flatMap((name) => differenceOf(name, was.clauses, will.clauses)),
  ];
}
