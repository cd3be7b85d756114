/** Takes away what an import wrote and what does not count, a slice at a time. */
import type { StatementsContext } from './context.ts';
import { sharedLedgerUnit } from './ledger-unit.ts';

/** Takes away all that an import wrote that does not count; each step is a transaction of its own. */
export function* discardStatements(
  context: StatementsContext,
  importId: bigint,
): Generator<void, void, void> {
  const { store, ledger } = context;
  const staged = store.unpublishedStatements(importId);
  const units = new Set([sharedLedgerUnit(importId), ...staged.map(({ ledgerUnit }) => ledgerUnit)]);
  for (const unit of units) while (ledger.discardBatch(unit)) yield;
  for (const statement of staged) yield* deleteStaged(context, statement.id, statement.firstTransactionId);
}

/** Takes a statement away that does not count: its rows, a thousand at a time, and then itself. */
export function* deleteStaged(
  { store, sealing, vault }: Pick<StatementsContext, 'store' | 'sealing' | 'vault'>,
  statementId: bigint,
  firstTransactionId: bigint,
): Generator<void, void, void> {
  let from = firstTransactionId;
  for (;;) {
    const batch = store.stagedTransactions(statementId, from);
    if (batch.length === 0) break;
    const last = batch.at(-1)!.id;
    vault.provisional(() => {
      for (const { fromId, toId } of consecutive(batch.map(({ sealedId }) => sealedId)))
        sealing.eraseRange(fromId, toId);
      store.deleteTransactions(statementId, batch[0]!.id, last);
    });
    from = last + 1n;
    yield;
  }
  // In one transaction: a header whose statement is gone would be found by no rotation any more.
  vault.provisional(() => {
    const headerId = store.deleteStatement(statementId);
    if (headerId !== undefined) sealing.erase(headerId);
  });
}

/** The runs of consecutive ids in an ascending list. */
function consecutive(ids: readonly bigint[]): { fromId: bigint; toId: bigint }[] {
  const runs: { fromId: bigint; toId: bigint }[] = [];
  for (const id of ids) {
    const run = runs.at(-1);
    if (run !== undefined && run.toId + 1n === id) run.toId = id;
    else runs.push({ fromId: id, toId: id });
  }
  return runs;
}
