import { currencyScale } from '../../contract/money.ts';
import type { Policy, PolicyClauses } from '../../contract/policies.ts';
import { CountersignError } from '../base/index.ts';
import type { Terms } from './compare.ts';
import { governable } from './known.ts';
import { ALWAYS_ALERTS, isControl, NEVER_ALONE } from './shipped.ts';
import { answers, isStrongEnough, mayAsk, mayCheck, type Person, type Strength } from './who.ts';

/** A request that waits longer has been forgotten. */
const LONGEST_ANSWER_MS = 31 * 86_400_000;
/** Nothing that is counted is looked back at longer. */
const LONGEST_WINDOW_MS = 366 * 86_400_000;

function invalid(path: string, message: string, expected: string): never {
  throw new CountersignError('POLICY_INVALID', message, { path, expected });
}

const repeated = <T>(list: readonly T[]): T | undefined => list.find((one, i) => list.indexOf(one) !== i);

function checkCommands(before: Policy, { commands }: Terms, others: readonly Policy[]): void {
  const twice = repeated(commands);
  if (twice !== undefined) invalid('commands', `${twice} is named twice.`, 'each command once');
  // What stands under it already may stay, though this program does not serve it.
  for (const command of commands.filter((one) => !before.commands.includes(one))) {
    const found = governable(command);
    if ('refusal' in found) {
      invalid('commands', `${command} cannot be put under a policy. ${found.refusal}`, 'a command');
    }
    const other = others.find((one) => one.commands.includes(command));
    if (other) {
      invalid('commands', `${command} stands under ${other.id} already.`, 'each command under one policy');
    }
  }
}

/** Lists that contradict themselves, and who may take no part. */
function checkLists({ askers, checkers, vetoers, regimes }: PolicyClauses): void {
  for (const [name, list] of Object.entries({ askers, checkers, vetoers, regimes })) {
    if (repeated<string>(list) === undefined) continue;
    invalid(`clauses.${name}`, 'The list names one twice.', 'each once');
  }
  if ([...askers, ...checkers, ...vetoers].includes('auditor')) {
    invalid('clauses.checkers', 'Who audits the work takes no part in it.', 'any role but auditor');
  }
  if (regimes.some((regime) => regime.trim() === '')) {
    invalid('clauses.regimes', 'A regulation has no name.', 'a name such as EMIR');
  }
}

function checkAmounts(path: string, amounts: PolicyClauses['limits'][number]['amounts']): void {
  if (repeated(amounts.map(({ currency }) => currency)) !== undefined) {
    invalid(path, 'A currency is listed twice.', 'each currency once');
  }
  for (const { amountMinor, currency } of amounts) {
    if (currencyScale(currency) === undefined) invalid(path, 'There is no such currency.', 'ISO 4217');
    if (amountMinor <= 0n) invalid(path, 'An amount is not more than nothing.', 'a positive amount');
  }
}

function checkNumbers({ limits, freeUpTo, answerWithinMs, session }: PolicyClauses): void {
  if (repeated(limits.map(({ windowMs }) => windowMs)) !== undefined) {
    invalid('clauses.limits', 'Two limits have one window.', 'one limit a window');
  }
  for (const { count, amounts, windowMs } of limits) {
    if (count === null && amounts.length === 0) {
      invalid('clauses.limits', 'A limit limits nothing.', 'a number or amounts');
    }
    if (windowMs > LONGEST_WINDOW_MS) invalid('clauses.limits', 'The window is too long.', 'a year or less');
    checkAmounts('clauses.limits', amounts);
  }
  if (freeUpTo !== null) {
    const { count, amounts } = freeUpTo;
    if ((count === null && amounts.length === 0) || (count !== null && count < 1)) {
      invalid('clauses.freeUpTo', 'A threshold names no number.', 'a positive number, amounts, or null');
    }
    checkAmounts('clauses.freeUpTo', amounts);
  }
  if (answerWithinMs > LONGEST_ANSWER_MS) {
    invalid('clauses.answerWithinMs', 'A request would wait too long.', '31 days or less');
  }
  if (session !== null && session.idleMs > session.maxMs) {
    invalid('clauses.session', 'A session cannot idle longer than it lasts.', 'idleMs up to maxMs');
  }
}

function tooWeak(path: string, message: string, expected: string): never {
  throw new CountersignError('POLICY_TOO_WEAK', message, { path, expected });
}

function checkControl({ id, commands: before }: Policy, { commands, clauses }: Terms): void {
  const gone = before.find((command) => NEVER_ALONE.has(command) && !commands.includes(command));
  if (gone !== undefined) tooWeak('commands', `${gone} is never one person’s.`, `${gone} under ${id}`);
  if (isControl(id) && clauses.freeUpTo !== null) {
    tooWeak('clauses.freeUpTo', 'What guards the console is never one person’s, however small.', 'null');
  }
  if (ALWAYS_ALERTS.has(id) && !clauses.alertAtOnce) {
    tooWeak('clauses.alertAtOnce', 'Nobody may use the emergency door unheard.', 'true');
  }
}

/** Who there is, and how strongly each signs in and signs. */
export interface Present {
  readonly people: readonly Person[];
  strength(operatorId: string): Strength;
}

/** Whether somebody may ask for a command and enough others may agree. */
function satisfiable(terms: Terms, command: string, people: readonly Person[]): boolean {
  const found = governable(command);
  if ('refusal' in found) return true;
  const checkers = people.filter((person) => mayCheck(terms, person) && answers(person));
  return people.some(
    (maker) =>
      mayAsk(terms, maker, found.permission) &&
      checkers.filter(({ id }) => id !== maker.id).length >= terms.clauses.quorum,
  );
}

/**
 * Throws where nobody could ever fulfil the policy. For what guards the console itself only those
 * count who sign in and sign strongly enough today: there nobody could change it back.
 */
function checkSatisfiable(id: string, terms: Terms, { people, strength }: Present): void {
  const counted = isControl(id) ? people.filter((one) => isStrongEnough(terms, strength(one.id))) : people;
  const never = terms.commands.find((command) => !satisfiable(terms, command, counted));
  if (never === undefined) return;
  throw new CountersignError(
    'POLICY_UNSATISFIABLE',
    `Nobody could get ${never} agreed to under this policy.`,
    {
      path: 'clauses.checkers',
      expected: `somebody who may ask, and ${terms.clauses.quorum} others who may agree`,
    },
  );
}

/**
 * Throws where a policy may not be given these terms: `POLICY_INVALID`, `POLICY_TOO_WEAK`,
 * `POLICY_UNSATISFIABLE`.
 */
export function judge(before: Policy, after: Terms, others: readonly Policy[], present: Present): void {
  checkCommands(before, after, others);
  checkLists(after.clauses);
  checkNumbers(after.clauses);
  checkControl(before, after);
  checkSatisfiable(before.id, after, present);
}
