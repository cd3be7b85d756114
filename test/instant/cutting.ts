/** Steps of the road that can be cut: each statement that writes, and each commit. */
import type { Vault } from '../../src/main/vault/index.ts';

interface Runner {
  run(...parameters: unknown[]): unknown;
}

const STEP = /^\s*(INSERT|UPDATE|DELETE|COMMIT|RELEASE)/i;

/** Calls `cut` with the number of each step, before it is done and after it; answers what ends that. */
export function watchSteps(
  vault: Vault,
  { before, after }: { before?: (step: number, sql: string) => void; after?: (step: number) => void },
): () => void {
  const prototype = Object.getPrototypeOf(vault.db.prepare('SELECT 1')) as Runner;
  const { run } = prototype;
  let steps = 0;
  prototype.run = function (this: { readonly source: string }, ...parameters: unknown[]) {
    const isStep = STEP.test(this.source);
    if (isStep) steps += 1;
    const step = steps;
    if (isStep) before?.(step, this.source);
    const result = run.apply(this as unknown as Runner, parameters);
    if (isStep) after?.(step);
    return result;
  } as Runner['run'];
  return () => {
    prototype.run = run;
  };
}
