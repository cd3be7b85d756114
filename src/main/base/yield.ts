/**
 * Lets everything else on the event loop run once: timers, messages, files, other work that yields.
 * A single `setImmediate` asked for while messages are handled runs before the next timers and
 * messages, so two slices of long work would hold the loop as one.
 */
export function yieldToLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
