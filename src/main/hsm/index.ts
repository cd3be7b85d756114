/** The HSM: tokens over PKCS#11 in a process of their own, their keys, and signatures that are never lost. */
export type { HsmAlgorithm } from './algorithms.ts';
export type { CardReader, CardReading, CardSeen, Cards } from './cards.ts';
export type { HsmOptions } from './context.ts';
export { type Killable, killable } from './killable.ts';
export type { PlacedKeys } from './placed-keys.ts';
export { hsmProcedures } from './procedures.ts';
export { type ProfileId, profileIds } from './profiles.ts';
export { verifySigned } from './public-keys.ts';
export { type CircuitState, createRecovery, type Recovery, type RecoveryOptions } from './recovery.ts';
export { type Component, RECOVERY_PLANS, type RecoveryPlan, type RecoveryStep } from './recovery-plans.ts';
export { hsmSealedColumns } from './sealed-columns.ts';
export { createHsm, type Hsm } from './service.ts';
export type { TokenAtHand } from './session.ts';
export type { Signed, SignRequest } from './signing.ts';
export { hasSoftHsm, prepareSoftHsm } from './softhsm.ts';
export { createTokenSlotOpener, type TokenSetting, type TokenSlotOptions } from './token-slot.ts';
