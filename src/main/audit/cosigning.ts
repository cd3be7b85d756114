import { type Caller, CountersignError } from '../base/index.ts';
import { asBuffer } from '../crypto/index.ts';
import {
  type Checkpoint,
  cosignatureText,
  cosignedMessage,
  fingerprintOf,
  keysOf,
  linesOf,
  parseCheckpoint,
  parseOrigin,
  parseTrust,
  verifyCosignature,
  type WitnessKeys,
  witnessNameOf,
  writeCosignature,
} from '../proof/index.ts';
import { primitives } from './primitives.ts';
import { halvesOf, type TransparencyOptions } from './signer.ts';
import type { createCheckpointStore } from './store-checkpoints.ts';
import {
  COSIGNED_KIND,
  cosignatureId,
  createWitnessStore,
  ENROL_KIND,
  type WitnessKeyRow,
  witnessKeyId,
} from './store-witnesses.ts';

/** A console whose countersignatures are taken in. */
export interface EnrolledWitness {
  readonly vaultId: string;
  readonly fingerprints: readonly string[];
  /** The largest head of this log that it countersigned, and when; null where there is none yet. */
  readonly newest: { readonly size: number; readonly atMs: number } | null;
}

export interface Cosigned {
  readonly size: number;
  readonly witness: string;
  readonly atMs: number;
}

/** Other consoles as witnesses of this log. */
export interface Witnesses {
  /** Takes the keys of another console's trust file. Throws `AUDIT_SIGNER_UNKNOWN`, `AUDIT_WITNESS_SELF`. */
  enrol(caller: Caller, trust: string): EnrolledWitness;
  /**
   * Takes a head of this log back from its witnesses, with their lines below it. Throws
   * `AUDIT_CHECKPOINT_INVALID`, `AUDIT_WITNESS_UNKNOWN`.
   */
  take(caller: Caller, note: string): Cosigned[];
  enrolled(): EnrolledWitness[];
  /** Who countersigned the head over so many records. */
  of(size: number): Cosigned[];
  /** The lines below that head, and the keys they are checked with; of the first so many witnesses. */
  linesOf(size: number, most: number): { lines: string; witnesses: WitnessKeys[] };
  keys(): WitnessKeys[];
  largestCosigned(fromSize: number): number | undefined;
}

const asKeys = ({ vaultId, publicKey }: Pick<WitnessKeyRow, 'vaultId' | 'publicKey'>): WitnessKeys => {
  const { ed25519, mlDsa44 } = halvesOf(publicKey);
  return {
    vaultId,
    ed25519: asBuffer(ed25519).toString('base64'),
    mlDsa44: asBuffer(mlDsa44).toString('base64'),
  };
};

/** The lines by which this console countersigns another log's head, under its own log key. */
export function cosign({ vault, signer, runtime }: TransparencyOptions, checkpoint: Checkpoint): string {
  const active = signer.logKeys().findLast(({ state }) => state === 'active');
  if (active === undefined) throw new CountersignError('KEY_NOT_USABLE', 'There is no log key in use.');
  const name = witnessNameOf(vault.vaultId);
  const timeS = Math.floor(runtime.nowMs() / 1000);
  const signed = signer.signHead({
    ed25519: Buffer.from(cosignatureText(checkpoint.text, timeS), 'utf8'),
    mlDsa44: cosignedMessage(checkpoint, name, timeS),
  });
  return writeCosignature(name, halvesOf(active.publicKey), { ...signed, timeS }, primitives.sha256);
}

export function createWitnesses(
  options: TransparencyOptions,
  checkpoints: ReturnType<typeof createCheckpointStore>,
): Witnesses {
  const { vault, audit } = options;
  const store = createWitnessStore(vault.db);

  function describe(vaultId: string): EnrolledWitness {
    const newest = store.newestOf(vaultId);
    return {
      vaultId,
      fingerprints: store
        .keys()
        .filter((row) => row.vaultId === vaultId)
        .map((row) => fingerprintOf(vaultId, halvesOf(row.publicKey), primitives.sha256)),
      newest: newest === undefined ? null : { size: newest.size, atMs: newest.atMs },
    };
  }

  /** A head of this log as it was signed, with whatever lines somebody put below it. */
  function readOwn(note: string): Checkpoint {
    const checkpoint = parseCheckpoint(note);
    const invalid = (message: string) =>
      new CountersignError('AUDIT_CHECKPOINT_INVALID', message, { path: 'note' });
    if (checkpoint === undefined) throw invalid('This is no checkpoint.');
    if (parseOrigin(checkpoint.origin)?.vaultId !== vault.vaultId) {
      throw invalid('The checkpoint is of another log; only heads of this one are taken back.');
    }
    const signed = checkpoints.get(checkpoint.size);
    if (signed === undefined || parseCheckpoint(signed.note)?.text !== checkpoint.text) {
      throw invalid('This log did not sign that checkpoint.');
    }
    return checkpoint;
  }

  function takeOne(caller: Caller, checkpoint: Checkpoint, vaultId: string): Cosigned {
    const { size } = checkpoint;
    const name = witnessNameOf(vaultId);
    const known = store.cosignaturesOf(size).find((row) => row.vaultId === vaultId);
    if (known !== undefined) return { size, witness: vaultId, atMs: known.atMs };
    let reason = '';
    for (const { publicKey, vaultId: owner } of store.keys()) {
      if (owner !== vaultId) continue;
      const verdict = verifyCosignature(checkpoint, name, halvesOf(publicKey), primitives);
      if (!verdict.ok) {
        reason = verdict.reason;
        continue;
      }
      const atMs = verdict.timeS * 1000;
      const row = { size, vaultId, publicKey, atMs, lines: linesOf(checkpoint, name) };
      vault.transaction(() => {
        const seq = audit.record({
          kind: COSIGNED_KIND,
          ...caller,
          subjects: [{ kind: 'cosignature', id: cosignatureId(row) }],
          detail: { size, witness: vaultId, atMs },
        });
        store.insertCosignature({ ...row, seq: Number(seq) });
      });
      return { size, witness: vaultId, atMs };
    }
    throw new CountersignError('AUDIT_CHECKPOINT_INVALID', 'The countersignature does not fit.', {
      path: 'note',
      actual: reason,
    });
  }

  return {
    enrol(caller, trust) {
      let file: ReturnType<typeof parseTrust>;
      let publicKeys: Buffer[];
      try {
        file = parseTrust(trust);
        publicKeys = file.keys.map((each) => {
          const { ed25519, mlDsa44 } = keysOf(each);
          return Buffer.concat([ed25519, mlDsa44]);
        });
      } catch (error) {
        if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
        throw new CountersignError('AUDIT_SIGNER_UNKNOWN', 'This is no trust file.', { path: 'trust' });
      }
      const { vaultId } = file;
      if (vaultId === vault.vaultId) {
        throw new CountersignError('AUDIT_WITNESS_SELF', 'A log is no witness of itself.', { path: 'trust' });
      }
      if (publicKeys.length === 0 || !/^[\w.-]{1,64}$/.test(vaultId)) {
        throw new CountersignError('AUDIT_SIGNER_UNKNOWN', 'The trust file names no keys.', {
          path: 'trust',
        });
      }
      vault.transaction(() => {
        for (const publicKey of publicKeys) {
          const row = { vaultId, publicKey };
          if (store.keys().some((each) => each.vaultId === vaultId && each.publicKey.equals(publicKey)))
            continue;
          const seq = audit.record({
            kind: ENROL_KIND,
            ...caller,
            subjects: [{ kind: 'witness-key', id: witnessKeyId(row) }],
            detail: {
              witness: vaultId,
              fingerprint: fingerprintOf(vaultId, halvesOf(publicKey), primitives.sha256),
            },
          });
          store.insertKey({ ...row, seq: Number(seq) });
        }
      });
      return describe(vaultId);
    },
    take(caller, note) {
      const checkpoint = readOwn(note);
      const names = new Set(checkpoint.lines.map(({ name }) => name));
      const present = [...new Set(store.keys().map(({ vaultId }) => vaultId))].filter((vaultId) =>
        names.has(witnessNameOf(vaultId)),
      );
      if (present.length === 0) {
        const message = 'No witness that is enrolled countersigned this checkpoint.';
        throw new CountersignError('AUDIT_WITNESS_UNKNOWN', message, { path: 'note' });
      }
      return present.map((vaultId) => takeOne(caller, checkpoint, vaultId));
    },
    enrolled: () => [...new Set(store.keys().map(({ vaultId }) => vaultId))].map(describe),
    of: (size) => store.cosignaturesOf(size).map(({ vaultId, atMs }) => ({ size, witness: vaultId, atMs })),
    linesOf(size, most) {
      const rows = store.cosignaturesOf(size).slice(0, most);
      return { lines: rows.map(({ lines }) => lines).join(''), witnesses: rows.map(asKeys) };
    },
    keys: () => store.keys().map(asKeys),
    largestCosigned: store.largestCosigned,
  };
}
