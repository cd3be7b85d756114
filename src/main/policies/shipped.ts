import type { Money } from '../../contract/common.ts';
import { currencyScale } from '../../contract/money.ts';
import type { RoleId } from '../../contract/operators.ts';
import type { Policy, PolicyClauses } from '../../contract/policies.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The first two officers hold both, so that what guards the console can be agreed to from the start. */
const OFFICERS: readonly RoleId[] = ['administrator', 'security-officer'];
const KEY_OFFICERS: readonly RoleId[] = ['security-officer', 'custody-officer'];
const BOOKKEEPERS: readonly RoleId[] = ['treasury-analyst', 'settlement-officer'];

/** The most traded currencies, each of which a wire policy limits by itself. */
const MAJOR_CURRENCIES = ['USD', 'EUR', 'JPY', 'GBP', 'CHF', 'CAD', 'AUD', 'NZD', 'SEK', 'NOK'];

const inEach = (whole: bigint): Money[] =>
  MAJOR_CURRENCIES.map((currency) => ({
    amountMinor: whole * 10n ** BigInt(currencyScale(currency) ?? 2),
    currency,
  }));

/** Four eyes within a day, and nothing beyond. */
const FOUR_EYES: Omit<PolicyClauses, 'checkers'> = {
  askers: [],
  quorum: 1,
  vetoers: [],
  answerWithinMs: DAY_MS,
  freeUpTo: null,
  limits: [],
  delegation: false,
  session: null,
  secondFactor: 'totp',
  signature: 'ML-DSA-65',
  kem: 'ML-KEM-768',
  alertAtOnce: false,
  maskAccounts: false,
  retentionYears: 10,
  regimes: [],
};

type Given = Partial<Omit<PolicyClauses, 'checkers' | 'askers'>> & {
  /** Which version of the policy this is; the first where it is left out. */
  readonly version?: number;
  readonly askers?: readonly RoleId[];
  readonly checkers: readonly RoleId[];
};

function shipped(id: string, title: string, commands: readonly string[], given: Given): Policy {
  const { askers = [], checkers, version = 1, ...others } = given;
  const clauses = { ...FOUR_EYES, ...others, askers: [...askers], checkers: [...checkers] };
  return { id, version, title, commands: [...commands], clauses, changedAtMs: 0, changedBy: 'program' };
}

/** Banking operations. Their commands come with their desks; any command can be put under them before. */
const BANKING: readonly Policy[] = [
  shipped('payment-processing', 'Payment processing', [], {
    askers: BOOKKEEPERS,
    checkers: ['treasury-approver'],
    session: { maxMs: 4 * HOUR_MS, idleMs: HOUR_MS },
    delegation: true,
    maskAccounts: true,
    retentionYears: 7,
  }),
  shipped('wire-transfer', 'Wire transfer', [], {
    askers: BOOKKEEPERS,
    checkers: ['treasury-approver'],
    answerWithinMs: 15 * MINUTE_MS,
    limits: [{ windowMs: DAY_MS, count: 100, amounts: inEach(10_000_000n) }],
    session: { maxMs: 4 * HOUR_MS, idleMs: HOUR_MS },
    signature: 'ML-DSA-87',
    kem: 'ML-KEM-1024',
    maskAccounts: true,
    retentionYears: 10,
  }),
  shipped('trading', 'Trading', [], {
    askers: ['trader'],
    checkers: ['risk-manager'],
    answerWithinMs: HOUR_MS,
    session: { maxMs: 12 * HOUR_MS, idleMs: 30 * MINUTE_MS },
    retentionYears: 7,
    regimes: ['MiFID II', 'EMIR'],
  }),
];

/** Who moves keys on tokens holds a token in their own hand. */
const hsmOperations = (commands: readonly string[], version: number): Policy =>
  shipped('hsm-operations', 'HSM operations', commands, {
    version,
    askers: KEY_OFFICERS,
    checkers: KEY_OFFICERS,
    answerWithinMs: 5 * MINUTE_MS,
    session: { maxMs: HOUR_MS, idleMs: 15 * MINUTE_MS },
    secondFactor: 'hardware-token',
    alertAtOnce: true,
  });

/** Whatever takes keys of tokens away or to another place, and what would let software hold them again. */
const TOKEN_COMMANDS = [
  'hsm.retireKey',
  'hsm.retireCopy',
  'hsm.destroyKey',
  'hsm.migrate',
  'hsm.removeToken',
];

/** What is done to the books by hand. */
const MONEY: readonly Policy[] = [
  shipped(
    'journal',
    'Journal adjustments and reversals',
    ['ledger.post', 'ledger.reverse', 'ledger.resolvePending', 'ledger.setLimits'],
    { askers: BOOKKEEPERS, checkers: ['treasury-approver'], delegation: true },
  ),
  // A policy of its own: a vault whose journal policy was changed before holds write-offs all the same.
  shipped('write-offs', 'Write-offs of breaks', ['breaks.writeOff', 'breaks.undoWriteOff'], {
    askers: BOOKKEEPERS,
    checkers: ['treasury-approver'],
    delegation: true,
  }),
  shipped('desk-rules', 'Rules of the desk', ['rules.change'], {
    askers: BOOKKEEPERS,
    checkers: ['treasury-approver'],
    delegation: true,
    maskAccounts: true,
  }),
  shipped(
    'cleared-matches',
    'Undoing a cleared match',
    ['reconciliation.undo', 'reconciliation.reject', 'instant.undo'],
    { askers: BOOKKEEPERS, checkers: ['treasury-approver'], delegation: true },
  ),
  shipped('statement-differences', 'A statement that does not add up', ['intake.begin'], {
    askers: BOOKKEEPERS,
    checkers: ['treasury-approver'],
    delegation: true,
  }),
];

/** What is lost for good. */
const DATA: readonly Policy[] = [
  shipped('erasure', 'Erasing a person', ['privacy.erase'], {
    askers: ['compliance-officer'],
    checkers: ['compliance-officer', ...OFFICERS],
  }),
];

const people = (commands: readonly string[], version: number): Policy =>
  shipped(
    'people',
    'People and their roles',
    [
      'operators.create',
      'operators.setRoles',
      'operators.enable',
      'operators.resetSecondFactor',
      'operators.resetPassphrase',
      'approvals.enrolCard',
      ...commands,
    ],
    { version, askers: ['administrator'], checkers: OFFICERS },
  );

const keys = (commands: readonly string[], version: number): Policy =>
  shipped('keys', 'Keys under dual control', ['keys.rotate', 'keys.retire', 'keys.destroy', ...commands], {
    version,
    askers: KEY_OFFICERS,
    checkers: KEY_OFFICERS,
  });

/** What guards the console itself. None of it is ever one person's. */
const CONTROLS: readonly Policy[] = [
  shipped('policies', 'Policies', ['policies.change'], { askers: OFFICERS, checkers: OFFICERS }),
  people(['operators.enrolSmartCard'], 2),
  shipped('break-glass', 'Break-glass', ['operators.breakGlass'], {
    checkers: OFFICERS,
    answerWithinMs: 5 * MINUTE_MS,
    alertAtOnce: true,
  }),
  keys([], 2),
  hsmOperations([...TOKEN_COMMANDS, 'hsm.resumeRun', 'hsm.setPolicy'], 2),
  shipped(
    'key-slots',
    'Key slots of the vault',
    ['vault.slots.add', 'vault.slots.replace', 'vault.slots.revoke'],
    { askers: ['security-officer'], checkers: OFFICERS },
  ),
  shipped('restore', 'Restoring a backup', ['backup.restore'], {
    askers: ['security-officer'],
    checkers: OFFICERS,
  }),
];

/** What the program comes with: the newest version of each policy that is its own. */
export const SHIPPED: readonly Policy[] = [...BANKING, ...MONEY, ...DATA, ...CONTROLS];

/** Versions that it came with before: requests were made and agreed to under them. */
export const SHIPPED_BEFORE: readonly Policy[] = [
  people([], 1),
  keys(TOKEN_COMMANDS, 1),
  hsmOperations([], 1),
];

/** Commands that stay under their policy for good: each of them could undo every other control. */
export const NEVER_ALONE: ReadonlySet<string> = new Set(CONTROLS.flatMap(({ commands }) => commands));

/** The policy of each of these commands. */
export const homesOfControls: ReadonlyMap<string, string> = new Map(
  CONTROLS.flatMap(({ id, commands }) => commands.map((command) => [command, id] as const)),
);

/** Policies that no change may weaken below two people. */
export const isControl = (policyId: string): boolean => CONTROLS.some(({ id }) => id === policyId);

/** A use of the emergency door that nobody hears of would be a back door. */
export const ALWAYS_ALERTS: ReadonlySet<string> = new Set(['break-glass']);
