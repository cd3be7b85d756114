/** Takes away what an import wrote and what does not count. */
import type { ImportContext } from './context.ts';
import { discardChunks } from './files.ts';

/** Takes away all that an import wrote and that does not count, but for its own row. */
export function* discardImport(
  context: Pick<ImportContext, 'vault' | 'sealing' | 'store' | 'statements' | 'receivables'>,
  importId: bigint,
): Generator<void, void, void> {
  yield* context.statements.discard(importId);
  yield* context.receivables.discard(importId);
  yield* discardChunks(context, importId);
}
