import { ORPCError } from '@orpc/client';
import { isCountersignError } from '../../base/index.ts';

/** What the program's end says to the script that called it; documented in `docs/cli.md`. */
export const EXIT = {
  done: 0,
  fault: 1,
  usage: 2,
  vault: 3,
  refused: 4,
  notVerified: 5,
  rule: 6,
  held: 7,
  interrupted: 130,
} as const;

/** Wrong use of the command line: a sentence for the person who typed it. */
export class UsageError extends Error {}

/** The vault cannot be opened for a reason that the engine does not know of: no passphrase was given. */
export class PassphraseNeeded extends Error {}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What went wrong, as `{code, message, details}`; the code is a stable word. */
export function failureOf(error: unknown): Failure {
  if (error instanceof UsageError) return { code: 'USAGE', message: error.message, details: {} };
  if (error instanceof PassphraseNeeded) {
    return { code: 'VAULT_PASSPHRASE_MISSING', message: error.message, details: {} };
  }
  // What is refused before there is a procedure: a setting that the engine does not start with.
  if (isCountersignError(error)) return { code: error.code, message: error.message, details: error.details };
  if (error instanceof ORPCError) {
    const details = error.data !== null && typeof error.data === 'object' ? { ...error.data } : {};
    return { code: error.code, message: error.message, details };
  }
  return { code: 'INTERNAL', message: 'A fault of the console itself. Nothing was written.', details: {} };
}

/** The exit code for a failure. */
export function exitCodeOf({ code }: Failure): number {
  if (code === 'USAGE') return EXIT.usage;
  if (code === 'CANCELLED') return EXIT.interrupted;
  if (code === 'APPROVAL_REQUIRED') return EXIT.held;
  if (code === 'INTERNAL' || code === 'INTERNAL_SERVER_ERROR') return EXIT.fault;
  return code.startsWith('VAULT_') ? EXIT.vault : EXIT.rule;
}
