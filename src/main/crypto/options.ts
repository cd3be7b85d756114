/**
 * Guards that every primitive of this room shares. They throw `TypeError`: a wrong length or an
 * unknown option is a mistake in our own code or a damaged stored value, and the rooms that read
 * stored values turn it into their own typed error.
 */

/** Refuses options that are not named in `allowed`, so that a misspelt one is never ignored. */
export function refuseUnknownOptions(where: string, options: object, allowed: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!allowed.includes(name)) throw new TypeError(`${where}: unknown option "${name}"`);
  }
}

/** Refuses a byte string that is not exactly `length` bytes long. */
export function requireLength(where: string, value: Uint8Array, length: number): void {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${where}: bytes expected`);
  if (value.byteLength !== length) {
    throw new TypeError(`${where}: ${length} bytes expected, ${value.byteLength} given`);
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
