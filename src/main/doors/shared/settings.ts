import { profileIds, type TokenAtHand } from '../../hsm/index.ts';

/** Settings of the engine that come from the environment, the same for the app and the command line. */
export interface EngineSettings {
  /** `COUNTERSIGN_NOTICE_WEBHOOK`: where notices of key rotations are posted to, on this machine alone. */
  readonly noticeWebhook?: string;
  /** `COUNTERSIGN_TOKEN` and its kin: the token of hardware that a key slot of the vault lies on. */
  readonly token?: TokenAtHand;
}

export function engineSettings(environment: NodeJS.ProcessEnv = process.env): EngineSettings {
  const noticeWebhook = environment.COUNTERSIGN_NOTICE_WEBHOOK?.trim();
  const token = tokenOf(environment);
  return { ...(noticeWebhook ? { noticeWebhook } : {}), ...(token ? { token } : {}) };
}

/** `COUNTERSIGN_TOKEN=PROFILE` or `PROFILE:SERIAL`; nothing where the profile is none we know or the PIN is missing. */
function tokenOf(environment: NodeJS.ProcessEnv): TokenAtHand | undefined {
  const [name, serial] = (environment.COUNTERSIGN_TOKEN ?? '').trim().split(':');
  const profile = profileIds.find((id) => id === name);
  const pin = environment.COUNTERSIGN_TOKEN_PIN;
  if (profile === undefined || !pin) return undefined;
  return {
    ...{ profile, pin },
    serial: serial || undefined,
    library: environment.COUNTERSIGN_TOKEN_LIBRARY || undefined,
    configuration: environment.COUNTERSIGN_TOKEN_CONFIGURATION || undefined,
  };
}
