import { concat, equal, fromBase64, toBase64, toHex, u64, utf8 } from './bytes.ts';
import type { Primitives, Sha256 } from './primitives.ts';

/**
 * Checkpoints as C2SP writes them: a signed note (`signed-note`) whose text is origin, tree size and
 * root (`tlog-checkpoint`, no extension lines). Two signature lines are required, both under the name
 * of the origin: Ed25519 over the note's text (type 0x01), and ML-DSA-44 as a timestamped cosignature
 * over a `cosigned_message` (`tlog-cosignature`, type 0x06).
 */
export interface Head {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** The two public halves that sign checkpoints of one log. */
export interface LogKeys {
  /** 32 bytes. */
  readonly ed25519: Uint8Array;
  /** 1,312 bytes. */
  readonly mlDsa44: Uint8Array;
}

export interface SignatureLine {
  readonly name: string;
  /** Four bytes. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

export interface Checkpoint extends Head {
  /** The signed text, its last line break included. */
  readonly text: string;
  readonly lines: readonly SignatureLine[];
}

/** Types of keys and their signatures, as `signed-note` numbers them. */
const ED25519_TYPE = 0x01;
export const ED25519_COSIGNATURE_TYPE = 0x04;
export const ML_DSA_44_TYPE = 0x06;
const KEY_ID_BYTES = 4;
export const TIME_BYTES = 8;
/** A note with more signature lines than that is refused; the standard asks for 16 at least. */
const MOST_LINES = 32;

/** The origin line of a log: it names the vault and the epoch, which a restore begins anew. */
export const originOf = (vaultId: string, epoch: number): string =>
  `countersign/vault/${vaultId}/epoch/${epoch}`;

/** Vault and epoch of an origin line of ours; `undefined` for another's. */
export function parseOrigin(origin: string): { vaultId: string; epoch: number } | undefined {
  const parts = /^countersign\/vault\/([\w.-]+)\/epoch\/(0|[1-9]\d{0,8})$/.exec(origin);
  return parts === null ? undefined : { vaultId: parts[1]!, epoch: Number(parts[2]) };
}

export const checkpointText = ({ origin, size, root }: Head): string =>
  `${origin}\n${size}\n${toBase64(root)}\n`;

/** What the ML-DSA-44 key of `cosigner` signs at `timeS`, seconds since 1970 UTC. */
export function cosignedMessage(head: Head, cosigner: string, timeS: number): Uint8Array {
  const name = utf8(cosigner);
  const origin = utf8(head.origin);
  if (name.length > 255 || origin.length > 255) throw new RangeError('cosignedMessage: a name is too long');
  return concat(
    utf8('subtree/v1\n\0'),
    Uint8Array.of(name.length),
    name,
    u64(timeS),
    Uint8Array.of(origin.length),
    origin,
    u64(0),
    u64(head.size),
    head.root,
  );
}

export function keyIdOf(name: string, type: number, publicKey: Uint8Array, sha256: Sha256): Uint8Array {
  return sha256(concat(utf8(`${name}\n`), Uint8Array.of(type), publicKey)).slice(0, KEY_ID_BYTES);
}

export const lineText = ({ name, keyId, signature }: SignatureLine) =>
  `— ${name} ${toBase64(concat(keyId, signature))}\n`;

/** The signed note, from the two signatures of the log's own keys. */
export function writeCheckpoint(
  head: Head,
  keys: LogKeys,
  signed: { readonly ed25519: Uint8Array; readonly mlDsa44: Uint8Array; readonly timeS: number },
  sha256: Sha256,
): string {
  const name = head.origin;
  const first = {
    name,
    keyId: keyIdOf(name, ED25519_TYPE, keys.ed25519, sha256),
    signature: signed.ed25519,
  };
  const second = {
    name,
    keyId: keyIdOf(name, ML_DSA_44_TYPE, keys.mlDsa44, sha256),
    signature: concat(u64(signed.timeS), signed.mlDsa44),
  };
  return `${checkpointText(head)}\n${lineText(first)}${lineText(second)}`;
}

function parseLine(line: string): SignatureLine | undefined {
  const parts = /^— ([^\s+]+) (\S+)$/u.exec(line);
  const bytes = parts === null ? undefined : fromBase64(parts[2]!);
  if (parts === null || bytes === undefined || bytes.length <= KEY_ID_BYTES) return undefined;
  return {
    name: parts[1]!,
    keyId: bytes.slice(0, KEY_ID_BYTES),
    signature: bytes.slice(KEY_ID_BYTES),
  };
}

/** Reads a checkpoint, unverified; `undefined` where it is none, or has extension lines. */
export function parseCheckpoint(note: string): Checkpoint | undefined {
  const end = note.indexOf('\n\n');
  if (end === -1 || !note.endsWith('\n')) return undefined;
  const text = note.slice(0, end + 1);
  const [origin = '', size = '', root = '', ...others] = text.split('\n');
  const rootBytes = fromBase64(root);
  if (others.join('') !== '' || others.length !== 1 || origin === '') return undefined;
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) return undefined;
  if (rootBytes?.length !== 32) return undefined;
  const rows = note.slice(end + 2, -1).split('\n');
  const lines = rows.map(parseLine);
  if (rows.length > MOST_LINES || lines.some((line) => line === undefined)) return undefined;
  return {
    origin,
    size: Number(size),
    root: rootBytes,
    text,
    lines: lines as SignatureLine[],
  };
}

export function timeOf(signature: Uint8Array): number | undefined {
  if (signature.length <= TIME_BYTES) return undefined;
  const time = new DataView(signature.buffer, signature.byteOffset, TIME_BYTES).getBigUint64(0);
  return time <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(time) : undefined;
}

export type CheckpointVerdict =
  | { readonly ok: true; readonly timeS: number }
  | { readonly ok: false; readonly reason: string };

/** Whether both keys of a log signed a checkpoint. Lines of other keys are ignored, as the standard asks. */
export function verifyCheckpoint(
  checkpoint: Checkpoint,
  keys: LogKeys,
  primitives: Primitives,
): CheckpointVerdict {
  const { origin, text, lines } = checkpoint;
  const signatureOf = (type: number, publicKey: Uint8Array) => {
    const keyId = keyIdOf(origin, type, publicKey, primitives.sha256);
    return lines.filter((line) => line.name === origin && equal(line.keyId, keyId));
  };
  const [first, ...twice] = signatureOf(ED25519_TYPE, keys.ed25519);
  const [second, ...again] = signatureOf(ML_DSA_44_TYPE, keys.mlDsa44);
  if (first === undefined) return { ok: false, reason: 'the checkpoint has no Ed25519 line of this key' };
  if (second === undefined) return { ok: false, reason: 'the checkpoint has no ML-DSA-44 line of this key' };
  if (twice.length + again.length > 0) return { ok: false, reason: 'a key signed the checkpoint twice' };
  if (!primitives.verifyEd25519(keys.ed25519, utf8(text), first.signature)) {
    return { ok: false, reason: 'the Ed25519 signature of the checkpoint does not fit' };
  }
  const timeS = timeOf(second.signature);
  const signature = second.signature.slice(TIME_BYTES);
  const isSigned =
    timeS !== undefined &&
    primitives.verifyMlDsa44(keys.mlDsa44, cosignedMessage(checkpoint, origin, timeS), signature);
  if (!isSigned) return { ok: false, reason: 'the ML-DSA-44 signature of the checkpoint does not fit' };
  return { ok: true, timeS };
}

/** What a person compares by eye: SHA-256 over the vault's id and both public halves, as hex. */
export function fingerprintOf(vaultId: string, keys: LogKeys, sha256: Sha256): string {
  return toHex(sha256(concat(utf8(`countersign log key v1\n${vaultId}\n`), keys.ed25519, keys.mlDsa44)));
}
