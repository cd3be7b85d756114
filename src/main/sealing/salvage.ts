import { CountersignError, isCountersignError } from '../base/index.ts';
import { storageError } from '../vault/index.ts';
import type { SealedRef } from './opener.ts';

/** What a value opened to, or why it does not. */
type Opened = Buffer | CountersignError;

/** A storage error of SQLite in the vault's words; any other error is thrown on. */
function damageOf(error: unknown): CountersignError {
  const mapped = storageError(error);
  if (mapped instanceof CountersignError) return mapped;
  throw mapped;
}

/** Opens one value; a page of it that does not authenticate is its own error. */
export function openOne(open: () => Buffer): Buffer {
  try {
    return open();
  } catch (error) {
    throw damageOf(error);
  }
}

/**
 * Opens many values at once. One statement reads them all and fails as a whole where a page does not
 * authenticate; then each is read by itself, so that the damage takes no other value along.
 */
export function openManyOrEach(
  refs: readonly SealedRef[],
  openAll: (refs: readonly SealedRef[]) => Opened[],
  open: (ref: SealedRef) => Buffer,
): Opened[] {
  try {
    return openAll(refs);
  } catch (error) {
    const damage = damageOf(error);
    if (!isCountersignError(damage, 'VAULT_DAMAGED')) throw damage;
    return refs.map((ref) => {
      try {
        return open(ref);
      } catch (one) {
        return damageOf(one);
      }
    });
  }
}
