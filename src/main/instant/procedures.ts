import { callerOf, os } from '../base/procedures.ts';
import type { Instant } from './service.ts';

/** The contract's procedures bound to the room. */
export const instantProcedures = (instant: Instant) =>
  os.instant.router({
    payments: os.instant.payments.handler(({ input }) => instant.payments(input)),
    payment: os.instant.payment.handler(({ input }) => instant.payment(input.paymentId)),
    confirm: os.instant.confirm.handler(({ input, context }) => instant.confirm(input, callerOf(context))),
    openPrePosts: os.instant.openPrePosts.handler(({ input }) => instant.openPrePosts(input)),
    position: os.instant.position.handler(({ input }) => instant.position(input.date)),
  });
