import type { Permission } from '../../contract/common.ts';
import { type RoleId, roleIds } from '../../contract/operators.ts';

/** How long a session lasts: whatever happens, and without a sign of its operator. */
export interface SessionLimits {
  readonly maxMs: number;
  readonly idleMs: number;
}

export interface Role {
  readonly permissions: readonly Permission[];
  readonly limits: SessionLimits;
  /** Its holder runs no command, whatever the permissions say. */
  readonly changesNothing?: true;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Named policies of session limits. The strictest of a person's roles counts. */
export const LIMITS = {
  payments: { maxMs: 4 * HOUR_MS, idleMs: HOUR_MS },
  trading: { maxMs: 12 * HOUR_MS, idleMs: 30 * MINUTE_MS },
  hsm: { maxMs: HOUR_MS, idleMs: 15 * MINUTE_MS },
  office: { maxMs: 12 * HOUR_MS, idleMs: HOUR_MS },
  /** A scheduled run: one command, or one long import. */
  service: { maxMs: 12 * HOUR_MS, idleMs: 12 * HOUR_MS },
} as const satisfies Record<string, SessionLimits>;

const LOOK: readonly Permission[] = ['read', 'verify'];
/** Whoever takes part in the work may be asked to agree; policies say who to what. */
const PART: readonly Permission[] = [...LOOK, 'answer'];
/** Who works with customers and their payments sees who they are; everybody else sees masks. */
const SEE: readonly Permission[] = [...PART, 'see-parties'];

/** The roles, as data. */
export const ROLES: Readonly<Record<RoleId, Role>> = {
  'treasury-analyst': {
    permissions: [...SEE, 'import', 'match', 'rules', 'post', 'demo'],
    limits: LIMITS.payments,
  },
  'treasury-approver': { permissions: [...SEE, 'close-period'], limits: LIMITS.payments },
  'settlement-officer': {
    permissions: [...SEE, 'import', 'connectors', 'match', 'rules', 'post'],
    limits: LIMITS.payments,
  },
  'fraud-reviewer': { permissions: [...SEE, 'incidents', 'evidence'], limits: LIMITS.office },
  'aml-analyst': { permissions: [...SEE, 'incidents', 'evidence'], limits: LIMITS.office },
  'compliance-officer': {
    permissions: [...SEE, 'unmask', 'privacy', 'incidents', 'evidence'],
    limits: LIMITS.office,
  },
  'claims-investigator': { permissions: [...SEE, 'evidence'], limits: LIMITS.office },
  'custody-officer': { permissions: [...PART, 'keys'], limits: LIMITS.hsm },
  'risk-manager': { permissions: [...PART, 'incidents'], limits: LIMITS.office },
  trader: { permissions: PART, limits: LIMITS.trading },
  'security-officer': {
    permissions: [...PART, 'unmask', 'keys', 'hsm', 'slots', 'incidents', 'backup'],
    limits: LIMITS.office,
  },
  auditor: { permissions: [...LOOK, 'unmask'], limits: LIMITS.office, changesNothing: true },
  administrator: { permissions: [...PART, 'people', 'connectors'], limits: LIMITS.office },
};

/** What the first two officers are: they manage people and keys, and move no money. */
export const OFFICER_ROLES: readonly RoleId[] = ['administrator', 'security-officer'];

/** The account of the command line, which whoever opened the vault may use without a sign-in. */
export const CLI_PERMISSIONS: readonly Permission[] = [
  'import',
  'match',
  'demo',
  'read',
  'verify',
  'see-parties',
];

/** What a window may do in a vault where nobody is named: name two officers, and look. */
export const UNNAMED_PERMISSIONS: readonly Permission[] = ['people', 'read', 'verify'];

/** What a scheduled run may be given: nothing that manages people or keys, or decides over the books. */
export const SERVICE_PERMISSIONS: readonly Permission[] = [
  'read',
  'see-parties',
  'import',
  'match',
  'verify',
  'demo',
  'backup',
  'evidence',
];

/** No person holds a role of `one` and a role of `other`. */
export interface DutyRule {
  readonly id: string;
  readonly one: readonly RoleId[];
  readonly other: readonly RoleId[];
  readonly why: string;
}

const MONEY: readonly RoleId[] = ['treasury-analyst', 'treasury-approver', 'settlement-officer', 'trader'];

/** Segregation of duties, as data. */
export const DUTIES: readonly DutyRule[] = [
  {
    id: 'auditor-alone',
    one: ['auditor'],
    other: roleIds.filter((role) => role !== 'auditor'),
    why: 'Who audits the work takes no part in it.',
  },
  {
    id: 'people-or-money',
    one: ['administrator'],
    other: [...MONEY, 'custody-officer'],
    why: 'Who gives roles moves no money and holds no key to it.',
  },
  {
    id: 'maker-or-checker',
    one: ['treasury-approver'],
    other: ['treasury-analyst', 'settlement-officer'],
    why: 'Who prepares a payment does not release it.',
  },
  {
    id: 'front-or-back',
    one: ['trader'],
    other: ['treasury-analyst', 'treasury-approver', 'settlement-officer', 'risk-manager'],
    why: 'Who trades neither settles the trade nor measures its risk.',
  },
  {
    id: 'money-or-review',
    one: ['fraud-reviewer', 'aml-analyst', 'compliance-officer', 'claims-investigator'],
    other: MONEY,
    why: 'Who moves money does not review whether it may move.',
  },
  {
    id: 'custody-or-security',
    one: ['custody-officer'],
    other: ['security-officer', 'treasury-approver'],
    why: 'Who holds a signing key neither administers keys nor releases payments.',
  },
];

/** The first rule that a set of roles breaks. */
export function brokenDuty(roles: readonly RoleId[]): DutyRule | undefined {
  return DUTIES.find(
    ({ one, other }) =>
      roles.some((role) => one.includes(role)) && roles.some((role) => other.includes(role)),
  );
}

/** What roles permit together. */
export function permissionsOf(roles: readonly RoleId[]): ReadonlySet<Permission> {
  return new Set(roles.flatMap((role) => ROLES[role].permissions));
}

/** Whether the holder of these roles runs no command. */
export const changesNothing = (roles: readonly RoleId[]): boolean =>
  roles.some((role) => ROLES[role].changesNothing === true);

/** The strictest limits of a person's roles. */
export function limitsOf(roles: readonly RoleId[]): SessionLimits {
  const all = roles.map((role) => ROLES[role].limits);
  return {
    maxMs: Math.min(LIMITS.office.maxMs, ...all.map(({ maxMs }) => maxMs)),
    idleMs: Math.min(LIMITS.office.idleMs, ...all.map(({ idleMs }) => idleMs)),
  };
}
