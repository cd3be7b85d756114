/**
 * Guards that every primitive of this room shares. They throw `CryptoInputError`, a `TypeError`: a
 * wrong length or an unknown option is a mistake in our own code or a damaged stored value, and the
 * rooms that read stored values turn it into their own typed error.
 */

/** What was wrong with an input; stable, for programs. */
export type CryptoInputCode =
  | 'option_unknown'
  | 'no_bytes'
  | 'length_wrong'
  /** An ML-KEM or Falcon key whose coefficients do not lie below the modulus. */
  | 'key_not_canonical'
  /** A curve point of low order, off the curve, or written in a second way. */
  | 'point_invalid'
  | 'purpose_invalid'
  | 'batch_invalid'
  /** A signer was used after its secrets were overwritten. */
  | 'signer_destroyed';

/** An input that a primitive refuses before it computes anything with it. Its message names no value. */
export class CryptoInputError extends TypeError {
  readonly code: CryptoInputCode;

  constructor(code: CryptoInputCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CryptoInputError';
    this.code = code;
  }
}

/** Refuses options that are not named in `allowed`, so that a misspelt one is never ignored. */
export function refuseUnknownOptions(where: string, options: object, allowed: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!allowed.includes(name)) {
      throw new CryptoInputError('option_unknown', `${where}: unknown option "${name}"`);
    }
  }
}

/** Refuses a byte string that is not exactly `length` bytes long. */
export function requireLength(where: string, value: Uint8Array, length: number): void {
  if (!(value instanceof Uint8Array)) throw new CryptoInputError('no_bytes', `${where}: bytes expected`);
  if (value.byteLength !== length) {
    throw new CryptoInputError(
      'length_wrong',
      `${where}: ${length} bytes expected, ${value.byteLength} given`,
    );
  }
}

/** Overwrites secrets with zeros. Values that are absent are passed over. */
export function zeroise(...secrets: (Uint8Array | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}

/** A `Buffer` over the same memory, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
