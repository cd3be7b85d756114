import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Caller, CountersignError } from '../base/index.ts';
import { asBuffer } from '../crypto/index.ts';
import {
  type Checkpoint,
  checkpointText,
  cosignedMessage,
  fileText,
  fingerprintOf,
  originOf,
  parseCheckpoint,
  TRUST_FORM,
  withLines,
  witnessRequest,
  writeCheckpoint,
} from '../proof/index.ts';
import { type Cosigned, createWitnesses, type Witnesses } from './cosigning.ts';
import { primitives } from './primitives.ts';
import { composeReceipt } from './receipts.ts';
import { epochOf, halvesOf, type TransparencyOptions } from './signer.ts';
import { type CheckpointRow, createCheckpointStore } from './store-checkpoints.ts';
import { exportTiles } from './tiles.ts';
import { type Shown, type Witnessed, witness } from './witness.ts';

/** Witnesses whose lines stand below a checkpoint as it is shown, and in a receipt, which has 32 KB. */
const MOST_SHOWN = 12;
const MOST_IN_RECEIPT = 2;

/** A checkpoint as it is shown. */
export interface ListedCheckpoint {
  readonly size: bigint;
  readonly root: Buffer;
  readonly origin: string;
  /** The C2SP signed note, with the lines of its witnesses. */
  readonly note: string;
  /** Who countersigned it, and when. */
  readonly cosigned: readonly Cosigned[];
  /** The key that signed; null where it is none of this vault's. */
  readonly keyId: string | null;
}

/** A file to be handed out. */
export interface MadeFile {
  readonly name: string;
  readonly text: string;
}

/** Signed heads of the log, and what leaves the machine to be checked by others. */
export interface Transparency {
  /**
   * Signs the head as it stands, or answers the newest checkpoint where nothing was written since.
   * Throws `AUDIT_LOG_EMPTY`, `KEY_NOT_USABLE`, `AUDIT_CHAIN_BROKEN`.
   */
  checkpoint(): ListedCheckpoint;
  /** The same, where anything was written since; answers whether there is a new one. */
  checkpointIfWritten(): boolean;
  /** Newest first, below a size. */
  checkpoints(query: { readonly cursor?: string | undefined; readonly limit: number }): {
    rows: ListedCheckpoint[];
    nextCursor: string | null;
  };
  /**
   * Opens a record and shows it to whoever holds the file, which is recorded. Throws
   * `AUDIT_RECORD_MISSING`, `AUDIT_RECEIPT_TOO_LARGE`, and what `checkpoint` throws.
   */
  receipt(caller: Caller, of: { readonly seq: bigint } | { readonly bankTransactionId: string }): MadeFile;
  /** Writes a file that was made into the folder `NAME.audit` beside the vault; answers its path. */
  keep(file: MadeFile): string;
  /** What leads from one head of the log to a later one. Throws `AUDIT_RECORD_MISSING`, `INPUT_INVALID`. */
  consistency(fromSize: number, toSize: number): { fromRoot: Buffer; toRoot: Buffer; path: Buffer[] };
  /** The keys that sign this log, for somebody who will check receipts. */
  trust(): MadeFile & { readonly fingerprints: { keyId: string; fingerprint: string }[] };
  /**
   * Takes a checkpoint that somebody shows: of this log, or of another one whose trust file comes
   * with it. One that does not fit what was seen before is an incident. Throws
   * `AUDIT_CHECKPOINT_INVALID`, `AUDIT_SIGNER_UNKNOWN`, `AUDIT_PROOF_NEEDED`.
   */
  witness(caller: Caller, shown: Shown): Witnessed;
  /**
   * The newest head as a witness takes it, with what leads there from the head that it saw last; from
   * the one that it countersigned last where none is named.
   */
  showTo(from: { readonly witness?: string | undefined; readonly size?: number | undefined }): MadeFile;
  /** Other consoles as witnesses of this log. */
  readonly witnesses: Witnesses;
  /** Writes checkpoint, tiles and entries of the newest checkpoint below a folder, as C2SP lays them. */
  exportTiles(folder: string): Promise<{ size: number; files: number }>;
}

/** A page may save no file by itself, so the engine does it, where the vault's other files lie. */
function keepFile(vaultDirectory: string, name: string, text: string): string {
  const folder = join(dirname(vaultDirectory), `${basename(vaultDirectory, '.vault')}.audit`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  writeFileSync(`${path}.part`, text, { mode: 0o600, flush: true });
  renameSync(`${path}.part`, path);
  return path;
}

export function createTransparency(options: TransparencyOptions): Transparency {
  const { vault, audit, runtime, signer, raiseIncident } = options;
  const store = createCheckpointStore(vault.db);
  const witnesses = createWitnesses(options, store);

  function listed(row: CheckpointRow): ListedCheckpoint {
    const { origin, root } = requireReadable(row);
    const keyId = signer.logKeys().find(({ publicKey }) => publicKey.equals(row.publicKey))?.keyId ?? null;
    const { lines } = witnesses.linesOf(row.size, MOST_SHOWN);
    return {
      ...{ size: BigInt(row.size), root: asBuffer(root), origin, keyId },
      note: withLines(row.note, lines) ?? row.note,
      cosigned: witnesses.of(row.size),
    };
  }

  function requireReadable(row: CheckpointRow): Checkpoint {
    const checkpoint = parseCheckpoint(row.note);
    if (checkpoint !== undefined) return checkpoint;
    throw new CountersignError('AUDIT_CHAIN_BROKEN', 'A stored checkpoint cannot be read.', {
      path: `checkpoint ${row.size}`,
    });
  }

  /** A log never signs a head that does not begin with what it signed before. */
  function requireGrown(newest: CheckpointRow | undefined, size: number): void {
    if (newest === undefined) return;
    const { root } = requireReadable(newest);
    if (newest.size <= size && audit.proofs.rootAt(newest.size).equals(root)) return;
    raiseIncident?.({
      kind: 'audit.head-inconsistent',
      dedupeKey: 'audit.head-inconsistent',
      severity: 'critical',
      title: 'The audit log is not the one whose head was signed before.',
      detail: { signedRecords: newest.size, records: size },
    });
    throw new CountersignError('AUDIT_CHAIN_BROKEN', 'The log does not go on from its last checkpoint.', {
      path: `checkpoint ${newest.size}`,
    });
  }

  function sign(size: number, root: Buffer): CheckpointRow {
    const active = signer.logKeys().findLast(({ state }) => state === 'active');
    if (active === undefined) throw new CountersignError('KEY_NOT_USABLE', 'There is no log key in use.');
    const head = { origin: originOf(vault.vaultId, epochOf(vault)), size, root };
    const timeS = Math.floor(runtime.nowMs() / 1000);
    const signed = signer.signHead({
      ed25519: Buffer.from(checkpointText(head), 'utf8'),
      mlDsa44: cosignedMessage(head, head.origin, timeS),
    });
    const note = writeCheckpoint(head, halvesOf(active.publicKey), { ...signed, timeS }, primitives.sha256);
    return { size, note, publicKey: active.publicKey };
  }

  function newestOrMade(): { row: CheckpointRow; isNew: boolean } {
    const head = audit.head();
    if (head === undefined) throw new CountersignError('AUDIT_LOG_EMPTY', 'Nothing was recorded yet.');
    const newest = store.newest();
    requireGrown(newest, head.seq);
    if (newest?.size === head.seq) return { row: newest, isNew: false };
    const row = sign(head.seq, head.root);
    vault.transaction(() => store.insert(row));
    return { row, isNew: true };
  }

  /** A head over a record: the largest that somebody countersigned, else the newest, else a new one. */
  function headFor(seq: number): CheckpointRow {
    const cosigned = witnesses.largestCosigned(seq);
    const row = cosigned === undefined ? store.newest() : store.get(cosigned);
    return row !== undefined && row.size >= seq ? row : newestOrMade().row;
  }

  function seqOf(of: { readonly seq: bigint } | { readonly bankTransactionId: string }): number {
    if ('seq' in of) return Number(of.seq);
    const subject = { kind: 'bank-transaction', id: of.bankTransactionId };
    const match = audit.bySubject(subject, 500).find(({ kind }) => kind.startsWith('reconciliation.'));
    if (match !== undefined) return Number(match.seq);
    throw new CountersignError(
      'AUDIT_RECORD_MISSING',
      'No record tells of a match of that bank transaction.',
      {
        path: 'bankTransactionId',
      },
    );
  }

  return {
    checkpoint: () => listed(newestOrMade().row),
    checkpointIfWritten: () => audit.head() !== undefined && newestOrMade().isNew,
    checkpoints({ cursor, limit }) {
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor);
      if (!Number.isSafeInteger(before)) {
        throw new CountersignError('INPUT_INVALID', 'The cursor is none that was given out.', {
          path: 'cursor',
        });
      }
      const rows = store.page(before, limit + 1);
      const page = rows.slice(0, limit);
      const nextCursor = rows.length > limit ? String(page.at(-1)!.size) : null;
      return { rows: page.map(listed), nextCursor };
    },
    receipt(caller, of) {
      const seq = seqOf(of);
      const row = audit.proofs.row(seq);
      const checkpoint = headFor(seq);
      const origin = requireReadable(checkpoint).origin;
      const keys = halvesOf(checkpoint.publicKey);
      const cosigned = witnesses.linesOf(checkpoint.size, MOST_IN_RECEIPT);
      const text = composeReceipt({ audit, row, checkpoint, origin, keys, cosigned });
      vault.transaction(() =>
        audit.record({
          kind: 'audit.receipt',
          ...caller,
          subjects: [{ kind: 'audit-record', id: String(seq) }],
          detail: { record: BigInt(seq), leaf: row.leaf.toString('hex'), checkpoint: checkpoint.size },
        }),
      );
      return { name: `receipt-${seq}.json`, text };
    },
    keep: ({ name, text }) => keepFile(vault.directory, name, text),
    consistency(fromSize, toSize) {
      if (fromSize > toSize) {
        throw new CountersignError('INPUT_INVALID', 'The later head comes second.', { path: 'to' });
      }
      if (toSize > 0) audit.proofs.row(toSize);
      const { rootAt, consistency } = audit.proofs;
      return {
        fromRoot: rootAt(fromSize),
        toRoot: rootAt(toSize),
        path: consistency(fromSize, toSize),
      };
    },
    trust() {
      const { vaultId } = vault;
      const keys = signer
        .logKeys()
        .filter(({ state }) => state !== 'compromised')
        .map(({ keyId, publicKey }) => {
          const halves = halvesOf(publicKey);
          return {
            keyId,
            ed25519: asBuffer(halves.ed25519).toString('base64'),
            mlDsa44: asBuffer(halves.mlDsa44).toString('base64'),
            fingerprint: fingerprintOf(vaultId, halves, primitives.sha256),
          };
        });
      const enrolled = witnesses.keys();
      return {
        name: `trust-${vaultId}.json`,
        text: fileText({
          form: TRUST_FORM,
          vaultId,
          keys,
          ...(enrolled.length > 0 ? { witnesses: enrolled } : {}),
        }),
        fingerprints: keys.map(({ keyId, fingerprint }) => ({ keyId, fingerprint })),
      };
    },
    witness: (caller, shown) => witness({ ...options, store }, caller, shown),
    witnesses,
    showTo({ witness: name, size }) {
      const { row } = newestOrMade();
      const seen = size ?? witnesses.enrolled().find(({ vaultId }) => vaultId === name)?.newest?.size ?? 0;
      if (seen > row.size) {
        throw new CountersignError('INPUT_INVALID', 'The witness saw a larger head than there is.', {
          path: 'size',
          expected: `at most ${row.size}`,
        });
      }
      const path = seen === 0 || seen === row.size ? [] : audit.proofs.consistency(seen, row.size);
      const nodes = path.map((node) => node.toString('base64'));
      return { name: `checkpoint-${row.size}.txt`, text: witnessRequest(seen, nodes, row.note) };
    },
    exportTiles(folder) {
      const { row } = newestOrMade();
      return exportTiles({ audit, folder, size: row.size, note: row.note });
    },
  };
}
