import { cpSync, rmSync } from 'node:fs';
import { call } from '@orpc/server';
import type { ApprovalDetail, ApprovalRequired } from '../../src/contract/approvals.ts';
import type { RoleId } from '../../src/contract/operators.ts';
import type { Policy, PolicyClauses } from '../../src/contract/policies.ts';
import { type ActOf, type Approvals, createApprovals } from '../../src/main/approvals/index.ts';
import { type Audit, createAudit } from '../../src/main/audit/index.ts';
import type { CallContext, IncidentReport, Seat } from '../../src/main/base/index.ts';
import { hybridSignatures, sha256 } from '../../src/main/crypto/index.ts';
import { createLedger, type Ledger, ledgerProcedures } from '../../src/main/ledger/index.ts';
import {
  createOperators,
  createSessions,
  type Operators,
  operatorsProcedures,
  type Sessions,
} from '../../src/main/operators/index.ts';
import { fromBase32, hotp, stepAt, toBase32 } from '../../src/main/operators/totp.ts';
import { createPolicies } from '../../src/main/policies/index.ts';
import { createSealing } from '../../src/main/sealing/index.ts';
import { openVault } from '../../src/main/vault/index.ts';
import { PASSPHRASE, START_MS, windowSeat } from '../operators/support.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';

export const PEOPLE: Readonly<Record<string, RoleId[]>> = {
  Cleo: ['treasury-analyst'],
  Sem: ['settlement-officer'],
  Dov: ['treasury-approver'],
  Eva: ['treasury-approver'],
  Rita: ['risk-manager'],
  Aud: ['auditor'],
  Tom: ['trader'],
};

/** Terms that the shipped policies are given in a test, by their id. */
type Terms = Record<string, Partial<PolicyClauses>>;

/** The room with people, a ledger and a gate, on a real vault; it can be closed and opened like a console. */
export interface Room {
  readonly test: TestVault;
  readonly audit: Audit;
  readonly operators: Operators;
  readonly sessions: Sessions;
  readonly ledger: Ledger;
  readonly approvals: Approvals;
  readonly incidents: IncidentReport[];
  /** Incidents that were ended with what they were about: key, cause, by whom. */
  readonly settled: string[][];
  readonly clock: { advance(byMs: number): void; nowMs(): number };
  /** What runs is told here before it runs; a test may throw. */
  hook: (procedure: string) => void;
  /** Whether everybody's key is one that a strict policy refuses. */
  hasWeakKeys: boolean;
  /** Terms of policies, versions and what stands under them; a test changes them as two officers would. */
  setTerms(policyId: string, terms: Partial<PolicyClauses>): void;
  seat(name: string): Seat;
  id(name: string): string;
  /** Calls a procedure as somebody; throws what refuses it. */
  call<T = unknown>(name: string, procedure: string, input: unknown): Promise<T>;
  /** The request that a command waits under. */
  ask(name: string, input: unknown, procedure?: string): Promise<ApprovalRequired>;
  vote(
    name: string,
    requestId: string,
    said?: { decision?: 'approve' | 'veto'; onBehalfOf?: string; commandHash?: string; reason?: string },
  ): Promise<ApprovalDetail>;
  adjustment(minor: bigint, currency?: string): { entries: { id: string }[] };
  entries(): number;
  signIn(name: string): Promise<void>;
  reopen(): Promise<Room>;
  close(): void;
}

interface World {
  readonly clock: ReturnType<typeof fixedClockRuntime>;
  readonly terms: Map<string, { version: number; clauses: Partial<PolicyClauses> }>;
}

/** A vault in which everybody is named, to be copied: naming people takes most of a test's time. */
let template: Promise<{ directory: string; atMs: number }> | undefined;

async function makeTemplate(): Promise<{ directory: string; atMs: number }> {
  const clock = fixedClockRuntime(START_MS);
  const world: World = { clock, terms: new Map() };
  const test = await openTestVault({ runtime: clock });
  const room = assemble(test, world);
  const officers = ['Ada', 'Bo'].map((name) => personOf(world, `${name} Officer`));
  await room.operators.nameOfficers({ actor: 'owner', traceId: 't' }, officers);
  for (const [name, roles] of Object.entries(PEOPLE)) {
    clock.advance(30_000);
    const person = { kind: 'person', ...personOf(world, `${name} Officer`), roles } as const;
    await room.operators.create({ actor: 'owner', traceId: 't' }, person);
  }
  for (const code of ['1', '2']) {
    const account = { code, name: `Account ${code}`, kind: 'asset' as const, currency: 'EUR' };
    room.ledger.createAccount(
      { ...account, postable: true, parentId: null },
      { actor: 'owner', traceId: 't' },
    );
  }
  test.vault.close();
  process.once('exit', () => test.close());
  return { directory: test.directory, atMs: clock.nowMs() };
}

/** A room of its own in which everybody is signed in. */
export async function openRoom(terms: Terms = {}): Promise<Room> {
  template ??= makeTemplate();
  const { directory, atMs } = await template;
  const clock = fixedClockRuntime(atMs);
  const test = await openCopy(directory, clock);
  const room = assemble(test, { clock, terms: new Map() });
  for (const [id, clauses] of Object.entries(terms)) room.setTerms(id, clauses);
  for (const name of ['Ada', 'Bo', ...Object.keys(PEOPLE)]) await room.signIn(name);
  return room;
}

/** The room of a vault that lies in a folder, as another process finds it; nobody is signed in. */
export async function openRoomAt(directory: string, atMs: number): Promise<Room> {
  const clock = fixedClockRuntime(atMs);
  const options = {
    directory,
    rootKey: Buffer.alloc(32, 0x5a),
    runtime: clock,
    checkpoints: 'commit',
  } as const;
  const vault = await openVault(options);
  const sealing = createSealing(vault, clock);
  const test = { vault, sealing, close: () => vault.close() };
  return assemble(test as unknown as TestVault, { clock, terms: new Map() });
}

/** A copy of a closed vault, opened in a folder of its own. */
async function openCopy(from: string, runtime: World['clock']): Promise<TestVault> {
  const made = await openTestVault({ runtime });
  made.vault.close();
  rmSync(made.directory, { recursive: true });
  cpSync(from, made.directory, { recursive: true });
  return made.reopen();
}

const secretOf = (name: string) => toBase32(sha256(Buffer.from(name)).subarray(0, 20));
const codeOf = ({ clock }: World, name: string) => hotp(fromBase32(secretOf(name))!, stepAt(clock.nowMs()));
const personOf = (world: World, name: string) => ({
  ...{ name, passphrase: PASSPHRASE },
  secondFactor: { secret: secretOf(name), code: codeOf(world, name) },
});

function assemble(test: TestVault, world: World): Room {
  const { vault, sealing } = test;
  const { clock } = world;
  let approvals: Approvals;
  const audit = createAudit(vault, sealing, clock, {
    onRecord: (entry, seq) => approvals?.recorded(entry, seq),
  });
  const incidents: IncidentReport[] = [];
  const settled: string[][] = [];
  const sessions = createSessions(clock);
  const operators = createOperators({
    ...{ vault, sealing, audit, runtime: clock, sessions },
    raiseIncident: (report) => void incidents.push(report),
    stretch: async ({ passphrase, salt }) => sha256(Buffer.concat([salt, passphrase])),
  });
  const shipped = createPolicies({
    ...{ vault, audit, runtime: clock },
    sources: {
      people: () => operators.list(),
      strength: () => ({ secondFactor: 'totp', signature: 'ML-DSA-65' }),
      lent: () => [],
      uses: () => [],
      kem: () => 'ML-KEM-1024',
    },
  });
  const list = (): Policy[] =>
    shipped.list().map((policy) => {
      const term = world.terms.get(policy.id);
      if (term === undefined) return policy;
      return { ...policy, version: term.version, clauses: { ...policy.clauses, ...term.clauses } };
    });
  const policies = {
    list,
    governing: (procedure: string) => list().find(({ commands }) => commands.includes(procedure)),
    version: (id: string, version: number): Policy | undefined => {
      const policy = list().find((one) => one.id === id);
      return policy && { ...policy, version };
    },
  };
  const ledger = createLedger({ vault, audit, runtime: clock });
  const router = { ledger: ledgerProcedures(ledger), operators: operatorsProcedures(operators) };
  const run = (procedure: string, input: unknown, context: CallContext): Promise<unknown> => {
    const path = procedure.split('.');
    const bound = path.reduce<unknown>((place, step) => Reflect.get(place as object, step), router);
    return call(bound as Parameters<typeof call>[0], input, { context, path }) as Promise<unknown>;
  };
  const actOf: ActOf = (procedure) => ({
    facts: (input) => factsOf(procedure, input),
    render: () => ({ title: procedure, lines: [], sources: [], obstacle: null }),
    ...(procedure === 'operators.create' ? { bringsAnew: true } : {}),
  });
  approvals = createApprovals({
    ...{ vault, sealing, audit, runtime: clock, sessions, policies, actOf },
    operators: {
      ...operators,
      keysOf: (id) => (room.hasWeakKeys ? [WEAK_KEY] : keysOf(operators, id)),
    },
    runCommand: async (procedure, input, context) => {
      room.hook(procedure);
      return run(procedure, input, context);
    },
    raiseIncident: (report) => void incidents.push(report),
    settleIncident: (key, cause, { actor }) => void settled.push([key, cause, actor]),
    kem: () => 'ML-KEM-1024',
  });
  const seats = new Map<string, Seat>();
  const idOf = (name: string) => operators.list().find((one) => one.name.startsWith(name))!.id;
  let made = 0;

  const room: Room = {
    ...{ test, audit, operators, sessions, ledger, approvals, incidents, settled, clock },
    hook: () => {},
    hasWeakKeys: false,
    setTerms(id, clauses) {
      const version = (world.terms.get(id)?.version ?? 1) + 1;
      world.terms.set(id, { version, clauses: { ...world.terms.get(id)?.clauses, ...clauses } });
    },
    seat: (name) => seats.get(name)!,
    id: idOf,
    async call(name, procedure, input) {
      const seat = seats.get(name)!;
      const context: CallContext = {
        session: operators.sessionOf(seat),
        traceId: `call-${clock.nowMs()}`,
        gate: (command) => approvals.gate(command),
        seat,
      };
      return (await run(procedure, input, context)) as never;
    },
    async ask(name, input, procedure = 'ledger.post') {
      try {
        await room.call(name, procedure, input);
      } catch (error) {
        if ((error as { code?: string }).code !== 'APPROVAL_REQUIRED') throw error;
        return (error as { details: ApprovalRequired }).details;
      }
      throw new Error(`${procedure} ran without a second person`);
    },
    vote(name, requestId, said = {}) {
      const { commandHash } = said.commandHash ? said : approvals.get(seats.get(name), requestId);
      const answer = { requestId, decision: 'approve' as const, ...said, commandHash: commandHash! };
      return approvals.vote(seats.get(name)!, answer, { actor: `operator-${idOf(name)}`, traceId: 'v' });
    },
    adjustment(minor, currency = 'EUR') {
      made += 1;
      const tail = `${made.toString(16).padStart(4, '0')}${Math.round(clock.nowMs() % 1e8)}`.padStart(
        12,
        '0',
      );
      const [a, b] = ledger.accounts().map(({ id }) => id);
      return {
        entries: [
          {
            id: `01890000-0000-7000-8000-${tail.slice(-12)}`,
            effectiveDate: '2026-03-01',
            postings: [
              { accountId: a, amountMinor: minor, currency },
              { accountId: b, amountMinor: -minor, currency },
            ],
          },
        ],
      };
    },
    entries: () => ledger.entryCount(),
    async signIn(name) {
      clock.advance(30_000);
      const seat = seats.get(name) ?? windowSeat();
      seats.set(name, seat);
      const code = codeOf(world, `${name} Officer`);
      await operators.signIn(seat, { name: `${name} Officer`, passphrase: PASSPHRASE, code }, 't');
    },
    async reopen() {
      await approvals.idle();
      return assemble(await test.reopen(), world);
    },
    close: () => test.close(),
  };
  return room;
}

const WEAK_KEY = hybridSignatures['Ed25519+ML-DSA-65'].keyPair((target) => crypto.getRandomValues(target))
  .publicKey as Buffer;

function keysOf(operators: Operators, id: string): Buffer[] {
  return operators.list().some((one) => one.id === id) ? [operators.publicKeyOf(id)] : [];
}

/** Debits of the entries, one count an entry. */
function factsOf(procedure: string, input: unknown) {
  if (procedure !== 'ledger.post') return { amounts: [], count: 1 };
  const { entries } = input as {
    entries: { postings: { amountMinor: bigint; currency: string }[] }[];
  };
  const debits = entries.flatMap(({ postings }) => postings.filter(({ amountMinor }) => amountMinor > 0n));
  return {
    amounts: debits.map(({ amountMinor, currency }) => ({ amountMinor, currency })),
    count: entries.length,
  };
}
