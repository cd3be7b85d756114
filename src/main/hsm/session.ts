/** A process and a session for one piece of work, with a token that is no part of the pool. */
import type { Runtime, SpawnHost } from '../base/index.ts';
import type { TokenChoice, TokenFacts } from './calls.ts';
import { type HsmClient, startHsmClient } from './client.ts';
import { findLibrary, requireTrusted } from './library.ts';
import { PROFILES, type ProfileId } from './profiles.ts';

/** A token as a person names it, with its PIN. */
export interface TokenAtHand extends TokenChoice {
  readonly profile: ProfileId;
  readonly library?: string | undefined;
  readonly configuration?: string | undefined;
  readonly pin: string;
}

export interface SessionOptions {
  readonly spawnHost: SpawnHost;
  readonly entry: URL;
  readonly runtime: Runtime;
}

/** How the library of a token is loaded. Throws `HSM_LIBRARY_MISSING`, `HSM_LIBRARY_REFUSED`. */
export function libraryOf({ profile, library, configuration }: Omit<TokenAtHand, 'pin'>) {
  const { variable, mechanisms, gcmNonce } = PROFILES[profile];
  const path = findLibrary(profile, library);
  requireTrusted(path);
  return {
    path,
    dialect: { mechanisms, gcmNonce },
    environment: variable === null || configuration === undefined ? {} : { [variable]: configuration },
  };
}

/** Opens the session; `check` sees the token before its PIN is tried. The process ends with the work. */
export async function withSession<T>(
  { spawnHost, entry, runtime }: SessionOptions,
  token: TokenAtHand,
  work: (client: HsmClient, facts: TokenFacts) => Promise<T>,
  check: (facts: TokenFacts) => void = () => {},
): Promise<T> {
  const choice = libraryOf(token);
  const { silentMs } = PROFILES[token.profile];
  const client = startHsmClient({ spawnHost, entry, runtime, silentMs });
  try {
    const { serial, label, pin } = token;
    const { token: facts } = await client.call('open', { ...choice, token: { serial, label } });
    check(facts);
    await client.call('login', { pin });
    return await work(client, facts);
  } finally {
    client.kill();
  }
}
