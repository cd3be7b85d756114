import type { ApprovalRequired } from '../../contract/approvals.ts';
import type { Policy } from '../../contract/policies.ts';
import { type Caller, CountersignError, type Seat } from '../base/index.ts';
import type { CanonicalJson } from '../crypto/index.ts';
import type { Facts } from './act.ts';
import { readCommand } from './command-input.ts';
import { type ApprovalsContext, incidentKeyOf, SYSTEM, statementOf } from './context.ts';
import { APPROVALS_CLASS, COMMAND_PLACE } from './sealed-columns.ts';
import { APPROVAL_PURPOSE, commandHashOf, commandTextOf, signedMessage } from './signed.ts';
import { policyOf, quorumOf } from './standing.ts';
import type { NewRequest, RequestRow } from './store.ts';

/** A command that is to wait for others. */
export interface Asked {
  readonly procedure: string;
  readonly text: string;
  readonly facts: Facts;
  readonly policy: Policy;
  readonly bringsAnew: boolean;
  /** Whether somebody must look at it at once, whatever the policy says of alerts. */
  readonly isUrgent?: boolean;
}

/** The canonical text of a command. Throws `APPROVAL_ASKER_REFUSED` for what no request can hold. */
export function textOf(procedure: string, input: unknown): string {
  try {
    return commandTextOf(procedure, input);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CountersignError(
      'APPROVAL_ASKER_REFUSED',
      'A command that carries bytes cannot be asked for.',
      {
        path: procedure,
      },
    );
  }
}

/** Who asks: an operator with the key that signs, or the program. */
type Maker =
  | { readonly makerId: null; readonly makerKey: null; readonly makerSignature: null }
  | { readonly makerId: string; readonly makerKey: Buffer; readonly makerSignature: Buffer };

type Unsigned = Omit<NewRequest, 'commandId' | 'askedRecord' | keyof Maker>;

function draftOf({ newId, nowMs }: ApprovalsContext, asked: Asked): Unsigned {
  const { procedure, text, facts, policy, bringsAnew } = asked;
  const askedAtMs = nowMs();
  return {
    requestId: newId(),
    procedure,
    policyId: policy.id,
    policyVersion: policy.version,
    commandHash: commandHashOf(text),
    askedAtMs,
    expiresAtMs: askedAtMs + policy.clauses.answerWithinMs,
    amounts: facts.amounts,
    count: facts.count,
    // What cannot be read back from its text has lost something on the way: a secret, or bytes.
    bringsAnew: bringsAnew || !readCommand(text).ok,
  };
}

/** Raises the incident of a request; its clock is the time in which the request must be answered. */
function alert(
  { raiseIncident }: ApprovalsContext,
  { policy, isUrgent = false }: Asked,
  row: Pick<RequestRow, 'requestId' | 'procedure' | 'policyId'>,
): void {
  const { requestId, procedure, policyId } = row;
  raiseIncident({
    kind: 'approvals.request',
    dedupeKey: incidentKeyOf(row),
    severity: isUrgent ? 'critical' : 'high',
    title: `A command under the policy “${policy.title}” was asked for.`,
    acknowledgeWithinMs: policy.clauses.answerWithinMs,
    detail: { request: requestId, procedure, policy: policyId },
  });
}

/** Writes a request and its record, in one transaction, and raises what is to be raised at once. */
function write(context: ApprovalsContext, asked: Asked, draft: Unsigned, maker: Maker, caller: Caller): void {
  const { vault, sealing, audit, store } = context;
  const { requestId } = draft;
  const { clauses } = asked.policy;
  vault.transaction(() => {
    const commandId = sealing.seal({
      ...COMMAND_PLACE,
      purpose: 'compliance_vault',
      retentionClass: APPROVALS_CLASS,
      applicationId: requestId,
      plaintext: asked.text,
    });
    const askedRecord = audit.record({
      kind: 'approvals.request',
      ...caller,
      subjects: [{ kind: 'approval', id: requestId }],
      detail: {
        request: requestId,
        procedure: draft.procedure,
        commandHash: draft.commandHash,
        policy: draft.policyId,
        version: draft.policyVersion,
        expiresAtMs: draft.expiresAtMs,
        regimes: clauses.regimes,
        maker: caller.actor,
        publicKey: maker.makerKey?.toString('base64') ?? null,
        signature: maker.makerSignature?.toString('base64') ?? null,
      } satisfies CanonicalJson,
    });
    store.insert({ ...draft, ...maker, commandId, askedRecord });
    if (clauses.alertAtOnce || asked.isUrgent) alert(context, asked, draft);
    vault.onCommit(() => context.onChanged?.());
  });
}

/** Stores what an operator asks for, signed with their key. Throws `SESSION_KEY_MISSING`. */
export function ask(
  context: ApprovalsContext,
  asked: Asked,
  maker: { readonly seat: Seat; readonly operatorId: string; readonly publicKey: Buffer },
  caller: Caller,
): RequestRow {
  const draft = draftOf(context, asked);
  const said = { decision: 'ask', onBehalfOf: null, reason: null } as const;
  const message = signedMessage(statementOf(context, draft, maker.publicKey, said));
  const { publicKey, signature } = context.operators.signAs(maker.seat, {
    purpose: APPROVAL_PURPOSE,
    message,
  });
  const signed = { makerId: maker.operatorId, makerKey: publicKey, makerSignature: signature };
  write(context, asked, draft, signed, caller);
  return context.store.request(draft.requestId)!;
}

/** Stores what the program asks for by itself, unless that waits already; what has become urgent is told. */
export function askAsSystem(context: ApprovalsContext, asked: Asked): RequestRow {
  const hash = commandHashOf(asked.text);
  const waiting = context.store.openOfCommand(hash).find(({ makerId }) => makerId === null);
  if (waiting !== undefined) {
    if (asked.isUrgent) context.vault.transaction(() => alert(context, asked, waiting));
    return waiting;
  }
  const draft = draftOf(context, asked);
  const nobody = { makerId: null, makerKey: null, makerSignature: null };
  write(context, asked, draft, nobody, { actor: SYSTEM, traceId: '' });
  return context.store.request(draft.requestId)!;
}

/** The refusal by which a caller learns where the command waits. */
export function approvalRequired(context: ApprovalsContext, row: RequestRow): CountersignError {
  const policy = policyOf(context, row);
  const details: ApprovalRequired = {
    requestId: row.requestId,
    state: row.state,
    policyId: row.policyId,
    policyTitle: policy.title,
    quorum: quorumOf(policy, row),
    expiresAtMs: row.expiresAtMs,
  };
  const message = 'The command needs a second person and has been held for approval.';
  return new CountersignError('APPROVAL_REQUIRED', message, { ...details });
}
