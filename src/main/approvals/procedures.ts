import { callerOf, os, seatOf } from '../base/procedures.ts';
import type { CardDesk } from './card.ts';
import type { Packets } from './packet.ts';
import { packetProcedures } from './packet-procedures.ts';
import type { Approvals } from './service.ts';

/** What of the contract's `approvals` is done at one console; packets are bound beside it. */
const requestProcedures = (approvals: Approvals) => ({
  list: os.approvals.list.handler(({ input, context }) => approvals.list(context.seat, input)),
  waiting: os.approvals.waiting.handler(({ context }) => approvals.waiting(context.seat)),
  get: os.approvals.get.handler(({ input, context }) => approvals.get(context.seat, input.requestId)),
  vote: os.approvals.vote.handler(({ input, context }) =>
    approvals.vote(seatOf(context), input, callerOf(context)),
  ),
  voteMany: os.approvals.voteMany.handler(({ input, context }) => {
    const { requests, ...said } = input;
    return approvals.voteMany(seatOf(context), requests, said, callerOf(context));
  }),
  withdraw: os.approvals.withdraw.handler(({ input, context }) =>
    approvals.withdraw(context.seat, input.requestId, callerOf(context)),
  ),
  delegations: os.approvals.delegations.handler(() => approvals.delegations()),
  delegate: os.approvals.delegate.handler(({ input, context }) =>
    approvals.delegate(seatOf(context), input, callerOf(context)),
  ),
  endDelegation: os.approvals.endDelegation.handler(({ input, context }) =>
    approvals.endDelegation(seatOf(context), input.delegationId, callerOf(context)),
  ),
});

/** Binds the contract's `approvals`. */
export const approvalsProcedures = (approvals: Approvals, packets: Packets, cards: CardDesk) =>
  os.approvals.router({ ...requestProcedures(approvals), ...packetProcedures(packets, cards) });
