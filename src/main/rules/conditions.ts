/** Whether the conditions of a rule hold for a transaction, and whether two rules may hold for one. Pure. */
import type { RuleConditions } from '../../contract/rules.ts';
import { codeSteps, compact, plain, type ReadLine } from './reading-lines.ts';

type Test = (line: ReadLine) => boolean;

const NAME_TESTS: Readonly<
  Record<NonNullable<RuleConditions['payerName']>['test'], (name: string, wanted: string) => boolean>
> = {
  equals: (name, wanted) => name === wanted,
  contains: (name, wanted) => name.includes(wanted),
  starts: (name, wanted) => name.startsWith(wanted),
};

/** True where a rule has no condition at all, or one whose text says nothing. */
export function catchesEverything(conditions: RuleConditions): boolean {
  return Object.values(conditions).every((value) => value === undefined);
}

/** Conditions as one test; the cheap ones are asked first. */
export function compileConditions(conditions: RuleConditions): Test {
  const { direction, currency, leastMinor, mostMinor, road, reference } = conditions;
  const accounts = conditions.bankAccountIds && new Set(conditions.bankAccountIds);
  const name = conditions.payerName && {
    holds: NAME_TESTS[conditions.payerName.test],
    text: plain(conditions.payerName.text),
  };
  const account = conditions.payerAccount && compact(conditions.payerAccount);
  const code = codeSteps(conditions.transactionCode ?? '');
  const words = conditions.remittance?.map((word) => ` ${plain(word)} `);
  return (line) => {
    const { row } = line;
    if (direction !== undefined && row.direction !== direction) return false;
    if (currency !== undefined && row.currency !== currency) return false;
    if (leastMinor !== undefined && row.amountMinor < leastMinor) return false;
    if (mostMinor !== undefined && row.amountMinor > mostMinor) return false;
    if (road !== undefined && row.isPayment !== (road === 'instant')) return false;
    if (accounts && !accounts.has(row.bankAccountId.toString())) return false;
    if (code.some((step, at) => line.code()[at] !== step)) return false;
    if (reference !== undefined && line.hasReference() !== (reference === 'present')) return false;
    if (account !== undefined && line.account() !== account) return false;
    if (name && !line.names().some((one) => name.holds(one, name.text))) return false;
    return words?.every((word) => line.remittance().includes(word)) ?? true;
  };
}

/** False only where no line can meet both: texts that merely differ may stand in one remittance. */
export function mayMeet(left: RuleConditions, right: RuleConditions): boolean {
  const differ = <T>(one: T | undefined, other: T | undefined) =>
    one !== undefined && other !== undefined && one !== other;
  if (differ(left.direction, right.direction) || differ(left.currency, right.currency)) return false;
  if (differ(left.road, right.road) || differ(left.reference, right.reference)) return false;
  if (isBelow(left, right) || isBelow(right, left)) return false;
  if (
    left.bankAccountIds &&
    right.bankAccountIds &&
    !left.bankAccountIds.some((id) => right.bankAccountIds!.includes(id))
  ) {
    return false;
  }
  const accountOf = ({ payerAccount }: RuleConditions) => payerAccount && compact(payerAccount);
  if (differ(accountOf(left), accountOf(right))) return false;
  const codeOf = ({ transactionCode }: RuleConditions) => codeSteps(transactionCode ?? '');
  const [ours, theirs] = [codeOf(left), codeOf(right)];
  return ours.every((step, at) => theirs[at] === undefined || theirs[at] === step);
}

/** Every amount of one lies below every amount of the other. */
const isBelow = (one: RuleConditions, other: RuleConditions): boolean =>
  one.mostMinor !== undefined && other.leastMinor !== undefined && one.mostMinor < other.leastMinor;
