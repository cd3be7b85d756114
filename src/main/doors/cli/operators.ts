import { type RoleId, roleIds } from '../../../contract/operators.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { cardCommand } from './operator-cards.ts';
import { table } from './output.ts';
import { askNewPassphrase, type PassphraseSource, passphraseSource } from './passphrase.ts';

const ACTS = ['list', 'passphrase', 'break-glass', 'end-break-glass', 'card'] as const;

/** `countersign operators …`: who may sign in, one's own passphrase, and break-glass. */
export async function operatorsCommand(
  client: Client,
  args: Arguments,
  _signal: AbortSignal,
  source: PassphraseSource,
): Promise<Answer> {
  const [act, ...rest] = args.operands;
  switch (ACTS.find((known) => known === act)) {
    case 'list':
      return list(client, rest);
    case 'passphrase':
      return changePassphrase(client, args, rest, source);
    case 'break-glass':
      return breakGlass(client, args, rest);
    case 'end-break-glass':
      return endBreakGlass(client, rest);
    case 'card':
      return cardCommand(client, rest, source);
    default:
      throw new UsageError(`operators is followed by ${ACTS.join(', ')}.`);
  }
}

const nothingMore = (rest: readonly string[], act: string): void => {
  if (rest.length > 0) throw new UsageError(`operators ${act} takes no ${JSON.stringify(rest[0])}.`);
};

const words = (roles: readonly string[]): string => roles.join(', ');

async function list(client: Client, rest: readonly string[]): Promise<Answer> {
  nothingMore(rest, 'list');
  const { named, operators } = await client.operators.list();
  const { lendings } = await client.operators.lendings();
  const rows = table<(typeof operators)[number]>(
    [
      { title: 'id', align: 'right', text: (row) => row.id },
      { title: 'name', text: (row) => row.name },
      { title: 'kind', text: (row) => row.kind },
      { title: 'roles', text: (row) => words(row.kind === 'person' ? row.roles : row.permissions) },
      { title: 'lent', text: (row) => words(row.lentRoles) },
      { title: 'state', text: (row) => row.state },
    ],
    operators,
  );
  const text = named ? rows : 'Nobody is named yet; two officers are named at the first screen.';
  return { json: { named, operators, lendings }, text, exitCode: EXIT.done };
}

/** The code of the sign-in just now proves the person, so no second one is asked for. */
async function changePassphrase(
  client: Client,
  args: Arguments,
  rest: readonly string[],
  source: PassphraseSource,
): Promise<Answer> {
  nothingMore(rest, 'passphrase');
  const { COUNTERSIGN_OPERATOR_PASSPHRASE: passphrase } = process.env;
  if (args.operator === undefined || !passphrase) {
    throw new UsageError(
      'Give --operator NAME and COUNTERSIGN_OPERATOR_PASSPHRASE, which holds the old one.',
    );
  }
  const given = args.newPassphraseFd === undefined ? undefined : passphraseSource(args.newPassphraseFd).given;
  const newPassphrase = given ?? (await askNewPassphrase(source, args.operator));
  const { id, name } = await client.operators.changePassphrase({ passphrase, newPassphrase });
  return { json: { id, changed: true }, text: `The passphrase of ${name} is changed.`, exitCode: EXIT.done };
}

async function breakGlass(client: Client, args: Arguments, rest: readonly string[]): Promise<Answer> {
  const [operatorId, ...wanted] = rest;
  const { minutes, reason } = args;
  if (operatorId === undefined || wanted.length === 0 || minutes === undefined || reason === undefined) {
    throw new UsageError('Say: operators break-glass ID ROLE… --minutes N --reason WHY');
  }
  const roles = wanted.map((word): RoleId => {
    const role = roleIds.find((known) => known === word);
    if (role === undefined) throw new UsageError(`There is no role ${JSON.stringify(word)}.`);
    return role;
  });
  const lent = await client.operators.breakGlass({ operatorId, roles, minutes, reason });
  const until = new Date(lent.endsAtMs).toISOString();
  const text = `${lent.operatorName} holds ${words(lent.roles)} until ${until}; lending ${lent.id}.`;
  return { json: lent, text, exitCode: EXIT.done };
}

async function endBreakGlass(client: Client, [id, ...rest]: readonly string[]): Promise<Answer> {
  nothingMore(rest, 'end-break-glass');
  if (id === undefined) throw new UsageError('Name the lending, as in: operators end-break-glass 1');
  const { lendings } = await client.operators.endBreakGlass({ id });
  return { json: { lendings }, text: 'Taken back.', exitCode: EXIT.done };
}
