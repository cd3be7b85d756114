import type { Policy } from '../../contract/policies.ts';
import { dutiesConflict, isAsStrong, mayCheck, mayVeto, type Person } from '../policies/index.ts';
import { type ApprovalsContext, lenderOf, statementOf } from './context.ts';
import {
  fingerprintOf,
  LENDING_PURPOSE,
  signedMessage,
  suiteOfKey,
  verifySigned,
  verifyStatement,
} from './signed.ts';
import type { RequestRow, VoteRow } from './store.ts';
import type { DelegationRow } from './store-delegations.ts';

/** A right to answer a request: a person's own, or one that was lent to them. */
export interface Right {
  readonly rightOf: string;
  readonly delegation: DelegationRow | null;
}

/** Whom a look at requests is about, and what stands at this moment. */
export interface Present {
  readonly people: ReadonlyMap<string, Person>;
  readonly lent: readonly DelegationRow[];
}

/** Everybody who is named, and the rights that are lent now. */
export function presentOf({ operators, delegations, nowMs }: ApprovalsContext): Present {
  return {
    people: new Map(operators.list().map((person) => [person.id, person])),
    lent: delegations.running(nowMs()),
  };
}

/** Whether somebody may answer under a policy by a role of their own; who may refuse need not be a checker. */
function holdsRight(policy: Policy, person: Person | undefined): person is Person {
  if (person === undefined || person.kind !== 'person' || person.state !== 'active') return false;
  const { vetoers } = policy.clauses;
  return mayCheck(policy, person) || vetoers.some((role) => person.roles.includes(role));
}

/** Whether a lent right was signed by who lends it, with a key that was theirs. */
export function isLendingGenuine(context: ApprovalsContext, row: DelegationRow): boolean {
  const { vault, operators } = context;
  const { delegationId, fromId, toId, policyIds, fromMs, untilMs, publicKey, signature } = row;
  const message = signedMessage({
    ...{ vault: vault.vaultId, delegation: delegationId, from: fromId, to: toId },
    ...{ policies: policyIds, fromMs, untilMs },
  });
  const isTheirs = operators.keysOf(fromId, context.nowMs()).some((key) => key.equals(publicKey));
  return isTheirs && isVerified(`lending ${delegationId}`, publicKey, signature, message, LENDING_PURPOSE);
}

/** Signatures that were found right, by what they are of: looking at an inbox verifies each once. */
const verified = new Set<string>();
const MOST_REMEMBERED = 10_000;

function isVerified(
  what: string,
  publicKey: Buffer,
  signature: Buffer,
  message: Buffer,
  purpose: string,
): boolean {
  const key = `${what} ${fingerprintOf(Buffer.concat([publicKey, signature, message]))}`;
  if (verified.has(key)) return true;
  if (!verifySigned({ purpose, message, publicKey, signature })) return false;
  if (verified.size >= MOST_REMEMBERED) verified.clear();
  verified.add(key);
  return true;
}

/** The rights by which somebody could answer a request now, their own first. Empty for its maker. */
export function rightsOf(
  context: ApprovalsContext,
  row: RequestRow,
  policy: Policy,
  person: Person,
  { people, lent }: Present,
): Right[] {
  if (person.id === row.makerId || person.kind !== 'person' || person.state !== 'active') return [];
  const own = holdsRight(policy, person) ? [{ rightOf: person.id, delegation: null }] : [];
  if (!policy.clauses.delegation) return own;
  const borrowed = lent.filter((delegation) => {
    if (delegation.toId !== person.id || delegation.fromId === row.makerId) return false;
    if (!delegation.policyIds.includes(policy.id)) return false;
    const lender = people.get(delegation.fromId);
    if (lender === undefined || !mayCheck(policy, lender)) return false;
    return dutiesConflict(policy, person, lender) === undefined && isLendingGenuine(context, delegation);
  });
  return [...own, ...borrowed.map((delegation) => ({ rightOf: delegation.fromId, delegation }))];
}

/** Whether the no of somebody with that right ends a request. */
export function endsByVeto(policy: Policy, { rightOf }: Right, { people }: Present): boolean {
  const holder = people.get(rightOf);
  return holder !== undefined && mayVeto(policy, holder);
}

/** Whether a key is one that an operator signed with at a time, here or on another workstation. */
export function isKeyOf(
  { operators, cards }: ApprovalsContext,
  operatorId: string,
  publicKey: Buffer,
  { atMs, way }: { readonly atMs: number; readonly way: VoteRow['way'] },
): boolean {
  if (operators.keysOf(operatorId, atMs).some((key) => key.equals(publicKey))) return true;
  return way === 'packet' && cards?.keyOf(operatorId)?.equals(publicKey) === true;
}

/** Whether a stored vote was signed as it stands there, with a key of whom it names. `anew`: whatever was found before. */
export function isGenuine(
  context: ApprovalsContext,
  row: RequestRow,
  vote: VoteRow,
  reason: string | null,
  anew = false,
): boolean {
  const { publicKey, signature, decision, operatorId, votedAtMs, way } = vote;
  if (!isKeyOf(context, operatorId, publicKey, { atMs: votedAtMs, way })) return false;
  const statement = statementOf(context, row, publicKey, { decision, onBehalfOf: lenderOf(vote), reason });
  if (anew) return verifyStatement(statement, publicKey, signature);
  return isVerified(`vote ${row.requestId}`, publicKey, signature, signedMessage(statement), 'approval');
}

/** Whether the one who voted, and whose right they used, may still answer. */
export function mayStillAnswer(
  context: ApprovalsContext,
  row: RequestRow,
  policy: Policy,
  vote: VoteRow,
  { people }: Present,
): boolean {
  const voter = people.get(vote.operatorId);
  const holder = people.get(vote.rightOf);
  if (voter === undefined || voter.kind !== 'person' || voter.state !== 'active') return false;
  if (voter.permissions.includes('answer') === false) return false;
  if (vote.operatorId === row.makerId || vote.rightOf === row.makerId) return false;
  if (holder === undefined || !mayCheck(policy, holder)) return false;
  const suite = suiteOfKey(vote.publicKey)?.slice('Ed25519+'.length) ?? '';
  if (!isAsStrong(suite, policy.clauses.signature)) return false;
  if (vote.rightOf === vote.operatorId) return true;
  const delegation = vote.delegation === null ? undefined : context.delegations.byId(vote.delegation);
  return (
    delegation !== undefined &&
    policy.clauses.delegation &&
    delegation.fromId === vote.rightOf &&
    delegation.toId === vote.operatorId &&
    delegation.policyIds.includes(policy.id) &&
    delegation.fromMs <= vote.votedAtMs &&
    vote.votedAtMs < (delegation.endedAtMs ?? delegation.untilMs) &&
    dutiesConflict(policy, voter, holder) === undefined &&
    isLendingGenuine(context, delegation)
  );
}
