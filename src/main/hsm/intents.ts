/**
 * Keys on their way onto a token. What is to be made is written down first, so that a loss of power
 * between the key and its row leaves nothing behind that nobody knows of: it is found by its id on the
 * token and destroyed. Nobody was told of such a key, so nobody misses it.
 */
import { type HsmContext, keySubject, SYSTEM, tokenSubject } from './context.ts';
import { createIntentStore } from './store-intents.ts';
import type { Tokens } from './tokens.ts';

export interface Intents {
  /** Writes down that a key will be put on a token. */
  begin(keyId: string, tokenId: number): void;
  /** The key has its row. In the transaction that writes it. */
  fulfil(keyId: string, tokenId: number): void;
  /** Nobody works on it any more; what is left of it is looked for at once where the token serves. */
  over(keyId: string, tokenId: number): Promise<void>;
  /** Looks for what earlier tries have left on a token that serves. */
  settle(tokenId: number): Promise<void>;
}

export function createIntents(context: HsmContext, tokens: Pick<Tokens, 'get'>): Intents {
  const { vault, audit, runtime, log, store } = context;
  const intents = createIntentStore(vault.db);
  const underWay = new Set<string>();
  const nameOf = (keyId: string, tokenId: number) => `${tokenId}/${keyId}`;

  /** Whether the vault knows of the key on that token: then it is no orphan, whatever was written before. */
  const isKnown = (keyId: string, tokenId: number): boolean =>
    store.copiesOf(keyId).some((copy) => copy.tokenId === tokenId && copy.state !== 'destroyed');

  async function settleOne(keyId: string, tokenId: number): Promise<void> {
    const { link } = tokens.get(tokenId);
    const objects = isKnown(keyId, tokenId) ? 0 : (await link.call('destroy', { keyId })).destroyed;
    if (!vault.db.open) return;
    vault.transaction(() => {
      intents.remove(keyId, tokenId);
      audit.record({
        kind: objects > 0 ? 'hsm.orphan-destroyed' : 'hsm.intent-dropped',
        ...SYSTEM,
        subjects: [keySubject(keyId), tokenSubject(tokenId)],
        detail: { objects },
      });
      vault.onCommit(context.changed);
    });
  }

  async function settle(tokenId: number): Promise<void> {
    if (!vault.db.open) return;
    for (const { keyId } of intents.of(tokenId)) {
      if (underWay.has(nameOf(keyId, tokenId))) continue;
      underWay.add(nameOf(keyId, tokenId));
      try {
        await settleOne(keyId, tokenId);
      } catch (error) {
        // The token is away again; it is looked for when it comes back.
        log.warn('hsm.orphan-left', {
          token: tokenId,
          name: error instanceof Error ? error.name : typeof error,
        });
        return;
      } finally {
        underWay.delete(nameOf(keyId, tokenId));
      }
    }
  }

  return {
    begin(keyId, tokenId) {
      underWay.add(nameOf(keyId, tokenId));
      vault.transaction(() => intents.put(keyId, tokenId, runtime.nowMs()));
    },
    fulfil: (keyId, tokenId) => intents.remove(keyId, tokenId),
    async over(keyId, tokenId) {
      underWay.delete(nameOf(keyId, tokenId));
      if (vault.db.open && tokens.get(tokenId).link.ready) await settle(tokenId);
    },
    settle,
  };
}
