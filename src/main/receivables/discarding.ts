/** Takes away what an import of a list wrote and what does not count, a slice at a time. */
import { sharedLedgerUnit } from '../statements/index.ts';
import type { ReceivablesContext } from './context.ts';

export function* discardList(
  { store, vault, sealing, ledger }: ReceivablesContext,
  importId: bigint,
): Generator<void, void, void> {
  if (!store.isUnpublished(importId)) return;
  while (ledger.discardBatch(sharedLedgerUnit(importId))) yield;
  for (let items = store.stagedItems(importId); items.length > 0; items = store.stagedItems(importId)) {
    vault.provisional(() => {
      for (const { sealedId } of items) if (sealedId !== null) sealing.erase(sealedId);
      store.deleteStagedItems(importId, items.at(-1)!.id);
    });
    yield;
  }
  for (
    let versions = store.stagedVersions(importId);
    versions.length > 0;
    versions = store.stagedVersions(importId)
  ) {
    vault.provisional(() => {
      for (const { id, sealedId } of versions) {
        for (const iban of store.ibansOfVersion(id)) sealing.erase(iban);
        sealing.erase(sealedId);
        store.deleteVersion(id);
      }
    });
    yield;
  }
  vault.provisional(() => store.deleteList(importId));
}
