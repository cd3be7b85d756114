import { parseArgs } from 'node:util';
import { checkApprovalsOperands } from './approvals.ts';
import { checkAuditOperands } from './audit.ts';
import { checkBackupOperands } from './backup.ts';
import { checkBenchOperands } from './bench.ts';
import { checkBreaksOperands } from './breaks.ts';
import { checkCeremonyOperands } from './ceremonies.ts';
import { UsageError } from './exit-codes.ts';
import { checkDemoOperands, checkFeedOperands, DEMOS } from './feed.ts';
import { checkHsmOperands } from './hsm.ts';
import { checkLearnedOperands } from './learned.ts';
import { numberOf, recordOf } from './option-numbers.ts';
import { checkPoliciesOperands } from './policies.ts';
import { checkPrivacyOperands } from './privacy.ts';
import { checkRulesOperands } from './rules.ts';

export const COMMANDS = [
  'import',
  'match',
  'matches',
  'rules',
  'learned',
  'breaks',
  'proof',
  'trial-balance',
  'verify',
  'metrics',
  'incidents',
  'heartbeat',
  'seal',
  'unseal',
  'inventory',
  'backup',
  'slots',
  'keys',
  'operators',
  'hsm',
  'audit',
  'policies',
  'approvals',
  'privacy',
  'ceremony',
  'verify-ceremony',
  'demo',
  'bench',
  'feed',
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
  /** Who signs in; without it the command runs as the service account `cli`. */
  readonly operator: string | undefined;
  /** Whether they sign in with the card in this workstation's reader instead of a code. */
  readonly card: boolean;
  readonly acceptDifference: string | undefined;
  /** A rule as JSON. */
  readonly file: string | undefined;
  readonly asOf: string | undefined;
  /** The day and the bank account of a proof. */
  readonly date: string | undefined;
  readonly account: string | undefined;
  readonly knownAt: bigint | undefined;
  readonly port: number | undefined;
  readonly columns: string | undefined;
  readonly out: string | undefined;
  readonly retention: string | undefined;
  readonly hold: string | undefined;
  readonly cbom: string | undefined;
  /** The days of a span; `to` is also where a backup goes. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly record: bigint | undefined;
  /** What is given to open a key slot, where it is no passphrase. */
  readonly secretKind: string | undefined;
  readonly newPassphraseFd: number | undefined;
  readonly threshold: number | undefined;
  readonly shares: number | undefined;
  readonly label: string | undefined;
  readonly minutes: number | undefined;
  readonly reason: string | undefined;
  readonly purpose: string | undefined;
  readonly key: string | undefined;
  /** File with the keys of a log. */
  readonly trust: string | undefined;
  readonly transaction: string | undefined;
  /** Whom a simulation counts as away, and at which time. */
  readonly absent: string | undefined;
  readonly at: string | undefined;
  readonly confirm: string | undefined;
  /** How long a drill lasts. */
  readonly seconds: number | undefined;
  readonly seed: number | undefined;
  /** Messages a second of the demonstration of T+0. */
  readonly rate: number | undefined;
  /** Whether messages come on standard input. */
  readonly stdin: boolean;
}

export const USAGE = `usage: countersign COMMAND [OPTION…]

commands
  import FILE…             take in statements, customers and open items
  match                    match what no person has decided
  matches                  every booked bank transaction and what it pays
  rules list|show N        what the desk told the machine, in its order
  rules [dry-run] ACT N…   ask for, or try: add|change --file FILE, on, off, retire, order; what it would do
                           is shown of the last month, or of [--from DAY] [--to DAY]
  learned list [CUSTOMER]  what was learned of people's decisions, of one customer or of all
  learned forget ID        the decisions that taught it teach it no more
  breaks list              what does not fit and must be explained, the oldest first
  proof                    the ledger against the bank on a day --date DAY [--account ID|NUMBER]
  trial-balance            the balances of the ledger [--as-of DATE] [--known-at RECORD]
  verify                   check the books, the log and the file
  metrics                  the console's figures in Prometheus' text form
  incidents list           what a person must look at, the worst first
  heartbeat                the security heartbeat: its state, its sources, its chain
  seal FILE                keep a bank message [--retention 7y|10y] [--hold WHY] [--out FILE], or seal
                           columns of a CSV: --columns NAME,… [--out FILE]
  unseal FILE|ID           the bytes as they were, of a sealed file or of evidence [--out FILE]
  inventory                every algorithm in use and its keys [--cbom FILE|-]
  slots list               the key slots: kind, label, age, last rehearsal
  slots rehearse [ID]      prove that a secret opens a slot, without changing anything
  slots add KIND           passphrase, recovery-key, recovery-quorum, token [--label TEXT]
  slots replace ID KIND    another slot in its place; the vault gets new keys
  slots revoke ID          take it away; the vault gets new keys
                           [--with passphrase|recovery-key|shares|token] [--threshold M --shares N]
  keys list                every key: state, age, next rotation, what it protects
  keys rotate              the next version, and all values sealed anew [--purpose NAME|--key ID]
  keys due|rotations       the hourly check, now; how far rotations are
  operators list           who may sign in, as what, and what is lent to whom
  operators passphrase     change your own [--new-passphrase-fd N]; needs --operator
  operators break-glass ID ROLE…   lend roles for a short time --minutes N --reason WHY
  operators end-break-glass ID     take them back
  operators card show      what lies in this workstation's reader
  operators card enrol ID SERIAL   let somebody sign in with the card in the reader
  operators card remove ID         a lost card signs in no more
  hsm status|keys|queue    tokens and their health; keys on them; signing requests that had to wait
  hsm setup [NAME]         a token of the embedded SoftHSM
  hsm key ALGORITHM NAME   make a key on the first token that serves
  hsm migrate FROM TO      every key of a token to another (backup FROM TO, resume RUN, runs)
  hsm drill                kill and recover the HSM under load; needs no vault [--seconds N]
  audit checkpoint         sign the head of the audit log now [--out FILE]
  audit receipt RECORD     a file that proves a record to a stranger [--transaction ID] [--out FILE]
  audit trust              the keys that sign the log, for who checks receipts [--out FILE]
  audit verify-receipt F   check a receipt; needs no vault [--trust FILE]
  audit show               the head as a witness takes it [--out FILE]
  audit witness FILE       hold a head against what is known of its log [--trust FILE]; with [--out FILE]
                           the same with this console's countersignature
  audit enrol-witness FILE take another console's trust file: its countersignatures count
  audit take FILE          take this log's head back from its witnesses
  audit sign-epoch         after a restore: sign the new epoch of the log, as one of two
  audit replay             balances, matches and queues rebuilt from the log, and compared [--at RECORD]
  audit tiles DIR          the tree and the records' bytes, for auditors
  privacy retention        how long data is kept, and what is due when
  privacy holds, looks     legal holds; who looked at what is masked, and why
  privacy purge            destroy the keys of what is due --confirm 'purge what is due'
  privacy unmask KIND ID   one thing in the clear, which is recorded --reason WHY
  backup create [FILE]     back up to one file and read it back
  backup ship FOLDER|off   ship every change to a second folder from now on
  backup restore SOURCE    restore a file or a shipped folder --to DIR [--record N]
  backup drill|status      restore the latest backup for a trial; where backups stand
  policies list|show ID    which commands need a second person, and every clause
  policies simulate CMD    who together could do it [AMOUNT CURRENCY]… [--absent NAME,…] [--at TIME]
  approvals list           what waits for a second person
  approvals show ID        what would run, the text that is signed, who has answered
  approvals approve|veto ID  answer as --operator NAME [--reason WHY]
  approvals packet export ID  a file that carries a request to another console [--out FILE]
  approvals packet read|take FILE  what a packet asks for; take a carried answer in
  approvals packet answer FILE approve|veto  [--reason WHY] [--trust KEY] [--out FILE]
  approvals card show      the card of --operator NAME [--out FILE]
  approvals card enrol OPERATOR FILE  by which their answers from elsewhere are known
  ceremony list|show ID    key ceremonies, and the steps of one
  ceremony transcript ID   the one file that a stranger verifies [--out FILE]
  ceremony rehearse        the demo's people hold a 3-of-5 rehearsal, end to end [--out FILE]
  verify-ceremony FILE     check a transcript; needs no vault
  demo                     open the demo vault and run the main job on sample data
  demo four-eyes           one asks, another countersigns, and the receipt shows it [--out FILE]
  bench matching           the engine over a published corpus, held against its truth; needs no vault
                           [--seed 1 … 999]
  demo t0                  a day of instant payments on a vault of its own [--rate N] [--seconds N]
  feed --stdin             single messages, a line of JSON or an XML document each; an answer a line
  feed list|dead-letters   where messages come from; what could not be taken in
  feed retry ID|CODE       dead letters once more, one or all of a reason
  feed key CONNECTOR NAME  a key for one caller of a local endpoint, shown this once
  call PROCEDURE [JSON]    any procedure of the contract, as in: call ledger.accounts
  serve                    the console in the browser, on this machine only [--port N]

options
  --vault DIR              the vault; without it the only one of the application-data folder
  --json                   one JSON value on standard output; whole numbers beyond 2^53 as text
  --passphrase-fd N        read the passphrase from this file descriptor
  --new-passphrase-fd N    slots, operators: read the new passphrase from this file descriptor
  --operator NAME          sign in as an operator; the passphrase comes from
                           COUNTERSIGN_OPERATOR_PASSPHRASE, the code from COUNTERSIGN_TOTP
  --card                   with the card in the reader instead of a code; PIN from COUNTERSIGN_CARD_PIN
  --accept-difference WHY  import: take in a statement that does not add up, and say why
  --help, --version

The passphrase comes from --passphrase-fd, else COUNTERSIGN_PASSPHRASE, else a prompt.
COUNTERSIGN_NOTICE_WEBHOOK=http://127.0.0.1:… posts notices of key rotations there.
Exit codes: 0 done, 1 fault, 2 usage, 3 vault, 4 a file was refused, 5 not verified,
6 refused by a rule, 7 held for approval, 130 interrupted.
`;

const OPTIONS = {
  vault: { type: 'string' },
  json: { type: 'boolean', default: false },
  'passphrase-fd': { type: 'string' },
  operator: { type: 'string' },
  card: { type: 'boolean', default: false },
  'accept-difference': { type: 'string' },
  'as-of': { type: 'string' },
  date: { type: 'string' },
  account: { type: 'string' },
  at: { type: 'string' },
  'known-at': { type: 'string' },
  port: { type: 'string' },
  columns: { type: 'string' },
  out: { type: 'string' },
  retention: { type: 'string' },
  hold: { type: 'string' },
  cbom: { type: 'string' },
  file: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  record: { type: 'string' },
  with: { type: 'string' },
  'new-passphrase-fd': { type: 'string' },
  threshold: { type: 'string' },
  shares: { type: 'string' },
  label: { type: 'string' },
  minutes: { type: 'string' },
  reason: { type: 'string' },
  purpose: { type: 'string' },
  key: { type: 'string' },
  trust: { type: 'string' },
  transaction: { type: 'string' },
  absent: { type: 'string' },
  confirm: { type: 'string' },
  seconds: { type: 'string' },
  seed: { type: 'string' },
  rate: { type: 'string' },
  stdin: { type: 'boolean' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const;

/** Which command each option that is not for all belongs to. */
const BELONGS: Readonly<Record<string, CommandName | readonly CommandName[]>> = {
  'accept-difference': 'import',
  'as-of': 'trial-balance',
  date: 'proof',
  account: 'proof',
  'known-at': 'trial-balance',
  port: 'serve',
  columns: 'seal',
  retention: 'seal',
  hold: 'seal',
  out: ['seal', 'unseal', 'audit', 'demo', 'approvals', 'ceremony'],
  cbom: 'inventory',
  file: 'rules',
  from: 'rules',
  to: ['backup', 'rules'],
  record: 'backup',
  with: 'slots',
  'new-passphrase-fd': ['slots', 'operators'],
  minutes: 'operators',
  threshold: 'slots',
  shares: 'slots',
  label: 'slots',
  purpose: 'keys',
  key: 'keys',
  trust: ['audit', 'approvals'],
  transaction: 'audit',
  reason: ['operators', 'approvals', 'privacy'],
  absent: 'policies',
  at: ['policies', 'audit'],
  confirm: 'privacy',
  seconds: ['hsm', 'demo'],
  rate: 'demo',
  stdin: 'feed',
  seed: 'bench',
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
    const owners = [owner].flat();
    if (values[option as keyof typeof values] !== undefined && !owners.includes(command)) {
      throw new UsageError(`--${option} belongs to ${owners.join(' and ')}.`);
    }
  }
  if (values.card && values.operator === undefined) throw new UsageError('--card goes with --operator NAME.');
  checkOperands(command, operands);
  if (command === 'backup') checkBackupOperands(operands, values.to);
  const read: Arguments = {
    command,
    operands,
    vault: values.vault,
    json: values.json,
    passphraseFd: numberOf('passphrase-fd', values['passphrase-fd'], 1023),
    operator: values.operator,
    card: values.card,
    acceptDifference: values['accept-difference'],
    asOf: values['as-of'],
    date: values.date,
    account: values.account,
    knownAt: recordOf('known-at', values['known-at']),
    port: numberOf('port', values.port, 65_535),
    columns: values.columns,
    out: values.out,
    retention: values.retention,
    hold: values.hold,
    cbom: values.cbom,
    file: values.file,
    from: values.from,
    to: values.to,
    record: recordOf('record', values.record),
    secretKind: values.with,
    newPassphraseFd: numberOf('new-passphrase-fd', values['new-passphrase-fd'], 1023),
    threshold: numberOf('threshold', values.threshold, 255),
    shares: numberOf('shares', values.shares, 255),
    label: values.label,
    minutes: numberOf('minutes', values.minutes, 60),
    reason: values.reason,
    purpose: values.purpose,
    key: values.key,
    trust: values.trust,
    transaction: values.transaction,
    absent: values.absent,
    at: values.at,
    confirm: values.confirm,
    seconds: numberOf('seconds', values.seconds, 99_999),
    seed: numberOf('seed', values.seed, 99_999),
    rate: numberOf('rate', values.rate, 10_000),
    stdin: values.stdin ?? false,
  };
  if (command === 'breaks' || command === 'proof') checkBreaksOperands(read);
  if (command === 'rules') checkRulesOperands(read);
  if (command === 'learned') checkLearnedOperands(operands);
  if (command === 'audit') checkAuditOperands(read);
  if (command === 'approvals') checkApprovalsOperands(read);
  if (command === 'policies') checkPoliciesOperands(read);
  if (command === 'privacy') checkPrivacyOperands(read);
  if (command === 'ceremony' || command === 'verify-ceremony') checkCeremonyOperands(read);
  if (command === 'hsm') checkHsmOperands(operands, read.seconds);
  if (command === 'bench') checkBenchOperands(operands);
  if (command === 'demo') checkDemoOperands(read);
  if (command === 'feed') checkFeedOperands(operands, read.stdin);
  return read;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'The options cannot be read.');
  }
}

/** Commands whose words are read where they are used. */
const READ_LATER =
  /^(rules|breaks|learned|proof|slots|keys|hsm|operators|audit|policies|privacy|feed|bench)$/;

function checkOperands(command: CommandName, operands: readonly string[]): void {
  if (command === 'import' && operands.length === 0) throw new UsageError('Name the files to import.');
  if (command === 'call' && (operands.length === 0 || operands.length > 2)) {
    throw new UsageError('Name one procedure and its input, as in: call ledger.entry \'{"id":"…"}\'');
  }
  if (command === 'backup') return;
  if (command === 'incidents') {
    if (operands.length === 1 && operands[0] === 'list') return;
    throw new UsageError('incidents is followed by list.');
  }
  if (command === 'demo' && operands.length === 1 && DEMOS.includes(operands[0]!)) return;
  if (command === 'approvals' || command === 'ceremony' || command === 'verify-ceremony') return;
  if (READ_LATER.test(command)) return;
  if (command === 'seal' || command === 'unseal') {
    if (operands.length === 1) return;
    throw new UsageError(`Name one file, as in: ${command} FILE`);
  }
  if (command !== 'import' && command !== 'call' && operands.length > 0) {
    throw new UsageError(`${command} takes no ${JSON.stringify(operands[0])}.`);
  }
}
