/**
 * People in a vault of a test: the two officers that every vault begins with, whoever they hire, and a
 * client of them all. Everything goes through the contract with ordinary rights; only the stretch of
 * their passphrases is cheaper, where the host in this process was given `cheapStretch`.
 */
import { createRouterClient, traverseContractProcedures } from '@orpc/server';
import { type Permission, type ProcedureMeta, permissions } from '../../src/contract/common.ts';
import { contract } from '../../src/contract/index.ts';
import { type RoleId, roleIds } from '../../src/contract/operators.ts';
import { type Runtime, systemRuntime } from '../../src/main/base/index.ts';
import type { CallContext } from '../../src/main/base/procedures.ts';
import { sha256 } from '../../src/main/crypto/index.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { DEMO_PEOPLE, type DoorName, type EngineHost } from '../../src/main/engine/index.ts';
import type { Stretch } from '../../src/main/operators/index.ts';
import { OFFICER_ROLES, ROLES } from '../../src/main/operators/roles.ts';
import {
  fromBase32,
  hotp,
  SECRET_BYTES,
  STEP_SECONDS,
  stepAt,
  toBase32,
} from '../../src/main/operators/totp.ts';

/** In Argon2id's place, for hosts in this process: `stretchOfOperatorsInTests`. */
export const cheapStretch: Stretch = async ({ passphrase, salt }) =>
  sha256(Buffer.concat([salt, passphrase]));

export const OPERATOR_PASSPHRASE = 'violet anchors drift past seven lanterns';

/** Somebody with an authenticator app, of which every code is used once. */
export interface Person {
  readonly name: string;
  readonly roles: readonly RoleId[];
  readonly passphrase: string;
  readonly secret: string;
  /** The next code that is taken. */
  code(): string;
}

/** One connection, on which one person signs in. */
export interface Connected {
  readonly client: Client;
  readonly context?: CallContext;
}
export type Connect = () => Connected | Promise<Connected>;

/** Where the clock can be moved on, nobody waits half a minute for the next code. */
type Clock = Pick<Runtime, 'nowMs'> & { advance?(byMs: number): void };

/** The runtime of this machine, with a clock that can be moved on. */
export function movableRuntime(): Runtime & { advance(byMs: number): void } {
  let aheadMs = 0;
  return {
    ...systemRuntime,
    nowMs: () => systemRuntime.nowMs() + aheadMs,
    advance(byMs) {
      aheadMs += byMs;
    },
  };
}

export function personOf(name: string, roles: readonly RoleId[], clock: Clock = systemRuntime): Person {
  // One secret a name, the same in every run.
  const secret = toBase32(sha256(Buffer.from(name)).subarray(0, SECRET_BYTES));
  return personWith({ name, roles, passphrase: OPERATOR_PASSPHRASE, secret }, clock);
}

/** Somebody whose passphrase and secret are known. */
export function personWith(known: Omit<Person, 'code'>, clock: Clock = systemRuntime): Person {
  const bytes = fromBase32(known.secret)!;
  let used = -1;
  return {
    ...known,
    code(): string {
      const nowMs = clock.nowMs();
      const now = stepAt(nowMs);
      // A code of the step before is taken still, but not when that one's time ends on the way.
      const oldest = (now + 1) * STEP_SECONDS * 1_000 - nowMs > 10_000 ? now - 1 : now;
      const step = Math.max(oldest, used + 1);
      if (step > now + 1 && clock.advance) {
        clock.advance(STEP_SECONDS * 1_000);
        return this.code();
      }
      if (step > now + 1) throw new Error(`no code of ${known.name} is left for this half minute`);
      used = step;
      return hotp(bytes, step);
    },
  };
}

/** The next code of somebody; where those of this half minute are used, the app is waited for. */
export async function nextCode(person: Pick<Person, 'code'>): Promise<string> {
  for (;;) {
    try {
      return person.code();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

const factorOf = (person: Person) => ({ secret: person.secret, code: person.code() });

export async function signIn({ client }: Connected, person: Person): Promise<void> {
  const { name, passphrase } = person;
  await client.session.signIn({ name, passphrase, code: await nextCode(person) });
}

/** What `approvals` answers, as far as a checker needs it. */
interface Approvals {
  get(input: { requestId: string }): Promise<{ commandHash: string; mine: string }>;
  vote(input: { requestId: string; commandHash: string; decision: 'approve' }): Promise<{ state: string }>;
}
const approvalsOf = (client: Client): Approvals => (client as unknown as { approvals: Approvals }).approvals;

const requestOf = (error: unknown): string | undefined => {
  const { code, data } = error as { code?: unknown; data?: { requestId?: string } };
  return code === 'APPROVAL_REQUIRED' ? data?.requestId : undefined;
};

/**
 * Runs a call of a maker; where a policy holds it for others, those of the checkers who may agree until
 * it has run. What needs its secret anew is called again. Where it ran by the last vote its answer is
 * that of `after`, since a request keeps none.
 */
export async function countersigned<T>(
  call: () => Promise<T>,
  checkers: readonly Connected[],
  after?: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const requestId = requestOf(error);
    if (requestId === undefined) throw error;
    for (const { client } of checkers) {
      const { commandHash, mine } = await approvalsOf(client).get({ requestId });
      if (mine !== 'answer') continue;
      const { state } = await approvalsOf(client).vote({ requestId, commandHash, decision: 'approve' });
      if (state === 'approved') return call();
      if (state !== 'pending') return after === undefined ? (undefined as T) : after();
    }
    throw error;
  }
}

export interface People {
  readonly officers: readonly [Person, Person];
  /** Everybody there is. */
  readonly everybody: readonly Person[];
  /** Names somebody; where people stand under a policy, the other officer agrees. */
  hire(name: string, roles: readonly RoleId[]): Promise<Person>;
  /** Names a service account, which signs in with a passphrase alone. */
  hireScript(name: string, passphrase: string, permissions: readonly Permission[]): Promise<void>;
  /** A connection of its own with this person signed in. */
  at(person: Person): Promise<Connected>;
  /** The connection on which somebody signs in once and stays; again where the session is over. */
  seatOf(person: Person): Promise<Connected>;
}

/** Names the two officers on a connection that may, and hires with them. */
export async function namePeople(connect: Connect, clock: Clock = systemRuntime): Promise<People> {
  const officers = [
    personOf('Ada Weiss', OFFICER_ROLES, clock),
    personOf('Bo Lind', OFFICER_ROLES, clock),
  ] as const;
  const { client } = await connect();
  await client.operators.nameOfficers({
    officers: officers.map((one) => ({ ...pick(one), secondFactor: factorOf(one) })),
  });
  return peopleOf(connect, officers, clock);
}

const pick = ({ name, passphrase }: Person) => ({ name, passphrase });

/** The people of a vault whose officers are named already. */
export function peopleOf(
  connect: Connect,
  officers: readonly [Person, Person],
  clock: Clock = systemRuntime,
  others: readonly Person[] = [],
): People {
  const everybody: Person[] = [...officers, ...others];
  const seats = new Map<Person, Connected>();

  async function seatFor(person: Person): Promise<Connected> {
    const seat = seats.get(person) ?? (await connect());
    seats.set(person, seat);
    const { rekeying } = await seat.client.vault.status();
    const { operator } = await seat.client.session.current();
    if (!rekeying && operator?.name !== person.name) await signIn(seat, person);
    return seat;
  }

  return {
    officers,
    everybody,
    seatOf: seatFor,
    async at(person) {
      const seat = await connect();
      await signIn(seat, person);
      return seat;
    },
    async hireScript(name, passphrase, permissions) {
      const [ada, bo] = [await seatFor(officers[0]), await seatFor(officers[1])];
      const wanted = { kind: 'service' as const, name, passphrase, permissions: [...permissions] };
      await countersigned(async () => void (await ada.client.operators.create(wanted)), [bo]);
    },
    async hire(name, roles) {
      const person = personOf(name, roles, clock);
      const [ada, bo] = [await seatFor(officers[0]), await seatFor(officers[1])];
      const secondFactor = factorOf(person);
      const wanted = { kind: 'person' as const, ...pick(person), roles: [...roles], secondFactor };
      await countersigned(async () => void (await ada.client.operators.create(wanted)), [bo]);
      everybody.push(person);
      return person;
    },
  };
}

/** A connection of a host in this process. */
export const connectTo =
  (host: EngineHost, door: DoorName = 'loopback'): Connect =>
  () => {
    const context = host.contextFor(door);
    return { context, client: createRouterClient(host.router, { context: () => context }) };
  };

const metaOf = new Map<string, ProcedureMeta>();
traverseContractProcedures({ router: contract, path: [] }, ({ contract: procedure, path }) => {
  metaOf.set(path.join('.'), procedure['~orpc'].meta);
});

/** Who does what in a test that does not ask who does it; the first that may. */
const DESKS: readonly (readonly RoleId[])[] = [
  ['treasury-analyst'],
  ['administrator', 'security-officer'],
  ['treasury-approver'],
  ['compliance-officer'],
  ['custody-officer'],
  ...roleIds.map((role) => [role]),
];

function rolesFor(permission: Permission): readonly RoleId[] {
  const roles = DESKS.find((desk) => desk.some((role) => ROLES[role].permissions.includes(permission)));
  if (roles === undefined) throw new Error(`no role holds the permission ${permission}`);
  return roles;
}

export interface Staff extends People {
  /**
   * The contract as the people of a bank do it together: each call goes to somebody who may, who is
   * hired and signs in where need be, and what waits for a second person gets one.
   */
  readonly client: Client;
  /** Who does what needs this permission. */
  holder(permission: Permission): Promise<Person>;
}

/** Names the officers and hires as the work comes. */
export async function staffOf(connect: Connect, clock: Clock = systemRuntime): Promise<Staff> {
  return staffed(connect, await namePeople(connect, clock));
}

/** The people of the demo vault, which names them itself. */
export function demoStaffOf(connect: Connect, clock: Clock = systemRuntime): Promise<Staff> {
  const [ines, pavel, ...others] = DEMO_PEOPLE.map((one) => personWith(one, clock));
  return staffed(connect, peopleOf(connect, [ines!, pavel!], clock, others));
}

/** A staff around people who are named already. */
export async function staffed(connect: Connect, people: People): Promise<Staff> {
  const anybody = await connect();

  async function holder(permission: Permission): Promise<Person> {
    const roles = rolesFor(permission);
    const known = people.everybody.find((one) => roles.every((role) => one.roles.includes(role)));
    return known ?? people.hire(`Hired ${roles[0]!.replaceAll('-', ' ')}`, roles);
  }

  async function run(path: readonly string[], args: readonly unknown[]): Promise<unknown> {
    const meta = metaOf.get(path.join('.'));
    if (meta?.permission === undefined) throw new Error(`no procedure ${path.join('.')}`);
    const on = ({ client }: Connected) =>
      path.reduce<unknown>((place, step) => Reflect.get(place as object, step), client) as (
        ...given: readonly unknown[]
      ) => Promise<unknown>;
    if (meta.permission === 'open') return on(anybody)(...args);
    const seat = await people.seatOf(await holder(meta.permission));
    const others = () => Promise.all(people.everybody.map((one) => people.seatOf(one)));
    try {
      return await on(seat)(...args);
    } catch (error) {
      if (requestOf(error) === undefined) throw error;
      const checkers = (await others()).filter((one) => one !== seat);
      return countersigned(() => on(seat)(...args), checkers);
    }
  }

  const clientAt = (path: readonly string[]): unknown =>
    new Proxy(() => {}, {
      get: (_, step) => (typeof step === 'string' && step !== 'then' ? clientAt([...path, step]) : undefined),
      apply: (_, __, args) => run(path, args),
    });
  return { ...people, holder, client: clientAt([]) as Client };
}

/**
 * A client whose session is injected and passes no gate, as the root key of the simulation is: for what
 * examines or measures the engine and not its people. It needs the host in this process; no door has it.
 */
export function injectedClient(host: EngineHost): Client {
  const session = { actor: 'simulation', permissions: new Set(permissions) };
  const gate = () => undefined;
  return createRouterClient(host.router, { context: () => ({ ...host.contextFor('cli'), session, gate }) });
}
