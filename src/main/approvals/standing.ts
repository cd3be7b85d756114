import type { SettledCause } from '../../contract/incidents.ts';
import type { Policy } from '../../contract/policies.ts';
import { type Caller, CountersignError } from '../base/index.ts';
import { mayAsk } from '../policies/index.ts';
import { permissionOf } from './command-input.ts';
import {
  type ApprovalsContext,
  actorOfOperator,
  commandText,
  incidentKeyOf,
  isOpen,
  makerActor,
  SYSTEM,
  statementOf,
} from './context.ts';
import { isGenuine, isKeyOf, mayStillAnswer, type Present, presentOf } from './rights.ts';
import { VOTE_REASON_PLACE } from './sealed-columns.ts';
import { commandHashOf, verifyStatement } from './signed.ts';
import type { Ending, RequestRow, VoteRow } from './store.ts';

/** The policy that a request was made under, as it was then. */
export function policyOf({ policies }: ApprovalsContext, row: RequestRow): Policy {
  const policy = policies.version(row.policyId, row.policyVersion);
  if (policy !== undefined) return policy;
  throw new CountersignError('POLICY_UNKNOWN', 'The policy of the request is not there any more.', {
    path: row.policyId,
  });
}

/** How many must agree: one more than for a person, and two at least, where the program asks by itself. */
export const quorumOf = ({ clauses }: Policy, { makerId }: Pick<RequestRow, 'makerId'>): number =>
  makerId === null ? Math.max(2, clauses.quorum + 1) : clauses.quorum;

const altered = (requestId: string) =>
  new CountersignError('APPROVAL_ALTERED', 'What is stored is not what was asked for.', { requestId });

/** Tells of a request that somebody changed behind the program's back. */
function tell({ raiseIncident, vault }: ApprovalsContext, { requestId }: RequestRow): void {
  const raise = () =>
    raiseIncident({
      kind: 'audit.approval-altered',
      dedupeKey: `audit.approval-altered/${requestId}`,
      severity: 'critical',
      title: 'A stored request or an answer to it is not what was signed.',
      detail: { request: requestId },
    });
  if (vault.scope() > 0) raise();
  else vault.transaction(raise);
}

/**
 * The text of a request, which is what was hashed and signed; or nothing, where it is not. What the
 * program asks for by itself is nobody's signature: it is held against the audit record of its asking.
 */
export function intactText(context: ApprovalsContext, row: RequestRow): string | undefined {
  const text = commandText(context, row);
  if (commandHashOf(text) !== row.commandHash) return undefined;
  const { makerId, makerKey, makerSignature, askedAtMs } = row;
  if (makerId === null || makerKey === null || makerSignature === null) {
    const { record, detail } = context.audit.get(row.askedRecord);
    const said = detail === null ? {} : (JSON.parse(detail) as Record<string, unknown>);
    const isSame = record.kind === 'approvals.request' && said.commandHash === row.commandHash;
    return isSame && said.request === row.requestId ? text : undefined;
  }
  const said = { decision: 'ask', onBehalfOf: null, reason: null } as const;
  if (!isKeyOf(context, makerId, makerKey, { atMs: askedAtMs, way: 'console' })) return undefined;
  return verifyStatement(statementOf(context, row, makerKey, said), makerKey, makerSignature)
    ? text
    : undefined;
}

/** As `intactText`. Throws `APPROVAL_ALTERED`, and raises an incident. */
export function requireIntact(context: ApprovalsContext, row: RequestRow): string {
  const text = intactText(context, row);
  if (text !== undefined) return text;
  tell(context, row);
  throw altered(row.requestId);
}

/** The reason that was given with a vote. */
export const reasonOf = (
  { sealing }: Pick<ApprovalsContext, 'sealing'>,
  row: RequestRow,
  vote: VoteRow,
): string | null =>
  vote.reasonId === null
    ? null
    : sealing.openText({
        id: vote.reasonId,
        ...VOTE_REASON_PLACE,
        applicationId: `${row.requestId}/${vote.operatorId}`,
      });

/** A vote and what is to be thought of it at this moment. */
export interface JudgedVote {
  readonly vote: VoteRow;
  readonly reason: string | null;
  readonly isGenuine: boolean;
  readonly counts: boolean;
}

/** Who agreed to what was executed, by request: what a record says of that does not change. */
const remembered = new Map<string, ReadonlySet<string>>();
const MOST_REMEMBERED = 10_000;

/** Whose agreement counted when a request was executed, by the record that says so. */
function whoCounted({ audit }: ApprovalsContext, row: RequestRow): ReadonlySet<string> | undefined {
  if (row.executedRecord === null) return undefined;
  const known = remembered.get(row.requestId);
  if (known !== undefined) return known;
  const { detail } = audit.get(row.executedRecord);
  if (detail === null) return undefined;
  const { checkers } = JSON.parse(detail) as { readonly checkers: readonly { readonly operator: string }[] };
  const counted = new Set(checkers.map(({ operator }) => operator));
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(row.requestId, counted);
  return counted;
}

/** The votes on a request, each looked at anew. `anew`: signatures too, whatever was found before. */
export function judgedVotes(
  context: ApprovalsContext,
  row: RequestRow,
  policy: Policy,
  present: Present,
  anew = false,
): JudgedVote[] {
  // Once a request is decided nobody's roles change what their answer was.
  const counted = whoCounted(context, row);
  const stands = (vote: VoteRow): boolean => {
    if (isOpen(row.state)) return mayStillAnswer(context, row, policy, vote, present);
    return counted === undefined || counted.has(actorOfOperator(vote.operatorId));
  };
  return context.store.votes(row.id).map((vote) => {
    const reason = reasonOf(context, row, vote);
    const genuine = isGenuine(context, row, vote, reason, anew);
    return { vote, reason, isGenuine: genuine, counts: genuine && stands(vote) };
  });
}

/** Those who agree. Throws `APPROVAL_SIGNATURE_INVALID` where a stored answer is not what was signed. */
export function agreeing(
  context: ApprovalsContext,
  row: RequestRow,
  policy: Policy,
  present: Present = presentOf(context),
): JudgedVote[] {
  const votes = judgedVotes(context, row, policy, present, true);
  if (votes.some(({ isGenuine: genuine }) => !genuine)) {
    tell(context, row);
    throw new CountersignError(
      'APPROVAL_SIGNATURE_INVALID',
      'An answer that is stored was not given like that by whom it names.',
      { requestId: row.requestId },
    );
  }
  return votes.filter(({ vote, counts }) => counts && vote.decision === 'approve');
}

type Void = { readonly code: 'APPROVAL_EXPIRED' | 'APPROVAL_POLICY_CHANGED' | 'APPROVAL_MAKER_GONE' };
const WHY: Readonly<Record<Void['code'], string>> = {
  APPROVAL_EXPIRED: 'The time to answer is over.',
  APPROVAL_POLICY_CHANGED: 'The policy was changed since the request; ask again.',
  APPROVAL_MAKER_GONE: 'Who asked may not do this any more.',
};

/** What keeps an open request from ever running. */
export function whatEnds(context: ApprovalsContext, row: RequestRow): Void['code'] | undefined {
  const { policies, operators, nowMs } = context;
  // What everybody has agreed to in time runs, though a crash came between; a secret is brought in time.
  const isWaiting = row.state === 'pending' || row.bringsAnew;
  if (isWaiting && nowMs() >= row.expiresAtMs) return 'APPROVAL_EXPIRED';
  const policy = policies.governing(row.procedure);
  if (policy?.id !== row.policyId || policy.version !== row.policyVersion) return 'APPROVAL_POLICY_CHANGED';
  if (row.makerId === null) return undefined;
  const session = operators.sessionAs(row.makerId);
  const permission = permissionOf(row.procedure);
  const maker = operators.list().find(({ id }) => id === row.makerId);
  const mayRun = session !== null && session.refusesCommands === undefined;
  if (!mayRun || maker === undefined || permission === undefined || !mayAsk(policy, maker, permission)) {
    return 'APPROVAL_MAKER_GONE';
  }
  return undefined;
}

/**
 * Why the incident of a request is over once it ended so. One that nobody answered in time stays: that
 * nobody did is what somebody must look at.
 */
const SETTLED: Readonly<Record<Ending['state'], SettledCause | null>> = {
  failed: 'The request was agreed to, and the command refused itself when it ran.',
  vetoed: 'The request was refused by a checker.',
  withdrawn: 'Who asked has withdrawn the request.',
  void: 'The request can never run any more.',
  expired: null,
};

/** Ends an open request, with a record. Does nothing where it was ended meanwhile. */
export function end(
  context: ApprovalsContext,
  row: RequestRow,
  ending: Omit<Ending, 'atMs'>,
  caller: Caller = { actor: SYSTEM, traceId: '' },
): void {
  const { vault, store, audit, nowMs } = context;
  vault.transaction(() => {
    if (!store.end(row.id, { ...ending, atMs: nowMs() })) return;
    audit.record({
      kind: `approvals.${ending.state === 'failed' ? 'fail' : ending.state}`,
      ...caller,
      subjects: [{ kind: 'approval', id: row.requestId }],
      detail: {
        request: row.requestId,
        procedure: row.procedure,
        maker: makerActor(row),
        ...(ending.failure === undefined ? {} : { failure: { ...ending.failure } }),
      },
    });
    const cause = SETTLED[ending.state];
    if (cause !== null) context.settleIncident(incidentKeyOf(row), cause, caller);
    vault.onCommit(() => context.onChanged?.());
  });
}

/** Looks at an open request: one that can never run is ended. Answers it as it stands then. */
export function touch(context: ApprovalsContext, row: RequestRow): RequestRow {
  if (!isOpen(row.state)) return row;
  const code = whatEnds(context, row);
  if (code === undefined) return row;
  const failure = { code, message: WHY[code] };
  end(context, row, code === 'APPROVAL_EXPIRED' ? { state: 'expired' } : { state: 'void', failure });
  return context.store.request(row.requestId)!;
}

const CLOSED: Readonly<Record<string, readonly [ConstructorParameters<typeof CountersignError>[0], string]>> =
  {
    executed: ['APPROVAL_RUN_ALREADY', 'The command was run; it runs once.'],
    vetoed: ['APPROVAL_VETOED', 'The request was refused by a checker.'],
    expired: ['APPROVAL_EXPIRED', WHY.APPROVAL_EXPIRED],
    withdrawn: ['APPROVAL_WITHDRAWN', 'The maker has withdrawn the request.'],
  };

/** What somebody is told who comes too late. */
export function closedError({ requestId, state, failureCode }: RequestRow): CountersignError {
  if (state === 'void' && failureCode !== null && failureCode in WHY) {
    return new CountersignError(failureCode as Void['code'], WHY[failureCode as Void['code']], { requestId });
  }
  const [code, message] = CLOSED[state] ?? ['APPROVAL_CLOSED', 'The request is decided.'];
  return new CountersignError(code, message, { requestId, actual: state });
}
