import type { ErrorCode } from '../../contract/errors.ts';

/** Where a problem lies and what would have been right. Never carries a secret, a name or an account number. */
export interface ErrorDetails {
  /** File name as the person gave it. */
  readonly file?: string;
  /** 1-based line in the file. */
  readonly line?: number;
  /** Path of the field: an XML path, a column name, a property path. */
  readonly path?: string;
  /** What was expected there, in words. */
  readonly expected?: string;
  /** What was found, in words; left out where it would reveal a name, an account number or a secret. */
  readonly actual?: string;
  readonly [extra: string]: string | number | boolean | bigint | readonly string[] | undefined;
}

/**
 * The one error type that crosses a room's face. `code` is stable and is what programs
 * test; `message` is a sentence for people.
 */
export class CountersignError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CountersignError';
    this.code = code;
    this.details = details;
  }
}

/** True where `error` is ours and, if a code is given, carries that code. */
export function isCountersignError(error: unknown, code?: ErrorCode): error is CountersignError {
  return error instanceof CountersignError && (code === undefined || error.code === code);
}
