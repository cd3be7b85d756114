import type { Policy } from '../../contract/policies.ts';
import { CountersignError, type GatedCommand, type GatePass, type Seat } from '../base/index.ts';
import type { Factor } from '../operators/index.ts';
import { isAsStrong, mayAsk, type Person, withinFree } from '../policies/index.ts';
import { approvalRequired, ask, textOf } from './asking.ts';
import { permissionOf } from './command-input.ts';
import type { ApprovalsContext } from './context.ts';
import { limitOf, limitReached, type Runs } from './running.ts';
import { commandHashOf, suiteOfKey } from './signed.ts';
import { touch } from './standing.ts';
import type { RequestRow } from './store.ts';

const refused = (message: string, expected: string) =>
  new CountersignError('APPROVAL_ASKER_REFUSED', message, { expected });

/** What a policy asks of the session of whoever asks or agrees. Throws `APPROVAL_SESSION_OLD`. */
export function requireSession({ sessions }: ApprovalsContext, { clauses }: Policy, seat: Seat): void {
  if (clauses.session === null) return;
  const age = sessions.ageOf(seat);
  const { maxMs, idleMs } = clauses.session;
  if (age !== undefined && age.ageMs < maxMs && age.longestIdleMs < idleMs) return;
  const minutes = (ms: number) => Math.round(ms / 60_000);
  throw new CountersignError(
    'APPROVAL_SESSION_OLD',
    'The policy asks for a younger session; sign in again.',
    {
      expected: `a sign-in of the last ${minutes(maxMs)} minutes, never idle for ${minutes(idleMs)}`,
    },
  );
}

/**
 * What a policy asks of the factor that a session was opened by; an answer that was carried here names
 * none. Throws `APPROVAL_FACTOR_WEAK`.
 */
export function requireFactor({ clauses }: Policy, factor: Factor): void {
  if (isAsStrong(factor, clauses.secondFactor)) return;
  throw new CountersignError('APPROVAL_FACTOR_WEAK', 'The policy asks for a hardware token.', {
    expected: 'a sign-in with a card',
  });
}

/** Throws `APPROVAL_SIGNATURE_WEAK`. */
export function requireSuite({ clauses }: Policy, publicKey: Uint8Array): void {
  const suite = suiteOfKey(publicKey);
  if (isAsStrong(suite?.slice('Ed25519+'.length) ?? '', clauses.signature)) return;
  throw new CountersignError('APPROVAL_SIGNATURE_WEAK', 'The policy asks for a stronger signing key.', {
    expected: `Ed25519+${clauses.signature}`,
    actual: suite ?? 'another suite',
  });
}

/** Whoever asks: signed in on a connection, with a role that the policy names. */
function askerOf({ operators }: ApprovalsContext, policy: Policy, { procedure, seat }: GatedCommand) {
  const person: Person | null = seat === undefined ? null : operators.me(seat);
  if (seat === undefined || person === null) {
    const how = 'a sign-in: at the command line --operator NAME';
    throw refused('Only somebody who has signed in can ask for this; nobody has on this connection.', how);
  }
  const permission = permissionOf(procedure);
  if (permission === undefined || !mayAsk(policy, person, permission)) {
    const { askers } = policy.clauses;
    const expected = askers.length === 0 ? `the permission ${permission ?? ''}` : askers.join(', ');
    throw refused('The policy does not let this caller ask for the command.', expected);
  }
  return { seat, operatorId: person.id };
}

/** The gate that a governed command meets: it runs, or is asked for and waits. */
export function createGate(context: ApprovalsContext, runs: Runs) {
  const { operators, policies, actOf, store, kem, nowMs } = context;

  /** The request that this very command waits under, where its maker asked for it before. */
  function openRequest(text: string, operatorId: string): RequestRow | undefined {
    const rows = store.openOfCommand(commandHashOf(text));
    const mine = rows.find(({ makerId }) => makerId === operatorId);
    if (mine === undefined) return undefined;
    const row = runs.isRunning(mine.requestId) ? mine : touch(context, mine);
    return row.state === 'pending' || row.state === 'approved' ? row : undefined;
  }

  /** A maker comes again: the request still waits, runs at this moment, or waits for what they bring. */
  function comesAgain(row: RequestRow): GatePass {
    if (row.state === 'pending') throw approvalRequired(context, row);
    if (!runs.isRunning(row.requestId)) return runs.passFor(row);
    throw new CountersignError('APPROVAL_RUN_ALREADY', 'The command runs at this moment; it runs once.', {
      requestId: row.requestId,
    });
  }

  return function gate(command: GatedCommand): GatePass | undefined {
    const { procedure, input, session, traceId } = command;
    const policy = policies.governing(procedure);
    if (policy === undefined) return undefined;
    const act = actOf(procedure);
    if (act.isGoverned?.(input) === false) return undefined;
    // Until officers are named nobody can agree, so what a policy governs is refused to everybody.
    if (!operators.named()) {
      throw refused('A second person must agree to this, and nobody is named yet.', 'two named officers');
    }
    const { seat, operatorId } = askerOf(context, policy, command);
    const { clauses } = policy;
    requireSession(context, policy, seat);
    requireFactor(policy, context.sessions.factorOf(seat));
    const publicKey = operators.keysOf(operatorId, nowMs())[0] ?? Buffer.alloc(0);
    requireSuite(policy, publicKey);
    if (!isAsStrong(kem(), clauses.kem)) {
      throw new CountersignError(
        'APPROVAL_SEALING_WEAK',
        'The policy asks for a stronger key encapsulation.',
        { expected: clauses.kem, actual: kem() },
      );
    }
    const text = textOf(procedure, input);
    const open = openRequest(text, operatorId);
    if (open !== undefined) return comesAgain(open);
    const facts = act.facts(input);
    const why = limitOf(context, policy, facts);
    if (why !== null) throw limitReached(why);
    if (withinFree(policy, facts)) return runs.passFree(policy, facts);
    const bringsAnew = typeof act.bringsAnew === 'function' ? act.bringsAnew(input) : act.bringsAnew === true;
    const asked = { procedure, text, facts, policy, bringsAnew };
    const maker = { seat, operatorId, publicKey };
    const row = ask(context, asked, maker, { actor: session.actor, traceId });
    throw approvalRequired(context, row);
  };
}
