/** The keys of the token in this process: made, found, used. Every signature is verified before it leaves. */
import { type Signer, sha256, type Verifier } from '../crypto/index.ts';
import {
  type HsmAlgorithm,
  isPostQuantum,
  KEY_KINDS,
  type KeyKind,
  type PostQuantumWay,
  wayOf,
} from './algorithms.ts';
import type { HsmCalls, KeyRef } from './calls.ts';
import { CKA, CKO, type Cryptoki, type Handle } from './cryptoki.ts';
import { makeSealed, sealedDecapsulate, sealedSigner, tokenOpen, tokenSeal } from './host-sealed.ts';
import {
  byId,
  byIdAndClass,
  type KeyName,
  pairTemplates,
  publicAttributes,
  secretKeyTemplate,
} from './host-templates.ts';
import type { HostToken } from './host-token.ts';
import { holds, publicKeyOf, verifierOf, verifySigned } from './public-keys.ts';
import { hsmError } from './refusals.ts';

/** No signature of ours is longer: ML-DSA-87 has 4,627 bytes. */
const MOST_SIGNATURE_BYTES = 5_120;
/** What a new key signs to prove itself. */
const CHALLENGE_BYTES = 32;
const NO_AAD = Buffer.from('countersign hsm v1 data', 'utf8');

/** A key that was found on the token and may be used by its number. */
interface UsableKey {
  readonly ref: KeyRef;
  readonly kind: KeyKind;
  readonly handle: Handle | undefined;
  readonly verifier: Verifier | undefined;
  readonly signer: Signer | undefined;
}

export class HostKeys {
  readonly #token: HostToken;
  readonly #usable: UsableKey[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #out = Buffer.alloc(MOST_SIGNATURE_BYTES);

  constructor(token: HostToken) {
    this.#token = token;
  }

  /** Makes a key, reads its public half and lets it sign once; of a key that fails nothing remains. */
  generate(wanted: HsmCalls['generate']['in']): HsmCalls['generate']['out'] {
    const { keyId, algorithm, label, mayMigrate, sealUnder = null } = wanted;
    const token = this.#token;
    const kind = KEY_KINDS[algorithm];
    const way = wayOf(kind, token.mechanisms);
    if (way === 'none') throw hsmError('HSM_MECHANISM_MISSING', { actual: algorithm });
    const id = Buffer.from(keyId, 'hex');
    try {
      const ref =
        way === 'sealed'
          ? this.#makeSealed(algorithm, keyId, sealUnder)
          : this.#make(algorithm, { keyId: id, label, mayMigrate });
      this.#prove(ref);
      return { ...ref, way };
    } catch (error) {
      this.destroy(keyId);
      throw error;
    }
  }

  #makeSealed(algorithm: HsmAlgorithm, keyId: string, under: string | null): KeyRef {
    const { publicKey, ...sealed } = makeSealed(this.#token, algorithm, keyId, under);
    return { keyId, algorithm, publicKey: publicKey.toString('base64'), ...sealed };
  }

  #make(algorithm: HsmAlgorithm, name: KeyName): KeyRef {
    const { library, session } = this.#token;
    const kind = KEY_KINDS[algorithm];
    const mechanism = { mechanism: kind.generate };
    const keyId = name.keyId.toString('hex');
    if (kind.family === 'aes') {
      this.#token.running(kind.generate, () =>
        library.C_GenerateKey(session, mechanism, secretKeyTemplate(name)),
      );
      return { keyId, algorithm, publicKey: '', sealedSeed: null };
    }
    const templates = pairTemplates(kind, name);
    const pair = this.#token.running(kind.generate, () =>
      library.C_GenerateKeyPair(session, mechanism, templates.own, templates.private),
    );
    const publicKey = readPublicKey(library, session, algorithm, kind, pair.publicKey);
    return { keyId, algorithm, publicKey: publicKey.toString('base64'), sealedSeed: null };
  }

  /** A new key must do what it is for, before anybody relies on it. */
  #prove(ref: KeyRef): void {
    const number = this.use(ref);
    const challenge = this.#token.random(CHALLENGE_BYTES);
    const { use } = KEY_KINDS[ref.algorithm];
    if (use === 'sign') this.sign(number, challenge);
    else if (use === 'encrypt' && !this.decrypt(number, this.encrypt(number, challenge)).equals(challenge)) {
      throw hsmError('HSM_KEY_CHANGED', { expected: 'a key that opens what it sealed' });
    }
  }

  /** Finds a key and answers its number. Throws `HSM_KEY_UNKNOWN`, `HSM_KEY_CHANGED`. */
  use(ref: KeyRef): number {
    const known = this.#numbers.get(ref.keyId);
    if (known !== undefined) return known;
    const kind = KEY_KINDS[ref.algorithm];
    const publicKey = Buffer.from(ref.publicKey, 'base64');
    const { sealedSeed } = ref;
    const isSigner = kind.use === 'sign';
    this.#usable.push({
      ref,
      kind,
      handle: sealedSeed === null ? this.#handleOf(ref, kind) : undefined,
      verifier: isSigner ? verifierOf(ref.algorithm, publicKey) : undefined,
      signer: isSigner && sealedSeed !== null ? sealedSigner(this.#token, { ...ref, sealedSeed }) : undefined,
    });
    const number = this.#usable.length - 1;
    this.#numbers.set(ref.keyId, number);
    return number;
  }

  #handleOf(ref: KeyRef, kind: KeyKind): Handle {
    const objectClass = kind.family === 'aes' ? CKO.SECRET_KEY : CKO.PRIVATE_KEY;
    const found = this.#token.find(byIdAndClass(Buffer.from(ref.keyId, 'hex'), objectClass), 2);
    if (found.length > 1)
      throw hsmError('HSM_KEY_CHANGED', { expected: 'one key of that id', actual: 'two' });
    const [handle] = found;
    if (handle === undefined) throw hsmError('HSM_KEY_UNKNOWN');
    return handle;
  }

  #usableKey(number: number): UsableKey {
    const key = this.#usable[number];
    if (key === undefined) throw hsmError('HSM_KEY_UNKNOWN');
    return key;
  }

  /** Signs, and verifies by the public key the engine knows. Throws `HSM_SIGNATURE_WRONG`. */
  sign(number: number, message: Buffer): Buffer {
    const key = this.#usableKey(number);
    if (key.verifier === undefined) throw hsmError('HSM_MECHANISM_MISSING', { expected: 'a key that signs' });
    const signature = key.signer ? key.signer.sign(message) : this.#tokenSign(key, message);
    if (!holds(key.verifier, message, signature)) throw hsmError('HSM_SIGNATURE_WRONG');
    return signature;
  }

  /** Signs a challenge, for the engine to judge. */
  answer({ message, ...ref }: HsmCalls['challenge']['in']): Buffer {
    const key = this.#usableKey(this.use(ref));
    if (key.kind.use !== 'sign' || key.handle === undefined)
      throw hsmError('HSM_MECHANISM_MISSING', { expected: 'a key of the card that signs' });
    return this.#tokenSign(key, Buffer.from(message, 'base64'));
  }

  #tokenSign({ kind, handle }: UsableKey, message: Buffer): Buffer {
    const { library, session } = this.#token;
    const data = kind.family === 'ec' ? sha256(message) : message;
    return this.#token.running(kind.operate, () => {
      library.C_SignInit(session, { mechanism: kind.operate }, handle!);
      // The buffer is written again by the next signature.
      return Buffer.from(library.C_Sign(session, data, this.#out));
    });
  }

  encrypt(number: number, plaintext: Buffer): Buffer {
    return tokenSeal(this.#token, this.#secretHandle(number), NO_AAD, plaintext);
  }

  decrypt(number: number, sealed: Buffer): Buffer {
    return tokenOpen(this.#token, this.#secretHandle(number), NO_AAD, sealed);
  }

  #secretHandle(number: number): Handle {
    const { kind, handle } = this.#usableKey(number);
    if (kind.use === 'encrypt' && handle !== undefined) return handle;
    throw hsmError('HSM_MECHANISM_MISSING', { expected: 'a key that encrypts' });
  }

  decapsulate(number: number, ciphertext: Buffer): Buffer {
    const { ref } = this.#usableKey(number);
    const { sealedSeed } = ref;
    if (sealedSeed === null) throw hsmError('HSM_MECHANISM_MISSING', { expected: 'a key that decapsulates' });
    return sealedDecapsulate(this.#token, { ...ref, sealedSeed }, ciphertext);
  }

  /** The private and secret keys on the token. */
  list(): HsmCalls['find']['out']['keys'] {
    const { library, session } = this.#token;
    // A new list for each: the binding writes the values into the one it is given.
    const attributes = () => [CKA.ID, CKA.LABEL, CKA.KEY_TYPE].map((type) => ({ type }));
    return [CKO.PRIVATE_KEY, CKO.SECRET_KEY].flatMap((objectClass) =>
      this.#token.find([{ type: CKA.CLASS, value: objectClass }]).map((object) => {
        const [id, label, keyType] = library.C_GetAttributeValue(session, object, attributes());
        return {
          keyId: id!.value.toString('hex'),
          label: label!.value.toString('utf8'),
          class: objectClass,
          keyType: numberOf(keyType!.value),
        };
      }),
    );
  }

  /** Signing keys of an algorithm whose both halves are on the token. */
  existing(algorithm: HsmAlgorithm): KeyRef[] {
    const { library, session } = this.#token;
    const kind = KEY_KINDS[algorithm];
    if (kind.use !== 'sign') return [];
    const objects = this.#token.find([
      { type: CKA.CLASS, value: CKO.PUBLIC_KEY },
      { type: CKA.KEY_TYPE, value: kind.keyType },
    ]);
    return objects.flatMap((object) => {
      const [id] = library.C_GetAttributeValue(session, object, [{ type: CKA.ID }]);
      const hasPrivateHalf = this.#token.find(byIdAndClass(id!.value, CKO.PRIVATE_KEY), 1).length > 0;
      if (id!.value.length === 0 || !hasPrivateHalf || !isOfKind(library, session, kind, object)) return [];
      const publicKey = readPublicKey(library, session, algorithm, kind, object).toString('base64');
      return [{ keyId: id!.value.toString('hex'), algorithm, publicKey, sealedSeed: null }];
    });
  }

  /** Removes every object of a key; answers how many there were. */
  destroy(keyId: string): number {
    const { library, session } = this.#token;
    const objects = this.#token.find(byId(Buffer.from(keyId, 'hex')));
    for (const object of objects) library.C_DestroyObject(session, object);
    this.forget(keyId);
    return objects.length;
  }

  /** Lets go of a key and of what it holds of a seed. */
  forget(keyId: string): void {
    const number = this.#numbers.get(keyId);
    if (number === undefined) return;
    this.#usable[number]?.signer?.destroy();
    this.#numbers.delete(keyId);
  }

  /** How a token carries an algorithm. */
  wayOf(algorithm: HsmAlgorithm): PostQuantumWay {
    return wayOf(KEY_KINDS[algorithm], this.#token.mechanisms);
  }
}

const numberOf = (value: Buffer): number => (value.length >= 4 ? value.readUInt32LE(0) : (value[0] ?? 0));

/** Whether a public object has the curve or the length of a kind. */
function isOfKind(library: Cryptoki, session: Handle, kind: KeyKind, object: Handle): boolean {
  if (isPostQuantum(kind)) return true;
  const type = kind.family === 'rsa' ? CKA.MODULUS : CKA.EC_PARAMS;
  const [read] = library.C_GetAttributeValue(session, object, [{ type }]);
  if (kind.family === 'rsa') return Math.abs(read!.value.length * 8 - kind.modulusBits!) <= 8;
  return read!.value.toString('hex') === kind.ecParams;
}

/** Reads the public half of a key from its object. */
function readPublicKey(
  library: Cryptoki,
  session: Handle,
  algorithm: HsmAlgorithm,
  kind: KeyKind,
  object: Handle,
): Buffer {
  const types = publicAttributes(algorithm, kind);
  const [first, second] = library.C_GetAttributeValue(
    session,
    object,
    types.map((type) => ({ type })),
  );
  if (kind.family === 'rsa')
    return publicKeyOf(algorithm, { modulus: first!.value, exponent: second!.value });
  return publicKeyOf(algorithm, isPostQuantum(kind) ? { value: first!.value } : { point: first!.value });
}

/** Verification of somebody's signature, by the key that is handed in. */
export function verifySignature(asked: HsmCalls['verify']['in']): boolean {
  const [publicKey, message, signature] = [asked.publicKey, asked.message, asked.signature].map((text) =>
    Buffer.from(text, 'base64'),
  );
  return verifySigned(asked.algorithm, publicKey!, message!, signature!);
}
