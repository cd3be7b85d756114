import { CountersignError } from '../base/index.ts';
import { type PrintedForm, print, printedSymbols, readBack } from './printed.ts';

/**
 * The printed recovery key: 240 random bits and 20 check bits as 52 symbols in 13 groups of four.
 * The check bits tell a slip of the pen from a key of another vault.
 */
export const RECOVERY_KEY_BYTES = 30;

const FORM: PrintedForm = {
  bytes: RECOVERY_KEY_BYTES,
  checkSymbols: 4,
  label: 'countersign recovery key v1',
};

/** The printed form of 30 random bytes. */
export const formatRecoveryKey = (secret: Uint8Array): string => print(FORM, secret);

/**
 * Reads a typed recovery key: case, spaces and hyphens do not matter, and O, I and L are taken for
 * the digits they look like. Throws `VAULT_RECOVERY_KEY_INVALID` where it is mistyped.
 */
export function parseRecoveryKey(text: string): Buffer {
  const read = readBack(FORM, text);
  if ('secret' in read) return read.secret;
  throw new CountersignError('VAULT_RECOVERY_KEY_INVALID', 'The recovery key is mistyped.', {
    expected: `${printedSymbols(FORM)} letters and digits in groups of four`,
    actual: read.problem,
  });
}
