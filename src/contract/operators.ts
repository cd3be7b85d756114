import { z } from 'zod';
import { command, id, own, permissions, query } from './common.ts';

export const operatorsErrors = {
  OPERATOR_UNKNOWN: 'There is no operator under that id.',
  OPERATOR_NAME_TAKEN: 'Somebody is already named like that.',
  OPERATOR_NAME_INVALID: 'An operator cannot have this name.',
  OPERATOR_PASSPHRASE_WEAK: 'The passphrase of an operator is too easy to guess.',
  OPERATOR_CODE_WRONG: 'The code does not belong to the second factor that is to be set up.',
  OPERATOR_ROLES_MISSING: 'A person needs a role, a service account a permission.',
  OPERATOR_DUTIES_CONFLICT: 'One person may not hold these duties together.',
  OPERATOR_PERMISSION_NOT_FOR_SERVICE: 'A service account may not hold this permission.',
  OPERATOR_SELF: 'Nobody changes their own roles, state or second factor.',
  OPERATOR_ADMINISTRATORS_FEW: 'Two administrators who can sign in must remain.',
  OPERATOR_NO_SECOND_FACTOR: 'A service account has no second factor.',
  OPERATOR_STATE: 'The operator is in that state already.',
  OPERATORS_NAMED: 'Officers are named already; administrators name everybody else.',
  OPERATORS_NOT_NAMED: 'Nobody is named yet; name the first two officers.',
  OPERATOR_PASSPHRASE_SAME: 'The new passphrase is the old one.',
  OPERATOR_LENDING_INVALID: 'These roles cannot be lent like that.',
  OPERATOR_LENDING_OVER: 'Nothing is lent under that id any more.',
  SESSION_REFUSED: 'Name, passphrase and code do not belong together, or the operator may not sign in here.',
  SESSION_BACKING_OFF: 'After several failed sign-ins of an operator the next try has to wait.',
  SESSION_KEY_MISSING: 'The session holds no signing key.',
} as const;

export const roleIds = [
  'treasury-analyst',
  'treasury-approver',
  'settlement-officer',
  'fraud-reviewer',
  'aml-analyst',
  'compliance-officer',
  'claims-investigator',
  'custody-officer',
  'risk-manager',
  'trader',
  'security-officer',
  'auditor',
  'administrator',
] as const;
export type RoleId = (typeof roleIds)[number];

const roleId = z.enum(roleIds);
const permission = z.enum(permissions);
const roles = z.array(roleId).max(roleIds.length);
const listed = z.array(permission).max(permissions.length);

/** What an operator is called, and signs in as. */
const name = z.string().max(80);
/** Goes in and never comes out. */
const passphrase = z.string().min(1).max(1024);

/** A second factor that is set up: the secret that was shown, and a code that proves it is in place. */
const secondFactor = z.object({ secret: z.string().max(64), code: z.string().max(12) });

/** A break-glass: roles lent for a short time. */
export const lending = z.object({
  id,
  operatorId: id,
  operatorName: z.string(),
  roles,
  startedAtMs: z.number(),
  endsAtMs: z.number(),
  /** The actor who lent them. */
  lentBy: z.string(),
});
export type Lending = z.infer<typeof lending>;

/** The longest that roles are lent for. */
export const LONGEST_LENDING_MINUTES = 60;

/** The smart card that an operator signs in with. */
export const operatorCard = z.object({
  serial: z.string(),
  algorithm: z.string(),
  /** Software stands in for a card in the demo vault alone. */
  kind: z.enum(['hardware', 'software']),
  enrolledAtMs: z.number(),
});
export type OperatorCard = z.infer<typeof operatorCard>;

export const operatorLine = z.object({
  id,
  kind: z.enum(['person', 'service']),
  name: z.string(),
  state: z.enum(['active', 'disabled']),
  roles,
  /** What the roles give, or what is listed for a service account. */
  permissions: listed,
  createdAtMs: z.number(),
  lastSignInAtMs: z.number().nullable(),
  /** Until when sign-in is refused after failures; null where it is not. */
  waitsUntilMs: z.number().nullable(),
  /** Hex SHA-256 of the public signing key. */
  keyFingerprint: z.string(),
  /** What the signing key signs with. */
  keySuite: z.string(),
  /** Roles that are lent to them at this moment; their permissions count above. */
  lentRoles: roles,
  /** Null for those who sign in by codes alone. */
  card: operatorCard.nullable(),
});
export type OperatorLine = z.infer<typeof operatorLine>;

const roleLine = z.object({
  id: roleId,
  permissions: listed,
  /** Whether its holder may run no command at all. */
  changesNothing: z.boolean(),
  /** A session ends after this long, and after this long without a sign of its operator. */
  maxMs: z.number(),
  idleMs: z.number(),
});

export const rolesAnswer = z.object({
  roles: z.array(roleLine),
  /** No person holds a role of `one` and a role of `other`. */
  duties: z.array(z.object({ id: z.string(), one: roles, other: roles, why: z.string() })),
  /** What a service account may be given. */
  servicePermissions: listed,
  /** What the command line may do without a sign-in. */
  cliPermissions: listed,
});
export type RolesAnswer = z.infer<typeof rolesAnswer>;

const officer = z.object({ name, passphrase, secondFactor });

export const operators = {
  list: query('read').output(z.object({ named: z.boolean(), operators: z.array(operatorLine) })),
  /** The roles, what they permit, and who may not be both. */
  roles: query('read').output(rolesAnswer),
  /** Whoever is signed in on this connection; null on the shared accounts. */
  me: query('read').output(operatorLine.nullable()),
  /** A fresh secret for an authenticator app. Nothing is kept until a code proves that it is in place. */
  newSecondFactor: query('people')
    .input(z.object({ name }))
    .output(z.object({ secret: z.string(), otpauth: z.string() })),
  /** The first two, once. From then on windows ask for a sign-in. */
  nameOfficers: command('people')
    .input(z.object({ officers: z.array(officer).length(2) }))
    .output(z.object({ operators: z.array(operatorLine) })),
  create: command('people')
    .input(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('person'), name, passphrase, roles, secondFactor }),
        z.object({ kind: z.literal('service'), name, passphrase, permissions: listed }),
      ]),
    )
    .output(operatorLine),
  /** Roles of a person, or the listed permissions of a service account. */
  setRoles: command('people')
    .input(z.object({ id, roles: roles.default([]), permissions: listed.default([]) }))
    .output(operatorLine),
  /** Ends every session of the operator; nobody can sign in as them until they are enabled. */
  disable: command('people').input(z.object({ id })).output(operatorLine),
  /** Lets a disabled operator in again, and ends the wait after failed sign-ins. */
  enable: command('people').input(z.object({ id })).output(operatorLine),
  resetSecondFactor: command('people').input(z.object({ id, secondFactor })).output(operatorLine),
  /**
   * A slot under a new passphrase with a new signing key, where the old passphrase is forgotten. What
   * the old key signed still verifies. Ends every session of the operator.
   */
  resetPassphrase: command('people').input(z.object({ id, passphrase })).output(operatorLine),
  /**
   * One's own passphrase. The signing key stays; sessions on other connections end. The code may be left
   * out within a minute of the sign-in, and by service accounts.
   */
  changePassphrase: own('read')
    .input(z.object({ passphrase, newPassphrase: passphrase, code: z.string().max(12).optional() }))
    .output(operatorLine),
  /**
   * The card in this workstation's reader, for somebody to sign in with. It must sign first; its holder
   * types the PIN. Another card takes the place of the one before.
   */
  enrolSmartCard: command('people')
    .input(z.object({ id, serial: z.string().min(1).max(32), pin: z.string().min(1).max(255) }))
    .output(operatorLine),
  /** A lost card signs in no more, and its sessions end. One person may do it, at once. */
  removeSmartCard: command('people').input(z.object({ id })).output(operatorLine),
  /** What is lent at this moment. */
  lendings: query('read').output(z.object({ lendings: z.array(lending) })),
  /** Lends roles for a short time, loudly. They come on top of the operator's own. */
  breakGlass: command('people')
    .input(
      z.object({
        operatorId: id,
        roles: roles.min(1),
        minutes: z.number().int().min(1).max(LONGEST_LENDING_MINUTES),
        reason: z.string().trim().min(3).max(400),
      }),
    )
    .output(lending),
  /** Takes them back before their time. Their borrower may, and who manages people. */
  endBreakGlass: own('read')
    .input(z.object({ id }))
    .output(z.object({ lendings: z.array(lending) })),
};
