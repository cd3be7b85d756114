import type { Policy } from '../../contract/policies.ts';
import { type Caller, CountersignError, type Seat } from '../base/index.ts';
import type { Person } from '../policies/index.ts';
import {
  type ApprovalsContext,
  actorOfOperator,
  lenderOf,
  makerActor,
  requestOf,
  statementOf,
} from './context.ts';
import { requireFactor, requireSession, requireSuite } from './gate.ts';
import type { CarriedVote } from './packet.ts';
import { endsByVeto, isKeyOf, type Present, presentOf, type Right, rightsOf } from './rights.ts';
import type { Runs } from './running.ts';
import { APPROVALS_CLASS, VOTE_REASON_PLACE } from './sealed-columns.ts';
import { APPROVAL_PURPOSE, signedMessage, verifyStatement } from './signed.ts';
import { agreeing, closedError, end, policyOf, quorumOf, requireIntact, touch } from './standing.ts';
import type { RequestRow } from './store.ts';

type Decision = 'approve' | 'veto';

/** An answer as it is given at a console. */
export interface Answer {
  readonly requestId: string;
  /** Hex; that of what the voter was shown. */
  readonly commandHash: string;
  readonly decision: Decision;
  readonly reason?: string | null | undefined;
  readonly onBehalfOf?: string | undefined;
}

/** A person with an answer, who has not signed it yet or has elsewhere. */
interface Ballot {
  readonly answer: Answer;
  readonly operatorId: string;
  readonly way: 'console' | 'packet';
  /** What the policy asks of the person besides their right. */
  require(policy: Policy): void;
  readonly publicKey: Buffer;
  sign(message: Buffer): Buffer;
}

const refuse = (...given: ConstructorParameters<typeof CountersignError>): never => {
  throw new CountersignError(...given);
};

/** How people answer requests. */
export function createVoting(context: ApprovalsContext, runs: Runs) {
  const { vault, sealing, audit, operators, store, nowMs } = context;

  /** The right that an answer uses. Throws `APPROVAL_NOT_CHECKER`, `APPROVAL_VOTED`, `APPROVAL_SELF`. */
  function rightFor(
    row: RequestRow,
    policy: Policy,
    person: Person,
    { onBehalfOf }: Answer,
    present: Present,
  ): Right {
    const { requestId } = row;
    if (person.id === row.makerId || onBehalfOf === row.makerId) {
      refuse('APPROVAL_SELF', 'Who asked for a command does not agree to it.', { requestId });
    }
    const votes = store.votes(row.id);
    if (votes.some(({ operatorId }) => operatorId === person.id)) {
      refuse('APPROVAL_VOTED', 'You have answered this request already.', { requestId });
    }
    const all = rightsOf(context, row, policy, person, present);
    const asked = all.filter(({ rightOf }) => onBehalfOf === undefined || rightOf === onBehalfOf);
    if (asked.length === 0) {
      refuse('APPROVAL_NOT_CHECKER', 'You hold no role that may answer this request.', {
        requestId,
        expected: policy.clauses.checkers.join(', '),
      });
    }
    const unused = asked.find(({ rightOf }) => votes.every((vote) => vote.rightOf !== rightOf));
    if (unused !== undefined) return unused;
    return refuse('APPROVAL_VOTED', 'The right that you would use has answered this request already.', {
      requestId,
    });
  }

  /** Everything that may be said against an answer before it is signed. */
  function judge(ballot: Ballot): { row: RequestRow; policy: Policy; right: Right; present: Present } {
    const { answer, operatorId } = ballot;
    const row = touch(context, requestOf(context, answer.requestId));
    if (row.state !== 'pending') throw closedError(row);
    if (answer.commandHash !== row.commandHash) {
      refuse('APPROVAL_ALTERED', 'You were shown another command than the one that waits.', {
        requestId: row.requestId,
      });
    }
    requireIntact(context, row);
    const policy = policyOf(context, row);
    const present = presentOf(context);
    const person = present.people.get(operatorId);
    if (person === undefined) return refuse('APPROVAL_NOT_CHECKER', 'Sign in to answer this request.');
    const right = rightFor(row, policy, person, answer, present);
    const isVetoOnly = !policy.clauses.checkers.some((role) =>
      present.people.get(right.rightOf)?.roles.includes(role),
    );
    if (isVetoOnly && answer.decision === 'approve') {
      refuse('APPROVAL_NOT_CHECKER', 'Your role may refuse this request and not agree to it.', {
        requestId: row.requestId,
      });
    }
    ballot.require(policy);
    requireSuite(policy, ballot.publicKey);
    return { row, policy, right, present };
  }

  /** Stores an answer with its record, and what follows from it. Answers whether the command may run. */
  function cast(ballot: Ballot, caller: Caller): boolean {
    const { row, policy, right, present } = judge(ballot);
    const { answer, operatorId, publicKey, way } = ballot;
    const { decision } = answer;
    const reason = answer.reason ?? null;
    const votedAtMs = nowMs();
    const onBehalfOf = lenderOf({ operatorId, rightOf: right.rightOf });
    const statement = statementOf(context, row, publicKey, { decision, onBehalfOf, reason });
    const signature = ballot.sign(signedMessage(statement));
    const isTheirs = isKeyOf(context, operatorId, publicKey, { atMs: votedAtMs, way });
    if (!isTheirs || !verifyStatement(statement, publicKey, signature)) {
      refuse('APPROVAL_SIGNATURE_INVALID', 'The signature does not belong to this request and this person.', {
        requestId: row.requestId,
      });
    }
    return vault.transaction(() => {
      const record = audit.record({
        kind: 'approvals.vote',
        actor: actorOfOperator(operatorId),
        traceId: caller.traceId,
        subjects: [{ kind: 'approval', id: row.requestId }],
        detail: {
          ...statement,
          maker: makerActor(row),
          way,
          publicKey: publicKey.toString('base64'),
          signature: signature.toString('base64'),
        },
      });
      const reasonId = reason === null ? null : sealReason(row, operatorId, reason);
      store.insertVote({
        ...{ request: row.id, operatorId, rightOf: right.rightOf, decision, reasonId, way, votedAtMs },
        ...{ delegation: right.delegation?.id ?? null, publicKey, signature, record },
      });
      vault.onCommit(() => context.onChanged?.());
      if (decision === 'veto') {
        if (endsByVeto(policy, right, present)) end(context, row, { state: 'vetoed' }, caller);
        return false;
      }
      if (agreeing(context, row, policy, present).length < quorumOf(policy, row)) return false;
      runs.approve(row);
      return !row.bringsAnew;
    });
  }

  const sealReason = ({ requestId }: RequestRow, operatorId: string, reason: string): bigint =>
    sealing.seal({
      ...VOTE_REASON_PLACE,
      purpose: 'compliance_vault',
      retentionClass: APPROVALS_CLASS,
      applicationId: `${requestId}/${operatorId}`,
      plaintext: reason,
    });

  async function take(ballot: Ballot, caller: Caller): Promise<void> {
    if (!cast(ballot, caller)) return;
    try {
      await runs.run(ballot.answer.requestId);
    } catch (error) {
      // The answer stands; what came between it and the run is told by the request.
      if (!(error instanceof CountersignError)) throw error;
    }
  }

  return {
    /** Takes the answer of whoever is signed in on a connection, and runs the command at quorum. */
    async vote(seat: Seat, answer: Answer, caller: Caller): Promise<void> {
      const me = operators.me(seat);
      if (me === null) throw new CountersignError('SESSION_KEY_MISSING', 'Sign in first.');
      const ballot: Ballot = {
        answer,
        operatorId: me.id,
        way: 'console',
        publicKey: operators.keysOf(me.id, nowMs())[0] ?? Buffer.alloc(0),
        require(policy) {
          requireSession(context, policy, seat);
          requireFactor(policy, context.sessions.factorOf(seat));
        },
        sign: (message) => operators.signAs(seat, { purpose: APPROVAL_PURPOSE, message }).signature,
      };
      await take(ballot, caller);
    },
    /** Takes an answer that was signed elsewhere, through the same checks. */
    async takeVote(caller: Caller, carried: CarriedVote): Promise<void> {
      const { operatorId, publicKey, signature, way } = carried;
      const ballot: Ballot = {
        ...{ answer: carried, operatorId, way, publicKey },
        // By what they signed in there nobody here can know.
        require: (policy) => requireFactor(policy, 'totp'),
        sign: () => signature,
      };
      await take(ballot, caller);
    },
  };
}
export type Voting = ReturnType<typeof createVoting>;
