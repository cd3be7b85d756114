/** Sealing of names, account numbers, remittance text and message bytes. */
export { BLIND_TAG_BYTES } from './blind-index.ts';
export { columnName, type PlacedValue, type SealedColumn } from './columns.ts';
export type { KeyControl, RewrapStep } from './control.ts';
export {
  createFileSealer,
  type FileKey,
  type FileKeyId,
  type FileSealer,
  type FileSealing,
} from './file-sealer.ts';
export type { ValueKeeping } from './keeping.ts';
export type { KeyChange } from './keys.ts';
export {
  type Opener,
  openSealingReader,
  type SealedPlace,
  type SealedRef,
  type SealingReader,
} from './opener.ts';
export {
  defaultRetentionClass,
  type KeyLine,
  quarterOf,
  type SealingPurpose,
  sealingPurposes,
} from './purposes.ts';
export { type ResealStep, ValueOutOfReach } from './reseal.ts';
export { rewrapSealingKeys } from './rewrap.ts';
export {
  type BatchValue,
  type BlindIndexEntry,
  createSealing,
  type Sealing,
  type SealingOptions,
  type ValueToSeal,
} from './sealing.ts';
export { textUnlessErased, unlessErased } from './unless-erased.ts';
