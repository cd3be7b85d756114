/** Where everything that is sealed of one customer lies, for the room that holds and erases it. */
import { type SealedRef, unlessErased } from '../sealing/index.ts';
import type { CustomerContent } from './content.ts';
import type { ReceivablesContext } from './context.ts';

export interface CustomerSealed {
  /** What each list said of the customer that still opens: names, aliases and IBANs of then and now. */
  readonly contents: readonly CustomerContent[];
  readonly refs: readonly SealedRef[];
}

export function sealedOfCustomer(
  { store, sealing }: Pick<ReceivablesContext, 'store' | 'sealing'>,
  customer: bigint,
): CustomerSealed {
  const refs: SealedRef[] = [];
  const contents: CustomerContent[] = [];
  for (const { id, sealedId } of store.versionsOf(customer)) {
    const applicationId = id.toString();
    const ref = { id: sealedId, table: 'customer_version', column: 'content', applicationId };
    const text = unlessErased(() => sealing.openText(ref));
    if (text !== null) contents.push(JSON.parse(text) as CustomerContent);
    refs.push(ref);
    for (const ibanId of store.ibansOfVersion(id)) {
      refs.push({ id: ibanId, table: 'customer_iban', column: 'iban', applicationId });
    }
  }
  for (const { id, sealedId } of store.referencesOf(customer)) {
    const applicationId = id.toString();
    refs.push({ id: sealedId, table: 'open_item', column: 'structured_reference', applicationId });
  }
  return { contents, refs };
}
