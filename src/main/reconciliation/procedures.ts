import { callerOf, os } from '../base/procedures.ts';
import type { Reconciliation } from './service.ts';

/** The contract's procedures bound to the room. */
export const reconciliationProcedures = (reconciliation: Reconciliation) =>
  os.reconciliation.router({
    run: os.reconciliation.run.handler(({ context, signal }) =>
      reconciliation.run(callerOf(context), { signal }),
    ),
    counts: os.reconciliation.counts.handler(() => reconciliation.counts()),
    queue: os.reconciliation.queue.handler(({ input }) => reconciliation.queue(input)),
    item: os.reconciliation.item.handler(({ input }) => reconciliation.item(input.bankTransactionId)),
    confirm: os.reconciliation.confirm.handler(({ input, context }) =>
      reconciliation.confirm(input, callerOf(context)),
    ),
    reject: os.reconciliation.reject.handler(({ input, context }) =>
      reconciliation.reject(input, callerOf(context)),
    ),
    undo: os.reconciliation.undo.handler(({ input, context }) =>
      reconciliation.undo(input, callerOf(context)),
    ),
    matches: os.reconciliation.matches.handler(({ input }) => reconciliation.matches(input)),
    rateByDay: os.reconciliation.rateByDay.handler(() => reconciliation.rateByDay()),
  });
