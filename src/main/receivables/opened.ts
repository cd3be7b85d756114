/** Sealed values of the room, opened; null where they were erased. */
import { type SealedRef, textUnlessErased, unlessErased } from '../sealing/index.ts';
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

function referenceAt({ id, sealedId }: OpenItemRow): SealedRef | undefined {
  if (sealedId === null) return undefined;
  return { id: sealedId, table: 'open_item', column: 'structured_reference', applicationId: id.toString() };
}

/** The structured reference of an item; null where it has none or it was erased. */
export function openReference({ sealing }: Sealed, row: OpenItemRow): string | null {
  const ref = referenceAt(row);
  return ref === undefined ? null : unlessErased(() => sealing.openText(ref));
}

/** The same of many items at once, in their order. */
export function openReferences({ sealing }: Sealed, rows: readonly OpenItemRow[]): (string | null)[] {
  const refs = rows.map(referenceAt);
  const opened = sealing.openMany(refs.filter((ref) => ref !== undefined)).values();
  return refs.map((ref) => (ref === undefined ? null : textUnlessErased(opened.next().value!)));
}

const ERASED: CustomerContent = { name: 'erased', ibans: [], aliases: [] };

/** What is sealed of a customer; a stand-in where it was erased. */
export function customerContent(context: Sealed, row: CustomerRow): CustomerContent {
  const text = openCustomerText(context, row);
  return text === null ? ERASED : (JSON.parse(text) as CustomerContent);
}
