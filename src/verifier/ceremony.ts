/** Transcripts of key ceremonies, checked by what stands in them, with algorithms of the page's own. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import {
  transcriptFacts as factsOf,
  TRANSCRIPT_FORM,
  type TranscriptAnswer,
  type TranscriptPrimitives,
  verifyTranscript,
} from '../main/proof/index.ts';

const POST_QUANTUM = { 'Ed25519+ML-DSA-65': ml_dsa65, 'Ed25519+ML-DSA-87': ml_dsa87 } as const;
const ED25519_KEY_BYTES = 32;
const ED25519_SIGNATURE_BYTES = 64;

/** What people sign: a prefix that names suite and purpose, then the message. */
function signedBytes(suite: string, purpose: string, message: Uint8Array): Uint8Array {
  const prefix = new TextEncoder().encode(`countersign signature v1\n${suite}\n${purpose}\n`);
  const bytes = new Uint8Array(prefix.length + message.length);
  bytes.set(prefix);
  bytes.set(message, prefix.length);
  return bytes;
}

const primitives: TranscriptPrimitives = {
  sha256,
  verifyHybrid({ suite, publicKey, purpose, message, signature }) {
    try {
      const bytes = signedBytes(suite, purpose, message);
      const classical = publicKey.subarray(0, ED25519_KEY_BYTES);
      if (ed25519.Point.fromBytes(classical).isSmallOrder()) return false;
      return (
        ed25519.verify(signature.subarray(0, ED25519_SIGNATURE_BYTES), bytes, classical, { zip215: false }) &&
        POST_QUANTUM[suite].verify(
          signature.subarray(ED25519_SIGNATURE_BYTES),
          bytes,
          publicKey.subarray(ED25519_KEY_BYTES),
        )
      );
    } catch {
      // A key or a signature of a wrong form fits nothing.
      return false;
    }
  },
};

/** Whether a file says of itself that it is a transcript. */
export const isTranscript = (text: string): boolean => text.includes(`"${TRANSCRIPT_FORM}"`);

export const checkTranscript = (text: string): TranscriptAnswer => verifyTranscript(text, primitives);

/** What a transcript that verifies says; nothing of one that does not. */
export const transcriptFacts = (answer: TranscriptAnswer) => factsOf(answer, sha256);
