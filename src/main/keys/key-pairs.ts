import { CountersignError } from '../base/index.ts';
import { ed25519, hybridSignatures, mlDsa44, xWing, zeroise } from '../crypto/index.ts';
import type { KeysOptions } from './context.ts';
import type { History } from './history.ts';
import { keyId } from './inventory.ts';
import { requireUsable } from './life-cycle.ts';
import { KEYS_CLASS, PRIVATE_KEY_PLACE } from './sealed-columns.ts';
import { createPairStore, type PairRow, type PairState, type PairType } from './store-pairs.ts';

export const SIGNING_SUITE = 'Ed25519+ML-DSA-65';
const suite = hybridSignatures[SIGNING_SUITE];
/** Both halves of a log key are used as they are: checkpoints have a form of their own. */
const LOG_SUITE = 'Ed25519+ML-DSA-44';
const logSuite = hybridSignatures[LOG_SUITE];
const ED25519_SECRET_BYTES = ed25519.sizes.secretKeyBytes;
const ALGORITHMS: Readonly<Record<PairType, string>> = {
  signing: SIGNING_SUITE,
  transport: 'X-Wing (X25519+ML-KEM-768)',
  log: LOG_SUITE,
};

export interface Signed {
  readonly keyId: string;
  readonly publicKey: Buffer;
  readonly signature: Buffer;
}

/** Public half of a key that signs or signed heads of the log. */
export interface LogKey {
  readonly keyId: string;
  readonly state: PairState;
  /** Ed25519's 32 bytes, then ML-DSA-44's. */
  readonly publicKey: Buffer;
}

/** The vault's own key pairs. Private halves are opened for one use and overwritten after it. */
export interface KeyPairs {
  /** Makes the next version of a type, active at once. In a vault transaction. */
  make(type: PairType): PairRow;
  /** Whether a pair of that type was ever made. */
  exists(type: PairType): boolean;
  active(type: PairType): PairRow | undefined;
  /** Ends the use of a pair. In a vault transaction. */
  setState(id: number, state: 'retired' | 'compromised'): void;
  /** Erases the private half. In a vault transaction. */
  destroy(id: number): void;
  /**
   * Signs with the active key, or with one that is named. Throws `KEY_NOT_USABLE` where it is not
   * in use, or where there is none.
   */
  sign(purpose: string, message: Uint8Array, id?: number): Signed;
  /** Every key of the log, the oldest first. */
  logKeys(): LogKey[];
  /**
   * Signs a head of the log with the active log key: what Ed25519 signs and what ML-DSA-44 signs are
   * two messages. Throws `KEY_NOT_USABLE`.
   */
  signHead(messages: { readonly ed25519: Uint8Array; readonly mlDsa44: Uint8Array }): {
    readonly ed25519: Buffer;
    readonly mlDsa44: Buffer;
  };
  /** The public half that others encapsulate to. Throws `KEY_NOT_USABLE`. */
  transportKey(): { readonly keyId: string; readonly publicKey: Buffer };
  /**
   * The secret that was encapsulated to a transport key. A retired key still opens what was sent to
   * it; one that is compromised or destroyed does not. Throws `KEY_NOT_USABLE`.
   */
  decapsulate(id: number, ciphertext: Uint8Array): Buffer;
}

export function createKeyPairs({ vault, sealing, runtime }: KeysOptions, history: History): KeyPairs {
  const store = createPairStore(vault.db);
  const fillRandom = (target: Uint8Array) => runtime.randomFill(target);

  function newPair(type: PairType): { publicKey: Buffer; secretKey: Buffer } {
    if (type === 'signing') return suite.keyPair(fillRandom);
    if (type === 'log') return logSuite.keyPair(fillRandom);
    const secretKey = runtime.randomBytes(xWing.sizes.secretKeyBytes);
    return { publicKey: xWing.publicKey(secretKey), secretKey };
  }

  function make(type: PairType): PairRow {
    const id = store.nextId();
    const { publicKey, secretKey } = newPair(type);
    const privateId = sealing.seal({
      ...PRIVATE_KEY_PLACE,
      purpose: 'compliance_vault',
      retentionClass: KEYS_CLASS,
      applicationId: String(id),
      plaintext: secretKey,
    });
    zeroise(secretKey);
    const version = (store.newest(type)?.version ?? 0) + 1;
    const algorithm = ALGORITHMS[type];
    store.insert({ id, type, version, algorithm, atMs: runtime.nowMs(), publicKey, privateId });
    history.created({ type, number: id });
    return store.get(id)!;
  }

  function withPrivateHalf<T>(pair: PairRow, work: (secretKey: Buffer) => T): T {
    const place = { ...PRIVATE_KEY_PLACE, applicationId: String(pair.id) };
    const secretKey = sealing.open({ id: pair.privateId!, ...place });
    try {
      return work(secretKey);
    } finally {
      zeroise(secretKey);
    }
  }

  function usable(type: PairType, id?: number): PairRow {
    const pair = id === undefined ? store.active(type) : store.get(id);
    if (pair === undefined || pair.type !== type) {
      throw new CountersignError('KEY_NOT_USABLE', `There is no ${type} key in use.`, { expected: 'active' });
    }
    requireUsable(keyId(type, pair.id), pair.state);
    return pair;
  }

  return {
    make,
    exists: (type) => store.newest(type) !== undefined,
    active: store.active,
    setState(id, state) {
      store.setState(id, state);
      history.reached({ type: store.get(id)!.type, number: id }, state, state);
    },
    destroy(id) {
      const { type, privateId } = store.get(id)!;
      if (privateId !== null) sealing.erase(privateId);
      store.destroy(id);
      history.reached({ type, number: id }, 'destroyed', 'destroyed');
    },
    sign(purpose, message, id) {
      const pair = usable('signing', id);
      const signature = withPrivateHalf(pair, (secretKey) => {
        const signer = suite.signer({ secretKey, fillRandom });
        try {
          return signer.sign({ purpose, message });
        } finally {
          signer.destroy();
        }
      });
      return { keyId: keyId('signing', pair.id), publicKey: pair.publicKey, signature };
    },
    logKeys: () =>
      store.ofType('log').map(({ id, state, publicKey }) => ({ keyId: keyId('log', id), state, publicKey })),
    signHead(messages) {
      return withPrivateHalf(usable('log'), (secretKey) => {
        const first = ed25519.signer(secretKey.subarray(0, ED25519_SECRET_BYTES), fillRandom);
        const second = mlDsa44.signer(secretKey.subarray(ED25519_SECRET_BYTES), fillRandom);
        try {
          return { ed25519: first.sign(messages.ed25519), mlDsa44: second.sign(messages.mlDsa44) };
        } finally {
          first.destroy();
          second.destroy();
        }
      });
    },
    transportKey() {
      const pair = usable('transport');
      return { keyId: keyId('transport', pair.id), publicKey: pair.publicKey };
    },
    decapsulate(id, ciphertext) {
      const pair = store.get(id);
      if (pair?.type !== 'transport' || pair.state !== 'retired') usable('transport', id);
      return withPrivateHalf(store.get(id)!, (secretKey) => xWing.decapsulate(secretKey, ciphertext));
    },
  };
}
