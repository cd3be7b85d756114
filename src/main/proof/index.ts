/**
 * What proves something of a log to somebody who has only the proof: checkpoints, paths, receipts.
 * It imports nothing, so that the static verifier is made of the same lines as the engine.
 */
export type { ApprovedBy } from './approval.ts';
export { concat, fromBase64, toBase64, u16 } from './bytes.ts';
export {
  ABANDON,
  endStep,
  endsAt,
  LEFT_OPEN,
  type StandIn,
  standInFact,
  standInsOf,
} from './ceremony-end.ts';
export {
  type CeremonyKind,
  type CeremonyRole,
  ceremonyKinds,
  type ExceptionClass,
  type ScriptStep,
  scriptOf,
} from './ceremony-script.ts';
export {
  type Checkpoint,
  checkpointText,
  cosignedMessage,
  fingerprintOf,
  type Head,
  type LogKeys,
  originOf,
  parseCheckpoint,
  parseOrigin,
  verifyCheckpoint,
  writeCheckpoint,
} from './checkpoint.ts';
export {
  cosignatureText,
  linesOf,
  parseWitnessRequest,
  verifyCosignature,
  withLines,
  witnessNameOf,
  witnessRequest,
  writeCosignature,
} from './cosignature.ts';
export type { Primitives } from './primitives.ts';
export {
  fileText,
  keysOf,
  MOST_RECEIPT_BYTES,
  parseTrust,
  RECEIPT_FORM,
  type Receipt,
  TRUST_FORM,
  type TrustFile,
  type WitnessKeys,
} from './receipt.ts';
export {
  headerHash,
  STEP_PURPOSE,
  stepHash,
  TRANSCRIPT_FORM,
  type Transcript,
  type TranscriptHeader,
  type TranscriptParticipant,
  type TranscriptPrimitives,
  type TranscriptSuite,
  transcriptText,
  type UnsignedStep,
} from './transcript.ts';
export { transcriptFacts, transcriptSays } from './transcript-facts.ts';
export { isConsistent } from './tree.ts';
export {
  type ReceiptAnswer,
  type ReceiptVerdict,
  verifyReceipt,
  type WitnessedBy,
} from './verify-receipt.ts';
export { type TranscriptAnswer, transcriptStandIns, verifyTranscript } from './verify-transcript.ts';
