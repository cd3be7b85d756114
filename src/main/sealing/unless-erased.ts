import { type CountersignError, isCountersignError } from '../base/index.ts';

/** What opens, or null where the value was erased or its key was destroyed. Any other error is thrown on. */
export function unlessErased<T>(open: () => T): T | null {
  try {
    return open();
  } catch (error) {
    if (isCountersignError(error, 'SEALED_VALUE_MISSING') || isCountersignError(error, 'SEALING_KEY_MISSING'))
      return null;
    throw error;
  }
}

/** The same of one answer of `openMany`, as text. */
export function textUnlessErased(opened: Buffer | CountersignError): string | null {
  if (Buffer.isBuffer(opened)) return opened.toString('utf8');
  return unlessErased(() => {
    throw opened;
  });
}
