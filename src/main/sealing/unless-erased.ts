import { isCountersignError } from '../base/index.ts';

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
