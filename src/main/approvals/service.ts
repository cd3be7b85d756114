import type { ApprovalDetail, ApprovalState, Delegation } from '../../contract/approvals.ts';
import type { Money } from '../../contract/common.ts';
import type { AuditEntry } from '../audit/index.ts';
import {
  type Caller,
  CountersignError,
  createIdMaker,
  type GatedCommand,
  type GatePass,
  idToText,
  isCountersignError,
  type Seat,
} from '../base/index.ts';
import type { Lent, Use } from '../policies/index.ts';
import { askAsSystem, textOf } from './asking.ts';
import {
  type ApprovalsContext,
  type ApprovalsOptions,
  commandText,
  isOpen,
  makerActor,
  requestOf,
} from './context.ts';
import { createDelegating, type NewDelegation } from './delegating.ts';
import { createGate } from './gate.ts';
import type { CarriedVote, PacketSource } from './packet.ts';
import { createRuns } from './running.ts';
import { type ApprovalPage, createShowing, type ListQuery } from './showing.ts';
import { closedError, end, touch } from './standing.ts';
import { createStore } from './store.ts';
import { createDelegationStore } from './store-delegations.ts';
import { type Answer, createVoting } from './voting.ts';

/** What became of one of several answers. */
export interface ManyAnswer {
  readonly requestId: string;
  readonly state: ApprovalState | null;
  readonly code: string | null;
}

/** The requests of an open vault: asked for, answered, run once. */
export interface Approvals {
  /** Leave for a command to run, or nothing where it needs none. Throws `APPROVAL_REQUIRED` and what refuses the asking. */
  gate(command: GatedCommand): GatePass | undefined;
  /** Hears of each record of the audit log, in the transaction that writes it. */
  recorded(entry: AuditEntry, seq: bigint): void;
  list(seat: Seat | undefined, query: ListQuery): ApprovalPage;
  waiting(seat: Seat | undefined): { toAnswer: number; mine: number };
  /** Throws `APPROVAL_UNKNOWN`. */
  get(seat: Seat | undefined, requestId: string): ApprovalDetail;
  vote(seat: Seat, answer: Answer, caller: Caller): Promise<ApprovalDetail>;
  /** Throws `APPROVAL_KINDS_DIFFER`; what refuses a single answer stands beside it. */
  voteMany(
    seat: Seat,
    requests: readonly Pick<Answer, 'requestId' | 'commandHash'>[],
    said: Pick<Answer, 'decision' | 'reason'>,
    caller: Caller,
  ): Promise<{ answers: ManyAnswer[]; totals: Money[] }>;
  /** An answer that was signed on another workstation. */
  takeVote(caller: Caller, carried: CarriedVote): Promise<ApprovalDetail>;
  withdraw(seat: Seat | undefined, requestId: string, caller: Caller): ApprovalDetail;
  delegations(): Delegation[];
  delegate(seat: Seat, given: NewDelegation, caller: Caller): Delegation;
  endDelegation(seat: Seat, delegationId: string, caller: Caller): Delegation;
  /** What the program asks for by itself: it needs one more checker than a person's request would. */
  askAsSystem(procedure: string, input: unknown, how?: { readonly isUrgent: boolean }): void;
  /** Ends what can never run any more; answers how many. The console's watch calls it. */
  sweep(): number;
  /** Runs what was approved before a crash and has not run. */
  resume(): Promise<void>;
  /** Rights that are lent at a time, for the simulator. */
  lentAt(atMs: number): Lent[];
  /** What was asked for, or ran, under a policy since a time: what its limits count. */
  usesOf(policyId: string, sinceMs: number): Use[];
  /** What packets to other workstations are made of. */
  readonly packetSource: PacketSource;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

export function createApprovals(options: ApprovalsOptions): Approvals {
  const { vault, runtime, operators, policies, actOf } = options;
  const store = createStore(vault.db);
  const makeId = createIdMaker(runtime);
  let latestMs = store.latestMs();
  const context: ApprovalsContext = {
    ...options,
    store,
    delegations: createDelegationStore(vault.db),
    newId: () => idToText(makeId()),
    nowMs() {
      latestMs = Math.max(latestMs, runtime.nowMs());
      return latestMs;
    },
  };
  const runs = createRuns(context);
  const gate = createGate(context, runs);
  const voting = createVoting(context, runs);
  const showing = createShowing(context);
  const delegating = createDelegating(context);

  /** One kind together: what is decided at a glance must be alike. */
  function requireOneKind(requestIds: readonly string[]): void {
    const kinds = new Set(
      requestIds.map((id) => {
        const { procedure, policyId, policyVersion } = requestOf(context, id);
        return `${procedure} ${policyId} ${policyVersion}`;
      }),
    );
    if (kinds.size <= 1 && new Set(requestIds).size === requestIds.length) return;
    throw new CountersignError(
      'APPROVAL_KINDS_DIFFER',
      'Only requests of one kind can be answered together.',
      {
        path: 'requests',
        expected: 'one procedure under one policy, each request once',
      },
    );
  }

  async function answerOne(seat: Seat, answer: Answer, caller: Caller): Promise<ManyAnswer> {
    const { requestId } = answer;
    try {
      await voting.vote(seat, answer, caller);
      return { requestId, state: requestOf(context, requestId).state, code: null };
    } catch (error) {
      if (!isCountersignError(error)) throw error;
      return { requestId, state: requestOf(context, requestId).state, code: error.code };
    }
  }

  function totalsOf(answers: readonly ManyAnswer[]): Money[] {
    const sums = new Map<string, bigint>();
    for (const { requestId, code } of answers) {
      if (code !== null) continue;
      for (const { currency, amountMinor } of requestOf(context, requestId).amounts) {
        sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);
      }
    }
    return [...sums].map(([currency, amountMinor]) => ({ amountMinor, currency }));
  }

  function withdraw(seat: Seat | undefined, requestId: string, caller: Caller): ApprovalDetail {
    const row = requestOf(context, requestId);
    if (row.makerId === null || caller.actor !== makerActor(row)) {
      throw new CountersignError('NOT_PERMITTED', 'A request is withdrawn by who made it.', { requestId });
    }
    if (runs.isRunning(requestId)) {
      throw new CountersignError('APPROVAL_CLOSED', 'The command runs at this moment.', { requestId });
    }
    const now = touch(context, row);
    if (!isOpen(now.state)) throw closedError(now);
    end(context, now, { state: 'withdrawn' }, caller);
    return showing.get(seat, requestId);
  }

  async function takeVote(caller: Caller, carried: CarriedVote): Promise<ApprovalDetail> {
    await voting.takeVote(caller, carried);
    return showing.get(undefined, carried.requestId);
  }

  return {
    gate,
    recorded: runs.recorded,
    ...showing,
    async vote(seat, answer, caller) {
      await voting.vote(seat, answer, caller);
      return showing.get(seat, answer.requestId);
    },
    async voteMany(seat, requests, said, caller) {
      requireOneKind(requests.map(({ requestId }) => requestId));
      const answers: ManyAnswer[] = [];
      for (const one of requests) answers.push(await answerOne(seat, { ...one, ...said }, caller));
      return { answers, totals: totalsOf(answers) };
    },
    takeVote,
    withdraw,
    delegations: delegating.list,
    delegate: delegating.delegate,
    endDelegation: delegating.endDelegation,
    askAsSystem(procedure, input, how = { isUrgent: false }) {
      const policy = policies.governing(procedure);
      const act = actOf(procedure);
      if (!operators.named() || policy === undefined || act.isGoverned?.(input) === false) return;
      const facts = act.facts(input);
      const text = textOf(procedure, input);
      askAsSystem(context, { procedure, text, facts, policy, bringsAnew: false, ...how });
    },
    sweep() {
      const open = store.open().filter(({ requestId }) => !runs.isRunning(requestId));
      return open.filter((row) => touch(context, row).state !== row.state).length;
    },
    async resume() {
      for (const { requestId, state, bringsAnew } of store.open()) {
        if (state !== 'approved' || bringsAnew) continue;
        try {
          await runs.run(requestId);
        } catch (error) {
          if (!isCountersignError(error)) throw error;
        }
      }
    },
    lentAt: (atMs) =>
      context.delegations.running(atMs).map(({ fromId, toId, policyIds }) => ({ fromId, toId, policyIds })),
    usesOf: (policyId, sinceMs) => store.uses(policyId, sinceMs),
    packetSource: {
      detail: (requestId) => showing.get(undefined, requestId),
      asked(requestId) {
        const row = store.request(requestId);
        if (row === undefined) return undefined;
        const signatures = store.votes(row.id).map(({ signature }) => signature);
        return { ...row, command: commandText(context, row), signatures };
      },
      takeVote,
    },
    idle: runs.idle,
  };
}
