import type { OperatorLine, RolesAnswer } from '../../contract/operators.ts';
import type { SessionState } from '../../contract/session.ts';
import { type Caller, CountersignError, type Seat, type Session } from '../base/index.ts';
import { hybridSignatures, sha256 } from '../crypto/index.ts';
import {
  actorOf,
  cardOf,
  findByName,
  heldRoles,
  lineOf,
  type OperatorsContext,
  type OperatorsOptions,
  readName,
  rowOf,
} from './context.ts';
import { createLendings, createLent } from './lendings.ts';
import { createPassphrases, type PassphraseChange } from './passphrases.ts';
import { createPeople, type DemoPerson } from './people.ts';
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
import { createSigningOnce } from './signing-once.ts';
import { createSlotMaker, type SigningSuite } from './slot.ts';
import { createSmartCards } from './smart-cards.ts';
import { createStore, type OperatorRow } from './store.ts';
import { fromBase32, nextCode, otpauthOf, SECRET_BYTES, toBase32 } from './totp.ts';

/** People, service accounts, and who is signed in on which connection. */
export interface Operators
  extends ReturnType<typeof createPeople>,
    ReturnType<typeof createLendings>,
    ReturnType<typeof createSigningOnce>,
    ReturnType<typeof createSmartCards>,
    Pick<ReturnType<typeof createPassphrases>, 'resetPassphrase'> {
  /** Whether anybody is named. Until then a window may name two officers, and look. */
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
  /** What an operator may do by the roles of this moment, wherever they are; null where they may not sign in. */
  sessionAs(id: string): Session | null;
  /** How strongly an operator can sign in: with a card where one is enrolled, else by one-time codes. */
  secondFactorOf(id: string): 'totp' | 'hardware-token';
  me(seat: Seat): OperatorLine | null;
  current(seat: Seat): Omit<SessionState, 'cardOffered'>;
  /** Changes the passphrase of whoever is signed in on a connection. */
  changePassphrase(seat: Seat, change: PassphraseChange, traceId: string): Promise<OperatorLine>;
  /** Those of the demo people who are named here, with the code that each would be let in with. */
  knownDemoPeople(people: readonly DemoPerson[]): (DemoPerson & { readonly code: string | null })[];
  /** Signs as whoever is signed in on a connection. Throws `SESSION_KEY_MISSING`. */
  signAs(
    seat: Seat,
    signed: { readonly purpose: string; readonly message: Uint8Array },
  ): {
    readonly operatorId: string;
    readonly suite: SigningSuite;
    readonly publicKey: Buffer;
    readonly signature: Buffer;
  };
  /** The public half that an operator signs with now. Throws `OPERATOR_UNKNOWN`. */
  publicKeyOf(id: string): Buffer;
  /** Every key that an operator signs or has signed with, the one of now first. Throws `OPERATOR_UNKNOWN`. */
  publicKeysOf(id: string): OperatorKey[];
}

/** A key by which signatures of an operator are checked. */
export interface OperatorKey {
  /** Hex SHA-256 of the public key. */
  readonly fingerprint: string;
  readonly suite: SigningSuite;
  readonly publicKey: Buffer;
  readonly sinceMs: number;
  /** Until when it signed; null for the key of now. */
  readonly untilMs: number | null;
}

const CLI: Session = { actor: 'cli', permissions: new Set(CLI_PERMISSIONS) };

export function createOperators(options: OperatorsOptions): Operators {
  const { vault, runtime, sessions } = options;
  const store = createStore(vault.db);
  const slots = createSlotMaker(runtime, options.stretch);
  const context: OperatorsContext = { ...options, store, slots, lent: createLent(store, runtime) };
  const people = createPeople(context);
  const lendings = createLendings(context);
  const signingIn = createSigningIn(context);
  const { signIn, end } = signingIn;
  const { changePassphrase, resetPassphrase } = createPassphrases(context, signingIn);

  const limitsFor = (row: OperatorRow): SessionLimits =>
    row.kind === 'person' ? limitsOf(heldRoles(context, row)) : LIMITS.service;

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
    if (row !== undefined) return sessionFor(context, row);
    return seat.isWindow ? null : CLI;
  }

  const named = () => store.any();

  return {
    ...people,
    ...lendings,
    ...createSigningOnce(context, signingIn),
    ...createSmartCards(context),
    resetPassphrase,
    changePassphrase: (seat, change, traceId) => changePassphrase(seat, present(seat), change, traceId),
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
    secondFactorOf: (id) => (cardOf(context, rowOf(context, id)) === null ? 'totp' : 'hardware-token'),
    sessionAs(id) {
      const row = rowOf(context, id);
      return row.state === 'active' ? sessionFor(context, row) : null;
    },
    me(seat) {
      const row = present(seat);
      return row === undefined ? null : lineOf(context, row);
    },
    current(seat) {
      const row = present(seat);
      const limits = row && limitsFor(row);
      return {
        required: named(),
        unnamed: !named(),
        operator: row === undefined ? null : lineOf(context, row),
        permissions: [...(sessionOf(seat)?.permissions ?? [])],
        endsAtMs: limits === undefined ? null : sessions.get(seat)!.startedAtMs + limits.maxMs,
        idleMs: limits?.idleMs ?? null,
        secondFactor: row?.kind === 'person' ? sessions.factorOf(seat) : null,
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
      const signer = hybridSignatures[slot.suite].signer({ secretKey: live.secretKey, fillRandom });
      try {
        const signature = signer.sign({ purpose, message });
        const { suite, publicKey } = slot;
        return { operatorId: String(live.operatorId), suite, publicKey, signature };
      } finally {
        signer.destroy();
      }
    },
    knownDemoPeople: (demo) =>
      demo.flatMap((person) => {
        const row = vault.transaction(() => findByName(context, person.name));
        if (row === undefined || row.state !== 'active') return [];
        const code = nextCode(fromBase32(person.secret)!, { nowMs: runtime.nowMs(), lastStep: row.totpStep });
        return [{ ...person, roles: [...row.roles], code: code ?? null }];
      }),
    publicKeyOf: (id) => store.slot(rowOf(context, id).id)!.publicKey,
    publicKeysOf: (id) =>
      store.keys(rowOf(context, id).id).map((key) => ({
        fingerprint: sha256(key.publicKey).toString('hex'),
        ...key,
      })),
  };
}

/** What an operator may do, by what stands in the vault at this moment. */
function sessionFor(context: OperatorsContext, row: OperatorRow): Session {
  const actor = actorOf(row.id);
  if (row.kind === 'service') return { actor, permissions: new Set(row.permissions) };
  const permissions = permissionsOf(heldRoles(context, row));
  // What is lent crosses duties on purpose; what somebody holds for good may not.
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
