import { type CardReader, profileIds, type TokenSetting } from '../../hsm/index.ts';

/** Settings of the engine that come from the environment, the same for the app and the command line. */
export interface EngineSettings {
  /** `COUNTERSIGN_NOTICE_WEBHOOK`: where notices of key rotations are posted to, on this machine alone. */
  readonly noticeWebhook?: string;
  /** `COUNTERSIGN_TOKEN` and its kin: the token of hardware that a key slot of the vault lies on. */
  readonly token?: TokenSetting;
  /** `COUNTERSIGN_CARD` and its kin: how this workstation reads operators' cards. */
  readonly card?: CardReader;
}

export function engineSettings(environment: NodeJS.ProcessEnv = process.env): EngineSettings {
  const noticeWebhook = environment.COUNTERSIGN_NOTICE_WEBHOOK?.trim();
  const token = tokenOf(environment);
  const card = cardOf(environment);
  return {
    ...(noticeWebhook ? { noticeWebhook } : {}),
    ...(token ? { token } : {}),
    ...(card ? { card } : {}),
  };
}

/**
 * `COUNTERSIGN_CARD=PROFILE`, `smart-card` where only a library is named; nothing where neither is set.
 * A profile that is none we know counts as none.
 */
function cardOf(environment: NodeJS.ProcessEnv): CardReader | undefined {
  const library = environment.COUNTERSIGN_CARD_LIBRARY?.trim() || undefined;
  const name = environment.COUNTERSIGN_CARD?.trim() || (library === undefined ? '' : 'smart-card');
  const profile = profileIds.find((id) => id === name);
  if (profile === undefined) return undefined;
  return { profile, library, configuration: environment.COUNTERSIGN_CARD_CONFIGURATION?.trim() || undefined };
}

/**
 * `COUNTERSIGN_TOKEN=PROFILE` or `PROFILE:SERIAL`; nothing where the profile is none we know. Its PIN is
 * typed where `COUNTERSIGN_TOKEN_PIN` does not bring it.
 */
function tokenOf(environment: NodeJS.ProcessEnv): TokenSetting | undefined {
  const [name, serial] = (environment.COUNTERSIGN_TOKEN ?? '').trim().split(':');
  const profile = profileIds.find((id) => id === name);
  if (profile === undefined) return undefined;
  return {
    profile,
    pin: environment.COUNTERSIGN_TOKEN_PIN || undefined,
    serial: serial || undefined,
    library: environment.COUNTERSIGN_TOKEN_LIBRARY || undefined,
    configuration: environment.COUNTERSIGN_TOKEN_CONFIGURATION || undefined,
  };
}
