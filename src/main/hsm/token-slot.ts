/**
 * A key slot of the vault on a token of hardware. The token makes an AES key that never leaves it
 * and seals the slot's key under that. A software token is refused: its PIN lies in the vault that
 * it would open.
 */
import type { Runtime, SpawnHost } from '../base/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { SlotOpener } from '../vault/index.ts';
import type { TokenFacts } from './calls.ts';
import { OP } from './frames.ts';
import { hsmError } from './refusals.ts';
import { type TokenAtHand, withSession } from './session.ts';
import { HSM_ENTRY, isSoftware } from './tokens.ts';

/** The token of a workstation, as its settings name it. */
export type TokenSetting = Omit<TokenAtHand, 'pin'> & { readonly pin?: string | undefined };

export interface TokenSlotOptions {
  readonly spawnHost: SpawnHost;
  readonly runtime: Runtime;
  /** The token that is there, as the door knows it, with its PIN where that is set; nothing where there is none. */
  readonly token: () => TokenSetting | undefined | Promise<TokenSetting | undefined>;
  /** The entry of the process; a test's stand-in. */
  readonly entry?: URL;
}

const REFERENCE = /^hsm1:([^:]{1,32}):([0-9a-f]{32})$/;
const BINDING_BYTES = 32;
const KEY_BYTES = 32;

/** What a sealed key is for, so that it opens this slot and no other. */
const bindingOf = (vaultId: string, slotId: string) =>
  sha256(Buffer.from(`countersign token slot v1\n${vaultId}\n${slotId}`, 'utf8'));

function refuseSoftware(facts: TokenFacts): void {
  if (isSoftware(facts)) throw hsmError('HSM_SOFTWARE_REFUSED', { expected: 'a token of hardware' });
}

export function createTokenSlotOpener(options: TokenSlotOptions): SlotOpener {
  const { spawnHost, runtime, entry = HSM_ENTRY } = options;
  const surroundings = { spawnHost, runtime, entry };

  /** The token and what opens it: the PIN that was typed, else the one of the settings. */
  async function atHand(typed: string | undefined): Promise<TokenAtHand | undefined> {
    const token = await options.token();
    if (token?.profile === 'softhsm')
      throw hsmError('HSM_SOFTWARE_REFUSED', { expected: 'a token of hardware' });
    if (token === undefined) return undefined;
    const pin = typed ?? token.pin;
    if (pin === undefined) throw hsmError('HSM_PIN_NEEDED', { expected: 'the PIN of the token' });
    return { ...token, pin };
  }

  return {
    async seal({ vaultId, slotId, slotKey, pin }) {
      const token = await atHand(pin);
      if (token === undefined) throw hsmError('HSM_TOKEN_MISSING');
      return withSession(
        surroundings,
        token,
        async (client, { serial }) => {
          const keyId = runtime.randomBytes(16).toString('hex');
          const label = `countersign slot ${keyId.slice(0, 8)}`;
          const ref = await client.call('generate', {
            keyId,
            algorithm: 'AES-256',
            label,
            mayMigrate: false,
          });
          const { number } = await client.call('use', ref);
          const plaintext = Buffer.concat([bindingOf(vaultId, slotId), slotKey]);
          try {
            return {
              reference: `hsm1:${serial}:${keyId}`,
              sealedKey: await client.use(OP.encrypt, number, plaintext),
            };
          } finally {
            plaintext.fill(0);
          }
        },
        refuseSoftware,
      );
    },

    async open({ vaultId, slotId, reference, sealedKey, pin }) {
      const [, serial, keyId] = REFERENCE.exec(reference) ?? [];
      const token = await atHand(pin);
      if (token === undefined || serial === undefined || keyId === undefined) return undefined;
      if (token.serial !== undefined && token.serial !== serial) return undefined;
      return withSession(
        surroundings,
        { ...token, serial },
        async (client) => {
          const ref = { keyId, algorithm: 'AES-256', publicKey: '', sealedSeed: null } as const;
          const { number } = await client.call('use', ref);
          const opened = await client.use(OP.decrypt, number, sealedKey);
          const isOurs =
            opened.length === BINDING_BYTES + KEY_BYTES &&
            opened.subarray(0, BINDING_BYTES).equals(bindingOf(vaultId, slotId));
          if (isOurs) return opened.subarray(BINDING_BYTES);
          opened.fill(0);
          return undefined;
        },
        refuseSoftware,
      );
    },
  };
}
