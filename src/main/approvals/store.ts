import type { ApprovalState } from '../../contract/approvals.ts';
import type { Money } from '../../contract/common.ts';
import type { Connection } from '../vault/index.ts';
import type { Facts } from './act.ts';

export interface RequestRow extends Facts {
  /** Number within the vault; lists are ordered by it. */
  readonly id: number;
  readonly requestId: string;
  readonly procedure: string;
  readonly policyId: string;
  readonly policyVersion: number;
  /** Null where the program asks by itself. */
  readonly makerId: string | null;
  readonly makerKey: Buffer | null;
  readonly makerSignature: Buffer | null;
  readonly commandId: bigint;
  /** Hex. */
  readonly commandHash: string;
  readonly askedAtMs: number;
  readonly expiresAtMs: number;
  readonly bringsAnew: boolean;
  readonly askedRecord: bigint;
  readonly state: ApprovalState;
  readonly decidedAtMs: number | null;
  readonly runTrace: string | null;
  readonly executedRecord: bigint | null;
  readonly failureCode: string | null;
  readonly failureMessage: string | null;
}

export type NewRequest = Omit<
  RequestRow,
  'id' | 'state' | 'decidedAtMs' | 'runTrace' | 'executedRecord' | 'failureCode' | 'failureMessage'
>;

export interface VoteRow {
  /** Number of the request it belongs to. */
  readonly request: number;
  readonly operatorId: string;
  readonly rightOf: string;
  /** Number of the delegation that was used. */
  readonly delegation: number | null;
  readonly decision: 'approve' | 'veto';
  readonly reasonId: bigint | null;
  readonly way: 'console' | 'packet';
  readonly votedAtMs: number;
  readonly publicKey: Buffer;
  readonly signature: Buffer;
  readonly record: bigint;
}

/** What ends a request, or keeps it from running. */
export interface Ending {
  readonly state: 'failed' | 'vetoed' | 'expired' | 'withdrawn' | 'void';
  readonly atMs: number;
  readonly failure?: { readonly code: string; readonly message: string };
}

export interface RequestFilter {
  readonly states: readonly ApprovalState[];
  readonly makerId?: string | undefined;
  readonly policyId?: string | undefined;
  readonly procedure?: string | undefined;
}

interface RawRequest {
  readonly id: bigint;
  readonly requestId: string;
  readonly procedure: string;
  readonly policyId: string;
  readonly policyVersion: bigint;
  readonly makerId: bigint | null;
  readonly makerKey: Buffer | null;
  readonly makerSignature: Buffer | null;
  readonly commandId: bigint;
  readonly commandHash: Buffer;
  readonly askedAtMs: bigint;
  readonly expiresAtMs: bigint;
  readonly amounts: string;
  readonly count: bigint;
  readonly bringsAnew: bigint;
  readonly askedRecord: bigint;
  readonly state: ApprovalState;
  readonly decidedAtMs: bigint | null;
  readonly runTrace: string | null;
  readonly executedRecord: bigint | null;
  readonly failureCode: string | null;
  readonly failureMessage: string | null;
}

interface RawVote {
  readonly request: bigint;
  readonly operatorId: bigint;
  readonly rightOf: bigint;
  readonly delegation: bigint | null;
  readonly decision: VoteRow['decision'];
  readonly reasonId: bigint | null;
  readonly way: VoteRow['way'];
  readonly votedAtMs: bigint;
  readonly publicKey: Buffer;
  readonly signature: Buffer;
  readonly record: bigint;
}

interface RawUse {
  readonly atMs: bigint;
  readonly amounts: string;
  readonly count: bigint;
}

const amountsText = (amounts: readonly Money[]): string =>
  JSON.stringify(amounts.map(({ currency, amountMinor }) => [currency, String(amountMinor)]));

const amountsOf = (text: string): Money[] =>
  (JSON.parse(text) as [string, string][]).map(([currency, minor]) => ({
    amountMinor: BigInt(minor),
    currency,
  }));

const numberOf = (value: bigint | null) => (value === null ? null : Number(value));

const toRequest = (raw: RawRequest): RequestRow => ({
  ...raw,
  id: Number(raw.id),
  policyVersion: Number(raw.policyVersion),
  makerId: raw.makerId === null ? null : String(raw.makerId),
  commandHash: raw.commandHash.toString('hex'),
  askedAtMs: Number(raw.askedAtMs),
  expiresAtMs: Number(raw.expiresAtMs),
  amounts: amountsOf(raw.amounts),
  count: Number(raw.count),
  bringsAnew: raw.bringsAnew === 1n,
  decidedAtMs: numberOf(raw.decidedAtMs),
});

const toVote = (raw: RawVote): VoteRow => ({
  ...raw,
  request: Number(raw.request),
  operatorId: String(raw.operatorId),
  rightOf: String(raw.rightOf),
  delegation: numberOf(raw.delegation),
  votedAtMs: Number(raw.votedAtMs),
});

const REQUEST = `id, request_id AS requestId, procedure, policy_id AS policyId, policy_version AS policyVersion,
  maker_id AS makerId, maker_key AS makerKey, maker_signature AS makerSignature,
  command_sealed_id AS commandId, command_hash AS commandHash, asked_at_ms AS askedAtMs,
  expires_at_ms AS expiresAtMs, amounts, count, brings_anew AS bringsAnew, asked_record AS askedRecord,
  state, decided_at_ms AS decidedAtMs, run_trace AS runTrace, executed_record AS executedRecord,
  failure_code AS failureCode, failure_message AS failureMessage`;

const VOTE = `request_id AS request, operator_id AS operatorId, right_of AS rightOf,
  delegation_id AS delegation, decision, reason_sealed_id AS reasonId, way, voted_at_ms AS votedAtMs,
  public_key AS publicKey, signature, record`;

/** Requests, votes, and what ran without a checker. Lent rights are in `store-delegations.ts`. */
export function createStore(db: Connection) {
  const request = db.prepare<[string], RawRequest>(
    `SELECT ${REQUEST} FROM approval_request WHERE request_id = ?`,
  );
  const open = db.prepare<[], RawRequest>(
    `SELECT ${REQUEST} FROM approval_request WHERE state IN ('pending', 'approved') ORDER BY id`,
  );
  const lapsed = db.prepare<[bigint], RawRequest>(
    `SELECT ${REQUEST} FROM approval_request
     WHERE state IN ('pending', 'approved') AND expires_at_ms <= ? ORDER BY id`,
  );
  const openOfCommand = db.prepare<[Buffer], RawRequest>(
    `SELECT ${REQUEST} FROM approval_request
     WHERE command_hash = ? AND state IN ('pending', 'approved') ORDER BY id`,
  );
  const page = db.prepare<unknown[], RawRequest>(
    `SELECT ${REQUEST} FROM approval_request
     WHERE id < @before AND state IN (SELECT value FROM json_each(@states))
       AND (@makerId IS NULL OR maker_id IS @makerId) AND (@system = 0 OR maker_id IS NULL)
       AND (@policyId IS NULL OR policy_id = @policyId) AND (@procedure IS NULL OR procedure = @procedure)
     ORDER BY id DESC LIMIT @limit`,
  );
  const total = db
    .prepare<unknown[], bigint>(
      `SELECT count(*) FROM approval_request
       WHERE state IN (SELECT value FROM json_each(@states))
         AND (@makerId IS NULL OR maker_id IS @makerId) AND (@system = 0 OR maker_id IS NULL)
         AND (@policyId IS NULL OR policy_id = @policyId) AND (@procedure IS NULL OR procedure = @procedure)`,
    )
    .pluck();
  const insert = db.prepare(
    `INSERT INTO approval_request (request_id, procedure, policy_id, policy_version, maker_id, maker_key,
       maker_signature, command_sealed_id, command_hash, asked_at_ms, expires_at_ms, amounts, count,
       brings_anew, asked_record)
     VALUES (@requestId, @procedure, @policyId, @policyVersion, @makerId, @makerKey, @makerSignature,
       @commandId, @commandHash, @askedAtMs, @expiresAtMs, @amounts, @count, @bringsAnew, @askedRecord)`,
  );
  const approve = db.prepare(
    `UPDATE approval_request SET state = 'approved', run_trace = ? WHERE id = ? AND state IN ('pending', 'approved')`,
  );
  const reopen = db.prepare(
    `UPDATE approval_request SET state = 'pending', run_trace = NULL WHERE id = ? AND state = 'approved'`,
  );
  const execute = db.prepare(
    `UPDATE approval_request SET state = 'executed', decided_at_ms = ?, executed_record = ?
     WHERE id = ? AND state = 'approved'`,
  );
  const end = db.prepare(
    `UPDATE approval_request SET state = @state, decided_at_ms = @atMs, failure_code = @code,
       failure_message = @message WHERE id = @id AND state IN ('pending', 'approved')`,
  );
  const votes = db.prepare<[number], RawVote>(
    `SELECT ${VOTE} FROM approval_vote WHERE request_id = ? ORDER BY id`,
  );
  const insertVote = db.prepare(
    `INSERT INTO approval_vote (request_id, operator_id, right_of, delegation_id, decision,
       reason_sealed_id, way, voted_at_ms, public_key, signature, record)
     VALUES (@request, @operatorId, @rightOf, @delegation, @decision, @reasonId, @way, @votedAtMs,
       @publicKey, @signature, @record)`,
  );
  const uses = db.prepare<[string, bigint, number, string, bigint], RawUse>(
    `SELECT asked_at_ms AS atMs, amounts, count FROM approval_request
       WHERE policy_id = ? AND state IN ('pending', 'approved', 'executed') AND asked_at_ms > ?
         AND id <> ?
     UNION ALL SELECT at_ms, amounts, count FROM approval_free_run WHERE policy_id = ? AND at_ms > ?`,
  );
  const insertFreeRun = db.prepare(
    `INSERT INTO approval_free_run (policy_id, at_ms, amounts, count, record) VALUES (?, ?, ?, ?, ?)`,
  );
  const latest = db
    .prepare<[], bigint>(
      `SELECT max(
         coalesce((SELECT max(asked_at_ms) FROM approval_request), 0),
         coalesce((SELECT max(decided_at_ms) FROM approval_request), 0),
         coalesce((SELECT max(voted_at_ms) FROM approval_vote), 0),
         coalesce((SELECT max(at_ms) FROM approval_free_run), 0))`,
    )
    .pluck();

  const filterOf = ({ states, makerId, policyId, procedure }: RequestFilter) => ({
    states: JSON.stringify(states),
    makerId: makerId !== undefined && /^\d{1,9}$/.test(makerId) ? Number(makerId) : null,
    system: makerId !== undefined && !/^\d{1,9}$/.test(makerId) ? 1 : 0,
    policyId: policyId ?? null,
    procedure: procedure ?? null,
  });
  const requestsOf = (raws: readonly RawRequest[]) => raws.map(toRequest);
  const changedOne = ({ changes }: { readonly changes: number }) => changes === 1;

  return {
    request(requestId: string): RequestRow | undefined {
      const raw = request.get(requestId);
      return raw === undefined ? undefined : toRequest(raw);
    },
    /** Pending and approved ones, oldest first. */
    open: () => requestsOf(open.all()),
    /** Open ones whose time is over. */
    lapsed: (nowMs: number) => requestsOf(lapsed.all(BigInt(nowMs))),
    openOfCommand: (commandHash: string) => requestsOf(openOfCommand.all(Buffer.from(commandHash, 'hex'))),
    page: (filter: RequestFilter, before: number, limit: number) =>
      requestsOf(page.all({ ...filterOf(filter), before, limit })),
    total: (filter: RequestFilter) => Number(total.get(filterOf(filter)) ?? 0n),
    insert(row: NewRequest): void {
      insert.run({
        ...row,
        makerId: row.makerId === null ? null : Number(row.makerId),
        commandHash: Buffer.from(row.commandHash, 'hex'),
        amounts: amountsText(row.amounts),
        bringsAnew: row.bringsAnew ? 1 : 0,
      });
    },
    /** Whether it could still be approved; the trace is that of its run. */
    approve: (id: number, runTrace: string) => changedOne(approve.run(runTrace, id)),
    /** From approved back to pending. */
    reopen: (id: number) => changedOne(reopen.run(id)),
    /** Whether it was approved and not executed before. */
    execute: (id: number, atMs: number, record: bigint) => changedOne(execute.run(BigInt(atMs), record, id)),
    end: (id: number, { state, atMs, failure }: Ending) =>
      changedOne(
        end.run({
          id,
          state,
          atMs: BigInt(atMs),
          code: failure?.code ?? null,
          message: failure?.message ?? null,
        }),
      ),
    votes: (id: number) => votes.all(id).map(toVote),
    insertVote(row: VoteRow): void {
      insertVote.run({ ...row, operatorId: Number(row.operatorId), rightOf: Number(row.rightOf) });
    },
    /** What was asked for, or ran, under a policy after a moment: what its limits count. */
    uses(policyId: string, afterMs: number, except = 0) {
      const after = BigInt(afterMs);
      return uses.all(policyId, after, except, policyId, after).map((raw) => ({
        atMs: Number(raw.atMs),
        amounts: amountsOf(raw.amounts),
        count: Number(raw.count),
      }));
    },
    insertFreeRun(policyId: string, atMs: number, { amounts, count }: Facts, record: bigint): void {
      insertFreeRun.run(policyId, BigInt(atMs), amountsText(amounts), BigInt(count), record);
    },
    /** The latest time that any of its rows was written at. */
    latestMs: () => Number(latest.get() ?? 0n),
  };
}
export type Store = ReturnType<typeof createStore>;
