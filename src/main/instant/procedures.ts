import { type FindText, findFor } from '../base/index.ts';
import { callerOf, os } from '../base/procedures.ts';
import type { Instant } from './service.ts';

/** The contract's procedures bound to the room; `find` is the search room's index. */
export const instantProcedures = (instant: Instant, find?: FindText) =>
  os.instant.router({
    payments: os.instant.payments.handler(async ({ input }) =>
      instant.payments(input, await findFor(find, 'bank-transaction', input.text)),
    ),
    counts: os.instant.counts.handler(() => instant.counts()),
    message: os.instant.message.handler(({ input }) => instant.message(input.messageNumber)),
    messageSource: os.instant.messageSource.handler(({ input }) =>
      instant.messageSource(input.messageNumber),
    ),
    payment: os.instant.payment.handler(({ input }) => instant.payment(input.paymentId)),
    confirm: os.instant.confirm.handler(({ input, context }) => instant.confirm(input, callerOf(context))),
    undo: os.instant.undo.handler(({ input, context }) =>
      instant.undo(input.paymentId, callerOf(context), context.approved),
    ),
    openPrePosts: os.instant.openPrePosts.handler(({ input }) => instant.openPrePosts(input)),
    position: os.instant.position.handler(({ input }) => instant.position(input.date)),
  });
