import { type FindText, findFor } from '../base/index.ts';
import { callerOf, os } from '../base/procedures.ts';
import type { Reconciliation } from './service.ts';

/** The contract's procedures bound to the room; `find` is the search room's index. */
export const reconciliationProcedures = (reconciliation: Reconciliation, find?: FindText) =>
  os.reconciliation.router({
    run: os.reconciliation.run.handler(({ context, signal }) =>
      reconciliation.run(callerOf(context), { signal }),
    ),
    counts: os.reconciliation.counts.handler(() => reconciliation.counts()),
    queue: os.reconciliation.queue.handler(async ({ input }) =>
      reconciliation.queue(input, await findFor(find, 'bank-transaction', input.text)),
    ),
    item: os.reconciliation.item.handler(({ input }) => reconciliation.item(input.bankTransactionId)),
    confirm: os.reconciliation.confirm.handler(({ input, context }) =>
      reconciliation.confirm(input, callerOf(context)),
    ),
    reject: os.reconciliation.reject.handler(({ input, context }) =>
      reconciliation.reject(input, callerOf(context), context.approved),
    ),
    undo: os.reconciliation.undo.handler(({ input, context }) =>
      reconciliation.undo(input, callerOf(context), context.approved),
    ),
    learned: os.reconciliation.learned.handler(({ input }) => reconciliation.learned(input)),
    forget: os.reconciliation.forget.handler(({ input, context }) =>
      reconciliation.forget(input.id, callerOf(context)),
    ),
    matches: os.reconciliation.matches.handler(({ input }) => reconciliation.matches(input)),
    rateByDay: os.reconciliation.rateByDay.handler(() => reconciliation.rateByDay()),
  });
