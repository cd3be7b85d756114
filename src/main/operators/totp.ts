import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Time-based one-time passwords (RFC 6238 over RFC 4226) as the usual authenticator apps make them:
 * SHA-1, six digits, steps of thirty seconds.
 */
export const STEP_SECONDS = 30;
export const SECRET_BYTES = 20;
const DIGITS = 6;
/** Steps that a clock may be ahead or behind. */
const SKEW_STEPS = 1;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The step that an instant lies in. */
export const stepAt = (atMs: number): number => Math.floor(atMs / (STEP_SECONDS * 1_000));

/** The one-time password of a counter (RFC 4226, section 5.3). `digits` 6 to 8. */
export function hotp(secret: Uint8Array, counter: number, digits = DIGITS): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', secret).update(message).digest();
  const value = mac.readUInt32BE(mac.at(-1)! & 0x0f) & 0x7fff_ffff;
  return String(value % 10 ** digits).padStart(digits, '0');
}

/**
 * The step whose code was given: the one of the clock, or one beside it, and none up to `lastStep`,
 * whose codes are used up. Undefined where the code fits none.
 */
export function stepOfCode(
  secret: Uint8Array,
  code: string,
  { nowMs, lastStep }: { readonly nowMs: number; readonly lastStep: number },
): number | undefined {
  const given = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(given)) return undefined;
  const now = stepAt(nowMs);
  let found: number | undefined;
  for (let step = now - SKEW_STEPS; step <= now + SKEW_STEPS; step += 1) {
    if (step < 0) continue;
    const fits = timingSafeEqual(Buffer.from(hotp(secret, step)), Buffer.from(given));
    if (fits && step > lastStep) found ??= step;
  }
  return found;
}

/** A code of a step that is about to end may come too late. */
const TIME_TO_TYPE_MS = 10_000;

/** The oldest code that would be taken still, so that newer ones are left; undefined where none is. */
export function nextCode(
  secret: Uint8Array,
  { nowMs, lastStep }: { readonly nowMs: number; readonly lastStep: number },
): string | undefined {
  const now = stepAt(nowMs);
  const leftMs = (now + 1) * STEP_SECONDS * 1_000 - nowMs;
  const oldest = leftMs > TIME_TO_TYPE_MS ? now - SKEW_STEPS : now - SKEW_STEPS + 1;
  const step = Math.max(0, oldest, lastStep + 1);
  return step > now + SKEW_STEPS ? undefined : hotp(secret, step);
}

/** Base32 without padding (RFC 4648), as authenticator apps take secrets. */
export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  if (bits > 0) text += ALPHABET[(held << (5 - bits)) & 31];
  return text;
}

/** The bytes of a base32 text; spaces, hyphens and case do not count. Undefined where it is none. */
export function fromBase32(text: string): Buffer | undefined {
  const symbols = text.toUpperCase().replace(/[\s-]/g, '').replace(/=+$/, '');
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const symbol of symbols) {
    const value = ALPHABET.indexOf(symbol);
    if (value < 0) return undefined;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >>> bits) & 0xff);
    }
    held &= (1 << bits) - 1;
  }
  return held === 0 && bits < 5 ? Buffer.from(bytes) : undefined;
}

/** The address that authenticator apps take, typed in or read from a picture. */
export function otpauthOf(secret: string, name: string): string {
  const label = encodeURIComponent(`Countersign:${name}`);
  return `otpauth://totp/${label}?secret=${secret}&issuer=Countersign&algorithm=SHA1&digits=6&period=${STEP_SECONDS}`;
}
