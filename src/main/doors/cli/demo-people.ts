import { ORPCError } from '@orpc/client';
import type { ApprovalRequired } from '../../../contract/approvals.ts';
import type { RoleId } from '../../../contract/operators.ts';
import { fromBase32, hotp, STEP_SECONDS, stepAt } from '../../operators/index.ts';
import type { Client } from '../shared/client.ts';

/** Somebody of the demo vault, who is invented, and so is how to be them. */
export interface DemoPerson {
  readonly name: string;
  readonly roles: readonly RoleId[];
  readonly passphrase: string;
  readonly secret: string;
}

const OFFICERS: readonly DemoPerson[] = [
  {
    name: 'Ines Vogt',
    roles: ['administrator', 'security-officer'],
    passphrase: 'copper lantern over a quiet harbour',
    secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXA',
  },
  {
    name: 'Pavel Horak',
    roles: ['administrator', 'security-officer'],
    passphrase: 'seven herons cross the frozen canal',
    secret: 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLB',
  },
];

/** One asks, the other agrees. */
const PAIR = {
  maker: {
    name: 'Anna Berg',
    roles: ['treasury-analyst'],
    passphrase: 'paper kites above the north meadow',
    secret: 'MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LC',
  },
  checker: {
    name: 'Tomas Lind',
    roles: ['treasury-approver'],
    passphrase: 'an orchard wakes before the bakers',
    secret: 'NBSWY3DPO5XXE3DENBSWY3DPO5XXE3DD',
  },
} as const satisfies Record<string, DemoPerson>;

const STEP_MS = STEP_SECONDS * 1_000;
/** A code that was used, and the next: no third try is needed. */
const MOST_TRIES = 3;

const codeOf = ({ secret }: DemoPerson, step: number): string => hotp(fromBase32(secret)!, step);

const factorOf = (person: DemoPerson) => ({
  secret: person.secret,
  code: codeOf(person, stepAt(Date.now())),
});

const isRefusal = (error: unknown, code: string): boolean =>
  error instanceof ORPCError && error.code === code;

/**
 * Signs one of the demo people in on a connection. Their app is taken to be one step ahead, so that a
 * person who was named just now has a code left; where that was used too, the next step is waited for.
 */
export async function signInDemo(client: Client, person: DemoPerson, signal: AbortSignal): Promise<void> {
  const { name, passphrase } = person;
  for (let tries = 1; ; tries += 1) {
    try {
      await client.session.signIn({ name, passphrase, code: codeOf(person, stepAt(Date.now()) + 1) });
      return;
    } catch (error) {
      if (!isRefusal(error, 'SESSION_REFUSED') || tries === MOST_TRIES) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS - (Date.now() % STEP_MS) + 250));
    signal.throwIfAborted();
  }
}

/** Where a command waits that was asked for. */
async function requestOf(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (!isRefusal(error, 'APPROVAL_REQUIRED')) throw error;
    return ((error as ORPCError<string, unknown>).data as ApprovalRequired).requestId;
  }
  throw new Error('a person was named by one officer alone');
}

/** Runs what two officers must agree to: one asks, the other agrees, the one brings the passphrases anew. */
async function inTwo(
  client: Client,
  all: readonly (() => Promise<unknown>)[],
  signal: AbortSignal,
): Promise<void> {
  const [asks, agrees] = OFFICERS as [DemoPerson, DemoPerson];
  await signInDemo(client, asks, signal);
  const requests: string[] = [];
  for (const run of all) requests.push(await requestOf(run));
  await signInDemo(client, agrees, signal);
  for (const requestId of requests) {
    const { commandHash } = await client.approvals.get({ requestId });
    await client.approvals.vote({ requestId, commandHash, decision: 'approve' });
  }
  await signInDemo(client, asks, signal);
  for (const run of all) await run();
}

/** Whoever asks and whoever agrees in the demo vault; named there on the first call. */
export async function demoPair(client: Client, signal: AbortSignal): Promise<typeof PAIR> {
  const { named } = await client.operators.list();
  if (!named) {
    const officers = OFFICERS.map((person) => ({
      name: person.name,
      passphrase: person.passphrase,
      secondFactor: factorOf(person),
    }));
    await client.operators.nameOfficers({ officers });
  }
  const { operators } = await client.operators.list();
  const missing = Object.values(PAIR).filter((one) => operators.every(({ name }) => name !== one.name));
  const create = (person: DemoPerson) => () =>
    client.operators.create({
      ...{ kind: 'person', name: person.name, passphrase: person.passphrase, roles: [...person.roles] },
      secondFactor: factorOf(person),
    });
  if (missing.length > 0) await inTwo(client, missing.map(create), signal);
  return PAIR;
}
