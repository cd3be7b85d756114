import { equal, fromBase64 } from './bytes.ts';
import type { LogKeys } from './checkpoint.ts';

/**
 * A receipt: one file that shows a stranger that a record stands in a log, and what it says. It is
 * written in exactly one way, so that a file of which any character was changed is another file.
 */
export interface Receipt {
  readonly form: typeof RECEIPT_FORM;
  readonly vaultId: string;
  readonly epoch: number;
  readonly record: {
    readonly seq: number;
    readonly recordedAtMs: number;
    readonly kind: string;
    readonly actor: string;
    readonly traceId: string;
    /** Canonical JSON of [kind, id] pairs; empty where there are none. */
    readonly subjects: string;
    readonly detailId: number;
    /** Base 64, as all bytes here. */
    readonly commitment: string;
    readonly previousLeaf: string;
  };
  /** Opened for this receipt; null where it was erased. `text` is canonical JSON. */
  readonly detail: { readonly salt: string; readonly text: string } | null;
  readonly inclusion: { readonly treeSize: number; readonly path: readonly string[] };
  /** A C2SP checkpoint over `treeSize` records. */
  readonly checkpoint: string;
  readonly keys: { readonly ed25519: string; readonly mlDsa44: string };
  /** Who countersigned the checkpoint; left out where nobody did. Their lines stand below it. */
  readonly witnesses?: readonly WitnessKeys[];
}

/** The keys of a console that countersigns heads of this log. */
export interface WitnessKeys {
  readonly vaultId: string;
  readonly ed25519: string;
  readonly mlDsa44: string;
}

export const RECEIPT_FORM = 'countersign receipt v1';
export const MOST_RECEIPT_BYTES = 32 * 1024;
export const TRUST_FORM = 'countersign trust v1';

/** What somebody trusts, obtained on a way of its own: the keys that sign a vault's log. */
export interface TrustFile {
  readonly form: typeof TRUST_FORM;
  readonly vaultId: string;
  readonly keys: readonly {
    readonly keyId: string;
    readonly ed25519: string;
    readonly mlDsa44: string;
    readonly fingerprint: string;
  }[];
  /** Witnesses that were enrolled; left out where there is none. */
  readonly witnesses?: readonly WitnessKeys[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new TypeError('a text expected');
  return value;
};
const whole = (value: unknown): number => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new TypeError('a whole number expected');
  return value as number;
};
const part = (value: unknown): Record<string, unknown> => {
  if (!isObject(value)) throw new TypeError('an object expected');
  return value;
};
const list = (value: unknown): unknown[] => {
  if (!Array.isArray(value)) throw new TypeError('a list expected');
  return value;
};
/** Bytes in Base 64, of a length where one is named. */
export function bytesOf(value: string, length?: number): Uint8Array {
  const bytes = fromBase64(value);
  if (bytes === undefined || (length !== undefined && bytes.length !== length)) {
    throw new TypeError(length === undefined ? 'Base 64 expected' : `${length} bytes in Base 64 expected`);
  }
  return bytes;
}

/** The one form in which a file of ours is written. */
export const fileText = (value: Receipt | TrustFile): string => `${JSON.stringify(value, null, 1)}\n`;

/** The members in their order, whatever else the object holds. */
function ordered(value: Record<string, unknown>): Receipt {
  const record = part(value.record);
  const inclusion = part(value.inclusion);
  const keys = part(value.keys);
  const detail = value.detail === null ? null : part(value.detail);
  if (value.form !== RECEIPT_FORM) throw new TypeError(`the form "${RECEIPT_FORM}" expected`);
  return {
    form: RECEIPT_FORM,
    vaultId: text(value.vaultId),
    epoch: whole(value.epoch),
    record: {
      seq: whole(record.seq),
      recordedAtMs: whole(record.recordedAtMs),
      kind: text(record.kind),
      actor: text(record.actor),
      traceId: text(record.traceId),
      subjects: text(record.subjects),
      detailId: whole(record.detailId),
      commitment: text(record.commitment),
      previousLeaf: text(record.previousLeaf),
    },
    detail: detail === null ? null : { salt: text(detail.salt), text: text(detail.text) },
    inclusion: { treeSize: whole(inclusion.treeSize), path: list(inclusion.path).map(text) },
    checkpoint: text(value.checkpoint),
    keys: { ed25519: text(keys.ed25519), mlDsa44: text(keys.mlDsa44) },
    ...(value.witnesses === undefined ? {} : { witnesses: witnessesOf(value.witnesses) }),
  };
}

const witnessesOf = (value: unknown): WitnessKeys[] =>
  list(value).map((each) => {
    const { vaultId, ed25519, mlDsa44 } = part(each);
    return { vaultId: text(vaultId), ed25519: text(ed25519), mlDsa44: text(mlDsa44) };
  });

/** Reads a receipt. Throws `TypeError` or `SyntaxError` where it is none, or is not written in our one way. */
export function parseReceipt(file: string): Receipt {
  if (file.length > MOST_RECEIPT_BYTES) throw new TypeError('a receipt of at most 32 KB expected');
  const receipt = ordered(part(JSON.parse(file)));
  if (fileText(receipt) !== file) throw new TypeError('the file is not written as a receipt is');
  return receipt;
}

/** Reads a trust file. Throws `TypeError` or `SyntaxError` where it is none. */
export function parseTrust(file: string): TrustFile {
  const value = part(JSON.parse(file));
  if (value.form !== TRUST_FORM) throw new TypeError(`the form "${TRUST_FORM}" expected`);
  return {
    form: TRUST_FORM,
    vaultId: text(value.vaultId),
    keys: list(value.keys).map((each) => {
      const key = part(each);
      const { keyId, ed25519, mlDsa44, fingerprint } = key;
      return {
        keyId: text(keyId),
        ed25519: text(ed25519),
        mlDsa44: text(mlDsa44),
        fingerprint: text(fingerprint),
      };
    }),
    ...(value.witnesses === undefined ? {} : { witnesses: witnessesOf(value.witnesses) }),
  };
}

/** The keys of a receipt or of an entry of a trust file. Throws `TypeError`. */
export const keysOf = (keys: { readonly ed25519: string; readonly mlDsa44: string }): LogKeys => ({
  ed25519: bytesOf(keys.ed25519, 32),
  mlDsa44: bytesOf(keys.mlDsa44, 1312),
});

export const sameKeys = (a: LogKeys, b: LogKeys): boolean =>
  equal(a.ed25519, b.ed25519) && equal(a.mlDsa44, b.mlDsa44);
