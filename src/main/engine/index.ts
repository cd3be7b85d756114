export { verifyTranscriptFile } from './ceremonies.ts';
export type { EngineHostOptions } from './control.ts';
export { DEMO_PASSPHRASE, DEMO_VAULT_NAME } from './demo.ts';
export { DEMO_PEOPLE, demoPeopleLines } from './demo-people.ts';
export { createEngineHost, type DoorName, type EngineHost } from './host.ts';
export { restoreVaultAlone } from './restore-vault.ts';
export type { EngineRouter } from './router.ts';

import { primitives } from '../audit/index.ts';
import { type ReceiptAnswer, verifyReceipt } from '../proof/index.ts';

/** Checks a receipt, which takes no vault. `trust` is the text of a trust file. */
export const verifyReceiptFile = (file: string, trust?: string): ReceiptAnswer =>
  verifyReceipt(file, primitives, trust);
export { type DrillOptions, type DrillResult, drillHsm } from './hsm-drill.ts';
export { runT0Demo, type T0DemoResult, withT0Console } from './t0-demo.ts';
export { createTraffic, type Traffic } from './t0-traffic.ts';
