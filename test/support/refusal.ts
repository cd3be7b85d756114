import { isCountersignError } from '../../src/main/base/index.ts';

/** The code that `work` is refused with; `done` where it is not. What is no refusal of ours is thrown on. */
export function codeOf(work: () => unknown): string {
  try {
    // An asynchronous refusal would come after this function has said that there is none.
    if (work() instanceof Promise) throw new TypeError('codeOf() is for work that ends at once');
    return 'done';
  } catch (error) {
    if (isCountersignError(error)) return error.code;
    throw error;
  }
}

/** The same of work that ends later: a call over the contract, whose error has the code of ours. */
export async function codeOfCall(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    return code;
  }
}
