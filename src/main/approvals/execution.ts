import type { Policy } from '../../contract/policies.ts';
import type { CanonicalJson } from '../crypto/index.ts';
import { type ApprovalsContext, actorOfOperator, lenderOf, makerActor } from './context.ts';
import { fingerprintOf, suiteOfKey } from './signed.ts';
import type { JudgedVote } from './standing.ts';
import type { RequestRow } from './store.ts';

/**
 * What `approvals.execute` says: who asked, who agreed, and what they signed, so that a receipt of this
 * one record shows four eyes to a stranger. Each signature is over the canonical JSON of
 *
 *   {vault, request, procedure, commandHash, policy, version, decision, person, onBehalfOf, reason, expiresAtMs}
 *
 * in the hybrid suite that stands beside it, for the purpose `approval`; `person` is the hex SHA-256 of
 * the public key, `decision` is `ask` for the maker and `approve` for a checker, `onBehalfOf` and
 * `reason` are null for the maker. A receipt holds 32 KB: where not all of it fits, the maker's
 * signature and then public keys are left out (null); the maker's stands in the record of the request,
 * each checker's in that of their answer, and keys are known by their fingerprints.
 */
export const EXECUTION_FORM = 'countersign approval v1';

/** Base 64 characters of signatures and keys that a receipt has room for, beside all else it holds. */
const ROOM = 22_500;

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

interface Signer {
  readonly publicKey: Buffer;
  readonly signature: Buffer;
}

const sizeOf = (parts: readonly Buffer[]): number =>
  parts.reduce((sum, { byteLength }) => sum + Math.ceil(byteLength / 3) * 4, 0);

/** What fits: checkers' signatures always, then their keys, then the maker's signature and key. */
function roomFor(maker: Signer | null, checkers: readonly Signer[]) {
  const signatures = sizeOf(checkers.map(({ signature }) => signature));
  const keys = sizeOf(checkers.map(({ publicKey }) => publicKey));
  const makers = maker === null ? 0 : sizeOf([maker.signature, maker.publicKey]);
  const hasKeys = signatures + keys <= ROOM;
  return { hasKeys, hasMaker: signatures + (hasKeys ? keys : 0) + makers <= ROOM };
}

/** The detail of the record by which a request counts as executed. */
export function executionDetail(
  { vault }: Pick<ApprovalsContext, 'vault'>,
  row: RequestRow,
  policy: Policy,
  checkers: readonly JudgedVote[],
  {
    commandRecord,
    nameOf,
  }: { readonly commandRecord: bigint | null; readonly nameOf: (id: string) => string },
): CanonicalJson {
  const { makerId, makerKey, makerSignature } = row;
  const maker =
    makerKey === null || makerSignature === null ? null : { publicKey: makerKey, signature: makerSignature };
  const room = roomFor(
    maker,
    checkers.map(({ vote }) => vote),
  );
  return {
    form: EXECUTION_FORM,
    vault: vault.vaultId,
    request: row.requestId,
    procedure: row.procedure,
    commandHash: row.commandHash,
    policy: row.policyId,
    version: row.policyVersion,
    regimes: policy.clauses.regimes,
    expiresAtMs: row.expiresAtMs,
    askedRecord: row.askedRecord,
    commandRecord,
    maker: {
      operator: makerActor(row),
      name: makerId === null ? null : nameOf(makerId),
      askedAtMs: row.askedAtMs,
      person: maker && fingerprintOf(maker.publicKey),
      suite: (maker && suiteOfKey(maker.publicKey)) ?? null,
      publicKey: maker && room.hasMaker ? base64(maker.publicKey) : null,
      signature: maker && room.hasMaker ? base64(maker.signature) : null,
    },
    checkers: checkers.map(({ vote, reason }) => ({
      operator: actorOfOperator(vote.operatorId),
      name: nameOf(vote.operatorId),
      votedAtMs: vote.votedAtMs,
      way: vote.way,
      onBehalfOf: lenderOf(vote),
      reason,
      record: vote.record,
      person: fingerprintOf(vote.publicKey),
      suite: suiteOfKey(vote.publicKey) ?? null,
      publicKey: room.hasKeys ? base64(vote.publicKey) : null,
      signature: base64(vote.signature),
    })),
  };
}
