import { os } from '../base/procedures.ts';
import type { Receivables } from './service.ts';

/** The contract's procedures bound to the room. */
export const receivablesProcedures = (receivables: Receivables) =>
  os.receivables.router({
    customers: os.receivables.customers.handler(({ input }) => receivables.customers(input)),
    openItems: os.receivables.openItems.handler(({ input }) => receivables.openItems(input)),
    openItem: os.receivables.openItem.handler(({ input }) => receivables.openItem(input.id)),
  });
