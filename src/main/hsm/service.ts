/** The HSM of an open vault: tokens, keys, signatures, and what became of them. */
import type { HsmKey, HsmRequest, HsmStatus, HsmToken } from '../../contract/hsm.ts';
import type { Caller } from '../base/index.ts';
import { hsmAlgorithms, isPostQuantum, KEY_KINDS, wayOf } from './algorithms.ts';
import { type Cards, createCards } from './cards.ts';
import type { HsmContext, HsmOptions } from './context.ts';
import { MECHANISM_NAMES } from './cryptoki.ts';
import { OP } from './frames.ts';
import { createIntents } from './intents.ts';
import { createKeyBook } from './key-book.ts';
import { createHsmKeys, type NewKey } from './keys.ts';
import { createMigration, type Migration } from './migration.ts';
import { createPlacedKeys, type PlacedKeys } from './placed-keys.ts';
import { PROFILES } from './profiles.ts';
import { RECOVERY_PLANS } from './recovery-plans.ts';
import { hsmError } from './refusals.ts';
import { createSigning, type Signed, type SignRequest } from './signing.ts';
import { createStore, type RequestRow } from './store.ts';
import { createTokens, type HeldToken, HSM_ENTRY, type NewToken } from './tokens.ts';

export interface Hsm {
  /** Tokens that open by themselves have opened, or some seconds are over. */
  opened(): Promise<void>;
  status(): HsmStatus;
  keys(): HsmKey[];
  requests(query: { readonly limit: number; readonly cursor?: string | undefined }): {
    rows: HsmRequest[];
    nextCursor: string | null;
    total: number | null;
  };
  /** Configures a token of hardware. Errors: `HSM_PIN_WRONG`, `HSM_TOKEN_AMBIGUOUS`, `HSM_SOFTWARE_REFUSED`, … */
  addToken(token: NewToken, caller: Caller): Promise<HsmToken>;
  /** Makes a token of the embedded SoftHSM. Errors: `HSM_SOFTWARE_MISSING`, `HSM_POLICY_HARDWARE`. */
  setUpSoftware(name: string, caller: Caller): Promise<HsmToken>;
  openSession(tokenId: number, pin: string | undefined, caller: Caller): Promise<HsmToken>;
  closeSession(tokenId: number, caller: Caller): HsmToken;
  /** Lets a token try again that only a person may start. */
  resume(tokenId: number, pin: string | undefined, caller: Caller): Promise<HsmToken>;
  removeToken(tokenId: number, caller: Caller): void;
  setPolicy(policy: { readonly hardwareOnly: boolean }, caller: Caller): HsmStatus;
  generateKey(key: NewKey, caller: Caller): Promise<HsmKey>;
  retireKey(keyId: string, reason: string, caller: Caller): HsmKey;
  retireCopy(keyId: string, tokenId: number, caller: Caller): HsmKey;
  destroyKey(keyId: string, caller: Caller): Promise<HsmKey>;
  readonly migration: Migration;
  /** Keys that ceremonies put on the tokens. */
  readonly placed: PlacedKeys;
  /** Smart cards of operators. */
  readonly cards: Cards;
  /**
   * Signs; while no token answers the request waits in the vault. With an `id` the same request
   * has the same answer, also after a restart. Errors: `HSM_KEY_UNKNOWN`, `HSM_KEY_RETIRED`,
   * `HSM_REQUEST_CONFLICT`, `HSM_MECHANISM_LIED`.
   */
  sign(request: SignRequest): Promise<Signed>;
  /** A request under its id. Errors: `HSM_REQUEST_UNKNOWN`. */
  request(id: string): HsmRequest;
  encrypt(keyId: string, plaintext: Uint8Array): Promise<Buffer>;
  decrypt(keyId: string, sealed: Uint8Array): Promise<Buffer>;
  /** Random bytes of a token. */
  random(bytes: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** Opens the room on a vault; software tokens open by themselves, in the background. */
export function createHsm(options: HsmOptions): Hsm {
  const { vault, feed, runtime } = options;
  const store = createStore(vault.db);
  const changed = () => feed.changed('hsm', 'incidents', 'audit');
  const context: HsmContext = { entry: HSM_ENTRY, ...options, store, changed };
  const book = createKeyBook(store);
  const tokens = createTokens(context, (tokenId) => {
    void signing.drain();
    void intents.settle(tokenId);
  });
  const intents = createIntents(context, tokens);
  const signing = createSigning(context, tokens, book);
  const keys = createHsmKeys(context, tokens, book, intents);
  const migration = createMigration(context, tokens, keys, intents);
  migration.recover();
  tokens.start();

  function tokenOf({ row, link }: HeldToken): HsmToken {
    const { id, name, profile, kind, serial, label } = row;
    const mechanisms = new Set(link.mechanisms);
    const { recovery, facts } = link;
    return {
      ...{ id, name, profile, kind, serial, label },
      profileName: PROFILES[profile].name,
      quirks: [...PROFILES[profile].quirks],
      session: link.ready ? 'open' : link.hasPin ? 'lost' : 'closed',
      circuit: recovery.state,
      failures: recovery.failures,
      retryAtMs: recovery.retryAtMs,
      lastError: link.lastError,
      lastCheck: link.lastCheck,
      inFlight: link.inFlight,
      model: facts?.model ?? null,
      manufacturer: facts?.manufacturer ?? null,
      firmware: facts?.firmware ?? null,
      pinAlmostLocked: facts?.pinAlmostLocked ?? false,
      keys: store.copies().filter((copy) => copy.tokenId === id && copy.state === 'active').length,
      mechanisms: link.mechanisms
        .map((number) => ({ number, name: MECHANISM_NAMES.get(number) ?? null }))
        .sort((a, b) => Number(a.name === null) - Number(b.name === null) || a.number - b.number),
      algorithms: hsmAlgorithms.map((algorithm) => ({
        algorithm,
        postQuantum: isPostQuantum(KEY_KINDS[algorithm]),
        way: link.mechanisms.length === 0 ? null : wayOf(KEY_KINDS[algorithm], mechanisms),
      })),
    };
  }

  const token = (id: number) => tokenOf(tokens.get(id));

  function keyOf(keyId: string): HsmKey {
    const { name, algorithm, publicKey, mayMigrate, state, createdAtMs, rotateByMs, replacedBy } =
      keys.known(keyId);
    return {
      ...{ keyId, name, algorithm, state, createdAtMs, rotateByMs, replacedBy },
      use: KEY_KINDS[algorithm].use,
      publicKey: publicKey.toString('base64'),
      mayMigrate: mayMigrate === 1,
      copies: store.copiesOf(keyId).map((copy) => ({
        ...{ tokenId: copy.tokenId, way: copy.way, state: copy.state, madeAtMs: copy.madeAtMs },
        origin:
          copy.originRun === null
            ? null
            : { tokenId: copy.originTokenId!, run: copy.originRun, wrappedWith: copy.wrappedWith! },
      })),
    };
  }

  function status(): HsmStatus {
    return {
      available: options.spawnHost !== undefined,
      hardwareOnly: tokens.hardwareOnly,
      nowMs: runtime.nowMs(),
      tokens: tokens.all().map(tokenOf),
      queue: { waiting: store.queuedCount(), oldestAtMs: store.oldestQueuedAtMs() },
      plans: Object.values(RECOVERY_PLANS).map((plan) => ({ ...plan, steps: [...plan.steps] })),
    };
  }

  const use = (op: 2 | 3, keyId: string, bytes: Uint8Array) => {
    book.requireActive(keyId);
    return signing.bySomeToken(keyId, (ref, tokenId) => tokens.get(tokenId).link.use(op, ref, bytes));
  };

  return {
    opened: () => tokens.opened(),
    status,
    keys: () => store.keys().map(({ keyId }) => keyOf(keyId)),
    requests({ limit, cursor }) {
      const before = /^\d{1,15}$/.test(cursor ?? '') ? Number(cursor) : Number.MAX_SAFE_INTEGER;
      const rows = store.requests(before, limit + 1);
      const page = rows.slice(0, limit);
      return {
        rows: page.map(shownRequest),
        nextCursor: rows.length > limit ? String(page.at(-1)!.number) : null,
        total: null,
      };
    },
    addToken: async (wanted, caller) => tokenOf(await tokens.add(wanted, caller)),
    setUpSoftware: async (name, caller) => tokenOf(await tokens.setUpSoftware(name, caller)),
    async openSession(id, pin, caller) {
      await tokens.open(id, pin, caller);
      return token(id);
    },
    closeSession(id, caller) {
      tokens.closeSession(id, caller);
      return token(id);
    },
    async resume(id, pin, caller) {
      await tokens.resume(id, pin, caller);
      return token(id);
    },
    removeToken: (id, caller) => tokens.remove(id, caller),
    setPolicy({ hardwareOnly }, caller) {
      tokens.setHardwareOnly(hardwareOnly, caller);
      return status();
    },
    generateKey: async (key, caller) => keyOf((await keys.generate(key, caller)).keyId),
    retireKey(keyId, reason, caller) {
      keys.retire(keyId, reason, caller);
      return keyOf(keyId);
    },
    retireCopy(keyId, tokenId, caller) {
      keys.retireCopy(keyId, tokenId, caller);
      return keyOf(keyId);
    },
    async destroyKey(keyId, caller) {
      await keys.destroy(keyId, caller);
      return keyOf(keyId);
    },
    migration,
    placed: createPlacedKeys(context, tokens, book),
    cards: createCards(context),
    sign: (request) => signing.sign(request),
    request: (id) => shownRequest(signing.request(id)),
    encrypt: (keyId, plaintext) => use(OP.encrypt, keyId, plaintext),
    decrypt: (keyId, sealed) => use(OP.decrypt, keyId, sealed),
    async random(bytes) {
      const ready = tokens.all().find(({ link }) => link.ready);
      if (ready === undefined) throw hsmError('HSM_UNAVAILABLE');
      return Buffer.from((await ready.link.call('random', { bytes })).random, 'base64');
    },
    async close() {
      await migration.close();
      tokens.close();
      signing.close();
    },
  };
}

function shownRequest(row: RequestRow): HsmRequest {
  const { id, keyId, state, code, askedAtMs, endedAtMs, signature } = row;
  return { id, keyId, state, code, askedAtMs, endedAtMs, signature: signature?.toString('base64') ?? null };
}
