/** The messages as they came: the statements room shows their bytes as it shows those of files. */
import { CountersignError } from '../base/index.ts';
import { type Sealing, unlessErased } from '../sealing/index.ts';
import type { SingleMessage } from '../statements/index.ts';
import type { Vault } from '../vault/index.ts';
import { createInstantStore, type MessageRow } from './store.ts';

/** The bytes of a message as they came. Errors: STATEMENT_SOURCE_ERASED. */
export function rawOf(sealing: Sealing, { id, rawSealedId }: Pick<MessageRow, 'id' | 'rawSealedId'>): Buffer {
  const place = { table: 'instant_message', column: 'raw', applicationId: id.toString() };
  const bytes = unlessErased(() => sealing.open({ id: rawSealedId, ...place }));
  if (bytes !== null) return bytes;
  throw new CountersignError(
    'STATEMENT_SOURCE_ERASED',
    'The bytes of the message were erased when their retention ended.',
  );
}

/** Reads the message that told of a payment first. */
export function createSingleMessages({ vault, sealing }: { vault: Vault; sealing: Sealing }) {
  const store = createInstantStore(vault.db);
  return (paymentId: bigint): SingleMessage | undefined => {
    const payment = store.payment(paymentId);
    const row = payment === undefined ? undefined : store.message(payment.messageId);
    if (row === undefined) return undefined;
    return {
      name: `${row.kind} ${row.id} (${row.source})`,
      receivedAtMs: Number(row.receivedAtMs),
      bytes: () => rawOf(sealing, row),
    };
  };
}
