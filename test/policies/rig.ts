import { call } from '@orpc/server';
import type { ApprovalRequired } from '../../src/contract/approvals.ts';
import type { RoleId } from '../../src/contract/operators.ts';
import type { Policy, PolicyChange, PolicyClauses } from '../../src/contract/policies.ts';
import { type Approvals, createApprovals } from '../../src/main/approvals/index.ts';
import { auditProcedures } from '../../src/main/audit/index.ts';
import { type CallContext, createLogger, createMetrics, type Seat } from '../../src/main/base/index.ts';
import { hybridSignatures } from '../../src/main/crypto/index.ts';
import { createActs } from '../../src/main/engine/acts/index.ts';
import { createObserver } from '../../src/main/engine/pipeline.ts';
import { policySources } from '../../src/main/engine/policy-sources.ts';
import { createLedger, ledgerProcedures } from '../../src/main/ledger/index.ts';
import {
  createPolicies,
  mayCheck,
  type Policies,
  policiesProcedures,
} from '../../src/main/policies/index.ts';
import { type Desk, openDesk, windowSeat } from '../operators/support.ts';
import { changeOf } from './support.ts';

/** A command that everybody but nobody in particular may give, with text of any kind in it. */
export const COMMAND = 'audit.witness';
/** A word in its input with which it fails when it runs. */
export const FAULT = 'FAULT';

const STAFF: Readonly<Record<string, RoleId[]>> = {
  'Cleo Maas': ['treasury-analyst'],
  'Sem Oord': ['settlement-officer'],
  'Dov Perl': ['treasury-approver'],
  'Eva Roth': ['treasury-approver'],
  'Tom Vale': ['trader'],
  'Rita Wolf': ['risk-manager'],
  'Ravi Zorn': ['risk-manager'],
  'Kai Lund': ['custody-officer'],
  'Cora Diaz': ['compliance-officer'],
  'Caro Falk': ['compliance-officer'],
  'Aud Berg': ['auditor'],
};

/** The whole road of a command: pipeline, gate, requests, votes; what runs is counted. */
export interface Rig extends Desk {
  readonly policies: Policies;
  readonly approvals: Approvals;
  /** Commands that have run, by their inputs. */
  readonly ran: unknown[];
  /** What the console has logged. */
  readonly logged: string[];
  /** What people have in their hands, and what the vault seals under; for a test to change. */
  readonly has: {
    secondFactor: PolicyClauses['secondFactor'];
    kem: PolicyClauses['kem'];
    /** What everybody signs with; the stronger one is their own. */
    signature: PolicyClauses['signature'];
  };
  seat(name: string): Seat;
  idOf(name: string): string;
  /** Calls a procedure as whoever sits there; answers a code where it is refused. */
  ask(name: string, procedure: string, input: unknown): Promise<{ code: string; data: ApprovalRequired }>;
  vote(name: string, requestId: string, decision?: 'approve' | 'veto', onBehalfOf?: string): Promise<string>;
  /** Gives a policy other terms, by two officers. */
  rebind(policyId: string, clauses: Partial<PolicyClauses>, commands?: readonly string[]): Promise<Policy>;
  signInAgain(name: string): Promise<void>;
}

export async function openRig(): Promise<Rig> {
  const requests: { now?: Approvals } = {};
  const desk = await openDesk({ onRecord: (entry, seq) => requests.now?.recorded(entry, seq) });
  const { vault, sealing, audit, operators, sessions, clock } = desk;
  const has: Rig['has'] = { secondFactor: 'totp', kem: 'ML-KEM-1024', signature: 'ML-DSA-87' };
  const weak = hybridSignatures['Ed25519+ML-DSA-65'].keyPair((target) => crypto.getRandomValues(target));
  const people = {
    ...operators,
    keysOf: (id: string) => [
      has.signature === 'ML-DSA-87' ? operators.publicKeyOf(id) : Buffer.from(weak.publicKey),
    ],
    secondFactorOf: () => has.secondFactor,
  };
  const held = { ...sessions, factorOf: () => has.secondFactor };
  const ledger = createLedger({ vault, audit, runtime: desk.vault.runtime });
  const policies = createPolicies({
    ...{ vault, audit, runtime: vault.runtime },
    sources: { ...policySources(people, () => requests.now), kem: () => has.kem },
  });
  const rooms = { vault, ledger, operators, policies, reconciliation: {}, keys: {}, backup: {} };
  const acts = createActs(rooms as unknown as Parameters<typeof createActs>[0]);
  const ran: unknown[] = [];
  const logged: string[] = [];
  const log = createLogger((line) => void logged.push(line), clock.nowMs);
  const observe = createObserver({ runtime: vault.runtime, metrics: createMetrics(), log });
  const transparency = {
    witness(caller: { actor: string; traceId: string }, input: unknown) {
      if (JSON.stringify(input).includes(FAULT)) throw new Error(JSON.stringify(input));
      vault.transaction(() => audit.record({ kind: 'audit.witness', ...caller, subjects: [], detail: {} }));
      ran.push(input);
      return { outcome: 'consistent', origin: '', size: 0, comparedWith: null, reason: '' };
    },
  };
  const router = {
    audit: auditProcedures(audit, transparency as never, {} as never, {} as never, {} as never),
    ledger: ledgerProcedures(ledger),
    policies: policiesProcedures(policies),
  };
  const run = (procedure: string, input: unknown, context: CallContext): Promise<unknown> => {
    const path = procedure.split('.');
    const bound = path.reduce<unknown>((place, step) => Reflect.get(place as object, step), router);
    const called = () => call(bound as Parameters<typeof call>[0], input, { context, path });
    return observe({ procedure, traceId: context.traceId }, called as () => Promise<unknown>);
  };
  const approvals = createApprovals({
    ...{ vault, sealing, audit, runtime: vault.runtime, sessions: held, policies },
    operators: people,
    actOf: acts,
    runCommand: run,
    raiseIncident: (report) => void desk.incidents.push(report),
    settleIncident: () => {},
    kem: () => has.kem,
    onFault: ({ requestId, name }) => log.error('approvals.run-failed', { requestId, name }),
  });
  requests.now = approvals;

  await desk.nameOfficers();
  for (const [name, roles] of Object.entries(STAFF)) await desk.hire(name, roles);
  const seats = new Map<string, Seat>();
  const signInAgain = async (name: string) => {
    const seat = seats.get(name) ?? windowSeat();
    operators.signOut(seat);
    await desk.signIn(seat, name);
    seats.set(name, seat);
  };
  const seat = (name: string) => seats.get(name)!;
  const contextOf = (name: string): CallContext => ({
    session: operators.sessionOf(seat(name)),
    traceId: `trace-${clock.nowMs()}`,
    gate: (command) => approvals.gate(command),
    seat: seat(name),
  });
  let hash = '';
  const rig: Rig = {
    ...desk,
    ...{ policies, approvals, ran, logged, has, seat, signInAgain },
    idOf: (name) => operators.list().find((one) => one.name === name)!.id,
    async ask(name, procedure, input) {
      try {
        await run(procedure, input, contextOf(name));
        return { code: 'ran', data: {} as ApprovalRequired };
      } catch (error) {
        const { code, data, details } = error as { code: string; data?: unknown; details?: unknown };
        if (code === undefined) throw error;
        return { code, data: (data ?? details) as ApprovalRequired };
      }
    },
    async vote(name, requestId, decision = 'approve', onBehalfOf) {
      hash = approvals.get(seat(name), requestId).commandHash;
      const answer = { requestId, commandHash: hash, decision, ...(onBehalfOf ? { onBehalfOf } : {}) };
      const caller = { actor: `operator-${rig.idOf(name)}`, traceId: 'vote' };
      try {
        await approvals.vote(seat(name), { ...answer, reason: 'looked' } as never, caller);
        return approvals.get(seat(name), requestId).state;
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === undefined) throw error;
        return code;
      }
    },
    async rebind(policyId, clauses, commands) {
      for (const name of ['Ada Weiss', 'Bo Lind']) await signInAgain(name);
      const { policy } = policies.get(policyId);
      const change: PolicyChange = changeOf(policy, clauses, commands ? { commands: [...commands] } : {});
      const keep = has.secondFactor;
      has.secondFactor = 'hardware-token';
      const asked = await rig.ask('Ada Weiss', 'policies.change', change);
      if (asked.code !== 'APPROVAL_REQUIRED') throw new Error(`${policyId}: ${asked.code}`);
      const voted = await rig.vote('Bo Lind', asked.data.requestId);
      has.secondFactor = keep;
      if (voted !== 'executed') throw new Error(`${policyId}: ${voted}`);
      return policies.get(policyId).policy;
    },
  };
  for (const name of ['Ada Weiss', 'Bo Lind', ...Object.keys(STAFF)]) await signInAgain(name);
  return rig;
}

/** Who answers under a policy besides somebody. */
export const checkersFor = (rig: Rig, policy: Policy, maker: string): string[] =>
  rig.operators
    .list()
    .filter((one) => one.name !== maker && mayCheck(policy, one))
    .map(({ name }) => name);
