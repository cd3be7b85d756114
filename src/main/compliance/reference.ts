/** The reference that a bank message carries itself. Pure: its first bytes in, a reference out. */

/** Bytes by which a reference is looked for. */
export const REFERENCE_BYTES = 65_536;

/** ISO 20022 gives `MsgId` 35 characters, MT gives `:20:` sixteen; longer is neither. */
const MOST_CHARACTERS = 35;

const PRINTABLE = /^[\x20-\x7e]+$/;

/**
 * `MsgId` of an ISO 20022 message or `:20:` of an MT message; `undefined` where the head holds
 * neither, or one that no standard allows.
 */
export function messageReference(head: Uint8Array): string | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, REFERENCE_BYTES)).toString(
    'latin1',
  );
  const found =
    /<(?:[\w.-]+:)?MsgId>([^<>&]*)<\//.exec(text) ?? /^(?:\{[^\r\n]*)?:20:([^\r\n]*)\r?$/m.exec(text);
  const reference = found?.[1]?.trim() ?? '';
  return reference.length <= MOST_CHARACTERS && PRINTABLE.test(reference) ? reference : undefined;
}
