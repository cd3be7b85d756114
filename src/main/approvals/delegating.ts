import type { Delegation } from '../../contract/approvals.ts';
import { type Caller, CountersignError, type Seat } from '../base/index.ts';
import { dutiesConflict, mayCheck, type Person } from '../policies/index.ts';
import { type ApprovalsContext, actorOfOperator } from './context.ts';
import { type Present, presentOf } from './rights.ts';
import { APPROVALS_CLASS, LENDING_REASON_PLACE } from './sealed-columns.ts';
import { LENDING_PURPOSE, signedMessage } from './signed.ts';
import type { DelegationRow } from './store-delegations.ts';

const DAY_MS = 86_400_000;
/** A right that is lent for longer belongs to another person: give them the role. */
const LONGEST_MS = 92 * DAY_MS;

export interface NewDelegation {
  readonly toId: string;
  readonly policyIds: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
  readonly reason: string;
}

const invalid = (message: string, path: string, expected?: string) =>
  new CountersignError('APPROVAL_DELEGATION_INVALID', message, {
    path,
    ...(expected === undefined ? {} : { expected }),
  });

function refuse(...given: Parameters<typeof invalid>): never {
  throw invalid(...given);
}

/** How the right to answer is lent, for a time. */
export function createDelegating(context: ApprovalsContext) {
  const { vault, sealing, audit, operators, policies, delegations, nowMs } = context;

  function shown(row: DelegationRow, { people }: Pick<Present, 'people'>): Delegation {
    const atMs = nowMs();
    const state = () => {
      if (row.endedAtMs !== null) return 'ended';
      if (row.untilMs <= atMs) return 'over';
      return row.fromMs > atMs ? 'coming' : 'running';
    };
    const place = { ...LENDING_REASON_PLACE, applicationId: row.delegationId };
    return {
      id: row.delegationId,
      fromId: row.fromId,
      fromName: people.get(row.fromId)?.name ?? '',
      toId: row.toId,
      toName: people.get(row.toId)?.name ?? '',
      policyIds: [...row.policyIds],
      fromMs: row.fromMs,
      untilMs: row.untilMs,
      reason: sealing.openText({ id: row.reasonId, ...place }),
      state: state(),
    };
  }

  const meOf = (seat: Seat): Person => {
    const me = operators.me(seat);
    if (me !== null) return me;
    throw new CountersignError('SESSION_KEY_MISSING', 'Sign in first: a right is lent with a signature.');
  };

  /** Throws `APPROVAL_DELEGATION_INVALID`, `POLICY_UNKNOWN`. */
  function check(me: Person, given: NewDelegation, { people }: Present): void {
    const { toId, fromMs, untilMs } = given;
    const to = people.get(toId);
    if (toId === me.id) refuse('Nobody lends a right to themselves.', 'toId');
    if (to === undefined || to.kind !== 'person' || to.state !== 'active') {
      throw invalid('A right is lent to a person who can sign in.', 'toId');
    }
    if (!to.permissions.includes('answer')) refuse('This person may answer nothing.', 'toId');
    if (untilMs <= fromMs || untilMs <= nowMs()) {
      refuse('The time ends before it begins, or is over.', 'untilMs');
    }
    if (untilMs - fromMs > LONGEST_MS)
      refuse('A right is not lent for so long.', 'untilMs', '92 days at most');
    for (const id of given.policyIds) {
      const policy = policies.list().find((one) => one.id === id);
      if (policy === undefined) {
        throw new CountersignError('POLICY_UNKNOWN', 'There is no policy under that id.', { path: id });
      }
      if (!policy.clauses.delegation) refuse('Under this policy no right is lent.', id);
      if (!mayCheck(policy, me)) refuse('You hold no right under this policy that you could lend.', id);
      const why = dutiesConflict(policy, to, me);
      if (why !== undefined)
        refuse(`The person would hold duties together that exclude each other. ${why}`, id);
    }
  }

  return {
    list(): Delegation[] {
      const present = presentOf(context);
      return delegations.all().map((row) => shown(row, present));
    },
    /** Lends what whoever is signed in on a connection holds by a role of their own. */
    delegate(seat: Seat, given: NewDelegation, caller: Caller): Delegation {
      const me = meOf(seat);
      const present = presentOf(context);
      check(me, given, present);
      const { toId, fromMs, untilMs, reason } = given;
      const policyIds = [...new Set(given.policyIds)].sort();
      const delegationId = context.newId();
      const statement = {
        ...{ vault: vault.vaultId, delegation: delegationId, from: me.id, to: toId },
        ...{ policies: policyIds, fromMs, untilMs },
      };
      const signed = { purpose: LENDING_PURPOSE, message: signedMessage(statement) };
      const { publicKey, signature } = operators.signAs(seat, signed);
      return vault.transaction(() => {
        const record = audit.record({
          kind: 'approvals.delegate',
          ...caller,
          subjects: [{ kind: 'delegation', id: delegationId }],
          detail: { ...statement, reason, signature: signature.toString('base64') },
        });
        const reasonId = sealing.seal({
          ...LENDING_REASON_PLACE,
          purpose: 'compliance_vault',
          retentionClass: APPROVALS_CLASS,
          applicationId: delegationId,
          plaintext: reason,
        });
        delegations.insert({
          ...{ delegationId, fromId: me.id, toId, policyIds, fromMs, untilMs, reasonId },
          ...{ publicKey, signature, record },
        });
        return shown(delegations.get(delegationId)!, present);
      });
    },
    /** By who lent it, who borrowed it, or an administrator. */
    endDelegation(seat: Seat, delegationId: string, caller: Caller): Delegation {
      const me = meOf(seat);
      const row = delegations.get(delegationId);
      if (row === undefined) {
        throw new CountersignError('NOT_FOUND', 'No right was lent under that id.', { path: 'delegationId' });
      }
      if (me.id !== row.fromId && me.id !== row.toId && !me.roles.includes('administrator')) {
        refuse('It is ended by who lent it, who borrowed it, or an administrator.', 'delegationId');
      }
      if (row.endedAtMs !== null || row.untilMs <= nowMs()) refuse('It is over already.', 'delegationId');
      return vault.transaction(() => {
        const record = audit.record({
          kind: 'approvals.end-delegation',
          ...caller,
          subjects: [{ kind: 'delegation', id: delegationId }],
          detail: { from: actorOfOperator(row.fromId), to: actorOfOperator(row.toId) },
        });
        delegations.end(row.id, nowMs(), record);
        return shown(delegations.get(delegationId)!, presentOf(context));
      });
    },
  };
}
export type Delegating = ReturnType<typeof createDelegating>;
