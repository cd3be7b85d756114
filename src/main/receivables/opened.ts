/** Sealed values of the room, opened; null where they were erased. */
import { unlessErased } from '../sealing/index.ts';
import type { CustomerContent } from './content.ts';
import type { ReceivablesContext } from './context.ts';
import type { CustomerRow, OpenItemRow } from './store.ts';

type Sealed = Pick<ReceivablesContext, 'sealing'>;

/** The sealed text of a customer's version; null where it was erased. */
export function openCustomerText({ sealing }: Sealed, row: CustomerRow): string | null {
  const applicationId = row.versionId.toString();
  return unlessErased(() =>
    sealing.openText({ id: row.sealedId, table: 'customer_version', column: 'content', applicationId }),
  );
}

/** The structured reference of an item; null where it has none or it was erased. */
export function openReference({ sealing }: Sealed, row: OpenItemRow): string | null {
  const id = row.sealedId;
  if (id === null) return null;
  const applicationId = row.id.toString();
  return unlessErased(() =>
    sealing.openText({ id, table: 'open_item', column: 'structured_reference', applicationId }),
  );
}

const ERASED: CustomerContent = { name: 'erased', ibans: [], aliases: [] };

/** What is sealed of a customer; a stand-in where it was erased. */
export function customerContent(context: Sealed, row: CustomerRow): CustomerContent {
  const text = openCustomerText(context, row);
  return text === null ? ERASED : (JSON.parse(text) as CustomerContent);
}
