import { ORPCError } from '@orpc/server';
import type { Policy } from '../../contract/policies.ts';
import type { AuditEntry } from '../audit/index.ts';
import { CountersignError, type GatePass, isCountersignError } from '../base/index.ts';
import type { CallContext, Session } from '../base/procedures.ts';
import { limitObstacle, longestWindowMs } from '../policies/index.ts';
import type { Facts } from './act.ts';
import { textOf } from './asking.ts';
import { permissionOf, readCommand } from './command-input.ts';
import { type ApprovalsContext, actorOfOperator, incidentKeyOf, SYSTEM } from './context.ts';
import { executionDetail } from './execution.ts';
import { presentOf } from './rights.ts';
import {
  agreeing,
  closedError,
  end,
  judgedVotes,
  policyOf,
  quorumOf,
  requireIntact,
  touch,
} from './standing.ts';
import type { RequestRow } from './store.ts';

/** A run whose first audit record is waited for. */
type Awaited =
  | { readonly kind: 'request'; readonly requestId: string }
  | { readonly kind: 'free'; readonly policy: Policy; readonly facts: Facts };

/** Codes after which a command may yet run as it was approved: the vault, not the command, refused. */
const PASSING = /^(VAULT_(CLOSED|BUSY|REKEYING|DISK_FULL|LOCKED)|CANCELLED|NOT_SIGNED_IN)$/;

const codeOf = (error: unknown): { code: string; message: string } => {
  if (isCountersignError(error) || error instanceof ORPCError) {
    return { code: String(error.code), message: error.message };
  }
  return { code: 'INTERNAL', message: 'A fault of the console itself. Nothing was written.' };
};

/** Why a command does not fit into what is left of its policy's limits; null where it does. */
export function limitOf(
  { store, nowMs }: Pick<ApprovalsContext, 'store' | 'nowMs'>,
  policy: Policy,
  facts: Facts,
  exceptRequest = 0,
): string | null {
  const latest = nowMs();
  const uses = store.uses(policy.id, latest - longestWindowMs(policy), exceptRequest);
  return limitObstacle(policy, uses, facts, latest);
}

export const limitReached = (why: string) => new CountersignError('APPROVAL_LIMIT_REACHED', why);

/** Runs what was approved: once, and with its record. */
export function createRuns(context: ApprovalsContext) {
  const { vault, store, audit, actOf, operators, nowMs } = context;
  const awaited = new Map<string, Awaited>();
  /** Requests whose command runs at this moment. */
  const inFlight = new Set<string>();
  const runs = new Set<Promise<void>>();
  for (const { requestId, runTrace } of store.open()) {
    if (runTrace !== null) awaited.set(runTrace, { kind: 'request', requestId });
  }

  /** Marks a request executed, in the transaction in which its command's record is written. */
  function markExecuted(requestId: string, commandRecord: bigint | null, traceId: string): void {
    const row = store.request(requestId);
    if (row === undefined || row.state !== 'approved') throw closedError(row!);
    const policy = policyOf(context, row);
    const present = presentOf(context);
    const checkers = judgedVotes(context, row, policy, present).filter(
      ({ vote, counts }) => counts && vote.decision === 'approve',
    );
    const nameOf = (id: string) => present.people.get(id)?.name ?? '';
    const record = audit.record({
      kind: 'approvals.execute',
      actor: SYSTEM,
      traceId,
      subjects: [{ kind: 'approval', id: requestId }],
      detail: executionDetail(context, row, policy, checkers, { commandRecord, nameOf }),
    });
    if (!store.execute(row.id, nowMs(), record)) throw closedError(row);
    const last = checkers.at(-1)?.vote.operatorId;
    const actor = last === undefined ? SYSTEM : actorOfOperator(last);
    context.settleIncident(incidentKeyOf(row), 'The request was agreed to, and the command has run.', {
      actor,
      traceId,
    });
    vault.onCommit(() => context.onChanged?.());
  }

  function useFree({ policy, facts }: Extract<Awaited, { kind: 'free' }>, record: bigint): void {
    const why = limitOf(context, policy, facts);
    if (why !== null) throw limitReached(why);
    store.insertFreeRun(policy.id, nowMs(), facts, record);
  }

  /** Hears of each record of the log; the first one of a run marks it, and stands or falls with it. */
  function recorded({ traceId = '' }: AuditEntry, seq: bigint): void {
    const what = traceId === '' ? undefined : awaited.get(traceId);
    if (what === undefined) return;
    awaited.delete(traceId);
    vault.onRollback(() => awaited.set(traceId, what));
    if (what.kind === 'request') markExecuted(what.requestId, seq, traceId);
    else useFree(what, seq);
  }

  /** A run that wrote no record of its own is marked by itself. */
  function settleUnrecorded(traceId: string): void {
    const what = awaited.get(traceId);
    if (what === undefined) return;
    awaited.delete(traceId);
    vault.transaction(() => {
      vault.onRollback(() => awaited.set(traceId, what));
      if (what.kind === 'request') return markExecuted(what.requestId, null, traceId);
      const detail = { policy: what.policy.id, count: what.facts.count };
      useFree(what, audit.record({ kind: 'approvals.free-run', actor: SYSTEM, traceId, detail }));
    });
  }

  /**
   * The last look before a run: everything that was true when people agreed must be true now. Answers
   * the command; undefined where the request was ended instead. Throws where what is stored was
   * changed, and `APPROVAL_ROLE_REMOVED` where too few of those who agreed still may: it is pending again.
   */
  function ready(requestId: string): { row: RequestRow; text: string } {
    const row = touch(context, store.request(requestId)!);
    if (row.state !== 'approved') throw closedError(row);
    const text = requireIntact(context, row);
    const policy = policyOf(context, row);
    if (agreeing(context, row, policy).length < quorumOf(policy, row)) {
      sendBack(row);
      throw new CountersignError(
        'APPROVAL_ROLE_REMOVED',
        'Who agreed may not agree any more, so the quorum does not stand.',
        { requestId },
      );
    }
    const command = readCommand(text);
    const facts = command.ok ? actOf(row.procedure).facts(command.input) : row;
    const why = limitOf(context, policy, facts, row.id);
    if (why !== null) {
      end(context, row, { state: 'void', failure: { code: 'APPROVAL_LIMIT_REACHED', message: why } });
      throw limitReached(why);
    }
    return { row, text };
  }

  /** An approved request whose quorum does not stand any more waits for others again. */
  function sendBack(row: RequestRow): void {
    vault.transaction(() => {
      if (!store.reopen(row.id)) return;
      audit.record({
        kind: 'approvals.reopen',
        actor: SYSTEM,
        subjects: [{ kind: 'approval', id: row.requestId }],
        detail: { request: row.requestId, why: 'a checker’s role was removed' },
      });
      vault.onCommit(() => {
        if (row.runTrace !== null) awaited.delete(row.runTrace);
        context.onChanged?.();
      });
    });
  }

  /** Whose session a stored command runs under: the maker's, by the roles of this moment. */
  function sessionOf({ makerId, procedure }: RequestRow): Session | null {
    if (makerId !== null) return operators.sessionAs(makerId);
    const permission = permissionOf(procedure);
    return { actor: SYSTEM, permissions: new Set(permission === undefined ? [] : [permission]) };
  }

  const contextOf = (row: RequestRow, text: string): CallContext => ({
    session: sessionOf(row),
    traceId: row.runTrace!,
    approved: true,
    gate({ procedure, input }) {
      if (textOf(procedure, input) === text) return undefined;
      throw new CountersignError('APPROVAL_ALTERED', 'This is not the command that was approved.');
    },
  });

  /** What became of a run that threw. A command that refused itself is over; one the vault refused is not. */
  function failed(requestId: string, error: unknown): void {
    const failure = codeOf(error);
    if (failure.code === 'INTERNAL') {
      context.onFault?.({ requestId, name: error instanceof Error ? error.name : typeof error });
    }
    if (!vault.db.open || PASSING.test(failure.code)) return;
    const row = store.request(requestId);
    if (row === undefined || row.state !== 'approved') return;
    if (row.runTrace !== null) awaited.delete(row.runTrace);
    end(context, row, { state: 'failed', failure });
  }

  async function runNow(requestId: string): Promise<void> {
    if (inFlight.has(requestId)) return;
    inFlight.add(requestId);
    try {
      const { row, text } = ready(requestId);
      const command = readCommand(text);
      if (!command.ok) return;
      try {
        await context.runCommand(row.procedure, command.input, contextOf(row, text));
        settleUnrecorded(row.runTrace!);
      } catch (error) {
        failed(requestId, error);
      }
    } finally {
      inFlight.delete(requestId);
    }
  }

  return {
    recorded,
    isRunning: (requestId: string) => inFlight.has(requestId),
    /** In the transaction in which the quorum is reached. */
    approve(row: RequestRow): void {
      const runTrace = context.newId();
      if (!store.approve(row.id, runTrace)) throw closedError(row);
      vault.onCommit(() => awaited.set(runTrace, { kind: 'request', requestId: row.requestId }));
    },
    /** Runs an approved request. What is wrong with it ends it, or is thrown; see `ready`. */
    run(requestId: string): Promise<void> {
      const run = runNow(requestId).finally(() => runs.delete(run));
      runs.add(run);
      return run;
    },
    /** Leave for a maker who brings anew what no request may hold. */
    passFor(row: RequestRow): GatePass {
      const { requestId } = row;
      ready(requestId);
      inFlight.add(requestId);
      const traceId = row.runTrace!;
      return {
        traceId,
        settled(thrown) {
          inFlight.delete(requestId);
          // A rekey has closed this vault and opened it anew: the rooms of the new one have heard.
          if (!vault.db.open || thrown !== undefined) return;
          settleUnrecorded(traceId);
        },
      };
    },
    /** Leave for a command that is small enough to need nobody. Its use of the limits is written with it. */
    passFree(policy: Policy, facts: Facts): GatePass {
      const traceId = context.newId();
      awaited.set(traceId, { kind: 'free', policy, facts });
      return {
        traceId,
        settled(thrown) {
          if (thrown !== undefined) awaited.delete(traceId);
          else if (vault.db.open) settleUnrecorded(traceId);
        },
      };
    },
    /** Resolves when nothing runs. */
    idle: async () => {
      await Promise.allSettled([...runs]);
    },
  };
}
export type Runs = ReturnType<typeof createRuns>;
