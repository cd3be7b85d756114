/** Smart cards of operators: a challenge of this vault is signed on the card and verified here. */
import type { Caller } from '../base/index.ts';
import type { HsmAlgorithm } from './algorithms.ts';
import type { HsmClient } from './client.ts';
import type { HsmContext } from './context.ts';
import { OP } from './frames.ts';
import { verifySigned } from './public-keys.ts';
import { hsmError } from './refusals.ts';
import { type TokenAtHand, withSession } from './session.ts';
import { type CardRow, createCardStore } from './store-cards.ts';
import { isSoftware } from './tokens.ts';

export interface Cards {
  /**
   * Takes a card for an operator, once it has signed. Errors: `HSM_PIN_WRONG`, `HSM_TOKEN_EXISTS` for
   * a card of somebody else, `HSM_KEY_UNKNOWN` for one without a signing key, `HSM_POLICY_HARDWARE`.
   */
  enrol(operatorId: string, card: TokenAtHand, caller: Caller): Promise<CardRow>;
  /** Proves that the operator's card is there and its PIN is known. Errors: `HSM_CARD_REFUSED`, `HSM_PIN_WRONG`, … */
  prove(operatorId: string, card: TokenAtHand, caller: Caller): Promise<void>;
  has(operatorId: string): boolean;
  /** Errors: `HSM_TOKEN_UNKNOWN`. */
  remove(operatorId: string, caller: Caller): void;
}

/** Kinds of keys that issuers put on cards, the best first. */
const CARD_KEYS: readonly HsmAlgorithm[] = ['Ed25519', 'P-256', 'RSA-3072', 'RSA-2048'];
const NONCE_BYTES = 32;

export function createCards(context: HsmContext, policy: { readonly hardwareOnly: boolean }): Cards {
  const { vault, audit, runtime, entry, spawnHost } = context;
  const store = createCardStore(vault.db);
  const subject = (operatorId: string) => ({ kind: 'operator', id: operatorId });

  const surroundings = () => {
    if (spawnHost === undefined)
      throw hsmError('HSM_UNAVAILABLE', { expected: 'a door that starts processes' });
    return { spawnHost, entry, runtime };
  };

  /** What the card signs: this vault, this operator, and bytes that were never used before. */
  const challengeFor = (operatorId: string) =>
    Buffer.from(
      `countersign card v1\n${vault.vaultId}\n${operatorId}\n${runtime.randomBytes(NONCE_BYTES).toString('hex')}`,
    );

  async function signs(client: HsmClient, row: Omit<CardRow, 'enrolledAtMs'>): Promise<boolean> {
    const { keyId, algorithm, publicKey, operatorId } = row;
    const ref = { keyId, algorithm, publicKey: publicKey.toString('base64'), sealedSeed: null };
    const { number } = await client.call('use', ref);
    const challenge = challengeFor(operatorId);
    return verifySigned(algorithm, publicKey, challenge, await client.use(OP.sign, number, challenge));
  }

  function record(
    what: string,
    operatorId: string,
    caller: Caller,
    detail: Record<string, string> = {},
  ): void {
    audit.record({ kind: `hsm.card-${what}`, ...caller, subjects: [subject(operatorId)], detail });
  }

  function refused(operatorId: string, caller: Caller, reason: string): never {
    vault.transaction(() => record('refused', operatorId, caller, { reason }));
    throw hsmError('HSM_CARD_REFUSED');
  }

  return {
    enrol(operatorId, card, caller) {
      return withSession(
        surroundings(),
        card,
        async (client, { serial }) => {
          const owner = store.bySerial(serial);
          if (owner !== undefined && owner.operatorId !== operatorId)
            throw hsmError('HSM_TOKEN_EXISTS', { path: 'serial' });
          for (const algorithm of CARD_KEYS) {
            const [key] = (await client.call('existing', { algorithm })).keys;
            if (key === undefined) continue;
            const publicKey = Buffer.from(key.publicKey, 'base64');
            const row = {
              operatorId,
              serial,
              keyId: key.keyId,
              algorithm,
              publicKey,
              enrolledAtMs: runtime.nowMs(),
            };
            if (!(await signs(client, row))) refused(operatorId, caller, 'signature');
            vault.transaction(() => {
              store.put(row);
              record('enrolled', operatorId, caller, { serial, algorithm });
            });
            return row;
          }
          throw hsmError('HSM_KEY_UNKNOWN', { expected: 'a signing key on the card' });
        },
        (facts) => {
          if (policy.hardwareOnly && isSoftware(facts)) throw hsmError('HSM_POLICY_HARDWARE');
        },
      );
    },

    async prove(operatorId, card, caller) {
      const row = store.get(operatorId);
      if (row === undefined) refused(operatorId, caller, 'none enrolled');
      await withSession(
        surroundings(),
        card,
        async (client) => {
          const isProven = await signs(client, row).catch(() => false);
          if (!isProven) refused(operatorId, caller, 'signature');
          vault.transaction(() => record('proven', operatorId, caller));
        },
        // Another card is refused before its PIN is tried: a wrong one would count against its owner.
        (facts) => {
          if (facts.serial !== row.serial) refused(operatorId, caller, 'another card');
        },
      );
    },

    has: (operatorId) => store.get(operatorId) !== undefined,

    remove(operatorId, caller) {
      vault.transaction(() => {
        if (!store.remove(operatorId)) throw hsmError('HSM_TOKEN_UNKNOWN');
        record('removed', operatorId, caller);
      });
    },
  };
}
