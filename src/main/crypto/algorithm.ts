/** What every KEM and every signature of this room looks like, so that hybrids and profiles combine them. */

/** `native` is the runtime's `node:crypto`, `noble` the pure implementation. */
export type Implementation = 'native' | 'noble';

/** Fills the bytes it is given with randomness. */
export type FillRandom = (target: Uint8Array) => void;

export interface KeyPair {
  readonly publicKey: Buffer;
  readonly secretKey: Buffer;
}

export interface KemSizes {
  readonly secretKeyBytes: number;
  readonly publicKeyBytes: number;
  readonly ciphertextBytes: number;
  readonly sharedSecretBytes: number;
}

/** A key encapsulation mechanism over raw byte strings. */
export interface Kem {
  readonly algorithm: string;
  readonly implementation: Implementation;
  readonly sizes: KemSizes;
  /** The public key that belongs to a secret key. */
  publicKey(secretKey: Uint8Array): Buffer;
  /**
   * A fresh secret and the ciphertext that carries it. All randomness comes from `fillRandom`, but
   * for the native ML-KEM, which takes none and draws from its own library.
   * @throws CryptoInputError where the public key is not canonical or holds an invalid point.
   */
  encapsulate(
    publicKey: Uint8Array,
    fillRandom: FillRandom,
  ): { readonly ciphertext: Buffer; readonly sharedSecret: Buffer };
  /** A changed ciphertext yields another secret and no error (implicit rejection). */
  decapsulate(secretKey: Uint8Array, ciphertext: Uint8Array): Buffer;
}

export interface SignatureSizes {
  readonly secretKeyBytes: number;
  readonly publicKeyBytes: number;
  readonly signatureBytes: number;
}

/** A secret key made ready for many signatures. */
export interface Signer {
  sign(message: Uint8Array): Buffer;
  /** Overwrites what it holds of the secret; signing is refused from then on. */
  destroy(): void;
}

/** A public key made ready for many checks. */
export interface Verifier {
  /** False for a signature that does not fit; throws `CryptoInputError` where its length is wrong. */
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** A signature scheme over raw byte strings. */
export interface SignatureScheme {
  readonly algorithm: string;
  readonly implementation: Implementation;
  readonly sizes: SignatureSizes;
  /** A new key pair from `fillRandom` alone. */
  keyPair(fillRandom: FillRandom): KeyPair;
  publicKey(secretKey: Uint8Array): Buffer;
  /** `fillRandom` feeds randomised signing; the native implementation draws from the runtime itself. */
  signer(secretKey: Uint8Array, fillRandom: FillRandom): Signer;
  verifier(publicKey: Uint8Array): Verifier;
}

/** A key pair of a scheme whose secret key is nothing but random bytes. */
export function pairFromRandom(
  scheme: { sizes: { secretKeyBytes: number }; publicKey(secretKey: Uint8Array): Buffer },
  fillRandom: FillRandom,
): KeyPair {
  const secretKey = Buffer.alloc(scheme.sizes.secretKeyBytes);
  fillRandom(secretKey);
  return { publicKey: scheme.publicKey(secretKey), secretKey };
}

/** Calls `make` when its value is first asked for, and never again. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * The native implementation where `probe` finds that it works, else `undefined`. Asked by feature
 * test, because Electron's BoringSSL and older OpenSSL lack algorithms that Node's own has; asked at
 * the first use, because a round of each algorithm would hold up every start.
 */
export function nativeIfAny<T>(
  make: () => T | undefined,
  probe: (candidate: T) => boolean,
): () => T | undefined {
  return lazily(() => {
    try {
      const candidate = make();
      return candidate !== undefined && probe(candidate) ? candidate : undefined;
    } catch {
      return undefined;
    }
  });
}

/** The native KEM where the runtime has it, noble's elsewhere; found out at the first use. */
export function bestKem<T extends Kem>(native: () => T | undefined, noble: T): T {
  const best = () => native() ?? noble;
  return {
    ...noble,
    get implementation() {
      return best().implementation;
    },
    publicKey: (secretKey: Uint8Array) => best().publicKey(secretKey),
    encapsulate: (publicKey: Uint8Array, fillRandom: FillRandom) => best().encapsulate(publicKey, fillRandom),
    decapsulate: (secretKey: Uint8Array, ciphertext: Uint8Array) => best().decapsulate(secretKey, ciphertext),
  };
}

/** The native signature scheme where the runtime has it, noble's elsewhere; found out at the first use. */
export function bestScheme(
  native: () => SignatureScheme | undefined,
  noble: SignatureScheme,
): SignatureScheme {
  const best = () => native() ?? noble;
  return {
    algorithm: noble.algorithm,
    sizes: noble.sizes,
    get implementation() {
      return best().implementation;
    },
    keyPair: (fillRandom) => best().keyPair(fillRandom),
    publicKey: (secretKey) => best().publicKey(secretKey),
    signer: (secretKey, fillRandom) => best().signer(secretKey, fillRandom),
    verifier: (publicKey) => best().verifier(publicKey),
  };
}

/** True where a signature made by `scheme` verifies under `scheme` and a changed message does not. */
export function signsAndVerifies(scheme: SignatureScheme): boolean {
  const secretKey = Buffer.alloc(scheme.sizes.secretKeyBytes, 1);
  const message = Buffer.from('feature test');
  const signature = scheme.signer(secretKey, (target) => target.fill(2)).sign(message);
  const verifier = scheme.verifier(scheme.publicKey(secretKey));
  return verifier.verify(message, signature) && !verifier.verify(secretKey, signature);
}
