import type { Runtime } from '../base/index.ts';

/** Runs `task` again and again on the runtime's clock; the returned function ends it. */
export function every(runtime: Runtime, delayMs: number, task: () => void): () => void {
  let cancel = () => {};
  const arm = () => {
    cancel = runtime.schedule(delayMs, () => {
      task();
      arm();
    });
  };
  arm();
  return () => cancel();
}
