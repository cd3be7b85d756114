/** What the engine asks the process of the HSM beside the use of keys, and what it is told. Bytes are base64. */
import type { HsmAlgorithm, PostQuantumWay } from './algorithms.ts';
import type { Dialect } from './dialect.ts';

/** How a library is loaded. */
export interface LibraryChoice {
  readonly path: string;
  /** Where the library finds its configuration; names from its profile. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the library differs from the standard; nothing where it does not. */
  readonly dialect?: Dialect | undefined;
}

/** Which token is meant. The serial number alone is certain: labels repeat. */
export interface TokenChoice {
  readonly serial?: string | undefined;
  readonly label?: string | undefined;
}

/** A token as its library describes it. */
export interface TokenFacts {
  readonly label: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly firmware: string;
  readonly initialised: boolean;
  /** One more wrong PIN locks it, or it is locked. */
  readonly pinAlmostLocked: boolean;
  readonly pinLocked: boolean;
}

/** A key as both ends know it. */
export interface KeyRef {
  /** Hex of CKA_ID. */
  readonly keyId: string;
  readonly algorithm: HsmAlgorithm;
  /** Base64: SubjectPublicKeyInfo of EC and RSA keys, else the raw key; empty for AES. */
  readonly publicKey: string;
  /** Base64 of the sealed seed, for post-quantum keys the token does not carry. */
  readonly sealedSeed: string | null;
  /** Hex of CKA_ID of the ceremony's root key that the seed lies under; the token's own sealing key without. */
  readonly sealedUnder?: string | null;
}

interface NewKeyCall {
  readonly keyId: string;
  readonly algorithm: HsmAlgorithm;
  readonly label: string;
  readonly mayMigrate: boolean;
  /** The root key that a seed is to lie under, where the token holds it. */
  readonly sealUnder?: string | null;
}

/** A key that crosses to another token, as the wrapping key of a run shows it. */
export interface WrappedKey extends KeyRef {
  readonly wrapped: string;
}

/** Every call: what goes there and what comes back. */
export interface HsmCalls {
  /** The tokens of a library, without a session. */
  list: { in: LibraryChoice; out: { tokens: TokenFacts[] } };
  /** Loads the library, finds the token and opens a session. */
  open: { in: LibraryChoice & { token: TokenChoice }; out: { token: TokenFacts; mechanisms: number[] } };
  login: { in: { pin: string }; out: null };
  logout: { in: null; out: null };
  /** Is the token there, is the session open, does it do something? */
  check: { in: null; out: { token: TokenFacts } };
  /** Gives an unused token its label and PINs. */
  initialise: {
    in: LibraryChoice & { label: string; soPin: string; pin: string };
    out: { token: TokenFacts };
  };
  random: { in: { bytes: number }; out: { random: string } };
  /** Makes a key and proves it. */
  generate: {
    in: NewKeyCall;
    out: KeyRef & { way: PostQuantumWay };
  };
  /** Finds a key on the token and gives it a number on this line. */
  use: { in: KeyRef; out: { number: number } };
  find: { in: null; out: { keys: { keyId: string; label: string; class: number; keyType: number }[] } };
  /** Signing keys that somebody else made, such as a card's issuer, with their public halves. */
  existing: { in: { algorithm: HsmAlgorithm }; out: { keys: KeyRef[] } };
  /** Signs without verifying: whoever asked judges the answer, and tells a wrong one from an old one. */
  challenge: { in: KeyRef & { message: string }; out: { signature: string } };
  destroy: { in: { keyId: string }; out: { destroyed: number } };
  /** Puts a key of a ceremony in; it never leaves again. */
  place: { in: { keyId: string; label: string; value: string }; out: null };
  /** What the token shows of it: 8 bytes as hex, null where it is not there. */
  checkPlaced: { in: { keyId: string }; out: { checkValue: string | null } };
  /** Seals a seed under the root key `to`, once it was seen to be the key's own. */
  reseal: { in: KeyRef & { to: string }; out: { sealedSeed: string } };
  verify: { in: KeyRef & { message: string; signature: string }; out: { valid: boolean } };
  decapsulate: { in: { number: number; ciphertext: string }; out: { sharedSecret: string } };

  /** At the target of a migration: the key to encapsulate to. */
  transferOffer: { in: { kem: 'ML-KEM-768' | 'ML-KEM-1024' }; out: { publicKey: string } };
  /** At the source: encapsulates, and the security officer makes the wrapping key. */
  transferBegin: {
    in: { kem: 'ML-KEM-768' | 'ML-KEM-1024'; publicKey: string; runId: string; soPin: string; pin: string };
    out: { ciphertext: string };
  };
  /** At the target: the same wrapping key, for this session alone. */
  transferAccept: {
    in: { kem: 'ML-KEM-768' | 'ML-KEM-1024'; ciphertext: string; runId: string };
    out: null;
  };
  wrap: { in: KeyRef & { runId: string }; out: { wrapped: string } };
  /** Unwraps, proves the key against its public half, and puts it on the token. */
  unwrap: {
    in: WrappedKey & { runId: string; label: string; mayMigrate: boolean; sealUnder?: string | null };
    out: KeyRef;
  };
  /** Deletes the wrapping key of a run. */
  transferEnd: { in: { runId: string }; out: { deleted: number } };
}
export type HsmCallName = keyof HsmCalls;
