import type { ApprovalState } from '../../contract/approvals.ts';
import type { Audit } from '../audit/index.ts';
import {
  CountersignError,
  type RaiseIncident,
  type Runtime,
  type Session,
  type SettleIncident,
} from '../base/index.ts';
import type { CallContext } from '../base/procedures.ts';
import type { Operators, Sessions } from '../operators/index.ts';
import type { Policies } from '../policies/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import type { ActOf } from './act.ts';
import { COMMAND_PLACE } from './sealed-columns.ts';
import { fingerprintOf, type SignedStatement } from './signed.ts';
import type { RequestRow, Store, VoteRow } from './store.ts';
import type { DelegationStore } from './store-delegations.ts';

/** What the room needs of the people of a vault. */
export interface PeopleOfVault extends Pick<Operators, 'named' | 'list' | 'me' | 'signAs'> {
  /** What an operator may do by the roles of this moment, wherever they are; null where they may not sign in. */
  sessionAs(operatorId: string): Session | null;
  /** The public keys that an operator signed with at a time. */
  keysOf(operatorId: string, atMs: number): readonly Buffer[];
}

/** Keys by which answers signed on other workstations are known. */
export interface Cards {
  keyOf(operatorId: string): Buffer | undefined;
}

/** Runs a procedure of the contract as if a door had called it. */
export type RunCommand = (procedure: string, input: unknown, context: CallContext) => Promise<unknown>;

export interface ApprovalsOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Audit;
  readonly runtime: Runtime;
  readonly operators: PeopleOfVault;
  readonly sessions: Sessions;
  readonly policies: Pick<Policies, 'governing' | 'version' | 'list'>;
  readonly actOf: ActOf;
  readonly runCommand: RunCommand;
  readonly raiseIncident: RaiseIncident;
  /** Ends the incident that a request has raised, once it is decided. */
  readonly settleIncident: SettleIncident;
  readonly cards?: Cards;
  /** The key encapsulation under which the vault seals. */
  readonly kem: () => 'ML-KEM-768' | 'ML-KEM-1024';
  /** Hears that what the room shows has changed outside a command of it. */
  readonly onChanged?: () => void;
  /** Hears of a run that ended with a fault of the console itself; never of its text. */
  readonly onFault?: (fault: { readonly requestId: string; readonly name: string }) => void;
}

/** What the parts of the room share. */
export interface ApprovalsContext extends ApprovalsOptions {
  readonly store: Store;
  readonly delegations: DelegationStore;
  readonly newId: () => string;
  /** The clock of the room: it never runs backwards, whatever the machine's does. */
  nowMs(): number;
}

/** Reports of one request are one incident. */
export const incidentKeyOf = ({ requestId }: Pick<RequestRow, 'requestId'>): string =>
  `approvals.request/${requestId}`;

/** Who asks where no person does. */
export const SYSTEM = 'system';

/** How the log names whoever asked. */
export const makerActor = (row: Pick<RequestRow, 'makerId'>): string =>
  row.makerId === null ? SYSTEM : actorOfOperator(row.makerId);

export const actorOfOperator = (operatorId: string): string => `operator-${operatorId}`;

/** The canonical text of a request's command, as it is stored. */
export const commandText = ({ sealing }: Pick<ApprovalsContext, 'sealing'>, row: RequestRow): string =>
  sealing.openText({ id: row.commandId, ...COMMAND_PLACE, applicationId: row.requestId });

/** The request of an id. Throws `APPROVAL_UNKNOWN`. */
export function requestOf({ store }: Pick<ApprovalsContext, 'store'>, requestId: string): RequestRow {
  const row = store.request(requestId);
  if (row !== undefined) return row;
  throw new CountersignError('APPROVAL_UNKNOWN', 'There is no request under that id.', { path: 'requestId' });
}

type Said = Pick<SignedStatement, 'decision' | 'onBehalfOf' | 'reason'>;

/** What somebody with that key signs about a request. */
export const statementOf = (
  { vault }: Pick<ApprovalsContext, 'vault'>,
  row: Pick<
    RequestRow,
    'requestId' | 'procedure' | 'commandHash' | 'policyId' | 'policyVersion' | 'expiresAtMs'
  >,
  publicKey: Uint8Array,
  said: Said,
): SignedStatement => ({
  vault: vault.vaultId,
  request: row.requestId,
  procedure: row.procedure,
  commandHash: row.commandHash,
  policy: row.policyId,
  version: row.policyVersion,
  decision: said.decision,
  person: fingerprintOf(publicKey),
  onBehalfOf: said.onBehalfOf,
  reason: said.reason,
  expiresAtMs: row.expiresAtMs,
});

/** Whose lent right a vote used; null where it was the voter's own. */
export const lenderOf = ({ operatorId, rightOf }: Pick<VoteRow, 'operatorId' | 'rightOf'>): string | null =>
  rightOf === operatorId ? null : rightOf;

export const isOpen = (state: ApprovalState): boolean => state === 'pending' || state === 'approved';
