import type {
  ApprovalDetail,
  ApprovalLine,
  ApprovalState,
  RenderedCommand,
} from '../../contract/approvals.ts';
import { approvalStates } from '../../contract/approvals.ts';
import type { Policy } from '../../contract/policies.ts';
import { CountersignError, isCountersignError, maskAccountNumbers, type Seat } from '../base/index.ts';
import { plainInput, readCommand } from './command-input.ts';
import { type ApprovalsContext, commandText, lenderOf, requestOf, SYSTEM } from './context.ts';
import { type Present, presentOf, rightsOf } from './rights.ts';
import { type JudgedVote, judgedVotes, policyOf, quorumOf, whatEnds } from './standing.ts';
import type { RequestRow } from './store.ts';

export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly box: 'to-answer' | 'mine' | 'open' | 'all';
  readonly state?: ApprovalState | undefined;
  readonly policyId?: string | undefined;
  readonly procedure?: string | undefined;
  readonly makerId?: string | undefined;
}

export interface ApprovalPage {
  readonly rows: ApprovalLine[];
  readonly nextCursor: string | null;
  readonly total: number | null;
}

const OPEN: readonly ApprovalState[] = ['pending', 'approved'];

function before(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new CountersignError('INPUT_INVALID', 'The cursor is none that was given out.', { path: 'cursor' });
}

/** What the room shows: the inbox, and one request with all there is to know of it. */
export function createShowing(context: ApprovalsContext) {
  const { operators, store, actOf } = context;

  /** What a command would do, from the vault as it stands. What cannot be rendered any more still has a title. */
  function rendered(row: RequestRow, text: string): RenderedCommand {
    const command = readCommand(text);
    try {
      return actOf(row.procedure).render(command.ok ? command.input : plainInput(text));
    } catch (error) {
      if (!isCountersignError(error) && !(error instanceof TypeError)) throw error;
      const obstacle = isCountersignError(error) ? error.message : null;
      return { title: row.procedure, lines: [], sources: [], obstacle };
    }
  }

  function mineOf(
    row: RequestRow,
    policy: Policy,
    votes: readonly JudgedVote[],
    meId: string | undefined,
    present: Present,
  ): ApprovalLine['mine'] {
    if (meId !== undefined && meId === row.makerId) return 'made';
    if (votes.some(({ vote }) => vote.operatorId === meId)) return 'answered';
    const me = meId === undefined ? undefined : present.people.get(meId);
    if (me === undefined || stateOf(row) !== 'pending') return 'look';
    const unused = rightsOf(context, row, policy, me, present).filter(({ rightOf }) =>
      votes.every(({ vote }) => vote.rightOf !== rightOf),
    );
    return unused.length > 0 ? 'answer' : 'look';
  }

  /** As it stands, though nobody has touched it since its time ended. */
  const stateOf = (row: RequestRow): ApprovalState =>
    (row.state === 'pending' || row.bringsAnew) &&
    OPEN.includes(row.state) &&
    context.nowMs() >= row.expiresAtMs
      ? 'expired'
      : row.state;

  function lineOf(
    row: RequestRow,
    title: string,
    votes: readonly JudgedVote[],
    meId: string | undefined,
    present: Present,
  ): ApprovalLine {
    const policy = policyOf(context, row);
    return {
      id: row.requestId,
      state: stateOf(row),
      procedure: row.procedure,
      title,
      policyId: row.policyId,
      policyVersion: row.policyVersion,
      policyTitle: policy.title,
      makerId: row.makerId ?? SYSTEM,
      makerName: row.makerId === null ? SYSTEM : (present.people.get(row.makerId)?.name ?? ''),
      askedAtMs: row.askedAtMs,
      expiresAtMs: row.expiresAtMs,
      decidedAtMs: row.decidedAtMs,
      amounts: [...row.amounts],
      count: row.count,
      agreed: votes.filter(({ vote, counts }) => counts && vote.decision === 'approve').length,
      quorum: quorumOf(policy, row),
      mine: mineOf(row, policy, votes, meId, present),
    };
  }

  function shownLine(row: RequestRow, meId: string | undefined, present: Present): ApprovalLine {
    const votes = judgedVotes(context, row, policyOf(context, row), present);
    return lineOf(row, rendered(row, commandText(context, row)).title, votes, meId, present);
  }

  /** Requests that a person could answer now, newest first; there are as many as are open. */
  function toAnswer(meId: string | undefined, present: Present): RequestRow[] {
    if (meId === undefined) return [];
    return store
      .open()
      .filter((row) => {
        const policy = policyOf(context, row);
        const votes = judgedVotes(context, row, policy, present);
        return mineOf(row, policy, votes, meId, present) === 'answer';
      })
      .reverse();
  }

  const fits = (row: RequestRow, { state, policyId, procedure, makerId }: ListQuery): boolean =>
    (state === undefined || stateOf(row) === state) &&
    (policyId === undefined || row.policyId === policyId) &&
    (procedure === undefined || row.procedure === procedure) &&
    (makerId === undefined || (row.makerId ?? SYSTEM) === makerId);

  function listToAnswer(query: ListQuery, meId: string | undefined, present: Present): ApprovalPage {
    const all = toAnswer(meId, present).filter((row) => fits(row, query));
    const from = all.filter(({ id }) => id < before(query.cursor));
    const page = from.slice(0, query.limit);
    return {
      rows: page.map((row) => shownLine(row, meId, present)),
      nextCursor: from.length > page.length ? String(page.at(-1)!.id) : null,
      total: all.length,
    };
  }

  return {
    list(seat: Seat | undefined, query: ListQuery): ApprovalPage {
      const meId = seat === undefined ? undefined : operators.me(seat)?.id;
      const present = presentOf(context);
      if (query.box === 'to-answer') return listToAnswer(query, meId, present);
      const boxed = query.box === 'open' ? OPEN : approvalStates;
      const states = query.state === undefined ? boxed : boxed.filter((state) => state === query.state);
      if (query.box === 'mine' && meId === undefined) return { rows: [], nextCursor: null, total: 0 };
      if (query.box === 'mine' && query.makerId !== undefined && query.makerId !== meId) {
        return { rows: [], nextCursor: null, total: 0 };
      }
      const makerId = query.box === 'mine' ? meId : query.makerId;
      const { policyId, procedure } = query;
      const filter = { states, makerId, policyId, procedure };
      const rows = store.page(filter, before(query.cursor), query.limit + 1);
      const page = rows.slice(0, query.limit);
      return {
        rows: page.map((row) => shownLine(row, meId, present)),
        nextCursor: rows.length > page.length ? String(page.at(-1)!.id) : null,
        total: store.total(filter),
      };
    },
    waiting(seat: Seat | undefined): { toAnswer: number; mine: number } {
      const meId = seat === undefined ? undefined : operators.me(seat)?.id;
      if (meId === undefined) return { toAnswer: 0, mine: 0 };
      const present = presentOf(context);
      const mine = store.total({ states: OPEN, makerId: meId });
      return { toAnswer: toAnswer(meId, present).length, mine };
    },
    /** Throws `APPROVAL_UNKNOWN`. */
    get(seat: Seat | undefined, requestId: string): ApprovalDetail {
      const row = requestOf(context, requestId);
      const meId = seat === undefined ? undefined : operators.me(seat)?.id;
      const present = presentOf(context);
      const policy = policyOf(context, row);
      const votes = judgedVotes(context, row, policy, present);
      const raw = commandText(context, row);
      const shown = rendered(row, raw);
      const input = plainInput(raw) as { readonly reason?: unknown } | null;
      const ends = OPEN.includes(row.state) ? whatEnds(context, row) : undefined;
      const failure =
        row.failureCode === null ? null : { code: row.failureCode, message: row.failureMessage ?? '' };
      return {
        ...lineOf(row, shown.title, votes, meId, present),
        rendered: ends === undefined ? shown : { ...shown, obstacle: shown.obstacle ?? OBSTACLES[ends] },
        // Hashed and signed is the text as it is stored; shown is what the policy lets people see of it.
        raw: policy.clauses.maskAccounts ? maskAccountNumbers(raw) : raw,
        commandHash: row.commandHash,
        reason: typeof input?.reason === 'string' ? input.reason : null,
        votes: votes.map(({ vote, reason, counts }) => ({
          operatorId: vote.operatorId,
          operatorName: present.people.get(vote.operatorId)?.name ?? '',
          onBehalfOf: lenderOf(vote),
          decision: vote.decision,
          reason,
          votedAtMs: vote.votedAtMs,
          way: vote.way,
          counts,
        })),
        bringsAnew: row.bringsAnew,
        failure,
        askedRecord: row.askedRecord,
        executedRecord: row.executedRecord,
      };
    },
  };
}
export type Showing = ReturnType<typeof createShowing>;

/** Why an open request would not run any more, for who looks at it before the program has ended it. */
const OBSTACLES: Readonly<Record<NonNullable<ReturnType<typeof whatEnds>>, string>> = {
  APPROVAL_EXPIRED: 'The time to answer is over.',
  APPROVAL_POLICY_CHANGED: 'The policy was changed since the request; ask again.',
  APPROVAL_MAKER_GONE: 'Who asked may not do this any more.',
};
