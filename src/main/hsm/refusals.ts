/** What a library's return values mean to us. */
import { hsmErrors } from '../../contract/hsm-errors.ts';
import { CountersignError, type ErrorDetails } from '../base/index.ts';

/** The library's own texts stay out, since nobody knows what they hold. */
const MEANINGS: Readonly<Record<number, HsmCode>> = {
  3: 'HSM_TOKEN_GONE', // CKR_SLOT_ID_INVALID
  49: 'HSM_TOKEN_FULL', // CKR_DEVICE_MEMORY
  50: 'HSM_TOKEN_GONE', // CKR_DEVICE_REMOVED
  112: 'HSM_MECHANISM_MISSING', // CKR_MECHANISM_INVALID
  113: 'HSM_MECHANISM_MISSING', // CKR_MECHANISM_PARAM_INVALID
  105: 'HSM_KEY_STAYS', // CKR_KEY_NOT_WRAPPABLE
  106: 'HSM_KEY_STAYS', // CKR_KEY_UNEXTRACTABLE
  160: 'HSM_PIN_WRONG', // CKR_PIN_INCORRECT
  161: 'HSM_PIN_WRONG', // CKR_PIN_INVALID
  162: 'HSM_PIN_WRONG', // CKR_PIN_LEN_RANGE
  163: 'HSM_PIN_LOCKED', // CKR_PIN_EXPIRED
  164: 'HSM_PIN_LOCKED', // CKR_PIN_LOCKED
  176: 'HSM_SESSION_LOST', // CKR_SESSION_CLOSED
  179: 'HSM_SESSION_LOST', // CKR_SESSION_HANDLE_INVALID
  224: 'HSM_TOKEN_GONE', // CKR_TOKEN_NOT_PRESENT
  257: 'HSM_SESSION_LOST', // CKR_USER_NOT_LOGGED_IN
};

export type HsmCode = keyof typeof hsmErrors;

/** A typed refusal of the room. */
export function hsmError(code: HsmCode, details: ErrorDetails = {}): CountersignError {
  return new CountersignError(code, hsmErrors[code], details);
}

export const isHsmCode = (code: unknown): code is HsmCode => typeof code === 'string' && code in hsmErrors;

/** The number a library returned with an error that it threw; undefined for anything else. */
export function returnValueOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}

/** What became of a call, for the other end of the line. */
export function refusalOf(error: unknown): { readonly code: HsmCode; readonly details: ErrorDetails } {
  if (error instanceof CountersignError && isHsmCode(error.code)) {
    return { code: error.code, details: error.details };
  }
  const value = returnValueOf(error);
  if (value === undefined)
    return { code: 'HSM_TOKEN_FAILED', details: { actual: 'an error without a number' } };
  return { code: MEANINGS[value] ?? 'HSM_TOKEN_FAILED', details: { returned: `0x${value.toString(16)}` } };
}
