import type { Permission } from '../../contract/common.ts';
import type { OperatorLine, RoleId } from '../../contract/operators.ts';
import { type Caller, CountersignError } from '../base/index.ts';
import {
  actorOf,
  findByName,
  lineOf,
  nameIndexOf,
  type OperatorsContext,
  ownerOf,
  readName,
  rowOf,
} from './context.ts';
import { brokenDuty, OFFICER_ROLES, SERVICE_PERMISSIONS } from './roles.ts';
import { NAME_PLACE, OPERATORS_CLASS, TOTP_PLACE } from './sealed-columns.ts';
import type { Slot } from './slot.ts';
import type { OperatorRow } from './store.ts';
import { requireStrong } from './strength.ts';
import { fromBase32, SECRET_BYTES, stepOfCode } from './totp.ts';

/** A second factor that is to be set up: its secret, and a code that proves it is in place. */
export interface NewSecondFactor {
  readonly secret: string;
  readonly code: string;
}

export interface NewOfficer {
  readonly name: string;
  readonly passphrase: string;
  readonly secondFactor: NewSecondFactor;
}

/** Somebody of the demo vault: invented, with a passphrase and a secret that are printed. */
export interface DemoPerson {
  readonly name: string;
  readonly roles: readonly RoleId[];
  readonly passphrase: string;
  /** Base 32, as for an authenticator app. */
  readonly secret: string;
  /** PIN of the card that the demo makes for them, where their work asks for one. */
  readonly cardPin?: string;
}

export type NewOperator =
  | (NewOfficer & { readonly kind: 'person'; readonly roles: readonly RoleId[] })
  | {
      readonly kind: 'service';
      readonly name: string;
      readonly passphrase: string;
      readonly permissions: readonly Permission[];
    };

/** Somebody who has passed every check that needs no transaction. */
interface Prepared {
  readonly kind: OperatorRow['kind'];
  readonly name: string;
  readonly roles: readonly RoleId[];
  readonly permissions: readonly Permission[];
  readonly factor: { readonly secret: Buffer; readonly step: number } | null;
  readonly passphrase: string;
}

/** Who can sign in and give roles must be two at least, so that one can be outvoted and one be lost. */
const LEAST_ADMINISTRATORS = 2;

const refuse = (...given: ConstructorParameters<typeof CountersignError>): never => {
  throw new CountersignError(...given);
};

function checkRoles(roles: readonly RoleId[]): RoleId[] {
  const once = [...new Set(roles)];
  if (once.length === 0)
    refuse('OPERATOR_ROLES_MISSING', 'Give a person one role at least.', { path: 'roles' });
  const broken = brokenDuty(once);
  if (broken) refuse('OPERATOR_DUTIES_CONFLICT', broken.why, { path: 'roles', rule: broken.id });
  return once;
}

function checkPermissions(permissions: readonly Permission[]): Permission[] {
  const once = [...new Set(permissions)];
  const path = 'permissions';
  if (once.length === 0) refuse('OPERATOR_ROLES_MISSING', 'List what the service account may do.', { path });
  const excess = once.find((permission) => !SERVICE_PERMISSIONS.includes(permission));
  if (excess !== undefined) {
    refuse('OPERATOR_PERMISSION_NOT_FOR_SERVICE', 'A service account may not hold this permission.', {
      path,
      actual: excess,
    });
  }
  return once;
}

/** The commands that change who may do what. Each is one transaction with one audit record. */
export function createPeople(context: OperatorsContext) {
  const { vault, sealing, audit, runtime, sessions, store, slots } = context;

  function proveFactor({ secret: text, code }: NewSecondFactor) {
    const secret = fromBase32(text);
    const step =
      secret?.length === SECRET_BYTES
        ? stepOfCode(secret, code, { nowMs: runtime.nowMs(), lastStep: -1 })
        : undefined;
    if (secret === undefined || step === undefined) {
      throw new CountersignError('OPERATOR_CODE_WRONG', 'The code does not belong to this second factor.', {
        path: 'secondFactor',
        expected: 'the six digits that the app shows now',
      });
    }
    return { secret, step };
  }

  async function prepare(made: NewOperator): Promise<Prepared> {
    const name = readName(made.name);
    const { kind, passphrase } = made;
    const duties =
      kind === 'person'
        ? { roles: checkRoles(made.roles), permissions: [], factor: proveFactor(made.secondFactor) }
        : { roles: [], permissions: checkPermissions(made.permissions), factor: null };
    await requireStrong(passphrase, name);
    return { kind, name, passphrase, ...duties };
  }

  /** Writes one operator under the id their slot was made for. In a vault transaction. */
  function insert(id: number, { kind, name, roles, permissions, factor }: Prepared, slot: Slot): void {
    if (findByName(context, name) !== undefined) {
      refuse('OPERATOR_NAME_TAKEN', 'Somebody is already named like that.', { path: 'name' });
    }
    const applicationId = String(id);
    const nameId = sealing.seal({
      ...NAME_PLACE,
      purpose: 'compliance_vault',
      retentionClass: OPERATORS_CLASS,
      applicationId,
      plaintext: name,
      blindIndex: nameIndexOf(name),
    });
    const totpId = factor === null ? null : sealFactor(id, factor.secret);
    const createdAtMs = runtime.nowMs();
    const totpStep = factor?.step ?? -1;
    store.insert({ id, kind, nameId, roles, permissions, createdAtMs, totpId, totpStep }, slot);
  }

  const sealFactor = (id: number, secret: Buffer): bigint =>
    sealing.seal({
      ...TOTP_PLACE,
      purpose: 'compliance_vault',
      retentionClass: OPERATORS_CLASS,
      applicationId: String(id),
      plaintext: secret,
    });

  /**
   * Makes slots for the ids that come next, then inserts. Where another command took an id while the
   * passphrases were stretched, the slots, which are bound to theirs, are made again.
   */
  async function add(
    caller: Caller,
    kind: string,
    all: readonly Prepared[],
    check: () => void,
  ): Promise<OperatorLine[]> {
    const first = store.nextId();
    const made = await Promise.all(
      all.map(({ passphrase }, i) => slots.make(ownerOf(vault, first + i), passphrase)),
    );
    if (store.nextId() !== first) return add(caller, kind, all, check);
    return vault.transaction(() => {
      check();
      for (const [i, one] of all.entries()) insert(first + i, one, made[i]!);
      audit.record({
        kind,
        ...caller,
        subjects: all.map((_, i) => ({ kind: 'operator', id: String(first + i) })),
        detail: {
          operators: all.map(({ kind: what, name, roles, permissions }, i) => ({
            id: String(first + i),
            kind: what,
            name,
            roles: [...roles],
            permissions: [...permissions],
          })),
        },
      });
      return all.map((_, i) => lineOf(context, store.get(first + i)!));
    });
  }

  const requireUnnamed = () => {
    if (store.any()) {
      refuse('OPERATORS_NAMED', 'Officers are named already; administrators name everybody else.');
    }
  };

  function requireNamed(): void {
    if (!store.any()) {
      refuse('OPERATORS_NOT_NAMED', 'Nobody is named yet; name the first two officers.');
    }
  }

  function requireOther(caller: Caller, row: OperatorRow): void {
    if (caller.actor === actorOf(row.id)) {
      refuse('OPERATOR_SELF', 'Nobody changes their own roles, state or second factor.', { path: 'id' });
    }
  }

  /** Throws where too few administrators would remain without this one. */
  function requireAdministrators(without: OperatorRow): void {
    const remaining = store
      .all()
      .filter(
        (row) => row.id !== without.id && row.state === 'active' && row.roles.includes('administrator'),
      );
    if (without.state !== 'active' || !without.roles.includes('administrator')) return;
    if (remaining.length >= LEAST_ADMINISTRATORS) return;
    refuse('OPERATOR_ADMINISTRATORS_FEW', 'Two administrators who can sign in must remain.', { path: 'id' });
  }

  /** One change of one operator: checked, written and recorded in one transaction. */
  function change(
    caller: Caller,
    id: string,
    kind: string,
    work: (row: OperatorRow) => { readonly [name: string]: string | readonly string[] },
  ): OperatorLine {
    return vault.transaction(() => {
      const row = rowOf(context, id);
      requireOther(caller, row);
      const detail = work(row);
      audit.record({
        kind,
        ...caller,
        subjects: [{ kind: 'operator', id }],
        detail: { id, ...detail } as never,
      });
      return lineOf(context, store.get(row.id)!);
    });
  }

  return {
    async nameOfficers(caller: Caller, officers: readonly NewOfficer[]): Promise<OperatorLine[]> {
      requireUnnamed();
      const all: Prepared[] = [];
      for (const one of officers) all.push(await prepare({ ...one, kind: 'person', roles: OFFICER_ROLES }));
      const [a, b] = all;
      if (a?.factor?.secret.equals(b?.factor?.secret ?? Buffer.alloc(0))) {
        refuse('OPERATOR_CODE_WRONG', 'Two people cannot share one second factor.', { path: 'secondFactor' });
      }
      return add(caller, 'operators.name-officers', all, requireUnnamed);
    },
    /** Names the people of the demo vault, and of no other. Throws `OPERATORS_NAMED`, `NOT_PERMITTED`. */
    async nameDemoPeople(caller: Caller, people: readonly DemoPerson[]): Promise<OperatorLine[]> {
      const requireDemo = () => {
        if (vault.meta('demo') !== 'true') refuse('NOT_PERMITTED', 'Only the demo vault has demo people.');
        requireUnnamed();
      };
      requireDemo();
      const all = people.map(
        ({ name, roles, passphrase, secret }): Prepared => ({
          ...{ kind: 'person', name: readName(name), passphrase, permissions: [] },
          roles: checkRoles(roles),
          // No code is used up: whoever opens the demo signs in with the one of now.
          factor: { secret: fromBase32(secret)!, step: -1 },
        }),
      );
      return add(caller, 'operators.name-demo-people', all, requireDemo);
    },
    async create(caller: Caller, made: NewOperator): Promise<OperatorLine> {
      requireNamed();
      const [line] = await add(caller, 'operators.create', [await prepare(made)], requireNamed);
      return line!;
    },
    setRoles(
      caller: Caller,
      id: string,
      given: { readonly roles: readonly RoleId[]; readonly permissions: readonly Permission[] },
    ): OperatorLine {
      return change(caller, id, 'operators.set-roles', (row) => {
        const isPerson = row.kind === 'person';
        const roles = isPerson ? checkRoles(given.roles) : [];
        const permissions = isPerson ? [] : checkPermissions(given.permissions);
        if (!roles.includes('administrator')) requireAdministrators(row);
        store.setDuties(row.id, roles, permissions);
        const before = isPerson ? row.roles : row.permissions;
        return { before: [...before], after: [...(isPerson ? roles : permissions)] };
      });
    },
    disable(caller: Caller, id: string): OperatorLine {
      return change(caller, id, 'operators.disable', (row) => {
        if (row.state === 'disabled') refuse('OPERATOR_STATE', 'The operator is disabled already.');
        requireAdministrators(row);
        store.setState(row.id, 'disabled');
        vault.onCommit(() => {
          for (const seat of sessions.seats()) {
            if (sessions.get(seat)?.operatorId === row.id) sessions.end(seat);
          }
        });
        return {};
      });
    },
    enable(caller: Caller, id: string): OperatorLine {
      return change(caller, id, 'operators.enable', (row) => {
        if (row.state === 'active' && row.failures === 0) {
          refuse('OPERATOR_STATE', 'The operator can sign in already.');
        }
        store.setState(row.id, 'active');
        store.forgive(row.id);
        return {};
      });
    },
    resetSecondFactor(caller: Caller, id: string, factor: NewSecondFactor): OperatorLine {
      return change(caller, id, 'operators.reset-second-factor', (row) => {
        if (row.totpId === null) {
          refuse('OPERATOR_NO_SECOND_FACTOR', 'A service account has no second factor.', { path: 'id' });
        }
        const { secret, step } = proveFactor(factor);
        const old = row.totpId!;
        store.setTotp(row.id, sealFactor(row.id, secret), step);
        sealing.erase(old);
        return {};
      });
    },
  };
}
