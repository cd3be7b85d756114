import type { RenderedLine } from '../../../contract/approvals.ts';
import type {
  RuleAction,
  RuleConditions,
  RuleDefinition,
  RuleTrial,
  rules as rulesContract,
  TrialEffect,
} from '../../../contract/rules.ts';
import type { Act } from '../../approvals/index.ts';
import type { Rules } from '../../rules/index.ts';
import type { InputOf } from './input.ts';
import { amount, attempt, line, rendered, told } from './lines.ts';

type Change = InputOf<typeof rulesContract.change>;

const EFFECTS: Readonly<Record<TrialEffect, string>> = {
  'to-person': 'would go to a person',
  'to-machine': 'would be matched by the machine',
  booked: 'would be booked to an account',
  unbooked: 'would not be booked any more',
  'other-match': 'would be matched with other items',
  proposal: 'would be proposed otherwise',
};

const share = (part: number): string => `${part / 10_000} %`;

/** What each part of a rule says, by its label. */
function* conditionLines(conditions: RuleConditions): Generator<[string, string]> {
  const { direction, currency, leastMinor, mostMinor, payerName, reference, road } = conditions;
  const money = (minor: bigint) => amount(minor, currency ?? '');
  if (direction) yield ['Direction', direction === 'credit' ? 'money in' : 'money out'];
  if (currency) yield ['Currency', currency];
  if (leastMinor !== undefined) yield ['Amount from', money(leastMinor)];
  if (mostMinor !== undefined) yield ['Amount up to', money(mostMinor)];
  if (conditions.bankAccountIds) yield ['Bank accounts', conditions.bankAccountIds.join(', ')];
  if (payerName) yield [`Name ${payerName.test}`, payerName.text];
  if (conditions.payerAccount) yield ['Account of the other side', conditions.payerAccount];
  if (conditions.transactionCode) yield ['Bank transaction code', conditions.transactionCode];
  if (conditions.remittance) yield ['Text contains', conditions.remittance.join(' · ')];
  if (road) yield ['Road', road === 'instant' ? 'single message' : 'statement'];
  if (reference) yield ['Reference', reference];
}

function actionText(action: RuleAction, currency: string): string {
  switch (action.kind) {
    case 'ask':
      return `a person decides: ${action.reason}`;
    case 'stricter': {
      const parts = [
        ...(action.leastProbability === null ? [] : [`below ${action.leastProbability}`]),
        ...(action.mostMinor === null ? [] : [`above ${amount(action.mostMinor, currency)}`]),
      ];
      return `a person decides ${parts.join(', and ')}`;
    }
    case 'payer':
      return `the payer is customer ${action.customerId}`;
    case 'shortfall': {
      const most = `${amount(action.mostMinor, currency)} and ${share(action.mostPpm)}`;
      return `accept what is missing up to ${most}, to ${action.to}`;
    }
    case 'book':
      return `book up to ${amount(action.mostMinor, currency)} to account ${action.accountId}`;
  }
}

function partsOf(definition: RuleDefinition | null | undefined): Map<string, string> {
  if (!definition) return new Map();
  const { name, conditions, action } = definition;
  return new Map([
    ['Name', name],
    ...conditionLines(conditions),
    ['Action', actionText(action, conditions.currency ?? '')],
  ]);
}

/** Every part of a rule that is not as it was. */
function differenceLines(
  before: RuleDefinition | null | undefined,
  after: RuleDefinition | null | undefined,
): RenderedLine[] {
  const [was, is] = [partsOf(before), partsOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((label) => was.get(label) !== is.get(label))
    .map((label) => line(label, was.get(label) ?? null, is.get(label) ?? null));
}

/** What the dry run found when this was asked for. */
function trialLines(trial: RuleTrial): RenderedLine[] {
  return [
    told('Dry run from', trial.from),
    told('Dry run to', trial.to),
    told('Lines looked at', String(trial.considered)),
    ...(trial.holds === null ? [] : [told('Conditions hold on', String(trial.holds))]),
    ...(trial.untouched === 0 ? [] : [told('Stay as they are, decided or closed', String(trial.untouched))]),
    ...trial.figures.map(({ effect, count, amountMinor, currency }) =>
      told(`Lines that ${EFFECTS[effect]}`, `${count} · ${amount(amountMinor, currency)}`),
    ),
    ...(trial.figures.length === 0 ? [told('Lines that would change', 'none')] : []),
    ...(trial.elsewhere === 0
      ? []
      : [told('Lines of other days that would change', String(trial.elsewhere))]),
  ];
}

const TITLES: Readonly<Record<Change['change']['kind'], string>> = {
  create: 'Write a rule of the desk',
  edit: 'Change a rule of the desk',
  switch: 'Switch a rule of the desk',
  retire: 'Retire a rule of the desk',
  reorder: 'Put the rules of the desk into another order',
};

const change = (rules: Rules): Act => ({
  facts: () => ({ amounts: [], count: 1 }),
  render(raw) {
    const { change: asked, trial } = raw as Change;
    const { value: planned, refusal } = attempt(() => rules.plan(asked));
    const { refusal: falseTrial } = attempt(() => rules.proof.require(asked, trial));
    const current = rules.list();
    const number = asked.kind === 'create' || asked.kind === 'reorder' ? null : asked.number;
    const row = current.rules.find((one) => one.number === number);
    const after = asked.kind === 'create' || asked.kind === 'edit' ? asked.definition : row?.definition;
    const before = asked.kind === 'edit' ? row?.definition : undefined;
    const orderOf = (numbers: readonly number[]) => numbers.join(' · ');
    const lines: RenderedLine[] = [
      ...(number === null ? [] : [told('Rule', `${number}, version ${row?.version ?? '?'}`)]),
      ...(asked.kind === 'switch'
        ? [line('State', row?.state ?? null, asked.on ? 'on' : 'off')]
        : asked.kind === 'retire'
          ? [line('State', row?.state ?? null, 'retired, for good')]
          : []),
      ...(asked.kind === 'reorder'
        ? [
            line(
              'Order',
              orderOf(current.rules.filter(({ place }) => place !== null).map((one) => one.number)),
              orderOf(asked.order),
            ),
          ]
        : differenceLines(before, after)),
      ...(planned?.contradictions ?? []).map(({ rule, other }) =>
        told('Contradiction', `rules ${rule} and ${other} may tell one line two things; the first is asked`),
      ),
      ...trialLines(trial),
      ...(trial.bookRecord === current.bookRecord
        ? []
        : [told('Since the dry run', 'other rules were changed')]),
    ];
    const sources = [{ label: 'Rules', to: number === null ? '/rules' : `/rules?rule=${number}` }];
    return rendered({ title: TITLES[asked.kind], lines, sources, obstacle: falseTrial ?? refusal });
  },
});

/** The rules that a desk writes. */
export const rulesActs = ({ rules }: { readonly rules: Rules }): Readonly<Record<string, Act>> => ({
  'rules.change': change(rules),
});
