import { parseArgs } from 'node:util';
import { UsageError } from './exit-codes.ts';

export const COMMANDS = [
  'import',
  'match',
  'matches',
  'trial-balance',
  'verify',
  'metrics',
  'demo',
  'call',
  'serve',
] as const;
export type CommandName = (typeof COMMANDS)[number];

export interface Arguments {
  readonly command: CommandName;
  readonly operands: readonly string[];
  readonly vault: string | undefined;
  readonly json: boolean;
  readonly passphraseFd: number | undefined;
  readonly acceptDifference: string | undefined;
  readonly asOf: string | undefined;
  readonly knownAt: bigint | undefined;
  readonly port: number | undefined;
}

export const USAGE = `usage: countersign COMMAND [OPTION…]

commands
  import FILE…             take in statements, customers and open items
  match                    match what no person has decided
  matches                  every booked bank transaction and what it pays
  trial-balance            the balances of the ledger [--as-of DATE] [--known-at RECORD]
  verify                   check the books, the log and the file
  metrics                  the console's figures in Prometheus' text form
  demo                     open the demo vault and run the main job on sample data
  call PROCEDURE [JSON]    any procedure of the contract, as in: call ledger.accounts
  serve                    the console in the browser, on this machine only [--port N]

options
  --vault DIR              the vault; without it the only one of the application-data folder
  --json                   one JSON value on standard output; whole numbers beyond 2^53 as text
  --passphrase-fd N        read the passphrase from this file descriptor
  --accept-difference WHY  import: take in a statement that does not add up, and say why
  --help, --version

The passphrase comes from --passphrase-fd, else COUNTERSIGN_PASSPHRASE, else a prompt.
Exit codes: 0 done, 1 fault, 2 usage, 3 vault, 4 a file was refused, 5 not verified,
6 refused by a rule, 130 interrupted.
`;

const OPTIONS = {
  vault: { type: 'string' },
  json: { type: 'boolean', default: false },
  'passphrase-fd': { type: 'string' },
  'accept-difference': { type: 'string' },
  'as-of': { type: 'string' },
  'known-at': { type: 'string' },
  port: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const;

/** Which command each option that is not for all belongs to. */
const BELONGS: Readonly<Record<string, CommandName>> = {
  'accept-difference': 'import',
  'as-of': 'trial-balance',
  'known-at': 'trial-balance',
  port: 'serve',
};

/** Reads the command line. Throws `UsageError`; answers a word where only help or version is asked for. */
export function readArguments(argv: readonly string[]): Arguments | 'help' | 'version' {
  const { values, positionals } = parse(argv);
  if (values.version) return 'version';
  const [name, ...operands] = positionals;
  if (values.help || name === 'help') return 'help';
  if (name === undefined) throw new UsageError('Name a command; countersign --help lists them.');
  const command = COMMANDS.find((known) => known === name);
  if (command === undefined) throw new UsageError(`There is no command ${JSON.stringify(name)}.`);
  for (const [option, owner] of Object.entries(BELONGS)) {
    if (values[option as keyof typeof values] !== undefined && owner !== command) {
      throw new UsageError(`--${option} belongs to ${owner}.`);
    }
  }
  checkOperands(command, operands);
  return {
    command,
    operands,
    vault: values.vault,
    json: values.json,
    passphraseFd: numberOf('passphrase-fd', values['passphrase-fd'], 1023),
    acceptDifference: values['accept-difference'],
    asOf: values['as-of'],
    knownAt: recordOf(values['known-at']),
    port: numberOf('port', values.port, 65_535),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'The options cannot be read.');
  }
}

function checkOperands(command: CommandName, operands: readonly string[]): void {
  if (command === 'import' && operands.length === 0) throw new UsageError('Name the files to import.');
  if (command === 'call' && (operands.length === 0 || operands.length > 2)) {
    throw new UsageError('Name one procedure and its input, as in: call ledger.entry \'{"id":"…"}\'');
  }
  if (command !== 'import' && command !== 'call' && operands.length > 0) {
    throw new UsageError(`${command} takes no ${JSON.stringify(operands[0])}.`);
  }
}

function numberOf(option: string, text: string | undefined, largest: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) > largest) {
    throw new UsageError(`--${option} takes a whole number up to ${largest}.`);
  }
  return Number(text);
}

function recordOf(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,18}$/.test(text)) throw new UsageError('--known-at takes a record number.');
  return BigInt(text);
}
