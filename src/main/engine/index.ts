export type { EngineHostOptions } from './control.ts';
export { DEMO_PASSPHRASE, DEMO_VAULT_NAME } from './demo.ts';
export { createEngineHost, type DoorName, type EngineHost } from './host.ts';
export { restoreVaultAlone } from './restore-vault.ts';
export type { EngineRouter } from './router.ts';
