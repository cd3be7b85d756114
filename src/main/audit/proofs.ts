import { CountersignError } from '../base/index.ts';
import { type Sealing, unlessErased } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import { packBundle, unpackBundle } from './bundle.ts';
import { bundlePlace, detailPlace, type Log } from './log.ts';
import { genesisLeaf } from './record-form.ts';
import type { BundleRow, RecordRow, Store } from './store.ts';
import { completeRoot, consistencyPath, inclusionPath, rootAt } from './tree.ts';

/** What can be shown of records and of earlier heads of the log. Sizes are numbers of records. */
export interface Proofs {
  rootAt(size: number): Buffer;
  /** The root over 2^height records, the `position`-th of its height; a record's leaf at height 0. */
  node(height: number, position: number): Buffer;
  /** The audit path of a record under an earlier head, lowest sibling first. */
  inclusion(seq: number, size: number): Buffer[];
  /** What leads from an earlier head to a later one. */
  consistency(fromSize: number, toSize: number): Buffer[];
  /** Throws `AUDIT_RECORD_MISSING`. */
  row(seq: number): RecordRow;
  /** The leaf that a record names as the one before it. */
  previousLeaf(seq: number): Buffer;
  /** Salt and detail; null where they were erased. Throws `SEALED_VALUE_DAMAGED`. */
  salted(row: RecordRow): Buffer | null;
  /**
   * Removes the detail of one record for good; those under the same seal stay, and the record's
   * commitment with it. Must run in a vault transaction. Throws `AUDIT_RECORD_MISSING`.
   */
  erase(seq: number): void;
}

export function createProofs(parts: {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly store: Store;
  readonly log: Log;
}): Proofs {
  const { vault, sealing, store, log } = parts;
  const read = log.readStoredNode;
  return {
    node(height, position) {
      log.flush();
      return completeRoot(height, position, read);
    },
    rootAt(size) {
      log.flush();
      return rootAt(size, read);
    },
    inclusion(seq, size) {
      log.flush();
      return inclusionPath(seq - 1, size, read);
    },
    consistency(fromSize, toSize) {
      log.flush();
      return consistencyPath(fromSize, toSize, read);
    },
    row(seq) {
      log.flush();
      const row = store.get(seq);
      if (row !== undefined) return row;
      throw new CountersignError('AUDIT_RECORD_MISSING', 'There is no audit record of that number.');
    },
    previousLeaf: (seq) => (seq === 1 ? genesisLeaf(vault.vaultId) : read(0, seq - 2)),
    salted({ seq, detailId }) {
      log.flush();
      if (detailId !== 0) {
        return unlessErased(() => sealing.open({ id: BigInt(detailId), ...detailPlace(seq) }));
      }
      const part = openBundle(seq)[1];
      return part === undefined || part.length === 0 ? null : part;
    },
    erase(seq) {
      const { detailId } = this.row(seq);
      if (detailId !== 0) return sealing.erase(BigInt(detailId));
      const [{ firstSeq, sealedId }, part, parts] = openBundle(seq);
      if (part === undefined || part.length === 0) return;
      parts[seq - firstSeq] = Buffer.alloc(0);
      sealing.replace({ id: sealedId, ...bundlePlace(firstSeq) }, packBundle(parts));
    },
  };

  /** The bundle of a record, its part of it, and all parts; no part where the bundle was erased. */
  function openBundle(seq: number): [BundleRow, Buffer | undefined, Buffer[]] {
    const bundle = store.bundleOf(seq);
    if (bundle === undefined || seq >= bundle.firstSeq + bundle.count) throw damaged(seq);
    const { firstSeq, count, sealedId } = bundle;
    const packed = unlessErased(() => sealing.open({ id: sealedId, ...bundlePlace(firstSeq) }));
    if (packed === null) return [bundle, undefined, []];
    const parts = unpackBundle(packed, count);
    if (parts === undefined) throw damaged(seq);
    return [bundle, parts[seq - firstSeq], parts];
  }
}

const damaged = (seq: number) =>
  new CountersignError('SEALED_VALUE_DAMAGED', 'The sealed details of the record are not what was written.', {
    path: `record ${seq}`,
  });
