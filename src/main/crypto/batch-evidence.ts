import { type HybridSuite, hybridSignatures } from './hybrid-signature.ts';
import { SHA256_BYTES } from './sha256.ts';

/** What a batch signature signs: the place and the content of all its items. */
export interface BatchHead {
  readonly purpose: string;
  readonly batchId: string;
  /** How many items the batch holds. */
  readonly size: number;
  readonly root: Uint8Array;
}

/** What goes with one item of a batch: its place, its proof and the signature of the whole. */
export interface BatchEvidence {
  readonly suite: HybridSuite;
  readonly purpose: string;
  readonly batchId: string;
  readonly size: number;
  readonly index: number;
  readonly proof: readonly Uint8Array[];
  readonly signature: Uint8Array;
}

/** A proof then has at most 17 hashes, which keeps one item's evidence within its promised size. */
export const MAX_BATCH_ITEMS = 2 ** 17;
const MAX_PROOF_NODES = 17;
const VERSION = 1;

/** Purpose of the items, without the `batch.` that the signature puts before it. */
export const BATCH_PURPOSE = /^[a-z0-9][a-z0-9_-]{0,63}$/;
export const BATCH_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** One byte a suite, for good: a number is never given to another suite. */
const SUITE_NUMBERS: Readonly<Record<HybridSuite, number>> = {
  'Ed25519+ML-DSA-44': 1,
  'Ed25519+ML-DSA-65': 2,
  'Ed25519+ML-DSA-87': 3,
  'Ed25519+Falcon-512': 4,
};
const SUITES = new Map(
  Object.entries(SUITE_NUMBERS).map(([suite, number]) => [number, suite as HybridSuite]),
);

/**
 * Evidence without its proof and signature: version (1), suite (1), purpose and batch id (each one
 * byte of length, then ASCII), size (4), index (4), number of proof nodes (1). Integers are big-endian.
 */
export function encodeEvidence(
  place: Omit<BatchEvidence, 'proof' | 'signature'>,
  proof: Buffer,
  signature: Uint8Array,
): Buffer {
  const { suite, purpose, batchId, size, index } = place;
  const out = Buffer.allocUnsafe(13 + purpose.length + batchId.length + proof.length + signature.length);
  let at = out.writeUInt8(SUITE_NUMBERS[suite], out.writeUInt8(VERSION, 0));
  for (const text of [purpose, batchId]) {
    at = out.writeUInt8(text.length, at);
    at += out.write(text, at, 'latin1');
  }
  at = out.writeUInt32BE(index, out.writeUInt32BE(size, at));
  at = out.writeUInt8(proof.length / SHA256_BYTES, at);
  at += proof.copy(out, at);
  out.set(signature, at);
  return out;
}

/** Reads evidence back; says in words what was expected where it has another form. */
export function decodeEvidence(bytes: Buffer): BatchEvidence | string {
  let at = 0;
  const take = (length: number): Buffer | undefined => {
    const part = bytes.subarray(at, at + length);
    at += length;
    return part.length === length ? part : undefined;
  };
  const text = (pattern: RegExp): string | undefined => {
    const length = take(1)?.[0];
    const found = length === undefined ? undefined : take(length)?.toString('latin1');
    return found !== undefined && pattern.test(found) ? found : undefined;
  };
  if (take(1)?.[0] !== VERSION) return `version ${VERSION}`;
  const suite = SUITES.get(take(1)?.[0] ?? 0);
  if (suite === undefined) return 'a suite of hybrid signatures';
  const purpose = text(BATCH_PURPOSE);
  if (purpose === undefined) return 'a purpose of 1 to 64 of a-z, 0-9, _ and -';
  const batchId = text(BATCH_ID);
  if (batchId === undefined) return 'a batch id of 1 to 64 letters, digits, dots, colons and dashes';
  const size = take(4)?.readUInt32BE();
  if (size === undefined || size < 1 || size > MAX_BATCH_ITEMS) return `a size from 1 to ${MAX_BATCH_ITEMS}`;
  const index = take(4)?.readUInt32BE();
  if (index === undefined || index >= size) return 'an index below the size';
  const count = take(1)?.[0];
  if (count === undefined || count > MAX_PROOF_NODES) return `at most ${MAX_PROOF_NODES} proof nodes`;
  const nodes = take(count * SHA256_BYTES);
  if (nodes === undefined) return `${count} proof nodes of ${SHA256_BYTES} bytes`;
  const signature = bytes.subarray(at);
  const { signatureBytes } = hybridSignatures[suite].sizes;
  if (signature.length !== signatureBytes) return `a signature of ${signatureBytes} bytes at the end`;
  const proof = Array.from({ length: count }, (_, node) =>
    nodes.subarray(node * SHA256_BYTES, (node + 1) * SHA256_BYTES),
  );
  return { suite, purpose, batchId, size, index, proof, signature };
}
