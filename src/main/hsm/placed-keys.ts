/** Keys of ceremonies: each lies on every token that is configured, so that none dies with one machine. */
import { sha256 } from '../crypto/index.ts';
import { type HsmContext, SYSTEM } from './context.ts';
import { hsmError } from './refusals.ts';
import type { HeldToken, Tokens } from './tokens.ts';

const KEY_ID_BYTES = 16;

export interface PlacedKeys {
  /** Whether a key could be placed now: a token serves, or the embedded one can be made. */
  readonly possible: boolean;
  /** The tokens that a key is placed on, in words. Makes the embedded token where there is none. */
  describe(): Promise<string>;
  /** Puts a key on every token, never to leave it. `name` tells it from every other key of this vault. */
  place(name: string, label: string, value: Uint8Array): Promise<void>;
  /** Check value as hex; undefined where no token holds the key, several where tokens differ. */
  checkValue(name: string): Promise<string | undefined>;
  /** Takes the key off every token. Throws `HSM_UNAVAILABLE` while one does not answer: it may hold a copy. */
  remove(name: string): Promise<void>;
}

export function createPlacedKeys({ vault, spawnHost }: HsmContext, tokens: Tokens): PlacedKeys {
  /** By a hash, since tokens take short ids and may serve several vaults. */
  const idOf = (name: string) =>
    sha256(Buffer.from(`countersign placed key v1\n${vault.vaultId}\n${name}`, 'utf8'))
      .subarray(0, KEY_ID_BYTES)
      .toString('hex');

  /** Every token, all of them serving. */
  function everyToken(): HeldToken[] {
    const all = tokens.all();
    if (all.length === 0 || all.some(({ link }) => !link.ready)) {
      throw hsmError('HSM_UNAVAILABLE', { expected: 'every configured token, with its session open' });
    }
    return all;
  }

  /** Tokens that may hold what is real; software ones only where the policy lets them. */
  const allowed = (all: HeldToken[]) =>
    tokens.hardwareOnly ? all.filter(({ row }) => row.kind === 'hardware') : all;

  async function homes(): Promise<HeldToken[]> {
    if (tokens.all().length === 0) await tokens.setUpSoftware('Embedded', SYSTEM);
    const found = allowed(everyToken());
    if (found.length === 0) throw hsmError('HSM_POLICY_HARDWARE');
    return found;
  }

  return {
    get possible() {
      if (spawnHost === undefined) return false;
      const all = tokens.all();
      return all.length === 0 ? !tokens.hardwareOnly : allowed(all).some(({ link }) => link.ready);
    },
    async describe() {
      return (await homes()).map(({ row }) => `${row.name} (${row.serial})`).join(', ');
    },
    async place(name, label, value) {
      const text = Buffer.from(value).toString('base64');
      for (const { link } of await homes())
        await link.call('place', { keyId: idOf(name), label, value: text });
      tokens.embedded.keep();
    },
    async checkValue(name) {
      const values = new Set<string>();
      for (const { link } of everyToken()) {
        const { checkValue } = await link.call('checkPlaced', { keyId: idOf(name) });
        if (checkValue !== null) values.add(checkValue);
      }
      return values.size === 0 ? undefined : [...values].join(' and ');
    },
    async remove(name) {
      for (const { link } of everyToken()) await link.call('destroy', { keyId: idOf(name) });
      tokens.embedded.keep();
    },
  };
}
