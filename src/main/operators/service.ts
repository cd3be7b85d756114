import type { OperatorLine, RolesAnswer } from '../../contract/operators.ts';
import type { SessionState } from '../../contract/session.ts';
import { type Caller, CountersignError, type Seat, type Session } from '../base/index.ts';
import { hybridSignatures } from '../crypto/index.ts';
import { actorOf, lineOf, type OperatorsContext, type OperatorsOptions, readName, rowOf } from './context.ts';
import { createPeople } from './people.ts';
import {
  brokenDuty,
  CLI_PERMISSIONS,
  changesNothing,
  DUTIES,
  LIMITS,
  limitsOf,
  permissionsOf,
  ROLES,
  SERVICE_PERMISSIONS,
  type SessionLimits,
} from './roles.ts';
import { type Credentials, createSigningIn } from './signing-in.ts';
import { createSlotMaker, SIGNING_SUITE } from './slot.ts';
import { createStore, type OperatorRow } from './store.ts';
import { otpauthOf, SECRET_BYTES, toBase32 } from './totp.ts';

/** People, service accounts, and who is signed in on which connection. */
export interface Operators extends ReturnType<typeof createPeople> {
  /** Whether anybody is named. Until then whoever opened the vault may do everything. */
  named(): boolean;
  list(): OperatorLine[];
  roles(): RolesAnswer;
  newSecondFactor(name: string): { secret: string; otpauth: string };
  /** Throws `SESSION_REFUSED`, `SESSION_BACKING_OFF`. */
  signIn(seat: Seat, credentials: Credentials, traceId: string): Promise<void>;
  signOut(seat: Seat, caller?: Caller): void;
  /** The connection was closed. */
  leave(seat: Seat): void;
  /** Somebody is there. */
  touch(seat: Seat): void;
  /** Ends what windows are signed in as: the session lock. */
  lockWindows(): void;
  /**
   * What a connection may do now, by the roles as they stand now; null where a window must sign in.
   * Programs that have not signed in are the service account `cli`. Only where `named()`.
   */
  sessionOf(seat: Seat): Session | null;
  me(seat: Seat): OperatorLine | null;
  current(seat: Seat): SessionState;
  /** Signs as whoever is signed in on a connection. Throws `SESSION_KEY_MISSING`. */
  signAs(
    seat: Seat,
    signed: { readonly purpose: string; readonly message: Uint8Array },
  ): { readonly operatorId: string; readonly publicKey: Buffer; readonly signature: Buffer };
  /** The public half by which an operator's signatures are checked. Throws `OPERATOR_UNKNOWN`. */
  publicKeyOf(id: string): Buffer;
}

const CLI: Session = { actor: 'cli', permissions: new Set(CLI_PERMISSIONS) };

const limitsFor = (row: OperatorRow): SessionLimits =>
  row.kind === 'person' ? limitsOf(row.roles) : LIMITS.service;

export function createOperators(options: OperatorsOptions): Operators {
  const { vault, runtime, sessions } = options;
  const store = createStore(vault.db);
  const context: OperatorsContext = { ...options, store, slots: createSlotMaker(runtime, options.stretch) };
  const people = createPeople(context);
  const { signIn, end } = createSigningIn(context);

  /** Whoever is signed in on a connection and still may be; a session that has run out ends here. */
  function present(seat: Seat): OperatorRow | undefined {
    const live = sessions.get(seat);
    if (live === undefined) return undefined;
    const row = store.get(live.operatorId);
    if (row?.state === 'active' && !sessions.isOver(seat, limitsFor(row))) return row;
    end(seat, 'expired');
    return undefined;
  }

  function sessionOf(seat: Seat): Session | null {
    const row = present(seat);
    if (row !== undefined) return sessionFor(row);
    return seat.isWindow ? null : CLI;
  }

  const named = () => store.any();

  return {
    ...people,
    named,
    list: () => store.all().map((row) => lineOf(context, row)),
    roles: rolesAnswer,
    newSecondFactor(typed) {
      const secret = toBase32(runtime.randomBytes(SECRET_BYTES));
      return { secret, otpauth: otpauthOf(secret, readName(typed)) };
    },
    signIn,
    signOut: (seat, caller) => end(seat, 'sign-out', caller),
    leave: (seat) => end(seat, 'left'),
    touch(seat) {
      if (present(seat) !== undefined) sessions.touch(seat);
    },
    lockWindows() {
      for (const seat of sessions.seats()) if (seat.isWindow) end(seat, 'locked');
    },
    sessionOf,
    me(seat) {
      const row = present(seat);
      return row === undefined ? null : lineOf(context, row);
    },
    current(seat) {
      const row = present(seat);
      const limits = row && limitsFor(row);
      return {
        required: named(),
        operator: row === undefined ? null : lineOf(context, row),
        permissions: [...(sessionOf(seat)?.permissions ?? [])],
        endsAtMs: limits === undefined ? null : sessions.get(seat)!.startedAtMs + limits.maxMs,
        idleMs: limits?.idleMs ?? null,
      };
    },
    signAs(seat, { purpose, message }) {
      const row = present(seat);
      const live = sessions.get(seat);
      const slot = row && store.slot(row.id);
      if (live === undefined || slot === undefined) {
        throw new CountersignError('SESSION_KEY_MISSING', 'Sign in first: there is no key to sign with.');
      }
      const fillRandom = (target: Uint8Array) => runtime.randomFill(target);
      const signer = hybridSignatures[SIGNING_SUITE].signer({ secretKey: live.secretKey, fillRandom });
      try {
        const signature = signer.sign({ purpose, message });
        return { operatorId: String(live.operatorId), publicKey: slot.publicKey, signature };
      } finally {
        signer.destroy();
      }
    },
    publicKeyOf: (id) => store.slot(rowOf(context, id).id)!.publicKey,
  };
}

/** What an operator may do, by what stands in the vault at this moment. */
function sessionFor(row: OperatorRow): Session {
  const actor = actorOf(row.id);
  if (row.kind === 'service') return { actor, permissions: new Set(row.permissions) };
  const permissions = permissionsOf(row.roles);
  const broken = brokenDuty(row.roles);
  if (broken)
    return { actor, permissions, refusesCommands: { code: 'OPERATOR_DUTIES_CONFLICT', why: broken.why } };
  if (!changesNothing(row.roles)) return { actor, permissions };
  const why = 'Your role reads everything and changes nothing.';
  return { actor, permissions, refusesCommands: { code: 'NOT_PERMITTED', why, butLooks: true } };
}

function rolesAnswer(): RolesAnswer {
  return {
    roles: Object.entries(ROLES).map(([id, { permissions, limits, changesNothing: reads }]) => ({
      id: id as RolesAnswer['roles'][number]['id'],
      permissions: [...permissions],
      changesNothing: reads === true,
      ...limits,
    })),
    duties: DUTIES.map(({ id, one, other, why }) => ({ id, one: [...one], other: [...other], why })),
    servicePermissions: [...SERVICE_PERMISSIONS],
    cliPermissions: [...CLI_PERMISSIONS],
  };
}
