import type { Money } from '../../../contract/common.ts';
import { formatAmount, parseAmount } from '../../../contract/money.ts';
import type { OperatorLine } from '../../../contract/operators.ts';
import type { Policy, PolicyClauses, Simulation } from '../../../contract/policies.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { printable, table } from './output.ts';

const WORDS =
  'policies list, policies show ID, or ' +
  'policies simulate PROCEDURE [AMOUNT CURRENCY]… [--absent NAME,…] [--at TIME]';

/** Throws `UsageError` where the words make no sense; nothing is opened then. */
export function checkPoliciesOperands({ operands, absent, at }: Arguments): void {
  const [verb = '', ...rest] = operands;
  const isWhole =
    (verb === 'list' && rest.length === 0) ||
    (verb === 'show' && rest.length === 1) ||
    (verb === 'simulate' && rest.length % 2 === 1);
  if (!isWhole) throw new UsageError(WORDS);
  if (verb !== 'simulate' && (absent !== undefined || at !== undefined)) throw new UsageError(WORDS);
  if (verb === 'simulate') amountsOf(rest.slice(1));
  if (at !== undefined) timeOf(at);
}

/** `5000000 EUR 1 USD` as money. */
function amountsOf(words: readonly string[]): Money[] {
  return words.flatMap((text, i) => {
    if (i % 2 === 1) return [];
    const currency = words[i + 1]!;
    const parsed = parseAmount(text, currency);
    if (parsed.ok) return [{ amountMinor: parsed.amountMinor, currency }];
    throw new UsageError(`${text} ${currency} is no amount, as 5000000 EUR is.`);
  });
}

function timeOf(text: string): number {
  const atMs = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs))
    throw new UsageError('--at takes a day or an instant, as 2026-03-08 or 2026-03-08T10:00Z.');
  return atMs;
}

/** `policies list|show|simulate`: what needs a second person, and who together could do it. */
export async function policiesCommand(client: Client, args: Arguments): Promise<Answer> {
  const [verb, first, ...rest] = args.operands;
  if (verb === 'list') {
    const policies = await client.policies.list();
    return { json: { policies }, text: listText(policies), exitCode: EXIT.done };
  }
  if (verb === 'show') {
    const found = await client.policies.get({ policyId: first! });
    return { json: found, text: policyText(found.policy), exitCode: EXIT.done };
  }
  const { operators } = await client.operators.list();
  const simulation = await client.policies.simulate({
    procedure: first!,
    amounts: amountsOf(rest),
    absent: absentOf(operators, args.absent),
    ...(args.at === undefined ? {} : { atMs: timeOf(args.at) }),
  });
  return { json: simulation, text: simulationText(simulation, operators), exitCode: EXIT.done };
}

/** People by name or by id. */
function absentOf(operators: readonly OperatorLine[], given: string | undefined): string[] {
  const words = given === undefined ? [] : given.split(',').map((word) => word.trim());
  return words.map((word) => {
    const found = operators.find(({ id, name }) => id === word || name.toLowerCase() === word.toLowerCase());
    if (found === undefined) throw new UsageError('--absent names somebody whom the vault does not know.');
    return found.id;
  });
}

function listText(policies: readonly Policy[]): string {
  return table<Policy>(
    [
      { title: 'id', text: ({ id }) => id },
      { title: 'version', align: 'right', text: ({ version }) => String(version) },
      { title: 'title', text: ({ title }) => title },
      { title: 'agree', align: 'right', text: ({ clauses }) => String(clauses.quorum) },
      { title: 'checkers', text: ({ clauses }) => clauses.checkers.join(', ') },
      { title: 'commands', text: ({ commands }) => commands.join(', ') },
    ],
    policies,
  );
}

const money = (amounts: readonly Money[]): string =>
  amounts.map(({ amountMinor, currency }) => `${formatAmount(amountMinor, currency)} ${currency}`).join(', ');

function clauseText(value: PolicyClauses[keyof PolicyClauses]): string {
  if (value === null) return 'none';
  if (typeof value !== 'object') return String(value);
  if (!Array.isArray(value)) {
    const parts = Object.entries(value).map(
      ([name, one]) => `${name} ${Array.isArray(one) ? money(one) : one}`,
    );
    return parts.join(', ');
  }
  const rows = value.map((one) => (typeof one === 'string' ? one : clauseText(one as never)));
  return rows.length === 0 ? 'none' : rows.join(', ');
}

function policyText({ id, version, title, commands, clauses }: Policy): string {
  const rows = [
    { name: 'commands', text: commands.join(', ') || 'none' },
    ...Object.entries(clauses).map(([name, value]) => ({ name, text: clauseText(value) })),
  ];
  const body = table(
    [
      { title: 'clause', text: (row) => row.name },
      { title: 'asks for', text: (row) => row.text },
    ],
    rows,
  );
  return `${printable(title)} (${id}), version ${version}\n${body}`;
}

function simulationText(simulation: Simulation, operators: readonly OperatorLine[]): string {
  const { policyId, alone, aloneBecause, quorum, groups, groupCount, obstacles, limits } = simulation;
  const nameOf = (id: string) => printable(operators.find((one) => one.id === id)?.name ?? id);
  const under = policyId === null ? 'under no policy' : `under ${policyId}`;
  const agree = `${quorum} ${quorum === 1 ? 'agrees' : 'agree'}`;
  const verdicts = {
    'no-policy': 'ONE PERSON ALONE: it stands under no policy',
    'below-threshold': `ONE PERSON ALONE: it lies below the threshold of ${policyId}`,
  };
  const verdict =
    alone && aloneBecause !== null
      ? verdicts[aloneBecause]
      : `${groupCount} ${groupCount === 1 ? 'way' : 'ways'} ${under}: one asks, ${agree}`;
  return [
    groupCount === 0 ? `NOBODY, ${under}` : verdict,
    ...obstacles.map(printable),
    ...groups.map(({ makerId, checkerIds }) => [makerId, ...checkerIds].map(nameOf).join(' + ')),
    ...(groupCount > groups.length ? [`and ${groupCount - groups.length} more`] : []),
    ...limits.map(({ windowMs, countLeft, amountsLeft }) => {
      const left = [...(countLeft === null ? [] : [String(countLeft)]), money(amountsLeft)];
      return `left in ${windowMs / 3_600_000} h: ${left.filter((one) => one !== '').join(', ')}`;
    }),
  ].join('\n');
}
