/** Smart cards of operators: a challenge is signed on the card of this workstation and verified here. */
import { type Caller, CountersignError, isCountersignError } from '../base/index.ts';
import type { HsmAlgorithm } from './algorithms.ts';
import type { TokenFacts } from './calls.ts';
import { issueSoftwareCard } from './card-issuing.ts';
import { type ChallengeFor, createChallenges } from './challenges.ts';
import { type HsmClient, startHsmClient } from './client.ts';
import type { HsmContext } from './context.ts';
import { verifySigned } from './public-keys.ts';
import { hsmError } from './refusals.ts';
import { libraryOf, type TokenAtHand, withSession } from './session.ts';
import { type CardRow, createCardStore } from './store-cards.ts';
import { isSoftware } from './tokens.ts';

/** How this workstation reads cards. */
export type CardReader = Omit<TokenAtHand, 'pin' | 'serial' | 'label'>;

/** Whether and how this workstation reads cards. */
export interface CardReading {
  /** Asked often, so it starts nothing. */
  readonly reads: boolean;
  reader(): CardReader | undefined;
}

/** A card in the reader, as it shows itself without a PIN. */
export interface CardSeen {
  readonly serial: string;
  readonly label: string;
  /** Whose it is; null where it is enrolled for nobody. */
  readonly operatorId: string | null;
}

export interface CardSignIn extends ChallengeFor {
  readonly pin: string;
}

export interface Cards {
  /** Whether anybody's card is enrolled and this workstation can read one. */
  readonly offered: boolean;
  /** What is in the reader now. Errors: `HSM_CARD_READER_MISSING`, `HSM_LIBRARY_MISSING`, … */
  inReader(): Promise<CardSeen[]>;
  of(operatorId: string): CardRow | undefined;
  /**
   * Takes a card for an operator, once it has signed; another card takes the place of the one before.
   * Errors: `HSM_PIN_WRONG`, `HSM_CARD_MISSING`, `HSM_CARD_OTHER`, `HSM_TOKEN_EXISTS` for a card of
   * somebody else, `HSM_KEY_UNKNOWN` for one without a signing key, `HSM_SOFTWARE_REFUSED`.
   */
  enrol(wanted: CardSignIn & { readonly serial: string }, caller: Caller): Promise<CardRow>;
  /**
   * Proves that the operator's card is there and its PIN is known: one try, never repeated by the
   * program. Errors: `HSM_CARD_*`, `HSM_PIN_WRONG`, `HSM_PIN_LOCKED`, `HSM_CRASHED`, `HSM_HANGS`.
   */
  prove(asked: CardSignIn, caller: Caller): Promise<void>;
  /** Errors: `HSM_CARD_UNKNOWN`. */
  remove(operatorId: string, caller: Caller): void;
  /** In the demo vault alone: a card of software for one of its invented people. Errors: `NOT_PERMITTED`. */
  issueInDemo(wanted: { readonly operatorId: string; readonly pin: string }, caller: Caller): Promise<void>;
}

/** Kinds of keys that issuers put on cards, the best first. */
const CARD_KEYS: readonly HsmAlgorithm[] = ['Ed25519', 'P-256', 'RSA-3072', 'RSA-2048'];

/** What a card that is gone in the middle looks like to the library. */
const PULLED = ['HSM_TOKEN_GONE', 'HSM_SESSION_LOST'];

export function createCards(context: HsmContext): Cards {
  const { vault, audit, runtime, entry } = context;
  const store = createCardStore(vault.db);
  const challenges = createChallenges(runtime, vault.vaultId);

  const surroundings = () => {
    if (context.spawnHost === undefined)
      throw hsmError('HSM_UNAVAILABLE', { expected: 'a door that starts processes' });
    return { spawnHost: context.spawnHost, entry, runtime };
  };
  const isDemo = () => vault.meta('demo') === 'true';

  function reader(): CardReader {
    const found = context.cardReading?.reader();
    if (found === undefined)
      throw hsmError('HSM_CARD_READER_MISSING', { expected: 'COUNTERSIGN_CARD or COUNTERSIGN_CARD_LIBRARY' });
    return found;
  }

  function record(what: string, operatorId: string, caller: Caller, detail: Record<string, string> = {}) {
    const subjects = [{ kind: 'operator', id: operatorId }];
    vault.transaction(() => audit.record({ kind: `hsm.card-${what}`, ...caller, subjects, detail }));
  }

  /** The tokens that the reader's library shows, in a process of its own. */
  async function tokensInReader(): Promise<TokenFacts[]> {
    const client = startHsmClient(surroundings());
    try {
      const { tokens } = await client.call('list', libraryOf(reader()));
      return tokens.filter(({ initialised }) => initialised);
    } finally {
      client.kill();
    }
  }

  /** What went wrong, in words of cards. */
  async function ofCard(error: unknown): Promise<unknown> {
    if (!isCountersignError(error)) return error;
    if (PULLED.includes(error.code)) return hsmError('HSM_CARD_PULLED');
    if (error.code !== 'HSM_TOKEN_MISSING') return error;
    const others = await tokensInReader().catch(() => []);
    return hsmError(others.length === 0 ? 'HSM_CARD_MISSING' : 'HSM_CARD_OTHER');
  }

  /** Works with one card; what is refused is recorded by its code and thrown. */
  async function withCard<T>(
    asked: CardSignIn & { readonly serial: string },
    caller: Caller,
    work: (client: HsmClient, facts: TokenFacts) => Promise<T>,
    check?: (facts: TokenFacts) => void,
  ): Promise<T> {
    const { operatorId, pin, serial } = asked;
    try {
      return await withSession(surroundings(), { ...reader(), pin, serial }, work, check);
    } catch (thrown) {
      const error = await ofCard(thrown);
      if (isCountersignError(error)) record('refused', operatorId, caller, { code: error.code });
      throw error;
    }
  }

  /** Lets the card answer a challenge of this moment, and judges the answer here. */
  async function answers(
    client: HsmClient,
    { keyId, algorithm, publicKey }: Pick<CardRow, 'keyId' | 'algorithm' | 'publicKey'>,
    asked: ChallengeFor,
  ): Promise<void> {
    const challenge = challenges.issue(asked);
    const ref = { keyId, algorithm, publicKey: publicKey.toString('base64'), sealedSeed: null };
    const message = challenge.toString('base64');
    const { signature } = await client.call('challenge', { ...ref, message });
    const bytes = Buffer.from(signature, 'base64');
    challenges.take(challenge, asked, (signed) => verifySigned(algorithm, publicKey, signed, bytes));
  }

  /** The best signing key that the card's issuer has put on it. */
  async function keyOn(client: HsmClient) {
    for (const algorithm of CARD_KEYS) {
      const [key] = (await client.call('existing', { algorithm })).keys;
      if (key !== undefined) {
        return { keyId: key.keyId, algorithm, publicKey: Buffer.from(key.publicKey, 'base64') };
      }
    }
    throw hsmError('HSM_KEY_UNKNOWN', { expected: 'a signing key on the card' });
  }

  const cards: Cards = {
    get offered() {
      const reads = context.spawnHost !== undefined && context.cardReading?.reads === true;
      return reads && (store.any() || isDemo());
    },
    async inReader() {
      const found = await tokensInReader();
      return found.map(({ serial, label }) => ({
        serial,
        label,
        operatorId: store.bySerial(serial)?.operatorId ?? null,
      }));
    },
    of: (operatorId) => store.get(operatorId),

    enrol(wanted, caller) {
      const { operatorId, serial } = wanted;
      return withCard(
        wanted,
        caller,
        async (client, facts) => {
          const key = await keyOn(client);
          await answers(client, key, wanted);
          const kind: CardRow['kind'] = isSoftware(facts) ? 'software' : 'hardware';
          const row = { operatorId, serial, ...key, kind, enrolledAtMs: runtime.nowMs() };
          vault.transaction(() => {
            store.put(row);
            record('enrolled', operatorId, caller, { serial, algorithm: key.algorithm, kind });
          });
          return row;
        },
        (facts) => {
          // Before the PIN is tried: a wrong one would count against the owner of the card.
          const owner = store.bySerial(serial);
          if (owner !== undefined && owner.operatorId !== operatorId)
            throw hsmError('HSM_TOKEN_EXISTS', { path: 'serial' });
          if (isSoftware(facts) && !isDemo())
            throw hsmError('HSM_SOFTWARE_REFUSED', { expected: 'a card of hardware' });
        },
      );
    },

    async prove(asked, caller) {
      const { operatorId } = asked;
      const row = store.get(operatorId);
      if (row === undefined) {
        record('refused', operatorId, caller, { code: 'HSM_CARD_UNKNOWN' });
        throw hsmError('HSM_CARD_UNKNOWN');
      }
      await withCard({ ...asked, serial: row.serial }, caller, (client) => answers(client, row, asked));
      record('proven', operatorId, caller);
    },

    remove(operatorId, caller) {
      vault.transaction(() => {
        if (!store.remove(operatorId)) throw hsmError('HSM_CARD_UNKNOWN');
        record('removed', operatorId, caller);
      });
    },

    async issueInDemo({ operatorId, pin }, caller) {
      if (!isDemo())
        throw new CountersignError('NOT_PERMITTED', 'Only the demo vault has cards of software.');
      const known = store.get(operatorId);
      if (known !== undefined && (await cards.inReader()).some(({ serial }) => serial === known.serial))
        return;
      const serial = await issueSoftwareCard(surroundings(), reader(), { operatorId, pin });
      await cards.enrol({ operatorId, pin, serial, connection: {} }, caller);
    },
  };
  return cards;
}
