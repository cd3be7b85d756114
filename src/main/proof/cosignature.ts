import { concat, equal, u64, utf8 } from './bytes.ts';
import {
  type Checkpoint,
  cosignedMessage,
  ED25519_COSIGNATURE_TYPE,
  keyIdOf,
  type LogKeys,
  lineText,
  ML_DSA_44_TYPE,
  parseCheckpoint,
  type SignatureLine,
  TIME_BYTES,
  timeOf,
} from './checkpoint.ts';
import type { Primitives, Sha256 } from './primitives.ts';

/**
 * Cosignatures of witnesses, as C2SP's `tlog-cosignature` writes them: lines below a checkpoint by
 * which a console that is not the log's says that it saw this head, that it goes on from every head
 * it saw before, and when. Two lines: Ed25519 (type 0x04) and ML-DSA-44 (type 0x06), one time.
 */
export const witnessNameOf = (vaultId: string): string => `countersign/witness/${vaultId}`;

/** What the Ed25519 key of a witness signs at `timeS`, seconds since 1970 UTC. */
export const cosignatureText = (checkpointText: string, timeS: number): string =>
  `cosignature/v1\ntime ${timeS}\n${checkpointText}`;

/** The two lines of a witness. */
export function writeCosignature(
  name: string,
  keys: LogKeys,
  signed: { readonly ed25519: Uint8Array; readonly mlDsa44: Uint8Array; readonly timeS: number },
  sha256: Sha256,
): string {
  const time = u64(signed.timeS);
  const first = {
    name,
    keyId: keyIdOf(name, ED25519_COSIGNATURE_TYPE, keys.ed25519, sha256),
    signature: concat(time, signed.ed25519),
  };
  const second = {
    name,
    keyId: keyIdOf(name, ML_DSA_44_TYPE, keys.mlDsa44, sha256),
    signature: concat(time, signed.mlDsa44),
  };
  return lineText(first) + lineText(second);
}

/** The lines of one name below a checkpoint, as they stand there. */
export const linesOf = (checkpoint: Checkpoint, name: string): string =>
  checkpoint.lines
    .filter((line) => line.name === name)
    .map(lineText)
    .join('');

export type CosignatureVerdict =
  | { readonly ok: true; readonly timeS: number }
  | { readonly ok: false; readonly reason: string };

/** Whether both keys of a witness signed a checkpoint, at one time, once each. */
export function verifyCosignature(
  checkpoint: Checkpoint,
  name: string,
  keys: LogKeys,
  primitives: Primitives,
): CosignatureVerdict {
  const own = checkpoint.lines.filter((line) => line.name === name);
  if (own.length !== 2) return { ok: false, reason: 'the checkpoint has not two lines of this witness' };
  const lineOf = (type: number, publicKey: Uint8Array): SignatureLine | undefined => {
    const keyId = keyIdOf(name, type, publicKey, primitives.sha256);
    return own.find((line) => equal(line.keyId, keyId));
  };
  const first = lineOf(ED25519_COSIGNATURE_TYPE, keys.ed25519);
  const second = lineOf(ML_DSA_44_TYPE, keys.mlDsa44);
  if (first === undefined || second === undefined) {
    return { ok: false, reason: 'the lines of the witness are of other keys' };
  }
  const timeS = timeOf(first.signature);
  if (timeS === undefined || timeS !== timeOf(second.signature)) {
    return { ok: false, reason: 'the lines of the witness name no time, or two' };
  }
  const fits =
    primitives.verifyEd25519(
      keys.ed25519,
      utf8(cosignatureText(checkpoint.text, timeS)),
      first.signature.slice(TIME_BYTES),
    ) &&
    primitives.verifyMlDsa44(
      keys.mlDsa44,
      cosignedMessage(checkpoint, name, timeS),
      second.signature.slice(TIME_BYTES),
    );
  return fits ? { ok: true, timeS } : { ok: false, reason: 'a signature of the witness does not fit' };
}

/**
 * What is shown to a witness, as C2SP's `tlog-witness` writes it: the size that it saw last, the proof
 * that leads from there, an empty line, and the checkpoint.
 */
export const witnessRequest = (oldSize: number, proof: readonly string[], note: string): string =>
  `old ${oldSize}\n${proof.map((node) => `${node}\n`).join('')}\n${note}`;

/** Reads what is shown to a witness; a checkpoint alone is a request without a proof. */
export function parseWitnessRequest(text: string): { note: string; oldSize?: number; proof?: string[] } {
  const head = /^old (0|[1-9]\d{0,15})\n/.exec(text);
  const end = text.indexOf('\n\n');
  if (head === null || end === -1) return { note: text };
  const proof = text
    .slice(head[0].length, end + 1)
    .split('\n')
    .slice(0, -1);
  return { note: text.slice(end + 2), oldSize: Number(head[1]), proof };
}

/** A checkpoint with further lines below it; `undefined` where that is none, or has too many. */
export function withLines(note: string, lines: string): string | undefined {
  const joined = note + lines;
  return parseCheckpoint(joined) === undefined ? undefined : joined;
}
