/** `countersign rules …`: what the desk has written, what a change would do, and asking for one. */
import { readFileSync } from 'node:fs';
import { formatAmount } from '../../../contract/money.ts';
import { type RuleChange, type RuleRow, type RuleTrial, ruleDefinition } from '../../../contract/rules.ts';
import { isIsoDate } from '../../base/index.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import { withBigints } from './coerce.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { printable, table } from './output.ts';

const WORDS =
  'rules list, rules show N, or rules [dry-run] add --file FILE | change N --file FILE | on N | off N | ' +
  'retire N | order N… [--from DAY] [--to DAY]';

const isNumber = (word: string | undefined): word is string => /^[1-9]\d{0,5}$/.test(word ?? '');

interface Said {
  readonly verb: 'list' | 'show' | 'dry-run' | 'ask';
  /** What is done: `add`, `change`, … with its numbers. */
  readonly act: string;
  readonly numbers: readonly number[];
}

/** The words of a command. Throws `UsageError`. */
function read({ operands, file, from, to }: Arguments): Said {
  const [first = '', ...rest] = operands;
  const isTried = first === 'dry-run';
  const [act = 'add', ...numbers] = isTried ? rest : operands;
  if (!numbers.every(isNumber)) throw new UsageError(WORDS);
  const said = { act, numbers: numbers.map(Number) };
  const takes = { list: 0, show: 1, add: 0, change: 1, on: 1, off: 1, retire: 1 }[act];
  if (takes === undefined ? act !== 'order' || numbers.length === 0 : numbers.length !== takes) {
    throw new UsageError(WORDS);
  }
  const isLook = act === 'list' || act === 'show';
  if (isLook && isTried) throw new UsageError(WORDS);
  if ((file !== undefined) !== (act === 'add' || act === 'change')) throw new UsageError(WORDS);
  if (isLook && (from ?? to) !== undefined) throw new UsageError(WORDS);
  for (const [option, day] of Object.entries({ from, to })) {
    if (day !== undefined && !isIsoDate(day)) throw new UsageError(`--${option} takes a day, as 2026-03-08.`);
  }
  return { ...said, verb: isLook ? (act as 'list' | 'show') : isTried ? 'dry-run' : 'ask' };
}

/** Throws `UsageError` where the words make no sense; nothing is opened then. */
export function checkRulesOperands(args: Arguments): void {
  read(args);
}

function definitionIn(file: string) {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new UsageError(`${file} cannot be read, or is not JSON.`);
  }
  const parsed = ruleDefinition.safeParse(withBigints(ruleDefinition, given));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${file} is no rule: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

async function changeOf(
  client: Client,
  { act, numbers }: Said,
  file: string | undefined,
): Promise<RuleChange> {
  if (act === 'add') return { kind: 'create', definition: definitionIn(file!) };
  if (act === 'order') return { kind: 'reorder', order: [...numbers] };
  const number = numbers[0]!;
  const { rules } = await client.rules.list();
  const named = { number, baseVersion: rules.find((one) => one.number === number)?.version ?? 1 };
  if (act === 'change') return { kind: 'edit', ...named, definition: definitionIn(file!) };
  if (act === 'retire') return { kind: 'retire', ...named };
  return { kind: 'switch', ...named, on: act === 'on' };
}

/** `rules list|show|dry-run|add|change|on|off|retire|order`. */
export async function rulesCommand(client: Client, args: Arguments): Promise<Answer> {
  const said = read(args);
  if (said.verb === 'list') {
    const found = await client.rules.list();
    return { json: found, text: listText(found.rules), exitCode: EXIT.done };
  }
  if (said.verb === 'show') {
    const found = await client.rules.get({ number: said.numbers[0]! });
    return { json: found, text: showText(found.rule), exitCode: EXIT.done };
  }
  const change = await changeOf(client, said, args.file);
  const { from, to } = args;
  const span = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const tried = await client.rules.dryRun({ change, ...span });
  if (said.verb === 'dry-run') return { json: tried, text: trialText(tried.trial), exitCode: EXIT.done };
  // Whoever agrees sees what the dry run found; the change waits for them.
  const done = await client.rules.change({ change, trial: tried.trial });
  return { json: done, text: `Rules ${done.numbers.join(', ')} changed.`, exitCode: EXIT.done };
}

function listText(rules: readonly RuleRow[]): string {
  if (rules.length === 0) return 'No rules. Write one: countersign rules add --file rule.json';
  return table<RuleRow>(
    [
      { title: 'order', align: 'right', text: ({ place }) => String(place ?? '') },
      { title: 'rule', align: 'right', text: ({ number }) => String(number) },
      { title: 'version', align: 'right', text: ({ version }) => String(version) },
      { title: 'state', text: ({ state, dormant }) => (dormant ? `${state}, no ${dormant}` : state) },
      { title: 'action', text: ({ definition }) => definition?.action.kind ?? '' },
      { title: 'name', text: ({ definition }) => definition?.name ?? 'erased' },
    ],
    rules,
  );
}

const showText = ({ number, version, state, definition }: RuleRow): string => {
  const terms = JSON.stringify(definition, (_, value) => (typeof value === 'bigint' ? `${value}` : value), 2);
  return `Rule ${number}, version ${version}, ${state}\n${terms.split('\n').map(printable).join('\n')}`;
};

function trialText({ from, to, considered, holds, untouched, elsewhere, figures }: RuleTrial): string {
  const head = `${from} to ${to}: ${considered} lines${holds === null ? '' : `, conditions hold on ${holds}`}`;
  const rest = `${untouched} more stay as they are; ${elsewhere} of other days would change.`;
  if (figures.length === 0) return `${head}\nNothing would change. ${rest}`;
  const rows = table<RuleTrial['figures'][number]>(
    [
      { title: 'would be', text: ({ effect }) => effect },
      { title: 'lines', align: 'right', text: ({ count }) => String(count) },
      {
        title: 'amount',
        align: 'right',
        text: ({ amountMinor, currency }) => formatAmount(amountMinor, currency),
      },
      { title: 'cur', text: ({ currency }) => currency },
    ],
    figures,
  );
  return `${head}\n${rows}\n${rest}`;
}
