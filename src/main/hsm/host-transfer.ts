/**
 * Keys on their way to another token. Both ends agree on an AES-256 key by ML-KEM: the source
 * encapsulates to the target, and its security officer makes the result a trusted wrapping key.
 */
import { aesGcmOpen, aesGcmSeal, hkdfSha256, zeroise } from '../crypto/index.ts';
import { isPostQuantum, KEY_KINDS } from './algorithms.ts';
import type { HsmCalls, KeyRef } from './calls.ts';
import { CKM, CKO, CKU, type Handle } from './cryptoki.ts';
import type { HostKeys } from './host-keys.ts';
import {
  type KemName,
  kemNamed,
  openSeed,
  publicKeyOfSeed,
  type SealedSeed,
  sealSeed,
} from './host-sealed.ts';
import {
  byId,
  byIdAndClass,
  publicObjectTemplate,
  trustedKeyTemplate,
  unwrappedTemplate,
  unwrappingKeyTemplate,
} from './host-templates.ts';
import type { HostToken } from './host-token.ts';
import { spkiParts } from './public-keys.ts';
import { hsmError } from './refusals.ts';

const WRAPPING_KEY_BYTES = 32;
const MOST_WRAPPED_BYTES = 8_192;

const wrappingId = (runId: string) => Buffer.from(`countersign run ${runId}`, 'utf8');

/** What seeds are sealed under on the way: they are no objects of a token, so they take a key beside. */
const seedBinding = ({ keyId, algorithm }: KeyRef, runId: string) =>
  Buffer.from(`countersign hsm v1 transfer\n${runId}\n${algorithm}\n${keyId}`, 'utf8');

interface RunKeys {
  readonly wrapping: Buffer;
  readonly seeds: Buffer;
}

const deriveKeys = (sharedSecret: Buffer, runId: string): RunKeys => {
  const derive = (what: string) =>
    hkdfSha256({
      secret: sharedSecret,
      label: `countersign hsm v1 ${what} ${runId}`,
      length: WRAPPING_KEY_BYTES,
    });
  return { wrapping: derive('wrapping key'), seeds: derive('seeds') };
};

export class HostTransfer {
  readonly #token: HostToken;
  readonly #keys: HostKeys;
  #offer: { readonly kem: KemName; readonly seed: Buffer } | undefined;
  #unwrapping: Handle | undefined;
  #seedKey: Buffer | undefined;

  constructor(token: HostToken, keys: HostKeys) {
    this.#token = token;
    this.#keys = keys;
  }

  /** The target's side: a key pair for this run alone. Its seed stays in this process. */
  offer({ kem }: HsmCalls['transferOffer']['in']): string {
    const seed = this.#token.random(64);
    this.#offer = { kem, seed };
    return kemNamed(kem).publicKey(seed).toString('base64');
  }

  /** The source's side: the officer makes the trusted key, then the user's session goes on. */
  begin({ kem, publicKey, runId, soPin, pin }: HsmCalls['transferBegin']['in']): string {
    const token = this.#token;
    if (!token.wraps) throw hsmError('HSM_MECHANISM_MISSING', { path: 'CKM_AES_KEY_WRAP_PAD' });
    const fillRandom = (target: Uint8Array) => target.set(token.random(target.byteLength));
    const { ciphertext, sharedSecret } = kemNamed(kem).encapsulate(
      Buffer.from(publicKey, 'base64'),
      fillRandom,
    );
    const { wrapping, seeds } = deriveKeys(sharedSecret, runId);
    try {
      token.logout();
      token.login(CKU.SO, soPin);
      try {
        // What an earlier try of the run left is another key by now.
        this.#removeWrapping(runId);
        token.library.C_CreateObject(token.session, trustedKeyTemplate(wrappingId(runId), wrapping));
      } finally {
        token.logout();
      }
      this.#seedKey = seeds;
      return ciphertext.toString('base64');
    } finally {
      zeroise(sharedSecret, wrapping);
      token.login(CKU.USER, pin);
    }
  }

  /** The target's side of the same key. */
  accept({ kem, ciphertext, runId }: HsmCalls['transferAccept']['in']): void {
    if (this.#offer?.kem !== kem)
      throw hsmError('HSM_MIGRATION_STATE', { expected: 'an offer of this session' });
    const { seed } = this.#offer;
    const sharedSecret = kemNamed(kem).decapsulate(seed, Buffer.from(ciphertext, 'base64'));
    const { wrapping, seeds } = deriveKeys(sharedSecret, runId);
    try {
      const { library, session } = this.#token;
      const template = unwrappingKeyTemplate(wrappingId(runId), wrapping);
      this.#unwrapping = library.C_CreateObject(session, template);
      this.#seedKey = seeds;
    } finally {
      zeroise(seed, sharedSecret, wrapping);
      this.#offer = undefined;
    }
  }

  /** Throws `HSM_KEY_STAYS` for a key that may not leave. */
  wrap(request: HsmCalls['wrap']['in']): string {
    const token = this.#token;
    const { runId, keyId, algorithm, sealedSeed } = request;
    if (sealedSeed !== null) {
      const seed = openSeed(token, { ...request, sealedSeed });
      try {
        const sealed = aesGcmSeal(
          this.#requireSeedKey(),
          token.random(12),
          seedBinding(request, runId),
          seed,
        );
        return sealed.toString('base64');
      } finally {
        zeroise(seed);
      }
    }
    const [wrapping] = token.find(byId(wrappingId(runId)), 1);
    if (wrapping === undefined)
      throw hsmError('HSM_MIGRATION_STATE', { expected: 'a wrapping key of the run' });
    const objectClass = KEY_KINDS[algorithm].family === 'aes' ? CKO.SECRET_KEY : CKO.PRIVATE_KEY;
    const [key] = token.find(byIdAndClass(Buffer.from(keyId, 'hex'), objectClass), 1);
    if (key === undefined) throw hsmError('HSM_KEY_UNKNOWN');
    return token
      .running(CKM.AES_KEY_WRAP_PAD, () => {
        const mechanism = { mechanism: CKM.AES_KEY_WRAP_PAD };
        const out = Buffer.alloc(MOST_WRAPPED_BYTES);
        return token.library.C_WrapKey(token.session, mechanism, wrapping, key, out);
      })
      .toString('base64');
  }

  /** Puts a key on the target and proves it; of one that fails nothing remains. */
  unwrap(request: HsmCalls['unwrap']['in']): KeyRef {
    const { keyId, algorithm, publicKey } = request;
    // A crash may have left half of it behind.
    this.#keys.destroy(keyId);
    try {
      const sealed = request.sealedSeed === null ? this.#unwrapObject(request) : this.#reseal(request);
      const ref = { keyId, algorithm, publicKey, ...sealed };
      const number = this.#keys.use(ref);
      if (KEY_KINDS[algorithm].use === 'sign') this.#keys.sign(number, this.#token.random(32));
      return ref;
    } catch (error) {
      this.#keys.destroy(keyId);
      throw error;
    }
  }

  #unwrapObject({ keyId, algorithm, publicKey, wrapped, label, mayMigrate }: HsmCalls['unwrap']['in']) {
    if (this.#unwrapping === undefined)
      throw hsmError('HSM_MIGRATION_STATE', { expected: 'an accepted run' });
    const { library, session } = this.#token;
    const kind = KEY_KINDS[algorithm];
    const name = { keyId: Buffer.from(keyId, 'hex'), label, mayMigrate };
    const mechanism = { mechanism: CKM.AES_KEY_WRAP_PAD };
    const bytes = Buffer.from(wrapped, 'base64');
    const unwrapping = this.#unwrapping;
    this.#token.running(CKM.AES_KEY_WRAP_PAD, () =>
      library.C_UnwrapKey(session, mechanism, unwrapping, bytes, unwrappedTemplate(kind, name)),
    );
    if (kind.family !== 'aes' && !isPostQuantum(kind)) {
      const parts = spkiParts(algorithm, Buffer.from(publicKey, 'base64'));
      library.C_CreateObject(session, publicObjectTemplate(kind, name, parts));
    }
    return { sealedSeed: null };
  }

  #reseal(request: HsmCalls['unwrap']['in']): SealedSeed {
    const { runId, keyId, algorithm, publicKey, wrapped, sealUnder: under = null } = request;
    const seed = aesGcmOpen(
      this.#requireSeedKey(),
      seedBinding(request, runId),
      Buffer.from(wrapped, 'base64'),
    );
    if (seed === undefined) throw hsmError('HSM_KEY_CHANGED', { expected: 'a seed of this run' });
    try {
      if (!publicKeyOfSeed(algorithm, seed).equals(Buffer.from(publicKey, 'base64'))) {
        throw hsmError('HSM_KEY_CHANGED', { expected: 'the seed of the key' });
      }
      return sealSeed(this.#token, { algorithm, keyId, under }, seed);
    } finally {
      zeroise(seed);
    }
  }

  /** Deletes the wrapping key; answers how many there were. */
  end(runId: string): number {
    zeroise(this.#seedKey);
    this.#seedKey = undefined;
    this.#unwrapping = undefined;
    return this.#removeWrapping(runId);
  }

  #removeWrapping(runId: string): number {
    const { library, session } = this.#token;
    const objects = this.#token.find(byId(wrappingId(runId)));
    for (const object of objects) library.C_DestroyObject(session, object);
    return objects.length;
  }

  #requireSeedKey(): Buffer {
    if (this.#seedKey === undefined) throw hsmError('HSM_MIGRATION_STATE', { expected: 'a run that began' });
    return this.#seedKey;
  }
}
