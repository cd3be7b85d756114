import {
  BATCH_ID,
  BATCH_PURPOSE,
  type BatchEvidence,
  type BatchHead,
  decodeEvidence,
  encodeEvidence,
  MAX_BATCH_ITEMS,
} from './batch-evidence.ts';
import { canonicalJsonBytes } from './canonical-json.ts';
import type { HybridSigner, HybridVerifier } from './hybrid-signature.ts';
import { leafHash, rootFromProof } from './merkle.ts';
import { MerkleLevels } from './merkle-levels.ts';
import { asBuffer, CryptoInputError, refuseUnknownOptions } from './options.ts';

/**
 * Batch signatures: the canonical JSON of {purpose, batch id, size, Merkle root} is signed once with
 * a hybrid signature under the purpose `batch.<purpose>`, and each item carries its inclusion proof.
 */
export interface SignedBatch {
  readonly head: BatchHead;
  /** The hybrid signature of the head. */
  readonly signature: Buffer;
  /** The audit path of one item: 32-byte nodes one after another, lowest first. */
  proof(index: number): Buffer;
  /** All that goes with one item so that it stands alone: place, proof and signature, compactly encoded. */
  evidence(index: number): Buffer;
}

export interface SignBatchOptions {
  readonly signer: HybridSigner;
  /** What the items are: lower-case letters, digits, `_` and `-`, at most 64. */
  readonly purpose: string;
  /** Names the batch for good; never used twice under one key and purpose. */
  readonly batchId: string;
  /** 1 to 131,072 items, each the bytes that are signed. */
  readonly items: readonly Uint8Array[];
}

function headBytes(head: BatchHead): Buffer {
  const { purpose, batchId, size, root } = head;
  return canonicalJsonBytes({ purpose, batchId, size, root: asBuffer(root).toString('hex') });
}

/** Signs all of `items` at once; the proofs are read off the tree as they are asked for. */
export function signBatch(options: SignBatchOptions): SignedBatch {
  refuseUnknownOptions('signBatch', options, ['signer', 'purpose', 'batchId', 'items']);
  const { signer, purpose, batchId, items } = options;
  const refuse = (expected: string) =>
    new CryptoInputError('batch_invalid', `signBatch: ${expected} expected`);
  if (!BATCH_PURPOSE.test(purpose)) throw refuse('a purpose of 1 to 64 of a-z, 0-9, _ and -');
  if (!BATCH_ID.test(batchId)) throw refuse('a batch id of 1 to 64 letters, digits, dots, colons and dashes');
  if (items.length < 1 || items.length > MAX_BATCH_ITEMS) throw refuse(`1 to ${MAX_BATCH_ITEMS} items`);
  const tree = new MerkleLevels(items);
  const head: BatchHead = { purpose, batchId, size: items.length, root: tree.root };
  const signature = signer.sign({ purpose: `batch.${purpose}`, message: headBytes(head) });
  const place = { suite: signer.suite, purpose, batchId, size: items.length };
  return {
    head,
    signature,
    proof: (index) => tree.proof(index),
    evidence: (index) => encodeEvidence({ ...place, index }, tree.proof(index), signature),
  };
}

/** What a check of one item found. */
export type BatchVerdict =
  | { readonly ok: true; readonly batchId: string; readonly index: number; readonly size: number }
  | {
      readonly ok: false;
      readonly reason:
        | 'evidence_malformed'
        | 'suite_differs'
        | 'purpose_differs'
        /** Item, proof, place or signature were changed, or another key signed. */
        | 'signature_invalid';
      readonly expected: string;
    };

/** Checks items of batches that one key signed for one purpose. */
export interface BatchVerifier {
  verify(item: Uint8Array, evidence: Uint8Array): BatchVerdict;
}

/** How many heads a verifier remembers, so that the items of one batch cost one signature check. */
const REMEMBERED_HEADS = 64;

export interface BatchVerifierOptions {
  readonly verifier: HybridVerifier;
  readonly purpose: string;
}

/** A verifier that checks each head's signature once and each item's proof. */
export function batchVerifier(options: BatchVerifierOptions): BatchVerifier {
  refuseUnknownOptions('batchVerifier', options, ['verifier', 'purpose']);
  const { verifier, purpose } = options;
  const verified = new Map<string, BatchEvidence>();

  const signatureFits = (evidence: BatchEvidence, root: Buffer): boolean => {
    const { batchId, size, signature } = evidence;
    const key = root.toString('latin1');
    const known = verified.get(key);
    // The same head with the same signature was checked before; anything else is checked anew.
    if (known?.batchId === batchId && known.size === size && asBuffer(known.signature).equals(signature)) {
      return true;
    }
    const message = headBytes({ purpose, batchId, size, root });
    if (!verifier.verify({ purpose: `batch.${purpose}`, message, signature })) return false;
    const oldest = verified.keys().next().value;
    if (verified.size >= REMEMBERED_HEADS && oldest !== undefined) verified.delete(oldest);
    verified.set(key, { ...evidence, proof: [], signature: Uint8Array.from(signature) });
    return true;
  };

  return {
    verify(item, bytes) {
      const evidence = decodeEvidence(asBuffer(bytes));
      if (typeof evidence === 'string')
        return { ok: false, reason: 'evidence_malformed', expected: evidence };
      if (evidence.suite !== verifier.suite) {
        return { ok: false, reason: 'suite_differs', expected: verifier.suite };
      }
      if (evidence.purpose !== purpose) return { ok: false, reason: 'purpose_differs', expected: purpose };
      const root = rootFromProof({ ...evidence, leaf: leafHash(item) });
      if (root === undefined) {
        return { ok: false, reason: 'evidence_malformed', expected: 'a proof of the length of its place' };
      }
      if (!signatureFits(evidence, root)) {
        return { ok: false, reason: 'signature_invalid', expected: 'the item as its batch was signed' };
      }
      const { batchId, index, size } = evidence;
      return { ok: true, batchId, index, size };
    },
  };
}

/** Checks one item by itself: its form, its place, its proof and both signatures of its batch. */
export function verifyBatchItem(
  options: BatchVerifierOptions & { readonly item: Uint8Array; readonly evidence: Uint8Array },
): BatchVerdict {
  refuseUnknownOptions('verifyBatchItem', options, ['verifier', 'purpose', 'item', 'evidence']);
  const { verifier, purpose, item, evidence } = options;
  return batchVerifier({ verifier, purpose }).verify(item, evidence);
}
