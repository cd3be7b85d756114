/** Why a message could not be taken: its own fault, or that of what surrounds it. */
import { isCountersignError } from '../base/index.ts';
import { storageError } from '../vault/index.ts';

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly path: string | null;
  readonly line: number | null;
}

/**
 * Codes that say nothing about the message: the disk is full, the vault is being closed, the books are
 * not ready. It stays with its sender, who brings it again.
 */
const SURROUNDINGS = /^(VAULT_|SEALING_|AUDIT_|CONNECTOR_(STOPPED|NOT_READY|QUEUE_FULL)$|INSTANT_NOT_READY$)/;

/** The error that concerns the surroundings of a message, in its typed form; `undefined` where it is the message's. */
export function ofSurroundings(error: unknown): Error | undefined {
  const typed = storageError(error);
  return isCountersignError(typed) && SURROUNDINGS.test(typed.code) ? typed : undefined;
}

/** What the dead-letter list keeps of an error: where and what, and never what stood there. */
export function failureOf(error: unknown): Failure {
  if (!isCountersignError(error)) {
    return {
      code: 'INTERNAL',
      message: 'A fault of the console itself. Nothing was written.',
      path: null,
      line: null,
    };
  }
  const { path, line } = error.details;
  return { code: error.code, message: error.message, path: path ?? null, line: line ?? null };
}
