import { CountersignError } from '../base/index.ts';
import { sha256, zeroise } from '../crypto/index.ts';

/**
 * The printed recovery key: 240 random bits and 20 check bits as 52 symbols of Crockford's base 32,
 * in 13 groups of four. The alphabet leaves out I, L, O and U, so that a hand-copied key is read
 * back; the check bits tell a slip of the pen from a key of another vault.
 */
export const RECOVERY_KEY_BYTES = 30;

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SYMBOLS = 52;
const DATA_SYMBOLS = (RECOVERY_KEY_BYTES * 8) / 5;
const GROUP = 4;

function encode(bits: bigint, symbols: number): string {
  let text = '';
  for (let rest = bits, i = 0; i < symbols; i += 1, rest >>= 5n) text = ALPHABET[Number(rest & 31n)] + text;
  return text;
}

function checkSymbols(secret: Uint8Array): string {
  const digest = sha256(Buffer.concat([Buffer.from('countersign recovery key v1'), secret]));
  return encode(BigInt(digest.readUIntBE(0, 3) >> 4), SYMBOLS - DATA_SYMBOLS);
}

/** The printed form of 30 random bytes. */
export function formatRecoveryKey(secret: Uint8Array): string {
  if (secret.byteLength !== RECOVERY_KEY_BYTES) throw new TypeError('formatRecoveryKey: 30 bytes expected');
  const data = encode(BigInt(`0x${Buffer.from(secret).toString('hex')}`), DATA_SYMBOLS);
  return (data + checkSymbols(secret)).match(new RegExp(`.{${GROUP}}`, 'g'))!.join('-');
}

function invalid(actual: string): CountersignError {
  return new CountersignError('VAULT_RECOVERY_KEY_INVALID', 'The recovery key is mistyped.', {
    expected: `${SYMBOLS} letters and digits in groups of four`,
    actual,
  });
}

/**
 * Reads a typed recovery key: case, spaces and hyphens do not matter, and O, I and L are taken for
 * the digits they look like. Throws `VAULT_RECOVERY_KEY_INVALID` where it is mistyped.
 */
export function parseRecoveryKey(text: string): Buffer {
  const symbols = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (symbols.length !== SYMBOLS) throw invalid(`${symbols.length} letters and digits`);
  let bits = 0n;
  for (const symbol of symbols.slice(0, DATA_SYMBOLS)) {
    const value = ALPHABET.indexOf(symbol);
    if (value < 0) throw invalid('a character that no recovery key has');
    bits = (bits << 5n) | BigInt(value);
  }
  const secret = Buffer.from(bits.toString(16).padStart(RECOVERY_KEY_BYTES * 2, '0'), 'hex');
  if (checkSymbols(secret) !== symbols.slice(DATA_SYMBOLS)) {
    zeroise(secret);
    throw invalid('check letters that do not fit');
  }
  return secret;
}
