import { type FindText, findFor } from '../base/index.ts';
import { os } from '../base/procedures.ts';
import type { Receivables } from './service.ts';

/** The contract's procedures bound to the room; `find` is the search room's index. */
export const receivablesProcedures = (receivables: Receivables, find?: FindText) =>
  os.receivables.router({
    customers: os.receivables.customers.handler(async ({ input }) =>
      receivables.customers(input, await findFor(find, 'customer', input.text)),
    ),
    openItems: os.receivables.openItems.handler(async ({ input }) =>
      receivables.openItems(input, await findFor(find, 'open-item', input.text)),
    ),
    openItem: os.receivables.openItem.handler(({ input }) => receivables.openItem(input.id)),
  });
