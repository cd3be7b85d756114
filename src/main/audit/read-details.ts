import type { SealingReader } from '../sealing/index.ts';
import { createOpenPart } from './open-details.ts';
import { commitmentOf, SALT_BYTES } from './record-form.ts';
import { createReadStore } from './store.ts';

/** A record as a replay reads it. */
export interface ToldRecord {
  readonly seq: number;
  readonly kind: string;
  readonly subjects: string;
  /** Canonical JSON, which is what the record commits to; else why it is not there. */
  readonly detail: { readonly text: string } | 'erased' | 'unreadable' | 'changed';
}

/**
 * The records of some rooms up to a number, in order and opened, on a connection of a worker's own.
 * Each detail is held against the commitment that stands in the chain.
 */
export function* readDetails(
  reader: SealingReader,
  rooms: readonly string[],
  toSeq: number,
): Generator<ToldRecord> {
  const store = createReadStore(reader.db);
  const open = createOpenPart(reader);
  for (const { seq, kind, subjects, detailId, commitment } of store.ofRooms(rooms, toSeq)) {
    const bundle = detailId === 0 ? store.bundleOf(seq) : undefined;
    const isCovered = bundle !== undefined && seq < bundle.firstSeq + bundle.count;
    const part = open(seq, detailId, isCovered ? bundle : undefined);
    if (typeof part === 'string') yield { seq, kind, subjects, detail: part };
    else if (!commitmentOf(part).equals(commitment)) yield { seq, kind, subjects, detail: 'changed' };
    else yield { seq, kind, subjects, detail: { text: part.toString('utf8', SALT_BYTES) } };
  }
}
