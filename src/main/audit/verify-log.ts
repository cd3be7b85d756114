import { openSealingReader, type SealingReader } from '../sealing/index.ts';
import type { Connection, ReaderKey } from '../vault/index.ts';
import { createOpenPart } from './open-details.ts';
import { genesisLeaf } from './record-form.ts';
import { createReadStore, type ReadStore } from './store.ts';
import { createCheckpointStore } from './store-checkpoints.ts';
import { createVerifyStore, type WalkedRow } from './store-verify.ts';
import { createWitnessStore, toldRows } from './store-witnesses.ts';
import { rebuildFrontier } from './tree.ts';
import { type ChainState, type PartVerification, verifyChain } from './verify-chain.ts';

export type Progress = (done: number, total: number) => void;

/** Records between two words of progress. */
const PROGRESS_EVERY = 1_000;

/** What the verifying thread says: how far it is, or its answer. */
export type VerifyWord = { readonly done: number; readonly total: number } | PartVerification;

/** What the verifying thread is given. */
export interface VerifyRequest {
  readonly key: ReaderKey;
  /** The end of the log as the engine holds it in memory. */
  readonly head: { readonly seq: number; readonly leaf: Uint8Array; readonly root: Uint8Array };
  /** Whether sealed details are opened and held against their commitments. */
  readonly details: boolean;
  /** Where this part of the log begins, after a record whose state is taken from the file; 0 where left out. */
  readonly afterSeq?: number;
  /** The last record of this part; the log's end where left out. */
  readonly toSeq?: number;
}

/**
 * Verifies the log, or a part of it, as it stands at this moment. Blocks its thread; `verifyLog`
 * runs it in workers. It opens a connection of its own, unless one is handed in, which then stays open.
 */
export function verifyNow(
  request: VerifyRequest,
  connection?: Connection,
  onProgress: Progress = () => {},
): PartVerification {
  const reader = openSealingReader(request.key, connection);
  try {
    // One read transaction, so that all tables are seen as of one moment.
    if (!reader.db.inTransaction) reader.db.exec('BEGIN');
    return verifyPart(reader, request, onProgress);
  } finally {
    reader.close();
  }
}

/** The records, telling of every thousandth as it is taken. */
function* counted(
  records: Iterable<WalkedRow>,
  total: number,
  onProgress: Progress,
): IterableIterator<WalkedRow> {
  let done = 0;
  for (const row of records) {
    yield row;
    done += 1;
    if (done % PROGRESS_EVERY === 0) onProgress(done, total);
  }
}

function verifyPart(
  reader: SealingReader,
  { key, head, details, afterSeq = 0, toSeq }: VerifyRequest,
  onProgress: Progress,
): PartVerification {
  const store = createReadStore(reader.db);
  const rows = createVerifyStore(reader.db);
  const heads = createCheckpointStore(reader.db);
  const newest = store.last()?.seq ?? 0;
  const last = Math.min(newest, toSeq ?? newest);
  // A log that grew since the question was asked is checked to its end; the head is an inner leaf then.
  const grew = newest > head.seq && (head.seq === 0 || store.leaf(head.seq)?.equals(head.leaf));
  return verifyChain({
    vaultId: key.vaultId,
    from: stateAfter(store, key.vaultId, afterSeq),
    toSeq: toSeq ?? Number.MAX_SAFE_INTEGER,
    records: counted(rows.records(afterSeq, last), last - afterSeq, onProgress),
    node: store.node,
    hasSubject: store.hasSubject,
    subjects: rows.subjects,
    straySubject: rows.straySubject,
    marks: rows.marks,
    strayMark: rows.strayMark,
    lastSealedId: rows.lastSealedId(),
    bundles: rows.bundles(afterSeq, toSeq ?? Number.MAX_SAFE_INTEGER),
    checkpoints: heads.all(),
    witnesses: heads.witnesses(),
    told: toldRows(createWitnessStore(reader.db)),
    ...(toSeq === undefined
      ? { end: { nodeCount: rows.nodeCount(), ...(grew ? {} : { expectedHead: head }) } }
      : {}),
    ...(details ? { detail: createOpenPart(reader) } : {}),
  });
}

/** How things stand after a record, by what the file says; whoever walks up to there holds it against this. */
function stateAfter(store: ReadStore, vaultId: string, seq: number): ChainState {
  if (seq === 0) return { seq, leaf: genesisLeaf(vaultId), peaks: [] };
  const read = (height: number, position: number) => {
    const hash = height === 0 ? store.leaf(position + 1) : store.node(height, position);
    // A hash that is missing or has another length cannot be what the walk before this one ends with.
    return hash?.length === 32 ? hash : Buffer.alloc(32);
  };
  return { seq, leaf: read(0, seq - 1), peaks: rebuildFrontier(seq, read).state().peaks };
}
