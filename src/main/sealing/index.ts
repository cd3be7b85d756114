/** Sealing of names, account numbers, remittance text and message bytes. */
export { BLIND_TAG_BYTES } from './blind-index.ts';
export {
  type Opener,
  openSealingReader,
  type SealedPlace,
  type SealedRef,
  type SealingReader,
} from './opener.ts';
export { defaultRetentionClass, type SealingPurpose, sealingPurposes } from './purposes.ts';
export {
  type BatchValue,
  type BlindIndexEntry,
  createSealing,
  type Sealing,
  type SealingOptions,
  type ValueToSeal,
} from './sealing.ts';
